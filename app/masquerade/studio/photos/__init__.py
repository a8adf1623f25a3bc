"""Photos: one image, a strip of four, a thumbnail, a sheet of filters."""

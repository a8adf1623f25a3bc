"""Place, rasterize and blend what the layers of a filter draw."""

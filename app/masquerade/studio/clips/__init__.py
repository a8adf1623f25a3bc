"""Tools for finished photos and recordings: read, play, trim, make loops."""

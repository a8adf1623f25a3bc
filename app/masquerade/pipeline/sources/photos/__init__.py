"""Photos of every kind, still and moving, as upright sRGB images."""

"""Show the filters as cards, in groups and by search."""

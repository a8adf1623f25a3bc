"""Show the window: widgets, and controllers that wire them to the backend they are given."""

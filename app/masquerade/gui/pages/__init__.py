"""Show settings and shortcuts as pages over the window."""

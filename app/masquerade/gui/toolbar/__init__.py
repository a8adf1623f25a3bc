"""Hold the controls along the bottom of the window."""

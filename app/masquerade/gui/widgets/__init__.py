"""Hold the small widgets that several rooms of the window share."""

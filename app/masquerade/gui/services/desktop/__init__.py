"""The desktop around the window: files, bin, shortcuts, start at login, a second start."""

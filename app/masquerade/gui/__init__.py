"""Shows the window: widgets only, which get everything else handed in as Parts."""

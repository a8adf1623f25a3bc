"""What the window plays: which source, under which name, and what happens when it fails."""

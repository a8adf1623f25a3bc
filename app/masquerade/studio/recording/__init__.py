"""Recordings: from frames and sound to files for other programs."""

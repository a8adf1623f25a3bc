"""Recordings: from frames and sound to files that other programs play."""

"""Keeps the last seconds, encoded, so that they can be saved after something has happened."""

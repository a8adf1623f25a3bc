"""Measure the light on faces, and show art in it."""

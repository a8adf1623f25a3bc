"""Layers of many small pieces of art that fly."""

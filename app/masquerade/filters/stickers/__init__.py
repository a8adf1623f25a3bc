"""Layers of art that sits on the face, its light and its motion."""

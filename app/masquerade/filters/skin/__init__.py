"""Layers that lie on the skin or bend the face."""

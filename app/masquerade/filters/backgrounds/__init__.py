"""Layers that stand behind the people: blur, a colour, an image."""

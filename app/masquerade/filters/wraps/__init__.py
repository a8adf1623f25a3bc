"""Layers of art that is wrapped round the head: bands, domes, cones, brims and tubes."""

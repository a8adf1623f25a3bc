"""Adapting the face detector: the same answers in int8, and a quicker network for wide images."""

"""Geometry of faces: similarities, poses, smoothing, boxes; numpy alone."""

"""Seeing: models, crops, the face detector and the landmarker."""

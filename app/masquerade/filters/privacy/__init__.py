"""Layers that hide a face."""

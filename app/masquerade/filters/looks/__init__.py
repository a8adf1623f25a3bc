"""Layers that change the whole image's colours and drawing."""

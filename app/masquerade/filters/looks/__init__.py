"""Layers that change the whole picture's colours and drawing."""

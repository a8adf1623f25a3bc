"""Writes the outputs of the program: recordings, photos, rendered videos, tables of landmarks."""

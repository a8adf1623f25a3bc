"""Writes what leaves the program: recordings, photos, rendered videos, tables of landmarks."""

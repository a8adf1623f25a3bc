"""Filters: packages of art that are read, checked and painted onto faces."""

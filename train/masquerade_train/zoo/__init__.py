"""Builders of the networks, one family a file."""

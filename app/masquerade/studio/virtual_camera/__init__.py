"""Offers the finished frames to other programs as a camera."""

"""Offers the finished frames as a stream on this machine."""

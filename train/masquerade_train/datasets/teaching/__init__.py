"""Learns from another program's landmarks of the same faces, converted to the convention of our labels."""

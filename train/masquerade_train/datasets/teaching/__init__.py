"""Learns from another program that has seen the same faces: its landmarks, brought to the convention of our labels."""

"""Measure how fast the line from frame to filtered frame is, alone and beside its peer."""

"""Compute the error of landmarks: a function per metric, without TensorFlow."""

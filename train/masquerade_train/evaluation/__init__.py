"""Measure how exact a trained model is, by face, by slice and on full images."""

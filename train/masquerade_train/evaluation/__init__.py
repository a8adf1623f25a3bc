"""Measures the accuracy of a trained model, by face, by slice and on full images."""

"""Exports a trained network to model/<name>: quantized .tflite and card."""

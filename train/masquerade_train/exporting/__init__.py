"""From a trained net to model/<name>: quantized .tflite and card."""

"""Run a trained model on crops and full images."""

"""The search for better numbers in a recipe, by Keras Tuner."""

"""Kaggle's competition files, in every shape in which people have them."""

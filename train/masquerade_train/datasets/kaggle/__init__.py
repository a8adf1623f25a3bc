"""Kaggle's competition files, in all their forms."""

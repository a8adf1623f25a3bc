"""Readers of the data sets, all into one form: a FaceSet."""

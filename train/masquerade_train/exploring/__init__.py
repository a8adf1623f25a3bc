"""Explores a data set: its contents, gaps and possible errors."""

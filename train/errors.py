"""Holds the error of the training lab that is written for the user."""


class TrainError(Exception):
    """A fault in data, recipe or files that the user can mend; shown as it stands."""

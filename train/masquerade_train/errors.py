"""Holds the errors of the training lab that are written for the user."""


class TrainError(Exception):
    """An error in data, recipe or files that the user can fix; its text is shown unchanged."""


class DivergedError(TrainError):
    """The loss is no longer a number: the learning rate was too high."""

"""Holds the errors that are written for the user: what happened, to which file, what to do next."""


class AppError(Exception):
    """An error the user can do something about; `str(error)` is shown as it stands."""


class SourceError(AppError):
    """A camera, video or image cannot be opened or read any further."""


class ModelError(AppError):
    """A model file or its card is missing, damaged or of the wrong kind."""


class FilterError(AppError):
    """A filter package is invalid; the message holds one line for every error."""


class PackageError(FilterError):
    """The errors of one package's text.

    Attributes:
        sentence: the first error alone, for where there is room for one.
    """

    def __init__(self, message: str, sentence: str) -> None:
        super().__init__(message)
        self.sentence = sentence


class RecordingError(AppError):
    """A recording, photo or table cannot be written."""


class DiskFullError(RecordingError):
    """The disk is full: nothing that follows can be written either."""


class SettingsError(AppError):
    """The settings file cannot be read or written."""

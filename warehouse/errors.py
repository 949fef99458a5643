"""Every error that Marquee raises on purpose.

MarqueeError
├── SettingError          a setting's value cannot be used
├── SourceError           an edition cannot be fetched, read or trusted
│   ├── DownloadError     no source of the edition could be reached
│   └── InvalidDataError  the files are there, their contents are wrong
├── BuildError            dbt failed, or the warehouse holds too little to go on
├── TrainingError         a recipe or its configuration cannot be trained
├── BundleError           a serving bundle is missing, damaged or of another schema
├── PublishError          a finished warehouse cannot be put in place
├── StoreError            the operational store cannot be reached, read or written
└── LockedError           another pipeline works in the same home

The command lines print ``str(error)`` on standard error and exit with
``error.exit_code``; a traceback therefore always means a defect.
"""


class MarqueeError(Exception):
    """Base of all errors that a person can act on.

    Parameters
    ----------
    message : str
        What is wrong: the field or file, its value, what was expected.
    hint : str, optional
        What to do about it, in the imperative.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class SettingError(MarqueeError):
    """A setting's value cannot be used."""

    exit_code = 2


class SourceError(MarqueeError):
    """An edition cannot be fetched, read or trusted."""


class DownloadError(SourceError):
    """No source of the edition could be reached."""


class InvalidDataError(SourceError):
    """The edition's files are there, but their contents are wrong."""


class BuildError(MarqueeError):
    """dbt failed, or the warehouse holds too little to go on with."""


class TrainingError(MarqueeError):
    """A recipe or its configuration cannot be trained."""


class BundleError(MarqueeError):
    """A serving bundle is missing, damaged or of another schema version."""


class PublishError(MarqueeError):
    """A finished warehouse cannot be put in place."""


class StoreError(MarqueeError):
    """The operational store cannot be reached, read or written, or is newer than this code."""


class LockedError(MarqueeError):
    """Another pipeline works in the same home."""

    exit_code = 75

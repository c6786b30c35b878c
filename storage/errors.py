"""What the database refuses, as errors; each message says why and what to do next."""


class StorageError(Exception):
    """The database cannot do what was asked; the message says why and what to do next."""


class ReadOnly(StorageError):
    """The database can be read, but not written to."""

    why = "is read-only"


class DiskFull(StorageError):
    """The database can be read, but there is no room for what was to be written."""

    why = "lies on a full disk"


class NumberTaken(StorageError):
    """Another worker launched trials since the number was read: read it again and retry."""


class NameTaken(StorageError):
    """A study of that name exists already."""


class NotStored(StorageError):
    """The database holds no such study or trial."""


class QueryRefused(StorageError):
    """A query is wrong, would write, or takes too long; the database itself is well."""


class MadeByOptuna(StorageError):
    """Optuna alone made the study or its database, so netclinic knows no more of it than Optuna."""

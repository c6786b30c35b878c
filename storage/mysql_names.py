"""Names that MariaDB and MySQL take for the same, though other databases tell them apart."""

import unicodedata
from collections.abc import Iterable

from sqlalchemy import Connection

from .errors import StorageError


def is_mysql(connection: Connection) -> bool:
    """Whether the database is one of the two."""
    return connection.dialect.name in ("mysql", "mariadb")


def compared(name: str) -> str:
    """What they compare of a name: neither case nor accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))


def refuse_alike(connection: Connection, names: Iterable[str]) -> None:
    """Refuse parameters of which such a database would keep one only.

    Raises:
        StorageError: names two of them.
    """
    if not is_mysql(connection):
        return
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(compared(name), name)
        if other != name:
            raise StorageError(
                f"[search] {other} and {name} have the same name for this database, which tells "
                "neither case nor accents apart. Rename one of them, or store the study elsewhere: "
                "--storage trials.db"
            )

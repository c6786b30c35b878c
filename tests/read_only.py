"""Databases that may only be read, for root, too, whom no file mode keeps from writing."""

from typing import Any

import pytest
from netclinic.storage import connection


def only_read(patch: pytest.MonkeyPatch) -> None:
    """Let SQLite refuse to write, in the words that it has for a read-only file."""
    prepare = connection._enforce_foreign_keys

    def refusing(driver: Any, record: object) -> None:
        prepare(driver, record)
        driver.execute("PRAGMA query_only = ON")

    patch.setattr(connection, "_enforce_foreign_keys", refusing)

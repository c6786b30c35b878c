"""``info``: the versions, devices and database that a run would use."""

from importlib import metadata
from typing import Any

from ..diagnostics.number_text import size_text
from .options import DEFAULT_STORAGE, Storage, To
from .output import Format, print_csv, print_json, record_text

PACKAGES = ("netclinic", "jax", "flax", "optax", "optuna", "sqlalchemy", "numpy")


def info(storage: Storage = DEFAULT_STORAGE, to: To = Format.TABLE) -> None:
    """Print versions, devices and the state of the database."""
    from ..models.compile_cache import cache_state
    from ..models.devices import describe_devices, prepare_devices, usable_cores
    from ..storage.urls import without_password

    prepare_devices()
    kept = cache_state()
    facts = {
        **{name: metadata.version(name) for name in PACKAGES},
        "python": _python(),
        "devices": describe_devices(),
        "cores": usable_cores(),
        "programs": f"{kept.programs:,} kept, {size_text(kept.size)}, in {kept.folder}",
        "database": without_password(storage),
        **database_facts(storage),
    }
    if to is Format.JSON:
        print_json(facts)
        return
    known = {name: value for name, value in facts.items() if value is not None}
    if to is Format.CSV:
        print_csv(["name", "value"], list(known.items()))
    else:
        print(record_text(list(known), list(known.values())))


def database_facts(url: str) -> dict[str, Any]:
    """The revision of the schema and the number of studies, or why they cannot be read."""
    from ..storage import StorageError, TrialStore
    from ..storage.schema import REVISION

    try:
        with TrialStore(url, busy_timeout=2.0) as store:
            return {"schema": REVISION, "studies": len(store.studies()), "problem": None}
    except StorageError as error:
        return {"schema": None, "studies": None, "problem": str(error)}


def _python() -> str:
    import platform

    return platform.python_version()

"""Optuna's own tables, made by Optuna itself."""

import warnings

import optuna

from ..storage import StorageError, check_database, normalize_url, shown_url, upgrade_schema


def prepare_database(url: str) -> None:
    """Make Optuna's tables and ours, or bring ours up to date.

    Raises:
        StorageError: the database cannot be used; nothing was changed.
    """
    check_database(url)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            # Optuna warns of its own deprecated calls into SQLAlchemy: not the user's business.
            warnings.simplefilter("ignore")
            storage = optuna.storages.RDBStorage(normalize_url(url))
            storage.remove_session()
            storage.engine.dispose()
    except RuntimeError as error:  # Optuna's: the tables are those of another Optuna version
        where = shown_url(url)
        raise StorageError(
            f"{where}: Optuna {optuna.__version__} cannot use the Optuna tables in this database: "
            f"{error} Run `optuna storage upgrade --storage {where}`, or name another with "
            "--storage."
        ) from error
    upgrade_schema(url)

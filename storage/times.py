"""The clock as Optuna's tables keep it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC without a time zone."""
    return datetime.now(UTC).replace(tzinfo=None)

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ENGINE = Path(__file__).parents[2] / "benchmarks" / "engine"


@pytest.fixture
def engine(monkeypatch) -> Callable[[str], ModuleType]:
    """Import a module of benchmarks/engine as ``python benchmarks/engine`` does."""
    monkeypatch.syspath_prepend(str(ENGINE))
    return importlib.import_module

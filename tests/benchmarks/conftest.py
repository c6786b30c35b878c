import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def engine(monkeypatch) -> Callable[[str], ModuleType]:
    """Import a module of benchmarks/engine as ``python benchmarks/engine`` does."""
    monkeypatch.syspath_prepend(str(BENCHMARKS / "engine"))
    return importlib.import_module


@pytest.fixture
def peers(monkeypatch) -> Callable[[str], ModuleType]:
    """Import a module of benchmarks/peers that needs nothing but numpy, as the peers do."""
    monkeypatch.syspath_prepend(str(BENCHMARKS / "peers"))
    return importlib.import_module

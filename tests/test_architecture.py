"""Who may import whom: the floor plan of docs/architecture.md, read from the imports."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Room → the rooms it may import.
ROOMS = {
    "cli": {"service", "search", "diagnostics", "models", "datasets", "storage"},
    "service": {"search", "diagnostics", "models", "datasets", "storage"},
    "search": {"datasets", "models", "storage", "diagnostics"},
    "diagnostics": {"storage", "datasets"},
    "models": {"datasets"},
    "datasets": set(),
    "storage": set(),
}
# Only these modules of a room may be imported by those that see "types" or "records" of it.
NARROW = {
    ("diagnostics", "storage"): {"records"},
    ("diagnostics", "datasets"): {"dataset", "dealing", "source_kinds"},
    ("models", "datasets"): {"dataset", "streaming"},
}
# Heavy library → the only rooms that import it.
LIBRARIES = {
    "typer": {"cli"},
    "rich": {"cli"},
    "fastapi": {"service"},
    "uvicorn": {"service"},
    "optuna": {"search"},
    "pydantic": {"search"},
    "jax": {"models"},
    "flax": {"models"},
    "optax": {"models"},
    "orbax": {"models"},
    "filelock": {"models"},
    "platformdirs": {"models"},
    "scipy": {"diagnostics"},
    "threadpoolctl": {"diagnostics"},
    "jinja2": {"diagnostics"},
    "vl_convert": {"diagnostics"},
    "tensorboard": {"diagnostics"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "pyarrow": {"datasets"},
    "PIL": {"datasets"},
    "grain": {"datasets"},
    "sklearn": {"datasets", "diagnostics"},
}
FORBIDDEN_NAMES = {"utils", "common", "helpers", "base", "misc"}


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(file: Path) -> Iterator[tuple[str, ...]]:
    """Dotted parts of everything that ``file`` imports, ours as (room, module, …)."""
    room_depth = len(file.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield tuple((node.module or "").split("."))
        elif isinstance(node, ast.ImportFrom) and node.level == room_depth:
            path = (node.module or "").split(".") if node.module else []
            for alias in node.names:
                yield tuple([*path, alias.name] if len(path) < 2 else path)


def all_imports() -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (room, str(file.relative_to(ROOT)), parts)
        for room in ROOMS
        for file in sources(room)
        for parts in imports(file)
    ]


def test_rooms_import_only_the_rooms_they_may() -> None:
    wrong = [
        f"{file} imports {'.'.join(parts)}"
        for room, file, parts in all_imports()
        if parts[0] in ROOMS and parts[0] not in ROOMS[room] | {room}
    ]
    assert not wrong


def test_types_only_where_the_plan_says_so() -> None:
    wrong = [
        f"{file} imports {'.'.join(parts)}"
        for room, file, parts in all_imports()
        if (room, parts[0]) in NARROW and parts[1] not in NARROW[room, parts[0]]
    ]
    assert not wrong


def test_one_heavy_library_one_room() -> None:
    wrong = [
        f"{file} imports {parts[0]}"
        for room, file, parts in all_imports()
        if room not in LIBRARIES.get(parts[0], {room})
    ]
    assert not wrong


def test_between_rooms_imports_are_relative() -> None:
    wrong = [file for _, file, parts in all_imports() if parts[0] == "netclinic"]
    assert not wrong


def test_the_checks_see_the_imports() -> None:
    """So that the tests above cannot pass by finding nothing."""
    found = {(room, parts[0]) for room, _, parts in all_imports()}
    assert {("models", "jax"), ("storage", "sqlalchemy"), ("search", "models")} <= found
    assert {("search", "optuna"), ("search", "storage"), ("diagnostics", "storage")} <= found


def test_files_are_named_for_their_subject() -> None:
    names = {file.stem for room in ROOMS for file in sources(room)}
    assert not names & FORBIDDEN_NAMES


def modules() -> list[str]:
    found = []
    for room in ROOMS:
        package = importlib.import_module(f"netclinic.{room}")
        prefix = f"{package.__name__}."
        walked = pkgutil.walk_packages(package.__path__, prefix)
        found += [m.name for m in walked if not m.name.endswith("__main__")]
    return sorted(n for n in found if ".migrations" not in n)


@pytest.mark.parametrize("module", modules())
def test_doctests(module: str) -> None:
    import doctest

    failures, _ = doctest.testmod(importlib.import_module(module))
    assert failures == 0


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_exist_and_are_documented(room: str) -> None:
    package = importlib.import_module(f"netclinic.{room}")
    for name in getattr(package, "__all__", ()):
        assert getattr(package, name).__doc__, name


def test_every_dependency_names_the_rooms_that_import_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    lines = text.split("dependencies = [")[1].split("\n]")[0]
    lines += "\n".join(["", *re.findall(r"\n\w+ = \[(.* # .*/.*)", text)])  # extras
    named = {
        package: set(re.findall(r"(\w+)/", line.partition("#")[2]))
        for line in lines.splitlines()
        for package in re.findall(r'"([\w.-]+?)[>=<\[]', line.partition("#")[0])
    }
    libraries = {
        "orbax-checkpoint": "orbax",
        "pillow": "PIL",
        "scikit-learn": "sklearn",
        "vl-convert-python": "vl_convert",
    }
    for package, rooms in named.items():
        if package != "numpy":
            assert LIBRARIES[libraries.get(package, package)] == rooms, package
    assert len(named) == len(LIBRARIES) + 1

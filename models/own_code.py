"""The Python code of a user's own network: where it lies, its digest, its import, its errors."""

import ast
import contextlib
import difflib
import functools
import hashlib
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

KIND = "own"  # in a NetworkSpec
SUFFIX = ".py"
GIVEN = ("inputs", "outputs", "rngs")  # arguments that netclinic fills in


class OwnCodeError(Exception):
    """A user's network cannot be built; the message names file and line, and what to change."""


class Place(NamedTuple):
    """Where a network is defined."""

    module: str  # "/path/to/file.py" or "package.module"
    name: str  # in it

    @property
    def is_file(self) -> bool:
        """Whether the module is named by its file."""
        return self.module.endswith(SUFFIX)


class Sources(NamedTuple):
    """The files that a network is made by."""

    main: Path
    local: tuple[Path, ...]  # with what it imports from beside it, or from its own package


def place_of(text: str) -> Place:
    """``path/to/file.py:Network`` or ``package.module:Network``, taken apart."""
    module, _, name = text.rpartition(":")
    return Place(module, name)


def code_digest(text: str) -> str:
    """SHA-256 of the code that the network ``text`` names is made by, 64 hex digits.

    That is its file and what this imports, directly or not, from the folder around it (of a
    ``package.module``: from the same package). Nothing is run, but of a ``package.module`` the
    packages around it are imported.

    Raises:
        OwnCodeError: there is no such file or module.
    """
    sources = find_sources(place_of(text))
    digest = hashlib.sha256()
    for path in sources.local:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def find_sources(place: Place) -> Sources:
    """The files behind a place.

    Raises:
        OwnCodeError: there is no such file or module.
    """
    if place.is_file:
        main = Path(place.module)
        if not main.is_file():
            raise OwnCodeError(f"no such file: {main}")
        return Sources(main, _local_files(main, main.parent, main.stem, ""))
    try:
        found = importlib.util.find_spec(place.module)
    except (Exception, SystemExit) as error:  # of the packages around it, which are imported
        if not (isinstance(error, ModuleNotFoundError) and _is_around(error.name, place.module)):
            said = f"{type(error).__name__}: {error}"
            raise OwnCodeError(f"module {place.module} cannot be found: {said}") from error
        found = None
    if found is None or not found.origin or not Path(found.origin).is_file():
        raise OwnCodeError(
            f"there is no module {place.module}: install its package, put its folder on "
            "PYTHONPATH, or name the file: path/to/file.py:Network"
        )
    main = Path(found.origin)
    depth = place.module.count(".") + (main.name == "__init__.py")
    package = place.module.split(".")[0]
    return Sources(main, _local_files(main, main.parents[depth], place.module, package))


def _is_around(package: str | None, module: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _local_files(main: Path, root: Path, name: str, package: str) -> tuple[Path, ...]:
    """``main`` and all that it imports from below ``root``, in a fixed order.

    Args:
        main: the module ``name``.
        root: the folder in which absolute names begin.
        name: of the module, with dots.
        package: only names that begin so are local; "" for all that are found below ``root``.
    """
    found: dict[Path, None] = {}
    waiting = [(main, name)]
    while waiting:
        path, name = waiting.pop()
        if path in found:
            continue
        found[path] = None
        for imported in sorted(_imported(path, name)):
            if package and imported.split(".")[0] != package:
                continue
            base = root.joinpath(*imported.split("."))
            for file in (base.with_name(base.name + SUFFIX), base / "__init__.py"):
                if file.is_file():
                    waiting.append((file, imported))
    return tuple(found)


def _imported(path: Path, name: str) -> set[str]:
    """Absolute dotted names that the file imports, packages around them included."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return set()  # its import will say so
    around = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = around[: len(around) - node.level + 1] if node.level else []
            base = [*start, *(node.module.split(".") if node.module else [])]
            names |= {".".join([*base, alias.name]) for alias in node.names}
            names.add(".".join(base))
    parts = [n.split(".") for n in names if n]
    return {".".join(p[: i + 1]) for p in parts for i in range(len(p))}


@functools.lru_cache(maxsize=32)
def load_builder(text: str, code: str) -> Callable[..., Any]:
    """Import the class or function that the network ``text`` names.

    Args:
        text: ``path/to/file.py:Network`` or ``package.module:Network``.
        code: its digest; the same code is imported once.

    Raises:
        OwnCodeError: the code is gone, is another one, fails, or has no such name.
    """
    place = place_of(text)
    if code_digest(text) != code:
        raise OwnCodeError(
            f"{place.module} has changed (its code's SHA-256 began with {code[:12]}, now with "
            f"{code_digest(text)[:12]}), so the network would be another one: restore the file"
        )
    main = find_sources(place).main
    with own_errors(text, f"{main.name} cannot be imported"):
        module = _run_file(main) if place.is_file else importlib.import_module(place.module)
    builder = getattr(module, place.name, None)
    if not callable(builder):
        own = [
            n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__
        ]
        what = (
            "is neither a class nor a function" if hasattr(module, place.name) else "is not there"
        )
        has = f"it defines {', '.join(own)}" if own else "it defines no class and no function"
        near = did_you_mean(place.name, own)
        raise OwnCodeError(f"{main.name}: {place.name} {what}{near}; {has}")
    return builder


def _run_file(path: Path) -> ModuleType:
    """The file as a module; while it runs, its folder is importable, as if it were a script."""
    name = f"netclinic_network_{path.stem}"
    module = ModuleType(name)
    module.__file__, module.__package__ = str(path), ""
    before, known = list(sys.path), set(sys.modules)
    sys.modules[name] = module  # dataclasses and pickle look their module up
    sys.path.insert(0, str(path.parent))
    try:
        # Not through an import: bytecode kept beside the file can be older than an edit of it.
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    finally:
        sys.path[:] = before
        # What lies beside it belongs to it alone: another file may have another module of the name.
        for new in set(sys.modules) - known - {name}:
            file = getattr(sys.modules[new], "__file__", None)
            if file and Path(file).is_relative_to(path.parent):
                del sys.modules[new]
    return module


def check_arguments(builder: Callable[..., Any], arguments: Sequence[str]) -> None:
    """Compare the arguments that a spec gives with those that the network takes.

    Raises:
        OwnCodeError: one is unknown or missing, or what every network gets is not taken.
    """
    called = getattr(builder, "__name__", "the network")
    if any(base.__module__.startswith("flax.linen") for base in getattr(builder, "__mro__", ())):
        raise OwnCodeError(
            f"{called} is a module of flax.linen, expected one of flax.nnx: write it as a class "
            f"{called}(nnx.Module), its layers made in __init__"
        )
    # A class of NNX is called through its metaclass, which takes anything.
    function = builder.__init__ if isinstance(builder, type) else builder
    parameters = list(inspect.signature(function).parameters.values())[function is not builder :]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    keywords = {
        p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters)
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if (len(positional) < 2 and not variadic) or not ("rngs" in keywords or takes_all):
        raise OwnCodeError(
            f"{called} cannot be called as {called}(inputs, outputs, *, rngs, …); it takes "
            f"({', '.join(map(str, parameters))})"
        )
    filled = {p.name for p in positional[:2]} | {"rngs"}
    free = {name: p for name, p in keywords.items() if name not in filled}
    for name in arguments:
        if name in filled or not (name in free or takes_all):
            takes = f"{called} takes {', '.join(free)}" if free else f"{called} takes none"
            raise OwnCodeError(
                f"unknown argument {name!r}{did_you_mean(name, list(free))}; {takes}"
            )
    missing = [n for n, p in free.items() if p.default is p.empty and n not in arguments]
    if missing:
        raise OwnCodeError(
            f"{called} needs the argument {missing[0]!r}: write [network.arguments] "
            f"{missing[0]} = …, or give it a default in the code"
        )


# NNX lists what to do about layers in a plain list in lines below the first.
_ADVICE = {
    "Consider one of the following options:": "Write nnx.List([…]), or nnx.Dict(…), around it",
    "attempted relative import with no known parent package": (
        "attempted relative import, but a file that is named by its path is in no package. Import "
        'without the dot, as what lies beside the file can be; or write "package.module:Network", '
        "with the folder of the package on PYTHONPATH"
    ),
}


@contextlib.contextmanager
def own_errors(
    text: str, what: str, told: Callable[[BaseException], str | None] | None = None
) -> Iterator[None]:
    """Say what fails inside a user's code with its file and line there.

    Args:
        text: the network's place.
        what: fails, such as "Network cannot be built".
        told: more about an error, in a few words.
    """
    try:
        yield
    except OwnCodeError:
        raise
    except (Exception, SystemExit) as error:
        where = _where(error, find_sources(place_of(text)))
        said = str(error).partition("\n")[0]
        for theirs, ours in _ADVICE.items():
            said = said.replace(theirs, ours)
        layer = told(error) if told else None
        more = f"{layer}: " if layer else ""
        raise OwnCodeError(f"{where}: {what}: {more}{type(error).__name__}: {said}") from error


def _where(error: BaseException, sources: Sources) -> str:
    """``file.py, line 7, in __call__`` of the innermost frame in the user's own files."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) in sources.local
    ]
    if isinstance(error, SyntaxError) and error.lineno and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}"
    if not frames:
        return sources.main.name
    last = frames[-1]
    inside = "" if last.name.startswith("<") else f", in {last.name}"
    return f"{Path(last.filename).name}, line {last.lineno}{inside}"


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """`` (did you mean 'x'?)`` for the nearest name, or nothing."""
    near = difflib.get_close_matches(name, names, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""

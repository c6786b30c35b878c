"""Data from a user's own Python: ``path/to/file.py:function``.

The function takes no arguments and returns ``(x, y)`` or a mapping in one of the layouts of
``arrays``. While it runs, the file's folder is importable, as if the file were run as a script.
"""

import contextlib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .arrays import LAYOUTS_TEXT, rows_of
from .dataset import DataError
from .request import PLAIN, ReadAs
from .rows import Rows
from .wording import did_you_mean, listed


def read_function(path: Path, name: str, read_as: ReadAs = PLAIN) -> Rows:
    """Run a function of a Python file and take the rows it returns.

    Args:
        path: an existing Python file.
        name: of the function in it.
        read_as: see ``arrays.rows_of``.

    Raises:
        DataError: the file fails (with file and line), has no such function, or the function
            fails or returns something else.
    """
    returned = called(path, name, member(path, name))
    where = f"{path.name}:{name}"
    return rows_of(_named(returned, where), where, read_as=read_as)


def member(path: Path, name: str) -> Any:
    """Run a Python file and return a function, class or object with ``transform`` of it.

    Raises:
        DataError: the file fails (with file and line), or has no such thing.
    """
    with _importable(path.parent):
        module = _run_file(path)
    thing = getattr(module, name, None)
    if not callable(thing) and not hasattr(thing, "transform"):
        raise DataError(_no_function(path, name, module))
    return thing


def called(path: Path, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a user's function returns.

    Args:
        path: of its file.
        name: how messages call the function.
        function: to call.
        arguments: to give it.

    Raises:
        DataError: it fails, with file and line, or is a coroutine.
    """
    with _importable(path.parent):
        try:
            returned = function(*arguments)
        except (Exception, SystemExit) as error:
            raise DataError(
                f"{_place(error, path, function)}: {name}() raised {type(error).__name__}: {error}"
            ) from error
    if inspect.iscoroutine(returned):
        returned.close()  # or Python warns that it was never awaited
        raise DataError(
            f"{_defined(path, function)}: {name}() is a coroutine, which is not awaited; write def "
            "in place of async def, and in it asyncio.run(…) of what has to be awaited."
        )
    return returned


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Put a folder first on the import path for a while."""
    before = list(sys.path)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before


def _run_file(path: Path) -> ModuleType:
    """Return the file run as a module of its own."""
    name = f"netclinic_user_{path.stem}"
    module = ModuleType(name)
    module.__file__, module.__package__ = str(path), ""
    sys.modules[name] = module  # dataclasses and pickle look their module up
    try:
        # Not through an import: bytecode kept beside the file can be older than an edit of it.
        exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        dot = ". Import without the dot" if "relative import" in str(error) else ""
        raise DataError(
            f"{_place(error, path)}: the file raised {type(error).__name__}: {error}{dot}"
        ) from error
    return module


def _place(error: BaseException, path: Path, function: Callable[..., Any] | None = None) -> str:
    """Return ``file:line`` of the error's innermost frame in the user's file."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path]
    if lines:
        return f"{path.name}:{lines[-1]}"
    if isinstance(error, SyntaxError) and error.lineno and error.filename == str(path):
        return f"{path.name}:{error.lineno}"
    # A call that never got inside, such as one that lacks an argument.
    return _defined(path, function)


def _defined(path: Path, function: Callable[..., Any] | None) -> str:
    """Return ``file:line`` of where a function is defined."""
    code = getattr(function, "__code__", None)
    return f"{path.name}:{code.co_firstlineno}" if code else path.name


def _no_function(path: Path, name: str, module: ModuleType) -> str:
    """Return the message for a name that is no function of the file."""
    own = [
        key
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    ]
    what = "is not a function" if hasattr(module, name) else "is not defined there"
    has = f"its functions are {listed(own)}" if own else "the file defines no function"
    return f"{path.name}:{name}: {name!r} {what}{did_you_mean(name, own)}; {has}."


def _named(returned: Any, where: str) -> Mapping[str, Any]:
    """Return what the function returned as arrays by name."""
    if isinstance(returned, Mapping):
        return returned
    if isinstance(returned, tuple | list) and len(returned) == 2:
        return {"x": returned[0], "y": returned[1]}
    kind = type(returned).__name__
    if isinstance(returned, tuple | list):
        kind = f"{kind} of {len(returned)}"
    raise DataError(
        f"{where}() returned {kind}; it must return (x, y), or a mapping with {LAYOUTS_TEXT}."
    )

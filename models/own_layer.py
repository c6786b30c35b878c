"""Which layer of a user's network failed, what it got and what it expected."""

from typing import Any

from flax import nnx

# What layers of flax.nnx call the size of their input's last axis.
_SIZES = ("in_features", "num_features")


def failing_layer(error: BaseException, network: Any) -> str | None:
    """``layer body.0 (Linear) got (2, 4), expected (…, 7)``; ``None`` where none is on the way.

    The innermost layer of ``network`` that was being called when the error was raised. What it got
    is its first argument; what it expected is known of layers that keep the size.
    """
    places = {id(module): path for path, module in nnx.iter_modules(network)}
    found = None
    step = error.__traceback__
    while step is not None:
        code, values = step.tb_frame.f_code, step.tb_frame.f_locals
        names = code.co_varnames[: code.co_argcount]
        path = places.get(id(values.get("self"))) if names[:1] == ("self",) else None
        if path:  # the whole network has the empty one
            found = path, values["self"], values.get(names[1]) if len(names) > 1 else None
        step = step.tb_next
    if found is None:
        return None
    path, layer, given = found
    shape = getattr(given, "shape", None)
    got = "" if shape is None else f" got {tuple(shape)}"
    sizes = (getattr(layer, name, None) for name in _SIZES)
    size = next((it for it in sizes if isinstance(it, int)), None)
    expected = f", expected (…, {size})" if got and size is not None else ""
    return f"layer {'.'.join(map(str, path))} ({type(layer).__name__}){got}{expected}"

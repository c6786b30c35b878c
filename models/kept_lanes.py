"""A function of one trial, spread over all lanes and kept on disk once it is compiled."""

from collections.abc import Callable
from typing import Any

from .kept_program import KeptProgram
from .lane_plan import LanePlan, mesh_of, spread
from .signature import Signature


def keeper_of(signature: Signature, plan: LanePlan, *made_of: object) -> Callable[..., KeptProgram]:
    """What makes such programs, each loaded or compiled at its first use.

    It takes the program's name and the function of one trial; ``own``, how many of its first
    arguments each lane has of its own; ``strategy`` and ``together`` of ``spread`` where they are
    not the plan's; and options of ``KeptProgram``.

    Args:
        signature: of the trials.
        plan: of the lanes.
        made_of: all that decides the functions beside these, their names and this package's code.
    """
    mesh = mesh_of(plan)
    # A user's own network is code that nothing here has a digest of.
    decides = None if signature.network.own else (signature, plan, *made_of)

    def keep(
        name: str,
        trial: Callable[..., Any],
        *,
        own: int,
        strategy: str = plan.strategy,
        together: int | None = None,
        **options: Any,
    ) -> KeptProgram:
        lanes = spread(trial, own=own, mesh=mesh, strategy=strategy, together=together)
        return KeptProgram(name, lanes, list(mesh.devices.flat), decides, **options)

    return keep

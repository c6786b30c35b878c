"""A user's network tried out before training: abstractly, without drawing or computing a number."""

import jax
import jax.numpy as jnp

from .network import Network, NetworkSpec, make_network
from .own_code import OwnCodeError, place_of


def check_own(spec: NetworkSpec) -> Network:
    """Build the network of ``spec`` and call it in both modes, as training will; what was built.

    Raises:
        OwnCodeError: it cannot be built or called, gives something else than a row of outputs for
            each row, or drops nothing though dropout is searched.
    """
    assert spec.own is not None
    network = make_network(spec)  # this calls it in evaluation mode
    if spec.dropout and not network.drops:
        raise OwnCodeError(
            f"[search] dropout: {place_of(spec.own.place).name} has no netclinic.models.Dropout, "
            "whose rate this key is: add one to the network, or remove the key"
        )
    key = jax.random.key(0)
    inputs = jax.ShapeDtypeStruct((2, spec.features), jnp.float32)
    rate = jax.ShapeDtypeStruct((), jnp.float32)
    jax.eval_shape(network.train, jax.eval_shape(network.init, key), inputs, key, rate)
    return network

"""Initialisers of weight matrices by the name that a spec gives them.

Each keeps the variance of activations constant through layers of its matching units: Xavier
(Glorot & Bengio 2010, eq. 16) for linear and tanh, He (He et al. 2015, eq. 10) for ReLU, LeCun
(LeCun et al. 1998, §4.6) for linear and SELU.
"""

import jax
from jax.nn import initializers

INITIALIZERS: dict[str, jax.nn.initializers.Initializer] = {
    "he_normal": initializers.he_normal(),
    "he_uniform": initializers.he_uniform(),
    "xavier_normal": initializers.glorot_normal(),
    "xavier_uniform": initializers.glorot_uniform(),
    "lecun_normal": initializers.lecun_normal(),
    "orthogonal": initializers.orthogonal(),
}

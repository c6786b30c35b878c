"""Initialisers of weight matrices by the name that a spec gives them.

With n inputs and m outputs of a layer, weights have mean 0 and variance

- he: 2/n (He et al. 2015, eq. 10), which keeps E[z²] of the pre-activations z of relu units, and
  nearly of leaky_relu units, whose own would be 2/(1 + 0.01²)/n;
- lecun: 1/n (LeCun et al. 1998, §4.6), which keeps the variance of linear units and holds selu
  units at mean 0 and variance 1 (Klambauer et al. 2017, theorem 1);
- xavier: 2/(n + m) (Glorot & Bengio 2010, eq. 12 and 16), which keeps the variance of linear
  units, and of tanh units where inputs are small: from 1 it falls to 0.03 in 20 layers;
- xavier_tanh: (5/3)² times that, PyTorch's gain for tanh, at which tanh units settle at 0.42.

orthogonal keeps every length (Saxe et al. 2014, §3). For gelu and sigmoid none of them does: in
20 layers of 256 units, E[z²] of gelu units falls from 2 to 0.07 under he, and sigmoid units become
equal for all rows under xavier. Layers that normalise, or few layers, make up for that.
"""

import jax
from jax.nn import initializers

TANH = (5 / 3) ** 2
INITIALIZERS: dict[str, jax.nn.initializers.Initializer] = {
    "he_normal": initializers.he_normal(),
    "he_uniform": initializers.he_uniform(),
    "xavier_normal": initializers.glorot_normal(),
    "xavier_uniform": initializers.glorot_uniform(),
    "xavier_tanh_normal": initializers.variance_scaling(TANH, "fan_avg", "truncated_normal"),
    "xavier_tanh_uniform": initializers.variance_scaling(TANH, "fan_avg", "uniform"),
    "lecun_normal": initializers.lecun_normal(),
    "lecun_uniform": initializers.lecun_uniform(),
    "orthogonal": initializers.orthogonal(),
}

"""A search as Flax's tutorials have it: each trial builds its optimiser and jits its own step.

The learning rate is a number in the step's closure, so every trial compiles anew.

Run: python naive_flax.py GIVEN.npz TRIALS, which prints JSON.
"""

import sys

import flax
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from outcome import Given, Outcome, read_given


class Network(nnx.Module):
    """ReLU between linear layers: He's law, LeCun's for the outputs."""

    def __init__(self, layers: list[tuple[int, int]], rngs: nnx.Rngs) -> None:
        he = nnx.initializers.he_normal()
        self.hidden = nnx.List(
            nnx.Linear(*sizes, kernel_init=he, rngs=rngs) for sizes in layers[:-1]
        )
        self.output = nnx.Linear(*layers[-1], rngs=rngs)

    def __call__(self, inputs: jax.Array) -> jax.Array:
        for layer in self.hidden:
            inputs = nnx.relu(layer(inputs))
        return self.output(inputs)


def train(given: Given, number: int, hyperparameters: list[float]) -> tuple[float, float]:
    """Train one trial; its training and validation error."""
    learning_rate, weight_decay, momentum = hyperparameters
    network = Network(given.layers, nnx.Rngs(number))
    kernels = lambda parameters: jax.tree.map(lambda leaf: leaf.ndim > 1, parameters)  # noqa: E731
    chain = optax.chain(
        optax.add_decayed_weights(weight_decay, mask=kernels),
        optax.sgd(learning_rate, momentum),
    )
    optimizer = nnx.Optimizer(network, chain, wrt=nnx.Param)

    def loss(network: Network, inputs: jax.Array, labels: jax.Array) -> jax.Array:
        logits = network(inputs)
        return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()

    @nnx.jit
    def step(network: Network, optimizer: nnx.Optimizer, inputs, labels) -> None:
        optimizer.update(network, nnx.grad(loss)(network, inputs, labels))

    @nnx.jit
    def error(network: Network, inputs: jax.Array, labels: jax.Array) -> jax.Array:
        return (network(inputs).argmax(-1) != labels).mean()

    random = np.random.default_rng(number)
    inputs, labels = map(jnp.asarray, given.train)
    errors = (1.0, 1.0)
    for _ in range(given.epochs):
        order = random.permutation(len(labels))
        for first in range(0, len(labels) - given.batch_size + 1, given.batch_size):
            rows = order[first : first + given.batch_size]
            step(network, optimizer, inputs[rows], labels[rows])
        errors = float(error(network, inputs, labels)), float(error(network, *given.validation))
    return errors


def main() -> None:
    given = read_given(sys.argv[1], int(sys.argv[2]))
    outcome = Outcome()
    for number, hyperparameters in enumerate(given.hyperparameters):
        outcome.add(*train(given, number, hyperparameters))
    outcome.say(jax=jax.__version__, flax=flax.__version__)


if __name__ == "__main__":
    main()

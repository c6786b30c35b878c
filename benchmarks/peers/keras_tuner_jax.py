"""A search with KerasTuner on Keras' JAX backend, which goes over the given trials in order.

Run: python keras_tuner_jax.py GIVEN.npz TRIALS, which prints JSON. KerasTuner's own files go to the
working folder.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"  # read when keras is imported

import keras
import keras_tuner
from outcome import Given, Outcome, read_given


class Model(keras_tuner.HyperModel):
    """The network of a trial, and its training."""

    def __init__(self, given: Given, outcome: Outcome) -> None:
        super().__init__()
        self.given, self.outcome = given, outcome

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The trial's number stands for its hyperparameters."""
        number = hp.Choice("number", list(range(len(self.given.hyperparameters))))
        learning_rate, weight_decay, momentum = self.given.hyperparameters[number]
        keras.utils.set_random_seed(number)
        layers = [keras.Input((self.given.widths[0],))]
        last = len(self.given.layers) - 1
        for place, (_, units) in enumerate(self.given.layers):
            layers.append(
                keras.layers.Dense(
                    units,
                    activation=None if place == last else "relu",
                    kernel_initializer="lecun_normal" if place == last else "he_normal",
                    # Its gradient is 2·l2·w, and ours weight_decay·w.
                    kernel_regularizer=keras.regularizers.L2(weight_decay / 2),
                )
            )
        model = keras.Sequential(layers)
        model.compile(
            optimizer=keras.optimizers.SGD(learning_rate, momentum=momentum),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        return model

    def fit(self, hp: keras_tuner.HyperParameters, model: keras.Model, *args, **kwargs):
        """Train, and keep the error after the last epoch: KerasTuner keeps the best epoch's."""
        history = model.fit(*args, **kwargs)
        self.outcome.add(None, 1 - history.history["val_accuracy"][-1])
        return history


def main() -> None:
    given = read_given(sys.argv[1], int(sys.argv[2]))
    outcome = Outcome()
    tuner = keras_tuner.GridSearch(
        Model(given, outcome), objective="val_accuracy", directory="tuner", project_name="digits"
    )
    tuner.search(
        *given.train,
        epochs=given.epochs,
        batch_size=given.batch_size,
        validation_data=given.validation,
        verbose=0,
    )
    outcome.say(keras=keras.__version__, **{"keras-tuner": keras_tuner.__version__})


if __name__ == "__main__":
    main()

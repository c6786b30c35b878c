"""A search with Ray Tune and PyTorch: two actors, reused from trial to trial.

An iteration is an epoch, so that a scheduler could stop a trial; rows are indexed by hand.

Run: python ray_tune.py GIVEN.npz TRIALS, which prints JSON. Ray's results go to the working folder.
"""

import os
import sys
from pathlib import Path

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when ray is imported

import numpy as np
import ray
import torch
from outcome import Outcome
from ray import tune
from torch_trial import Search


class Trial(tune.Trainable):
    """One trial at a time; the next one takes the same process."""

    def setup(self, config: dict, given: dict[str, np.ndarray]) -> None:
        """Take the data once an actor."""
        torch.set_num_threads(1)
        self.search = Search(given)
        self.reset_config(config)

    def reset_config(self, new_config: dict) -> bool:
        """Begin with another trial; true, since nothing is left of the one before."""
        self.run = self.search.begin(
            new_config["number"], *self.search.hyperparameters[new_config["number"]].tolist()
        )
        return True

    def step(self) -> dict:
        """Train one epoch."""
        _, training, _, validation = torch.stack(next(self.run)).tolist()
        return {"training_error": training, "validation_error": validation}

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Nothing is kept: checkpoints are not asked for."""


def main() -> None:
    file, trials = sys.argv[1], int(sys.argv[2])
    with np.load(file) as arrays:
        given = dict(arrays)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    outcome = Outcome()
    tuner = tune.Tuner(
        tune.with_resources(tune.with_parameters(Trial, given=given), {"cpu": 1}),
        param_space={"number": tune.grid_search(list(range(trials)))},
        tune_config=tune.TuneConfig(
            metric="validation_error", mode="min", reuse_actors=True, max_concurrent_trials=2
        ),
        run_config=tune.RunConfig(
            stop={"training_iteration": int(given["epochs"])},
            storage_path=str(Path("ray").absolute()),
            verbose=0,
        ),
    )
    results = {r.config["number"]: r.metrics for r in tuner.fit()}
    for number in sorted(results):
        outcome.add(results[number]["training_error"], results[number]["validation_error"])
    outcome.say(ray=ray.__version__, torch=torch.__version__)


if __name__ == "__main__":
    main()

"""The data of grouped.toml: several recordings of each patient, who is ill or healthy."""

import numpy as np

PATIENTS, RECORDINGS, MEASURES = 200, 10, 16


def recordings() -> dict[str, np.ndarray]:
    """Return x, y and whose recording each row is; patients differ more than recordings do."""
    rng = np.random.default_rng(0)
    ill = np.arange(PATIENTS) % 2
    patient = np.repeat(np.arange(PATIENTS), RECORDINGS)
    own = rng.normal(0, 1, (PATIENTS, MEASURES)) + 0.4 * ill[:, None]
    x = own[patient] + rng.normal(0, 0.5, (len(patient), MEASURES))
    return {"x": x, "y": np.where(ill, "ill", "healthy")[patient], "patient": patient}

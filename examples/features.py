"""The data and the feature step of features.toml: tones in noise, and their spectrum."""

import numpy as np

ROWS, SAMPLES = 1500, 64


def tones() -> tuple[np.ndarray, np.ndarray]:
    """Return signals, each a tone of one of three pitches at a random phase in noise."""
    rng = np.random.default_rng(0)
    pitch = rng.integers(0, 3, ROWS)
    phase = rng.uniform(0, 2 * np.pi, (ROWS, 1))
    time = np.arange(SAMPLES) / SAMPLES
    clean = np.sin(2 * np.pi * (6 + pitch)[:, None] * time + phase)
    return clean + rng.normal(0, 2, clean.shape), pitch


def spectrum(signals: np.ndarray) -> np.ndarray:
    """Return the strength of each frequency, whatever the phase: (rows, 64) → (rows, 33)."""
    return np.abs(np.fft.rfft(signals, axis=1))

"""What the machine reaches at most: a float32 matrix product of NumPy's on two threads.

Run: python peak.py, which prints JSON.
"""

import json
import os
import time

THREADS = 2
SIZE = 2048
REPEATS = 20

os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)
# These force kernels for another processor and its caches; the peak is this one's.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

import numpy as np  # noqa: E402  (OpenBLAS reads the environment when it is loaded)


def peak() -> dict[str, float | int]:
    """The fastest of ``REPEATS`` products, whatever else the machine does meanwhile."""
    random = np.random.default_rng(0)
    left, right = (random.standard_normal((SIZE, SIZE), np.float32) for _ in range(2))
    product = np.empty_like(left)
    took = []
    for _ in range(REPEATS):
        began, began_cpu = time.perf_counter(), time.process_time()
        np.matmul(left, right, out=product)
        took.append((time.perf_counter() - began, time.process_time() - began_cpu))
    seconds, cpu = min(took)
    return {"seconds": seconds, "cpu_seconds": cpu, "flops": 2 * SIZE**3}


if __name__ == "__main__":
    print(json.dumps(peak()))

"""Clusters: their names, and which rows they hold."""

import numpy as np
from netclinic.diagnostics.regions.region_clusters import clusters

from .test_region_candidates import COLUMNS, rows


def test_clusters_are_named_by_what_sets_them_apart() -> None:
    of = rows()
    of.inputs[:200, 1] += 20
    found = clusters(of, rows(seed=1), COLUMNS, learnt=False)
    assert any("income about 20" in it.name or "income about 19." in it.name for it in found)
    assert (np.sum([it.holds(of) for it in found], axis=0) == 1).all()

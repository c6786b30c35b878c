"""Regions of the data: how the best trial's network does in each, and the search for them."""

from collections.abc import Mapping
from typing import NamedTuple


class RegionRecord(NamedTuple):
    """A region of the data, as the best trial's network does in it; on the rows that judge."""

    family: str  # "class" | "group" | "slice" | "cluster" | "learnt_cluster"
    name: str  # in words, e.g. "1.2 < age ≤ 3"
    training_rows: int  # in the region, of the training rows that judge
    # in the errors' unit: a fraction, or squares of a quantity's own
    training_error: float
    training_deviation: float | None  # of the rows' errors; None where rows are right or wrong
    held_out_rows: int
    held_out_error: float
    held_out_deviation: float | None
    floor: float  # Bayes error in the region, with limits at the record's confidence, as the gaps
    floor_low: float
    floor_high: float
    bias: float  # training error − floor
    bias_low: float
    bias_high: float
    variance: float  # held-out error − training error
    variance_low: float
    variance_high: float
    # p-values, adjusted for all pairs that were judged, of "no more than tolerated, or no more
    # than in the rest"; None where the rows that choose gave no reason to judge
    bias_p: float | None
    variance_p: float | None
    floor_p: float | None
    verdict: tuple[str, ...]  # "high_bias", "high_variance", "floor"; or "healthy", "undetermined"
    reported: tuple[
        str, ...
    ]  # the first three, where also worse than the rest and said by no other
    same_as: str | None = None  # the name of the region that is reported in its place
    # Of rows that come in groups, and of searches since schema 0019: how many groups the rows are
    # of, and how many rows tell as little about the error there as one independent row
    training_groups: int | None = None
    training_effect: float | None = None
    held_out_groups: int | None = None
    held_out_effect: float | None = None
    # Since schema 0024: the p-value, adjusted for all regions judged for it, of "the held-out error
    # is higher than elsewhere by no more than is tolerated"; None where it was not judged
    error_p: float | None = None
    # the error of the other held-out rows, where the region's is higher and no other says so
    elsewhere_error: float | None = None
    # Since schema 0025: how many groups of one size weigh as much as those above; None where all
    # are of one size, or rows are in none
    training_alike: float | None = None
    held_out_alike: float | None = None


class RegionsRecord(NamedTuple):
    """The search for regions of a study, of its newest diagnosis."""

    trial_number: int
    # of each interval; that of a gap in a region's verdict is told from the tolerance on
    confidence: float
    tolerance: float  # in the errors' unit
    looked_at: Mapping[str, int] = {}  # family → regions
    judged: int = 0  # pairs of a region and what it may suffer from
    choosing_rows: int = 0  # training and held-out rows together
    judging_rows: int = 0
    regions: tuple[RegionRecord, ...] = ()  # the reported ones first
    skipped: str | None = None  # why no region was looked at, as a sentence
    # of each of several tasks by its name, which then has the regions
    tasks: Mapping[str, "RegionsRecord"] = {}

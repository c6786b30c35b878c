"""Remedies as a user may have tried them."""

from netclinic.storage.records.treatments import TreatmentRecord

TRIED = TreatmentRecord(
    remedy="l2",
    spec_change="search.weight_decay={log=[1e-4,1]}",
    treated_study="digits-l2",
    measure="error",
    trial=38,
    treated_trial=7,
    trials=60,
    treated_trials=61,
    seeds=8,
    treated_seeds=8,
    diverged=0,
    treated_diverged=0,
    test_rows=359,
    test_groups=None,
    error=0.05,
    treated_error=0.02,
    lower_by=0.03,
    low=0.0105,
    high=0.0495,
    seed_error=0.003,
    row_error=0.008,
    search_error=0.005,
    degrees=60.0,
    pairs=15,
    pair_lower_by=0.02,
    pair_low=0.009,
    pair_high=0.031,
    pair_error=0.005,
    pair_degrees=30.0,
    training_error=0.0,
    treated_training_error=0.004,
    validation_error=0.03,
    treated_validation_error=0.025,
    gain_of="test",
    gain_low=0.0,
    gain_high=0.05,
)
HARMFUL = TRIED._replace(
    remedy="dropout",
    treated_study="digits-dropout",
    treated_error=0.09,
    lower_by=-0.04,
    pair_lower_by=-0.02,
    treated_diverged=2,
)
IN_VAIN = TRIED._replace(
    remedy="augmentation", treated_study="digits-shift", lower_by=-0.01, pair_lower_by=-0.002
)
OPEN = TRIED._replace(
    remedy="own",
    treated_study="digits-own",
    lower_by=0.01,
    pairs=None,
    pair_lower_by=None,
    pair_error=None,
    pair_degrees=None,
)

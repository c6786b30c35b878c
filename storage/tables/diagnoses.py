"""Tables of what was found: Bayes errors, parts, regions, checks, diagnoses and treatments."""

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, String, Text

from .metadata import LongText, Time, study_key, table

decompositions = table(
    "decompositions",
    Column("decomposition_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("trial_number", Integer, nullable=False),
    Column("method", String(16), nullable=False),
    Column("replicates", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("loss", Double, nullable=False),
    Column("bias", Double, nullable=False),
    Column("variance", Double, nullable=False),
    Column("unbiased_variance", Double),
    Column("biased_variance", Double),
    Column("limits_json", LongText, nullable=False),
    Index("ix_decompositions_study_id", "study_id"),
)

bayes_estimates = table(
    "bayes_estimates",
    Column("bayes_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("value", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("n", BigInteger),
    Column("method", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("details_json", LongText, nullable=False),
    Column("tasks_json", LongText),
    Index("ix_bayes_estimates_study_id", "study_id"),
)

region_searches = table(
    "region_searches",
    Column("search_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("trial_number", Integer, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("tolerance", Double, nullable=False),
    Column("looked_at_json", LongText, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("choosing_rows", BigInteger, nullable=False),
    Column("judging_rows", BigInteger, nullable=False),
    Column("skipped", Text),
    # of one of several tasks its name, and the search that it is part of
    Column("task", LongText),
    Column("part_of", Integer),
    Index("ix_region_searches_study_id", "study_id"),
)

regions = table(
    "regions",
    Column(
        "search_id",
        Integer,
        ForeignKey("region_searches.search_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("family", String(16), nullable=False),
    Column("name", LongText, nullable=False),
    Column("training_rows", BigInteger, nullable=False),
    Column("training_error", Double),
    Column("training_deviation", Double),
    Column("held_out_rows", BigInteger, nullable=False),
    Column("held_out_error", Double),
    Column("held_out_deviation", Double),
    Column("floor", Double, nullable=False),
    Column("floor_low", Double, nullable=False),
    Column("floor_high", Double, nullable=False),
    Column("bias", Double, nullable=False),
    Column("bias_low", Double, nullable=False),
    Column("bias_high", Double, nullable=False),
    Column("variance", Double, nullable=False),
    Column("variance_low", Double, nullable=False),
    Column("variance_high", Double, nullable=False),
    Column("bias_p", Double),
    Column("variance_p", Double),
    Column("floor_p", Double),
    Column("verdict", String(255), nullable=False),
    Column("reported", String(255), nullable=False),
    Column("same_as", LongText),
    Column("training_groups", BigInteger),
    Column("training_effect", Double),
    Column("held_out_groups", BigInteger),
    Column("held_out_effect", Double),
    Column("error_p", Double),
    Column("elsewhere_error", Double),
    Column("training_alike", Double),
    Column("held_out_alike", Double),
)

data_checks = table(
    "data_checks",
    Column("check_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("split", String(16)),
    Column("n", BigInteger, nullable=False),
    Column("value", Double, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("p_value", Double),
    Column("method", Text, nullable=False),
    Column("details_json", LongText, nullable=False),
    Index("ix_data_checks_study_id", "study_id"),
)

diagnoses = table(
    "diagnoses",
    Column("diagnosis_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("trial_number", Integer),
    Column("verdict", String(255), nullable=False),
    Column("document_json", LongText, nullable=False),
    Column("leaning", String(255)),
    Index("ix_diagnoses_study_id", "study_id"),
)


def _diagnosis_key() -> Column[int]:
    target = ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE")
    return Column("diagnosis_id", Integer, target, primary_key=True, autoincrement=False)


findings = table(
    "findings",
    _diagnosis_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("severity", String(32), nullable=False),
    Column("text", LongText, nullable=False),
    Column("evidence_json", LongText, nullable=False),
)

# "rank" and "change" are reserved words of MySQL, so the columns are called otherwise.
remedies = table(
    "remedies",
    _diagnosis_key(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("priority", Integer, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("addresses", String(64), nullable=False),
    Column("reason", LongText, nullable=False),
    Column("spec_change", Text),
    Column("against", Boolean),
    Column("gain_of", String(16)),
    Column("gain", Double),
    Column("gain_low", Double),
    Column("gain_high", Double),
    Column("gain_confidence", Double),
    Column("gain_method", LongText),
    Column("cost_trials", Integer),
    Column("cost_epochs", Integer),
    Column("cost_seconds", Double),
    Column("evidence_json", LongText),
)

# "change" is a reserved word of MySQL.
treatments = table(
    "treatments",
    Column("treatment_id", Integer, primary_key=True),
    study_key(),
    Column("created", Time, nullable=False),
    Column("remedy", String(64), nullable=False),
    Column("spec_change", LongText, nullable=False),
    Column("treated_study", String(512), nullable=False),
    Column("measure", String(16), nullable=False),
    Column("trial", Integer, nullable=False),
    Column("treated_trial", Integer, nullable=False),
    Column("trials", Integer, nullable=False),
    Column("treated_trials", Integer, nullable=False),
    Column("seeds", Integer, nullable=False),
    Column("treated_seeds", Integer, nullable=False),
    Column("diverged", Integer, nullable=False),
    Column("treated_diverged", Integer, nullable=False),
    Column("test_rows", BigInteger, nullable=False),
    Column("test_groups", BigInteger),
    Column("error", Double, nullable=False),
    Column("treated_error", Double, nullable=False),
    Column("lower_by", Double, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("seed_error", Double, nullable=False),
    Column("row_error", Double),
    Column("search_error", Double, nullable=False),
    Column("degrees", Double, nullable=False),
    Column("pairs", Integer),
    Column("pair_lower_by", Double),
    Column("pair_low", Double),
    Column("pair_high", Double),
    Column("pair_error", Double),
    Column("pair_degrees", Double),
    Column("training_error", Double),
    Column("treated_training_error", Double),
    Column("validation_error", Double),
    Column("treated_validation_error", Double),
    Column("gain_of", String(16)),
    Column("gain_low", Double),
    Column("gain_high", Double),
    Index("ix_treatments_study_id", "study_id"),
)

"""The views over every study: of trials, of the curves of several tasks, and of replicates."""

SUMMARIES = {
    "trial_summary": """
CREATE VIEW trial_summary AS
SELECT s.study_name, t.number, t.state, r.outcome,
       COALESCE(r.learning_rate, lr.param_value) AS learning_rate,
       COALESCE(r.weight_decay, wd.param_value) AS weight_decay,
       COALESCE(r.momentum, mo.param_value) AS momentum,
       v.value,
       r.training_error, r.validation_error, r.test_error, r.bridge_error,
       r.training_balanced_error, r.validation_balanced_error, r.test_balanced_error,
       r.bridge_balanced_error,
       r.training_loss, r.validation_loss, r.test_loss, r.bridge_loss,
       r.best_epoch, r.epochs, r.diverged_epoch, r.parameters, r.seconds,
       t.datetime_start AS started, t.datetime_complete AS completed, t.trial_id
FROM trials t
JOIN studies s ON s.study_id = t.study_id
LEFT JOIN trial_results r ON r.trial_id = t.trial_id
LEFT JOIN trial_values v ON v.trial_id = t.trial_id AND v.objective = 0
LEFT JOIN trial_params lr ON lr.trial_id = t.trial_id AND lr.param_name = 'learning_rate'
     AND lr.distribution_json NOT LIKE '%Categorical%'
LEFT JOIN trial_params wd ON wd.trial_id = t.trial_id AND wd.param_name = 'weight_decay'
     AND wd.distribution_json NOT LIKE '%Categorical%'
LEFT JOIN trial_params mo ON mo.trial_id = t.trial_id AND mo.param_name = 'momentum'
     AND mo.distribution_json NOT LIKE '%Categorical%'
""",
    "task_curves": """
CREATE VIEW task_curves AS
SELECT s.study_name, t.number, t.state, r.outcome, e.task, e.epoch,
       e.training_loss, e.training_error, e.validation_loss, e.validation_error,
       e.position, t.trial_id
FROM trial_task_epochs e
JOIN trials t ON t.trial_id = e.trial_id
JOIN studies s ON s.study_id = t.study_id
JOIN trial_results r ON r.trial_id = t.trial_id
""",
    # A trial that was trained again is its own seed 0.
    "replicate_summary": """
CREATE VIEW replicate_summary AS
SELECT s.study_name, t.number, 'seed' AS kind, 0 AS replicate, r.outcome,
       r.training_error, r.validation_error, r.test_error,
       r.training_balanced_error, r.validation_balanced_error, r.test_balanced_error,
       r.epochs, r.seconds, t.trial_id
FROM trials t
JOIN studies s ON s.study_id = t.study_id
JOIN trial_results r ON r.trial_id = t.trial_id
WHERE EXISTS (SELECT 1 FROM trial_replicates x WHERE x.trial_id = t.trial_id)
UNION ALL
SELECT s.study_name, t.number, x.kind, x.replicate, x.outcome,
       x.training_error, x.validation_error, x.test_error,
       x.training_balanced_error, x.validation_balanced_error, x.test_balanced_error,
       x.epochs, x.seconds, t.trial_id
FROM trial_replicates x
JOIN trials t ON t.trial_id = x.trial_id
JOIN studies s ON s.study_id = t.study_id
""",
}

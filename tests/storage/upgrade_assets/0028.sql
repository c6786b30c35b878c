BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE bayes_estimates (
	bayes_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	value DOUBLE NOT NULL, 
	low DOUBLE NOT NULL, 
	high DOUBLE NOT NULL, 
	n BIGINT, 
	method TEXT NOT NULL, 
	given BOOLEAN NOT NULL, 
	details_json TEXT NOT NULL, tasks_json TEXT, 
	PRIMARY KEY (bayes_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "bayes_estimates" VALUES(1,1,'2026-11-22 23:36:51.006554',0.1,0.0,0.2,NULL,'given',1,'{}','{"digit": {"value": 0.1, "low": 0.0, "high": 0.2, "n": 9, "method": "m", "given": false, "details": {}, "tasks": {}}}');
CREATE TABLE data_checks (
	check_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	split VARCHAR(16), 
	n BIGINT NOT NULL, 
	value DOUBLE NOT NULL, 
	low DOUBLE NOT NULL, 
	high DOUBLE NOT NULL, 
	p_value DOUBLE, 
	method TEXT NOT NULL, 
	details_json TEXT NOT NULL, 
	PRIMARY KEY (check_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "data_checks" VALUES(1,1,'2026-11-28 09:00:00.000000','label_errors',NULL,1500,0.05,0.03,0.07,NULL,'m','{"rows": [{"row": 7}]}');
CREATE TABLE decompositions (
	decomposition_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	trial_number INTEGER NOT NULL, 
	method VARCHAR(16) NOT NULL, 
	replicates INTEGER NOT NULL, 
	n BIGINT NOT NULL, 
	loss DOUBLE NOT NULL, 
	bias DOUBLE NOT NULL, 
	variance DOUBLE NOT NULL, 
	unbiased_variance DOUBLE, 
	biased_variance DOUBLE, 
	limits_json TEXT NOT NULL, 
	PRIMARY KEY (decomposition_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "decompositions" VALUES(1,1,'2026-11-25 13:30:00.000000',0,'zero_one',1,3,0.25,0.2,0.05,0.06,0.01,'{"loss_low": 0.1}');
CREATE TABLE diagnoses (
	diagnosis_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	trial_number INTEGER, 
	verdict VARCHAR(255) NOT NULL, 
	document_json TEXT NOT NULL, leaning VARCHAR(255), 
	PRIMARY KEY (diagnosis_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "diagnoses" VALUES(1,1,'2026-11-22 23:36:51.009336',7,'high_bias','{"study": "digits", "trial": 7, "verdict": ["high_bias"], "findings": [{"kind": "still_improving", "severity": "warning", "evidence": {"slope": -0.01}, "text": "The loss was still falling."}, {"kind": "high_bias", "severity": "problem", "evidence": {}, "text": "Bias."}], "remedies": [{"kind": "more_epochs", "addresses": "high_bias", "rank": 1, "reason": "Still falling.", "change": "training.epochs=40"}], "not_checked": ["regions"]}','high_variance');
CREATE TABLE findings (
	diagnosis_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	severity VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	evidence_json TEXT NOT NULL, 
	PRIMARY KEY (diagnosis_id, position), 
	FOREIGN KEY(diagnosis_id) REFERENCES diagnoses (diagnosis_id) ON DELETE CASCADE
);
INSERT INTO "findings" VALUES(1,0,'still_improving','warning','The loss was still falling.','{"slope": -0.01}');
INSERT INTO "findings" VALUES(1,1,'high_bias','problem','Bias.','{}');
CREATE TABLE learning_curve_points (
	curve_id INTEGER NOT NULL, 
	train_rows BIGINT NOT NULL, 
	forecast BOOLEAN NOT NULL, 
	trainings INTEGER, 
	diverged INTEGER, 
	training_error DOUBLE, 
	validation_error DOUBLE, 
	error DOUBLE NOT NULL, 
	low DOUBLE NOT NULL, 
	high DOUBLE NOT NULL, 
	lower_by DOUBLE, 
	fall_low DOUBLE, 
	fall_high DOUBLE, 
	PRIMARY KEY (curve_id, train_rows), 
	FOREIGN KEY(curve_id) REFERENCES learning_curves (curve_id) ON DELETE CASCADE
);
INSERT INTO "learning_curve_points" VALUES(1,6,0,1,0,0.0,0.25,0.375,0.25,0.5,NULL,NULL,NULL);
INSERT INTO "learning_curve_points" VALUES(1,12,1,NULL,NULL,NULL,NULL,0.25,0.125,0.375,0.125,0.0625,0.1875);
CREATE TABLE learning_curves (
	curve_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	trial INTEGER NOT NULL, 
	measure VARCHAR(16) NOT NULL, 
	test_rows BIGINT NOT NULL, 
	test_groups BIGINT, 
	repeats INTEGER NOT NULL, 
	floor DOUBLE NOT NULL, 
	families VARCHAR(255) NOT NULL, 
	asymptote DOUBLE, 
	asymptote_low DOUBLE, 
	asymptote_high DOUBLE, 
	backtest_train_rows BIGINT, 
	backtest_error DOUBLE, 
	backtest_low DOUBLE, 
	backtest_high DOUBLE, 
	backtest_measured DOUBLE, 
	refused VARCHAR(16), 
	target_error DOUBLE, 
	target_reached DOUBLE, 
	target_low BIGINT, 
	target_rows BIGINT, 
	target_high BIGINT, 
	PRIMARY KEY (curve_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "learning_curves" VALUES(1,1,'2026-11-29 20:00:00.000000',0,'error',12,NULL,1,0.05,'pow3,pow4',0.125,0.0625,0.25,3,0.25,0.125,0.375,0.3125,NULL,0.2,0.5,20,30,40);
CREATE TABLE netclinic_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT netclinic_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "netclinic_alembic_version" VALUES('0028');
CREATE TABLE region_searches (
	search_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	trial_number INTEGER NOT NULL, 
	confidence DOUBLE NOT NULL, 
	tolerance DOUBLE NOT NULL, 
	looked_at_json TEXT NOT NULL, 
	judged INTEGER NOT NULL, 
	choosing_rows BIGINT NOT NULL, 
	judging_rows BIGINT NOT NULL, 
	skipped TEXT, task TEXT, part_of INTEGER, 
	PRIMARY KEY (search_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "region_searches" VALUES(1,1,'2026-11-28 08:07:15.291900',0,0.99,0.02,'{"slice": 4}',3,400,400,NULL,NULL,NULL);
CREATE TABLE regions (
	search_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	family VARCHAR(16) NOT NULL, 
	name TEXT NOT NULL, 
	training_rows BIGINT NOT NULL, 
	held_out_rows BIGINT NOT NULL, 
	floor DOUBLE NOT NULL, 
	floor_low DOUBLE NOT NULL, 
	floor_high DOUBLE NOT NULL, 
	bias DOUBLE NOT NULL, 
	bias_low DOUBLE NOT NULL, 
	bias_high DOUBLE NOT NULL, 
	variance DOUBLE NOT NULL, 
	variance_low DOUBLE NOT NULL, 
	variance_high DOUBLE NOT NULL, 
	bias_p DOUBLE, 
	variance_p DOUBLE, 
	floor_p DOUBLE, 
	verdict VARCHAR(255) NOT NULL, 
	reported VARCHAR(255) NOT NULL, 
	same_as TEXT, training_error DOUBLE, training_deviation DOUBLE, held_out_error DOUBLE, held_out_deviation DOUBLE, training_groups BIGINT, training_effect DOUBLE, held_out_groups BIGINT, held_out_effect DOUBLE, error_p DOUBLE, elsewhere_error DOUBLE, training_alike DOUBLE, held_out_alike DOUBLE, 
	PRIMARY KEY (search_id, position), 
	FOREIGN KEY(search_id) REFERENCES region_searches (search_id) ON DELETE CASCADE
);
INSERT INTO "regions" VALUES(1,0,'slice','x > 1',100,50,0.1,0.05,0.2,0.1,0.02,0.2,0.02,-0.1,0.2,0.001,NULL,0.01,'high_bias,floor','high_bias',NULL,0.2,0.5,0.22,0.5,9,3.5,4,2.25,0.003,0.05,2.5,1.75);
CREATE TABLE remedies (
	diagnosis_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	priority INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	addresses VARCHAR(64) NOT NULL, 
	reason TEXT NOT NULL, 
	spec_change TEXT, against BOOLEAN, gain_of VARCHAR(16), gain DOUBLE, gain_low DOUBLE, gain_high DOUBLE, gain_confidence DOUBLE, gain_method TEXT, cost_trials INTEGER, cost_epochs INTEGER, cost_seconds DOUBLE, evidence_json TEXT, 
	PRIMARY KEY (diagnosis_id, position), 
	FOREIGN KEY(diagnosis_id) REFERENCES diagnoses (diagnosis_id) ON DELETE CASCADE
);
INSERT INTO "remedies" VALUES(1,0,1,'more_epochs','high_bias','Still falling.','training.epochs=40',0,'test',NULL,0.0,0.1,0.975,'m',64,20,30.5,NULL);
CREATE TABLE schema_history (
	revision VARCHAR(32) NOT NULL, 
	netclinic_version VARCHAR(64) NOT NULL, 
	applied DATETIME NOT NULL, 
	PRIMARY KEY (revision)
);
INSERT INTO "schema_history" VALUES('0001','0.1.0','2026-11-22 23:36:50.967871');
INSERT INTO "schema_history" VALUES('0002','0.1.0','2026-11-25 09:06:58.351894');
INSERT INTO "schema_history" VALUES('0003','0.1.0','2026-11-25 13:19:21.583113');
INSERT INTO "schema_history" VALUES('0004','0.1.0','2026-11-25 13:42:21.413319');
INSERT INTO "schema_history" VALUES('0005','0.1.0','2026-11-25 14:21:12.104694');
INSERT INTO "schema_history" VALUES('0006','0.1.0','2026-11-28 04:41:10.651581');
INSERT INTO "schema_history" VALUES('0007','0.1.0','2026-11-28 05:00:12.104694');
INSERT INTO "schema_history" VALUES('0008','0.1.0','2026-11-28 05:45:12.104694');
INSERT INTO "schema_history" VALUES('0009','0.1.0','2026-11-28 08:00:00.000000');
INSERT INTO "schema_history" VALUES('0010','0.1.0','2026-11-28 08:07:15.209070');
INSERT INTO "schema_history" VALUES('0011','0.1.0','2026-11-28 08:26:45.497214');
INSERT INTO "schema_history" VALUES('0012','0.1.0','2026-11-28 08:44:36.783806');
INSERT INTO "schema_history" VALUES('0013','0.1.0','2026-11-28 08:00:00.000000');
INSERT INTO "schema_history" VALUES('0014','0.1.0','2026-11-28 08:00:00.000000');
INSERT INTO "schema_history" VALUES('0015','0.1.0','2026-11-28 12:06:53.574576');
INSERT INTO "schema_history" VALUES('0016','0.1.0','2026-11-28 08:00:00.000000');
INSERT INTO "schema_history" VALUES('0017','0.1.0','2026-11-28 13:04:23.104004');
INSERT INTO "schema_history" VALUES('0018','0.1.0','2026-11-28 22:10:52.960744');
INSERT INTO "schema_history" VALUES('0019','0.1.0','2026-11-29 02:12:31.204117');
INSERT INTO "schema_history" VALUES('0020','0.1.0','2026-11-29 16:50:12.118402');
INSERT INTO "schema_history" VALUES('0021','0.1.0','2026-11-29 17:35:47.930271');
INSERT INTO "schema_history" VALUES('0022','0.1.0','2026-11-29 20:35:56.706216');
INSERT INTO "schema_history" VALUES('0023','0.1.0','2026-11-30 11:04:16.805917');
INSERT INTO "schema_history" VALUES('0024','0.1.0','2026-12-01 00:58:08.040190');
INSERT INTO "schema_history" VALUES('0025','0.1.0','2026-12-01 05:40:12.310552');
INSERT INTO "schema_history" VALUES('0026','0.1.0','2026-12-01 09:08:34.225759');
INSERT INTO "schema_history" VALUES('0027','0.1.0','2026-12-01 16:05:12.402913');
INSERT INTO "schema_history" VALUES('0028','0.1.0','2026-12-01 16:31:26.996771');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'digits');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
CREATE TABLE study_parameters (
	study_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR(512) NOT NULL, 
	distribution_json TEXT NOT NULL, 
	PRIMARY KEY (study_id, position), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "study_parameters" VALUES(1,0,'learning_rate','{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "study_parameters" VALUES(1,1,'weight_decay','{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-07, "high": 0.1, "log": true}}');
INSERT INTO "study_parameters" VALUES(1,2,'momentum','{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.9, "high": 0.999, "log": false}}');
INSERT INTO "study_parameters" VALUES(1,3,'layers','{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "study_parameters" VALUES(1,4,'activation','{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "it''s 100% \\ tanh"]}}');
CREATE TABLE study_provenance (
	provenance_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	recorded DATETIME NOT NULL, 
	netclinic_version VARCHAR(64) NOT NULL, 
	python VARCHAR(64) NOT NULL, 
	platform VARCHAR(255) NOT NULL, 
	device VARCHAR(255) NOT NULL, 
	git_revision VARCHAR(64), 
	data_fingerprint VARCHAR(64) NOT NULL, 
	training_rows BIGINT NOT NULL, 
	validation_rows BIGINT NOT NULL, 
	test_rows BIGINT NOT NULL, 
	features INTEGER NOT NULL, 
	classes INTEGER NOT NULL, 
	versions_json TEXT NOT NULL, 
	data_notes_json TEXT NOT NULL, training_target_variance DOUBLE, validation_target_variance DOUBLE, test_target_variance DOUBLE, bridge_rows BIGINT, bridge_target_variance DOUBLE, class_rows_json TEXT, tasks_json TEXT, validation_groups_json TEXT, dealt VARCHAR(16), row_shape_json VARCHAR(64), 
	PRIMARY KEY (provenance_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "study_provenance" VALUES(1,1,'2026-11-22 23:36:50.981175','0.1.0','3.11.2','Linux','2 × cpu',NULL,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',1000,300,297,64,10,'{"jax": "0.10.2"}','[{"kind": "conflicting_labels", "count": 3, "text": "3 rows are equal but differ in label."}]',4.0,5.0,6.0,200,NULL,'{"names": ["a", "b"], "training": [900, 100], "validation": [270, 30], "test": [270, 27], "bridge": [180, 20]}','[{"name": "digit", "kind": "classification", "classes": 10, "constant_error": 0.5}]','[4, 4, 7, 7, 7, 4, 4, 7, 9, 9, 9, 9]','grouped','[8, 8]');
CREATE TABLE study_specs (
	study_id INTEGER NOT NULL, 
	spec_text TEXT NOT NULL, 
	spec_json TEXT NOT NULL, 
	wide_view VARCHAR(63) NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (study_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "study_specs" VALUES(1,'[study]
name = ''digits''  # Größe
','{"search": {"sampler": "random", "momentum": {"one_minus_log": [0.001, 0.1]}}}','study_digits','2026-11-22 23:36:50.979775');
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_workers (
	worker_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	host VARCHAR(255) NOT NULL, 
	machine VARCHAR(128), 
	pid INTEGER NOT NULL, 
	process_started VARCHAR(32), 
	started DATETIME NOT NULL, 
	ended DATETIME, total_seconds DOUBLE, import_seconds DOUBLE, load_seconds DOUBLE, compile_seconds DOUBLE, train_seconds DOUBLE, evaluate_seconds DOUBLE, store_seconds DOUBLE, diagnose_seconds DOUBLE, programs INTEGER, flops DOUBLE, heartbeat DATETIME, 
	PRIMARY KEY (worker_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "study_workers" VALUES(1,1,'elsewhere',NULL,23676,NULL,'2026-11-22 23:36:50.985196',NULL,9.5,1.5,0.25,0.5,4.0,0.125,0.5,1.0,2,200000000000.0,'2026-11-22 23:36:50.000000');
CREATE TABLE treatments (
	treatment_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	remedy VARCHAR(64) NOT NULL, 
	spec_change TEXT NOT NULL, 
	treated_study VARCHAR(512) NOT NULL, 
	measure VARCHAR(16) NOT NULL, 
	trial INTEGER NOT NULL, 
	treated_trial INTEGER NOT NULL, 
	trials INTEGER NOT NULL, 
	treated_trials INTEGER NOT NULL, 
	seeds INTEGER NOT NULL, 
	treated_seeds INTEGER NOT NULL, 
	diverged INTEGER NOT NULL, 
	treated_diverged INTEGER NOT NULL, 
	test_rows BIGINT NOT NULL, 
	test_groups BIGINT, 
	error DOUBLE NOT NULL, 
	treated_error DOUBLE NOT NULL, 
	lower_by DOUBLE NOT NULL, 
	low DOUBLE, 
	high DOUBLE, 
	seed_error DOUBLE NOT NULL, 
	row_error DOUBLE, 
	search_error DOUBLE NOT NULL, 
	degrees DOUBLE NOT NULL, 
	pairs INTEGER, 
	pair_lower_by DOUBLE, 
	pair_low DOUBLE, 
	pair_high DOUBLE, 
	pair_error DOUBLE, 
	pair_degrees DOUBLE, 
	training_error DOUBLE, 
	treated_training_error DOUBLE, 
	validation_error DOUBLE, 
	treated_validation_error DOUBLE, 
	gain_of VARCHAR(16), 
	gain_low DOUBLE, 
	gain_high DOUBLE, 
	PRIMARY KEY (treatment_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id) ON DELETE CASCADE
);
INSERT INTO "treatments" VALUES(1,1,'2026-11-29 17:00:00.000000','l2','training.epochs=9','digits-l2','error',0,0,1,1,2,2,0,0,12,NULL,0.25,0.125,0.125,-0.25,0.5,0.0625,0.125,0.0,4.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE trial_curvatures (
	trial_id INTEGER NOT NULL, 
	probe_rows INTEGER NOT NULL, 
	gradient_norm DOUBLE, 
	lowest DOUBLE, 
	highest DOUBLE, 
	skipped TEXT, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_curvatures" VALUES(1,512,0.25,-0.5,2.0,NULL);
CREATE TABLE trial_epochs (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	training_loss DOUBLE, 
	training_error DOUBLE, 
	validation_loss DOUBLE, 
	validation_error DOUBLE, 
	gradient_norm DOUBLE, training_balanced_error DOUBLE, validation_balanced_error DOUBLE, 
	PRIMARY KEY (trial_id, epoch), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_epochs" VALUES(1,1,1.0,1.0,1.0,1.0,1.0,1.0,1.0);
INSERT INTO "trial_epochs" VALUES(1,2,0.5,0.5,0.5,0.5,0.5,0.5,0.5);
INSERT INTO "trial_epochs" VALUES(1,3,0.1,0.1,0.1,0.1,0.1,0.1,0.1);
INSERT INTO "trial_epochs" VALUES(2,1,1.0,1.0,1.0,1.0,1.0,NULL,NULL);
INSERT INTO "trial_epochs" VALUES(2,2,0.5,0.5,0.5,0.5,0.5,NULL,NULL);
INSERT INTO "trial_epochs" VALUES(2,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_heartbeats" VALUES(1,1,'2026-01-01 00:00:00');
INSERT INTO "trial_heartbeats" VALUES(2,2,'2026-01-01 00:00:00');
INSERT INTO "trial_heartbeats" VALUES(3,3,'2026-01-01 00:00:00');
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_labels (
	trial_id INTEGER NOT NULL, 
	split VARCHAR(16) NOT NULL, 
	position INTEGER NOT NULL, 
	label TEXT NOT NULL, 
	rows_with BIGINT NOT NULL, 
	missed BIGINT NOT NULL, 
	rows_without BIGINT NOT NULL, 
	claimed BIGINT NOT NULL, 
	threshold DOUBLE, 
	missed_from BIGINT, 
	claimed_from BIGINT, 
	PRIMARY KEY (trial_id, split, position), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_labels" VALUES(1,'test',0,'owl',9,7,291,1,0.125,2,6);
CREATE TABLE trial_layers (
	trial_id INTEGER NOT NULL, 
	moment VARCHAR(16) NOT NULL, 
	position INTEGER NOT NULL, 
	layer VARCHAR(255) NOT NULL, 
	units INTEGER, 
	mean DOUBLE, 
	variance DOUBLE, 
	typical_variance DOUBLE, 
	largest_variance DOUBLE, 
	spread DOUBLE, 
	dead DOUBLE, 
	saturated DOUBLE, 
	gradient_norm DOUBLE, 
	weight_norm DOUBLE, 
	update_ratio DOUBLE, 
	moved DOUBLE, 
	PRIMARY KEY (trial_id, moment, position), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_layers" VALUES(1,'start',0,'inputs',64,0.0,1.0,0.5,4.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "trial_layers" VALUES(1,'start',1,'output',10,0.0,1.0,0.5,4.0,0.75,0.25,0.125,1.5,3.0,0.01,0.0);
CREATE TABLE trial_moments (
	trial_id INTEGER NOT NULL, 
	moment VARCHAR(16) NOT NULL, 
	probe_rows INTEGER NOT NULL, 
	loss DOUBLE NOT NULL, 
	zero_loss DOUBLE NOT NULL, 
	constant_loss DOUBLE NOT NULL, 
	gradient_norm DOUBLE NOT NULL, 
	PRIMARY KEY (trial_id, moment), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_moments" VALUES(1,'start',512,2.5,2.25,2.0,1.5);
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'learning_rate',0.0995405417351527,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'weight_decay',3.33333333333333349307e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-07, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(3,1,'momentum',0.9,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.9, "high": 0.999, "log": false}}');
INSERT INTO "trial_params" VALUES(4,1,'layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(5,1,'activation',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "it''s 100% \\ tanh"]}}');
INSERT INTO "trial_params" VALUES(6,2,'learning_rate',9.86279485631210428575e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(7,2,'weight_decay',3.33333333333333349307e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-07, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(8,2,'momentum',9.63000000000000078159e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.9, "high": 0.999, "log": false}}');
INSERT INTO "trial_params" VALUES(9,2,'layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(10,2,'activation',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "it''s 100% \\ tanh"]}}');
INSERT INTO "trial_params" VALUES(11,3,'learning_rate',9.7723722095581069813e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(12,3,'weight_decay',3.33333333333333349307e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-07, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(13,3,'momentum',0.936,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.9, "high": 0.999, "log": false}}');
INSERT INTO "trial_params" VALUES(14,3,'layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(15,3,'activation',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "it''s 100% \\ tanh"]}}');
CREATE TABLE trial_replicates (
	trial_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	replicate INTEGER NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	epochs INTEGER NOT NULL, 
	training_loss DOUBLE, 
	training_error DOUBLE, 
	validation_loss DOUBLE, 
	validation_error DOUBLE, 
	test_loss DOUBLE, 
	test_error DOUBLE, 
	seconds DOUBLE, 
	lanes INTEGER NOT NULL, 
	strategy VARCHAR(16) NOT NULL, 
	answers_json TEXT, training_balanced_error DOUBLE, validation_balanced_error DOUBLE, test_balanced_error DOUBLE, convolution VARCHAR(16), 
	PRIMARY KEY (trial_id, kind, replicate), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_replicates" VALUES(1,'seed',1,'completed',3,0.2,0.125,0.3,0.35,0.31,0.26,0.7,8,'map',NULL,NULL,0.45,NULL,NULL);
INSERT INTO "trial_replicates" VALUES(1,'bootstrap',0,'completed',3,0.2,0.125,0.3,0.4,0.31,0.26,0.7,8,'map','[0,2,1]',NULL,NULL,NULL,NULL);
CREATE TABLE trial_results (
	trial_id INTEGER NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	learning_rate DOUBLE, 
	weight_decay DOUBLE, 
	momentum DOUBLE, 
	epochs INTEGER NOT NULL, 
	best_epoch INTEGER, 
	diverged_epoch INTEGER, 
	training_loss DOUBLE, 
	training_error DOUBLE, 
	validation_loss DOUBLE, 
	validation_error DOUBLE, 
	test_loss DOUBLE, 
	test_error DOUBLE, 
	parameters BIGINT NOT NULL, 
	seconds DOUBLE, 
	lanes INTEGER NOT NULL, 
	strategy VARCHAR(16) NOT NULL, training_deviation DOUBLE, validation_deviation DOUBLE, test_deviation DOUBLE, bridge_loss DOUBLE, bridge_error DOUBLE, bridge_deviation DOUBLE, training_balanced_error DOUBLE, validation_balanced_error DOUBLE, test_balanced_error DOUBLE, bridge_balanced_error DOUBLE, wrong_json TEXT, convolution VARCHAR(16), 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_results" VALUES(1,'completed',0.01,0.0001,0.9,3,3,NULL,0.2,0.125,0.3,0.25,0.31,0.26,2410,0.7,8,'map',0.5,1.0,1.5,0.29,0.24,NULL,0.15,0.35,0.36,0.34,'{"training":[1,2],"validation":[3,4],"test":[5,6],"bridge":[7,8]}','im2col');
INSERT INTO "trial_results" VALUES(2,'diverged',0.01,0.0001,0.9,3,NULL,3,NULL,0.125,NULL,NULL,0.31,0.26,2410,0.7,8,'map',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'im2col');
CREATE TABLE trial_subsets (
	trial_id INTEGER NOT NULL, 
	train_rows BIGINT NOT NULL, 
	replicate INTEGER NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	epochs INTEGER NOT NULL, 
	seconds DOUBLE NOT NULL, 
	training_error DOUBLE, 
	validation_error DOUBLE, 
	test_error DOUBLE, 
	kind VARCHAR(16), 
	test_rows BIGINT, 
	errors BLOB, 
	PRIMARY KEY (trial_id, train_rows, replicate), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_subsets" VALUES(1,6,20001,'completed',40,0.5,0.0,0.125,0.25,'bits',12,X'8010');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_task_epochs (
	trial_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	task VARCHAR(255) NOT NULL, 
	training_loss DOUBLE, 
	training_error DOUBLE, 
	validation_loss DOUBLE, 
	validation_error DOUBLE, 
	PRIMARY KEY (trial_id, position, epoch), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_task_epochs" VALUES(1,0,1,'digit',1.2,0.6,1.3,0.7);
INSERT INTO "trial_task_epochs" VALUES(1,0,2,'digit',0.8,0.4,1.0,0.5);
INSERT INTO "trial_task_epochs" VALUES(1,0,3,'digit',0.5,0.125,0.75,0.25);
CREATE TABLE trial_tasks (
	trial_id INTEGER NOT NULL, 
	split VARCHAR(16) NOT NULL, 
	position INTEGER NOT NULL, 
	task VARCHAR(255) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	error DOUBLE, 
	relative_error DOUBLE, 
	loss DOUBLE, 
	deviation DOUBLE, 
	PRIMARY KEY (trial_id, split, position), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_tasks" VALUES(1,'test',0,'digit','classification',0.25,0.5,0.7,0.43);
CREATE TABLE trial_test_rows (
	trial_id INTEGER NOT NULL, 
	replicate INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	test_rows BIGINT NOT NULL, 
	errors BLOB NOT NULL, 
	PRIMARY KEY (trial_id, replicate), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_test_rows" VALUES(1,10001,'bits',12,X'8010');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_validation_rows (
	trial_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	kept_rows INTEGER NOT NULL, 
	validation_rows BIGINT NOT NULL, 
	class_rows_json TEXT, 
	errors BLOB NOT NULL, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE
);
INSERT INTO "trial_validation_rows" VALUES(1,'bits',12,300,'[7,5]',X'8010');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,0.25,'FINITE');
CREATE TABLE trial_workers (
	trial_id INTEGER NOT NULL, 
	worker_id INTEGER, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id) ON DELETE CASCADE, 
	FOREIGN KEY(worker_id) REFERENCES study_workers (worker_id) ON DELETE SET NULL
);
INSERT INTO "trial_workers" VALUES(1,1);
INSERT INTO "trial_workers" VALUES(2,1);
INSERT INTO "trial_workers" VALUES(3,1);
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-22 23:36:50.989399','2026-11-22 23:36:51.002679');
INSERT INTO "trials" VALUES(2,1,1,'FAIL','2026-11-22 23:36:50.989399','2026-11-22 23:36:51.002679');
INSERT INTO "trials" VALUES(3,2,1,'RUNNING','2026-11-22 23:36:50.989399',NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE INDEX ix_bayes_estimates_study_id ON bayes_estimates (study_id);
CREATE INDEX ix_diagnoses_study_id ON diagnoses (study_id);
CREATE INDEX ix_study_provenance_study_id ON study_provenance (study_id);
CREATE INDEX ix_study_workers_study_id ON study_workers (study_id);
CREATE INDEX ix_trial_workers_worker_id ON trial_workers (worker_id);
CREATE INDEX ix_decompositions_study_id ON decompositions (study_id);
CREATE INDEX ix_region_searches_study_id ON region_searches (study_id);
CREATE INDEX ix_data_checks_study_id ON data_checks (study_id);
CREATE INDEX ix_treatments_study_id ON treatments (study_id);
CREATE INDEX ix_learning_curves_study_id ON learning_curves (study_id);
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
     AND mo.distribution_json NOT LIKE '%Categorical%';
CREATE VIEW task_curves AS
SELECT s.study_name, t.number, t.state, r.outcome, e.task, e.epoch,
       e.training_loss, e.training_error, e.validation_loss, e.validation_error,
       e.position, t.trial_id
FROM trial_task_epochs e
JOIN trials t ON t.trial_id = e.trial_id
JOIN studies s ON s.study_id = t.study_id
JOIN trial_results r ON r.trial_id = t.trial_id;
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
JOIN studies s ON s.study_id = t.study_id;
CREATE VIEW "study_digits" AS
SELECT t.number, t.state, r.outcome, p."learning_rate", p."weight_decay", p."momentum", p."layers", p."activation", v.value,
       r.training_error, r.validation_error, r.test_error, r.bridge_error,
       r.best_epoch, r.seconds
FROM trials t
JOIN studies s ON s.study_id = t.study_id
LEFT JOIN (
  SELECT q.trial_id,
         MAX(CASE WHEN q.param_name = 'learning_rate' THEN q.param_value END) AS "learning_rate",
         MAX(CASE WHEN q.param_name = 'weight_decay' THEN q.param_value END) AS "weight_decay",
         MAX(CASE WHEN q.param_name = 'momentum' THEN q.param_value END) AS "momentum",
         MAX(CASE WHEN q.param_name = 'layers' THEN q.param_value END) AS "layers",
         MAX(CASE WHEN q.param_name = 'activation' AND q.param_value = 0 THEN 'relu' WHEN q.param_name = 'activation' AND q.param_value = 1 THEN 'it''s 100% \ tanh' END) AS "activation"
  FROM trial_params q
  JOIN trials u ON u.trial_id = q.trial_id
  JOIN studies w ON w.study_id = u.study_id
  WHERE w.study_name = 'digits'
  GROUP BY q.trial_id
) p ON p.trial_id = t.trial_id
LEFT JOIN trial_results r ON r.trial_id = t.trial_id
LEFT JOIN trial_values v ON v.trial_id = t.trial_id AND v.objective = 0
WHERE s.study_name = 'digits';
CREATE TRIGGER netclinic_study_deleted AFTER DELETE ON studies BEGIN DELETE FROM study_specs WHERE study_id = OLD.study_id; DELETE FROM study_parameters WHERE study_id = OLD.study_id; DELETE FROM study_provenance WHERE study_id = OLD.study_id; DELETE FROM bayes_estimates WHERE study_id = OLD.study_id; DELETE FROM data_checks WHERE study_id = OLD.study_id; DELETE FROM decompositions WHERE study_id = OLD.study_id; DELETE FROM treatments WHERE study_id = OLD.study_id;DELETE FROM learning_curve_points WHERE curve_id IN (SELECT curve_id FROM learning_curves WHERE study_id = OLD.study_id); DELETE FROM learning_curves WHERE study_id = OLD.study_id; DELETE FROM regions WHERE search_id IN (SELECT search_id FROM region_searches WHERE study_id = OLD.study_id); DELETE FROM region_searches WHERE study_id = OLD.study_id; DELETE FROM findings WHERE diagnosis_id IN (SELECT diagnosis_id FROM diagnoses WHERE study_id = OLD.study_id); DELETE FROM remedies WHERE diagnosis_id IN (SELECT diagnosis_id FROM diagnoses WHERE study_id = OLD.study_id); DELETE FROM diagnoses WHERE study_id = OLD.study_id; DELETE FROM study_workers WHERE study_id = OLD.study_id; END;
CREATE TRIGGER netclinic_trial_deleted AFTER DELETE ON trials BEGIN DELETE FROM trial_results WHERE trial_id = OLD.trial_id; DELETE FROM trial_epochs WHERE trial_id = OLD.trial_id; DELETE FROM trial_tasks WHERE trial_id = OLD.trial_id; DELETE FROM trial_task_epochs WHERE trial_id = OLD.trial_id; DELETE FROM trial_labels WHERE trial_id = OLD.trial_id; DELETE FROM trial_validation_rows WHERE trial_id = OLD.trial_id; DELETE FROM trial_moments WHERE trial_id = OLD.trial_id; DELETE FROM trial_layers WHERE trial_id = OLD.trial_id; DELETE FROM trial_curvatures WHERE trial_id = OLD.trial_id; DELETE FROM trial_replicates WHERE trial_id = OLD.trial_id; DELETE FROM trial_test_rows WHERE trial_id = OLD.trial_id; DELETE FROM trial_subsets WHERE trial_id = OLD.trial_id; DELETE FROM trial_workers WHERE trial_id = OLD.trial_id; END;
COMMIT;

# Everything a newcomer needs: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
SPEC ?= examples/digits.toml

# The suite's many processes would each compile all files anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint docs bench-lanes bench-convolution bench-engine bench-pruning bench-transfer bench-treatment bench-learning-curve bench-diagnosis bench-regions bench-vitals bench-live-view bench-gpu gpu clean

demo: $(VENV)/installed  ## search, train and diagnose on scikit-learn's digits
	$(BIN)/netclinic run $(SPEC)

# One test process more than cores: tests wait for databases and processes of their own.
test: $(VENV)/installed-dev lint  ## lint, types and the whole test suite
	$(BIN)/python tests/install_browser.py
	$(BIN)/pytest -n 3 --dist worksteal -q

lint: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

docs: $(VENV)/installed-dev  ## write the generated reference pages anew
	$(BIN)/python docs/generate.py

bench-lanes: $(VENV)/installed  ## strategies and numbers of lanes on this machine
	$(BIN)/python benchmarks/lanes.py

bench-convolution: $(VENV)/installed  ## im2col beside XLA's own convolutions on this machine
	$(BIN)/python benchmarks/convolution.py

bench-pruning: $(VENV)/installed  ## the time to the best error, with and without pruning; 20 minutes
	$(BIN)/python benchmarks/pruning.py

bench-transfer: $(VENV)/installed  ## transfer to a small target beside training from scratch; 5 minutes
	$(BIN)/python benchmarks/transfer.py

bench-treatment: $(VENV)/installed  ## remedies that do nothing, and those known to help, tried; 20 minutes
	$(BIN)/python benchmarks/treatment.py

bench-learning-curve: $(VENV)/installed  ## forecasts from learning curves beside the truth; 20 minutes
	$(BIN)/python benchmarks/learning_curve.py

bench-diagnosis: $(VENV)/installed  ## the Bayes error's estimate against the truth; 22 minutes of processor time
	$(BIN)/python benchmarks/diagnosis.py

bench-regions: $(VENV)/installed  ## planted regions found, healthy sets without alarms; 45 minutes of processor time
	$(BIN)/python benchmarks/regions.py

bench-vitals: $(VENV)/installed  ## faults planted into networks and data, and healthy runs: which are found; 20 minutes
	$(BIN)/python benchmarks/vitals.py

bench-live-view: $(VENV)/installed  ## what the live view takes from training; 3 minutes
	$(BIN)/python benchmarks/live_view.py

bench-engine: $(VENV)/installed $(PEERS)/installed  ## netclinic beside its peers; ONLY=ROW for one row
	$(BIN)/python benchmarks/engine --peer-python $(PEERS)/bin/python $(addprefix --only ,$(ONLY))

bench-gpu: gpu $(VENV)/installed-cuda $(PEERS)/installed  ## the same on an NVIDIA GPU, by K; 8 minutes
	$(BIN)/python benchmarks/engine/gpu.py --peer-python $(PEERS)/bin/python

gpu:  # before gigabytes are fetched
	@nvidia-smi -L || { echo "no NVIDIA GPU here. To try the script: $(BIN)/python benchmarks/engine/gpu.py --platform cpu --small"; exit 1; }

clean:
	rm -rf $(VENV) $(PEERS) build *.egg-info .pytest_cache .ruff_cache .hypothesis

# One install serves until what decides it changes.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "netclinic needs Python 3.11 or newer; name one: make demo PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

$(VENV)/installed-cuda: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[cuda]'
	touch $@

# What netclinic is measured against stays out of its own environment.
$(PEERS)/installed: benchmarks/peers/requirements.txt
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# make audit   run the default audit on real data and write its report
# make test    install everything, run all checks and tests
# make compare run imagecorruptions in its own environment and keep its figures
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
COMPARE := .venv-compare
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
export NO_ALBUMENTATIONS_UPDATE := 1

.PHONY: audit test test-fast check format bench compare gallery clean

audit: $(VENV)/.audit
	$(BIN)/noisebench demo spoken-digits

test: check
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

test-fast: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow and not browser"

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# kornia and tsaug are only peers to measure; without one its column says so.
bench: $(VENV)/.test
	$(PIP) kornia==0.9.0 tsaug==0.2.1
	$(BIN)/python -m tests.benchmarks

compare: $(COMPARE)/.ready
	$(COMPARE)/bin/python -W ignore -m tests.comparison.imagecorruptions

gallery: $(VENV)/.test
	$(BIN)/python -m reports.gallery

clean:
	rm -rf $(VENV) $(COMPARE) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.audit: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[demo]"
	touch $@

# torch is pinned by name so that no other package can choose a build of it; silero-vad would ask for one, and
# the demo of it reads the ONNX file only.
$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) torch==2.13.0
	$(PIP) --editable ".[test]"
	$(PIP) onnxruntime
	$(PIP) --no-deps silero-vad
	touch $@

# imagecorruptions needs another OpenCV wheel and an older setuptools, so it never shares an environment with noisebench.
$(COMPARE)/.ready: tests/comparison/requirements.txt
	$(PYTHON) -m venv $(COMPARE)
	$(COMPARE)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

# make audit   run the default audit on real data and write its report
# make test    install everything, run all checks and tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
export NO_ALBUMENTATIONS_UPDATE := 1

.PHONY: audit test test-fast check format bench gallery clean

audit: $(VENV)/.audit
	$(BIN)/noisebench demo spoken-digits

test: check
	$(BIN)/python -m pytest

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

bench: $(VENV)/.test
	$(BIN)/python -m tests.benchmarks

gallery: $(VENV)/.test
	$(BIN)/python -m reports.gallery

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.audit: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[demo]"
	touch $@

# torch is pinned by name so that no other package can choose a build of it.
$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) torch==2.13.0
	$(PIP) --editable ".[test]"
	touch $@

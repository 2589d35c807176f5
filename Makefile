# `make run` and `make test` set up what they need; only Python 3.11+ and make are presumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: run test lint bench clean

run: $(VENV)/run.stamp
	$(BIN)/ouroloop run

test: $(VENV)/test.stamp lint
	$(BIN)/pytest -n 2

lint: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks

$(VENV)/run.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	$(PIP) install -c constraints.txt -e '.[test]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	$(PIP) install -c constraints.txt -e '.[test,bench]'
	@touch $@

clean:
	rm -rf $(VENV) out runs build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache

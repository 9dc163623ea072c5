# Two commands do everything on a machine with Python 3.11 or later: `make demo` and `make test`.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Tests that do not need the machine for themselves run so many at a time.
TOGETHER ?= 2

.PHONY: help demo test system bench wheel clean

help:
	@echo "make demo   set up, analyse the samples, write reports/"
	@echo "make test   set up, check style, types and contracts, run the tests"
	@echo "make bench  print the figures of the README again"

$(VENV)/.made: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed and was not found."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[offline]"
	@touch $@

$(VENV)/.made-tests: $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@touch $@

# A browser for the tests that open the report; without one they are skipped and say so.
system:
	@sh tests/system.sh

demo: $(VENV)/.made
	@mkdir -p reports
	$(BIN)/voiceprep analyze samples/strong-star.m4a --question scope-decision -o reports/strong-star.html
	$(BIN)/voiceprep analyze samples/rambling.mp3 samples/no-result.ogg samples/technical.flac -o reports/
	$(BIN)/voiceprep demo -o reports/demo.html

test: $(VENV)/.made-tests system
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(TOGETHER) --dist loadfile -m "not (model or browser or sound)"
	$(BIN)/pytest -m "model or browser or sound"

bench: $(VENV)/.made-tests
	$(BIN)/python benchmarks/hearing.py samples
	$(BIN)/python benchmarks/fillers.py
	$(BIN)/python benchmarks/star.py
	$(BIN)/python benchmarks/analyze.py

wheel: $(VENV)/.made-tests
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist build reports

# Parlour. Every target does the set-up that it needs, in .venv, and only once.
# The help is printed from the lines that carry two hashes.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Where it is set, every process that is started compiles all that it imports again:
# `parlour serve` starts in a third of the time without it.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
MINUTES ?= 10
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PINNED := --require-hashes --only-binary :all:
COMPILE := --universal --python-version 3.11 --generate-hashes --quiet \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help demo serve test kills check format bench measure fuzz model mutants periods digestmutants letters audit pins clean

help: ## what there is to make (this)
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## start Parlour with a story to play in, on loopback, no mail server needed
	@$(BIN)/parlour demo

serve: $(VENV)/.run ## start Parlour with ./parlour.toml (write one with: .venv/bin/parlour init)
	@$(BIN)/parlour serve

PROCESSES ?= logical
test: $(VENV)/.dev ## run every test, the real PostgreSQL included
	@.ci/packages
	@$(BIN)/pytest -q --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder

kills: $(VENV)/.dev ## kill and halt Parlour at so many moments as is promised, and print what that met
	@.ci/packages
	@PARLOUR_LONG_SIEGE=1 $(BIN)/pytest -q -s tests/test_kill9.py tests/test_imap_kills.py

check: $(VENV)/.dev ## format, lint, types, import contracts, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q $(wildcard tests/test_tree.py tests/test_docs.py)

format: $(VENV)/.dev ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.run ## measure Parlour beside other systems on this machine (some minutes)
	@$(BIN)/python -m bench.run $(ARGS)

CORPORA ?= ../shared/corpora
measure: $(VENV)/.run ## score the reading of mail on a folder of corpora (CORPORA=...)
	@test -f $(CORPORA)/score.py || { \
		echo "There is no $(CORPORA)/score.py; name the folder with CORPORA=..." >&2; exit 1; }
	@for reader in replies replies_in_thread bounces automated mime; do \
		echo "# $$reader"; PYTHONPATH=. $(BIN)/python $(CORPORA)/score.py \
		--set $${reader%%_*} --split $(CORPORA) \
		--predictor bench.predictors:$$reader | sed -n '1,2p'; done

fuzz: $(VENV)/.dev ## look for mails that break the reader (MINUTES=10; needs 130 MB more)
	@$(INSTALL) $(PINNED) -r requirements/fuzz.txt
	@mkdir -p .fuzz
	@$(BIN)/python -m bench.fuzz --minutes $(MINUTES)
	@$(BIN)/python -m bench.fuzz --guided --minutes $(MINUTES) .fuzz

STORIES ?= 5000
model: $(VENV)/.dev ## tell new random stories and judge each step (STORIES=5000: hours)
	@MODEL_EXAMPLES=$(STORIES) $(BIN)/pytest -q -s tests/test_model.py

mutants: $(VENV)/.dev ## plant faults into a copy and see that the stories find each
	@$(BIN)/python -m tests.model.mutants $(ARGS)

PERIODS ?= 10000
periods: $(VENV)/.dev ## let days with digests, deaths and wrong clocks pass (PERIODS=10000: an hour; ARGS="--seed 1")
	@$(BIN)/python -m tests.periods --periods $(PERIODS) $(ARGS)

digestmutants: $(VENV)/.dev ## plant faults into the digests and see that the periods find each
	@$(BIN)/python -m tests.periods.mutants $(ARGS)

letters: $(VENV)/.dev ## draw every letter at phone and desktop width, light and dark, into .gallery
	@.ci/packages
	@$(BIN)/python -m tests.pictures

audit: $(VENV)/.dev ## look the pinned packages up among the known vulnerabilities
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements/dev.txt

pins: ## renew the pinned packages in requirements/ (needs uv; TO=--upgrade for newer ones)
	uv pip compile $(COMPILE) $(TO) requirements/boot.in -o requirements/boot.txt
	uv pip compile $(COMPILE) $(TO) pyproject.toml requirements/build.in \
		-o requirements/run.txt
	uv pip compile $(COMPILE) $(TO) pyproject.toml requirements/build.in --group dev \
		--extra themes -c requirements/run.txt -o requirements/dev.txt
	uv pip compile $(COMPILE) $(TO) --group fuzz -o requirements/fuzz.txt
	@! grep -n '://' requirements/*.txt

clean: ## remove what make made: the environment, caches, results
	rm -rf $(VENV) .boot .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .fuzz .gallery .demo bench/results dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A Debian without python3-venv has no ensurepip; virtualenv brings its own pip.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Parlour needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
		echo "'$(PYTHON) -m venv' does not work here; going on with virtualenv in .boot"; \
		rm -rf $(VENV) .boot; \
		$(PYTHON) -m pip install --quiet $(PINNED) --target .boot -r requirements/boot.txt \
		&& PYTHONPATH=.boot $(PYTHON) -m virtualenv --quiet $(VENV); }

# The stamps say which set is installed; `dev` holds everything that `run` does.
# Hash mode refuses `-e .`, so the project itself is a second call that fetches nothing.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Parlour runs on (about half a minute) ..."
	@$(INSTALL) $(PINNED) -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Parlour and its tests run on (about a minute) ..."
	@$(INSTALL) $(PINNED) -r requirements/dev.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

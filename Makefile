# Every target sets up what it needs first; a second run finds it done. `make` alone lists them.
PYTHON := $(or $(PYTHON),$(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	$$name -c '' 2>/dev/null && echo $$name && break; done))
RUN := .venv/bin/python -m

# Else each of the hundreds of processes that the tests start would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# ASK reaches the program through the environment, as it was typed: $ and quotes included.
override ASK := $(value ASK)
export ASK

.PHONY: help setup run test test-slow lint check lock train-router train-emotion clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## make .venv ready (the others do this too)
ifeq ($(PYTHON),)
	@echo "No Python found: install Python 3.11, 3.12 or 3.13 first." >&2; exit 1
endif
	@$(PYTHON) .ci/bootstrap.py

run: setup ## start the assistant; make run ASK="a question" answers once
	@if [ -n "$$ASK" ]; then exec .venv/bin/sarai ask -- "$$ASK"; else exec .venv/bin/sarai; fi

test: setup ## run the tests in two processes (ARGS="-k name" narrows them)
	@$(RUN) pytest -n 2 --dist worksteal $(ARGS)

test-slow: setup ## run the slow tests; what is skipped says why
	@$(RUN) pytest -m slow $(ARGS)

lint: setup ## format, rules, types and layers, all checked and nothing changed
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@.venv/bin/lint-imports

check: lint test ## lint and test

lock: ## solve pyproject.toml anew into requirements.lock (needs uv; ARGS=--upgrade moves all)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --quiet --extra dev $(ARGS) --output-file requirements.lock pyproject.toml

train-router: setup ## train the routing classifier anew (needs scipy and scikit-learn; DATA=folder of the public sets)
	@$(RUN) models.router.train --data $(or $(DATA),../shared/data/routing)

train-emotion: setup ## train the emotion heads anew (needs scipy, scikit-learn; DATA=folder of the sets)
	@$(RUN) models.emotion.train --data $(or $(DATA),../shared/data/routing)

clean: ## remove .venv and every cache in this folder (built wheels stay in the user's cache)
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

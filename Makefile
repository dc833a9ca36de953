# `make demo` and `make test` each set up what they need and work without the other.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLOOR := build/cdk-floor
READY := $(VENV)/.ready emulator/.venv/.ready node_modules/.ready
MODEL ?= centralized

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help setup demo test test-fast coverage bench bench-scale fuzz lint docs docs-check lock clean

help: ## Lists the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY) $(FLOOR)/.ready ## The Python environments, Node.js, the CDK CLI and the oldest aws-cdk-lib.

demo: $(READY) ## The main job end to end, on a live endpoint of this machine. MODEL=a folder of examples/
	@$(BIN)/python scripts/demo.py examples/$(MODEL)/blueprint.yaml

test: setup ## Every test.
	@$(BIN)/python scripts/test.py

test-fast: $(VENV)/.ready ## The tests that need no Node.js.
	@$(BIN)/python scripts/test.py --fast

coverage: $(VENV)/.ready ## What the tests without Node.js reach.
	@$(BIN)/coverage run -m pytest -q tests/unit tests/property tests/acceptance -m "not node" && $(BIN)/coverage report

bench: $(VENV)/.ready ## The evaluator, the review and 400 repositories beside their floors.
	@$(BIN)/python -m pytest -q tests/benchmarks/test_against_the_floor.py --benchmark-only --benchmark-columns=min,median,max
	@$(BIN)/python benchmarks/compare_repositories.py

bench-scale: $(VENV)/.ready ## Blueprints of 250 to 3,000 repositories, with the CDK's validation and without; minutes.
	@$(BIN)/python benchmarks/blueprint_scale.py

fuzz: $(VENV)/.ready ## The properties with 20,000 examples each; long.
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -q tests/property -m "not node"

lint: $(VENV)/.ready ## Style, types and layers.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/mypy

docs: $(VENV)/.ready ## Writes the generated pages anew.
	@$(BIN)/python scripts/generate_docs.py

docs-check: $(VENV)/.ready ## Fails if a generated page is stale.
	@$(BIN)/python scripts/generate_docs.py --check

lock: ## Resolves requirements/dev.in into requirements/dev.txt.
	@rm -rf build/lock && $(PYTHON) -m venv build/lock && build/lock/bin/pip install -q -r requirements/dev.in
	@(echo "# Written by 'make lock' from requirements/dev.in."; build/lock/bin/pip freeze --exclude-editable) > requirements/dev.txt
	@rm -rf build/lock

clean: ## Removes what the other targets made.
	@rm -rf $(VENV) emulator/.venv node_modules cdk.out build dist .demo .mypy_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "setting up $(VENV): Python packages and Node.js, a minute or two"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q -r requirements/dev.txt
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

emulator/.venv/.ready: emulator/requirements.txt
	@echo "setting up emulator/.venv: the local CloudFormation endpoint"
	@$(PYTHON) -m venv emulator/.venv
	@emulator/.venv/bin/pip install -q -r emulator/requirements.txt
	@touch $@

$(FLOOR)/.ready: requirements/floor.txt $(VENV)/.ready
	@echo "setting up $(FLOOR): the oldest aws-cdk-lib that is supported"
	@rm -rf $(FLOOR) && $(BIN)/python -m venv --without-pip $(FLOOR)
	@grep -v '^#' requirements/floor.txt | while read -r one; do \
	  $(BIN)/pip --python $(FLOOR)/bin/python install -q --no-deps --no-compile "$$one"; done
	@$(FLOOR)/bin/python -c 'import sys, sysconfig; from pathlib import Path; Path(sysconfig.get_path("purelib"), \
	  "environment.pth").write_text(f"import site; site.addsitedir({sys.argv[1]!r})\n")' \
	  "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
	@touch $@

node_modules/.ready: package.json package-lock.json $(VENV)/.ready
	@echo "setting up node_modules: the CDK CLI"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

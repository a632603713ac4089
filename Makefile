# Two commands matter: `make run` and `make test`. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX := $(shell $(PYTHON) -m pip config get global.index-url 2>/dev/null)
UV_INSTALL := UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON=$(BIN)/python $(if $(INDEX),UV_DEFAULT_INDEX=$(INDEX)) \
	$(BIN)/uv pip install --quiet --require-hashes

.PHONY: run test ui check bench lock clean

run: $(VENV)/ready
	@$(BIN)/ajar run

test: $(VENV)/ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 --dist loadfile

ui: $(VENV)/ready
	@$(BIN)/ajar ui

check: $(VENV)/ready-dev
	@$(BIN)/dg check defs

bench: $(VENV)/ready-dev
	@$(BIN)/python -m tests.bench

$(VENV)/bin/uv: bootstrap.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"expected Python 3.11 or newer, found {v.major}.{v.minor}; run again with PYTHON=python3.12 or the like")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@touch $@

$(VENV)/ready: run.lock pyproject.toml $(VENV)/bin/uv
	@$(UV_INSTALL) -r run.lock || $(BIN)/python -m pip install --quiet --require-hashes -r run.lock
	@UV_PYTHON=$(BIN)/python $(BIN)/uv pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/ready-dev: dev.lock $(VENV)/ready
	@$(UV_INSTALL) -r dev.lock || $(BIN)/python -m pip install --quiet --require-hashes -r dev.lock
	@touch $@

# Locks name versions and hashes, never hosts.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras \
	--no-emit-index-url --upgrade
lock: $(VENV)/bin/uv
	printf 'uv\nsetuptools>=77\n' | $(COMPILE) - -o bootstrap.lock
	$(COMPILE) pyproject.toml -o run.lock
	$(COMPILE) pyproject.toml --extra dev -c run.lock -o dev.lock

clean:
	rm -rf $(VENV) warehouse/data

# Two commands matter on a fresh machine: `make demo` and `make test`. Both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
KILLS ?= 60
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo run test check format test-guards test-long benchmark lock wheel clean

help:
	@echo "make demo    run the whole product offline against the bundled newsroom"
	@echo "make test    the test suite (no network)"
	@echo "make check   ruff, mypy, import-linter"
	@echo "make test-guards, make test-long   protections removed in turn; kills and browsers"
	@echo "make run     the service, with config.yaml of this folder"

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "News Monitor needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "python3 -m venv is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

.venv/runtime.stamp: .venv/pyvenv.cfg requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 .venv/lib monitor spiders >/dev/null || true
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/runtime.stamp
	$(BIN)/monitor demo

run: .venv/runtime.stamp
	$(BIN)/monitor run

test: .venv/dev.stamp
	$(BIN)/python -m pytest -m "not slow"

# Each protection removed in turn: its test must fail.
test-guards: .venv/dev.stamp
	$(BIN)/python tests/guards.py

# Kills at every failpoint against a real mail server, the mail in a real browser (Debian: chromium). KILLS=500 for more; 60 by default.
test-long: .venv/dev.stamp
	KILLS=$(KILLS) $(BIN)/python -m pytest -m slow

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel: .venv/dev.stamp
	$(BIN)/python -m hatchling build -t wheel

# The lock files carry hashes and no registry address. hatchling and editables stand in the runtime lock because
# `pip install --editable` without build isolation needs them.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml build-requirements.in -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache

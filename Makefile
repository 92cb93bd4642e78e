# `make demo` and `make test` need Python 3.11+ and make, nothing else: both set up .venv from the hashed lock.

IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin/python -m
STAMP := $(VENV)/.installed
JOBS ?= 2
SIZE ?= small

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check chaos bench lock clean

help:  ## show what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## make .venv and install what the lock names; does nothing if that is done

$(STAMP): requirements.lock pyproject.toml
	@$(or $(PYTHON),false) -c '$(IS_NEW_ENOUGH)' 2>/dev/null || { echo "The hub needs Python 3.11 or newer, and" \
		"$(if $(PYTHON),$(PYTHON) is not,none is on the PATH). Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(VENV)/bin/python -c 'import pip; $(IS_NEW_ENOUGH)' >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } || { \
		rm -rf $(VENV); echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(RUN) pip install --quiet --require-hashes --requirement requirements.lock
	@$(RUN) pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $(STAMP)

demo: setup  ## start everything with a manufacturer's data and keep serving (SIZE=small|medium|large)
	@$(RUN) mdm demo --size $(SIZE)

test: check  ## check, then the suite against real servers
	@$(RUN) pytest -n $(JOBS) --dist worksteal

check: setup  ## ruff and mypy
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy

chaos: setup  ## the long fault matrix
	@$(RUN) pytest -m chaos

bench: setup  ## the figures
	@$(RUN) pytest -m benchmark -s

lock: setup  ## write requirements.lock anew from pyproject.toml (UPGRADE=--upgrade takes newer releases)
	@$(RUN) piptools compile --quiet --generate-hashes --allow-unsafe --build-deps-for editable --strip-extras \
		--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--extra embedded --extra dev $(UPGRADE) --output-file requirements.lock pyproject.toml

clean:  ## remove .venv and caches; the data under .mdm stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

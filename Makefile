# What a newcomer needs: `make run` and `make test`. `make check` is what a change must pass besides.
PYTHON ?= python3
PORT ?= 8000
DATA ?= .local
STAGE ?= dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check package format clean

help:
	@echo "make run [PORT=8000] [DATA=.local]   serve the API on this machine"
	@echo "make test                            run the tests"
	@echo "make package [STAGE=dev]             build the Lambda package and its template in out/STAGE"
	@echo "make check                           lint, types, house rules"

run: .venv/run
	@exec .venv/bin/python -m infra.serve --port "$(PORT)" --data "$(DATA)"

test: .venv/test
	.venv/bin/python -m pytest -n 2 --dist loadfile

check: .venv/test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest --no-cov tests/test_house.py

package: .venv/run
	@.venv/bin/python -m infra.package --stage "$(STAGE)"

format: .venv/test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s." % sys.version.split()[0])'
	@$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python requirements.txt infra/requirements.txt infra/constraints.txt
	.venv/bin/python -m pip install --quiet -r infra/requirements.txt
	@touch $@

.venv/test: .venv/run tests/requirements.txt
	.venv/bin/python -m pip install --quiet -r tests/requirements.txt
	@touch $@

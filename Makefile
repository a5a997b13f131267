# The same commands for people and for CI. Nothing is needed beforehand but make and Python 3.10-3.13.

VENV    ?= .venv
# PyAirbyte, behind the demo and its tests, supports Python up to 3.12: 3.13 is the last choice.
PYTHONS ?= python3.12 python3.11 python3.10 python3 python3.13
# Two a processor: tests of limits, kills and pauses mostly wait.
WORKERS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))
IMAGE   ?= airbyte/source-xero-gl:dev
PRISM   ?= npx --yes @stoplight/prism-cli@5

PYTHON := $(VENV)/bin/python
READY  := $(VENV)/.installed
# Modules are handed out whole, in the order of the folders: the long ones first, so that no worker ends alone.
PYTEST  = $(PYTHON) -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help venv demo sync lint lint-sql lock format types unit integration test test-quick test-long coverage audit qa qa-tree qa-image bench soak schemas-check prism sbom package verify-live image image-test test-platforms test-dagster clean FORCE

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

$(PYTHON):
	@for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$candidate."; \
	    "$$candidate" -m venv "$(VENV)" && exit 0; \
	    rm -f "$@"; \
	    echo "$$candidate cannot create environments: on Debian and Ubuntu, install the package python3-venv." >&2; \
	  fi; \
	done; \
	echo "No usable Python: install Python 3.10, 3.11 or 3.12 (3.13 runs the connector, not the demo)." >&2; \
	exit 1

# Run again when setup.py has changed, or when the interpreter has gone.
$(READY): setup.py $(shell test -x $(PYTHON) || echo FORCE) | $(PYTHON)
	@echo "Installing the connector and its tools into $(VENV): one to three minutes, the first time only."
	@$(PYTHON) -m pip install --quiet --quiet -e '.[dev,sync]'
	@touch $@

venv: $(READY)  ## create .venv with all that the other commands need

demo: $(READY)  ## read a company from a local Xero with its journals and without, and compare both ledgers with its trial balance
	@$(PYTHON) -m demo

sync: $(READY)  ## source-xero-gl sync: a real organisation's ledger in DuckDB: make sync CONFIG=secrets/config.json
	@test -n "$(CONFIG)" || { echo "Name the file with your settings: make sync CONFIG=secrets/config.json" >&2; exit 2; }
	@$(VENV)/bin/source-xero-gl sync --config "$(CONFIG)" $(if $(filter all,$(STREAMS)),--all,$(if $(STREAMS),--streams "$(STREAMS)")) $(if $(OPEN),--open)

lint: $(READY)  ## ruff: rules and format; no secret in a tracked file
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	@$(PYTHON) .ci/secret_scan.py

lint-sql: $(READY)  ## sqlfluff: the style of the dbt package's SQL, half a minute
	@$(PYTHON) -m sqlfluff lint dbt --disable-progress-bar --processes 0

audit: $(READY)  ## look up every installed package in PyPI's database of known weaknesses
	@$(PYTHON) .ci/audit.py $(if $(SERVICE),--service $(SERVICE))

format: $(READY)  ## ruff: repair what can be repaired
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

types: $(READY)  ## mypy, strict
	$(PYTHON) -m mypy

unit: $(READY)  ## fast tests, no sockets
	$(PYTEST) unit_tests

integration: $(READY)  ## the connector as a process against a local Xero, Airbyte's standard tests, PyAirbyte
	$(PYTEST) integration_tests

test: lint lint-sql types  ## lint, SQL style, types, then all tests but the long ones in one run: seven minutes on two cores
	$(PYTEST) integration_tests unit_tests

test-quick: lint types  ## lint, types, unit tests without the random worlds, and four commands against a local Xero: a minute
	$(PYTEST) -m "not slow and not hypothesis" integration_tests/test_commands.py unit_tests

test-long: $(READY)  ## what takes minutes: load, killed syncs, Xero's real minute, the demo's runs, a fresh installation, other warehouses, two minutes of soak
	@$(PYTHON) -m integration_tests.soak --minutes 2 & soak=$$!; \
	$(PYTEST) -m "slow and not image_tests and not requires_creds" --ignore integration_tests/platforms/test_dagster.py integration_tests; tests=$$?; \
	wait $$soak && exit $$tests

coverage: $(READY)  ## the tests of make test with branch coverage
	$(PYTEST) --cov --cov-report term integration_tests unit_tests

bench: $(READY)  ## measure calls, pace, throughput, memory, traffic, dbt and many organisations: tables, about twelve minutes
	@$(PYTHON) -m benchmarks

soak: $(READY)  ## syncs under all faults at once, killed at random, then compared with the truth
	@$(PYTHON) -m integration_tests.soak

schemas-check: $(READY)  ## compare schemas and requests with Xero's description: make schemas-check OPENAPI=xero_accounting.yaml
	@test -n "$(OPENAPI)" || { echo "Name Xero's OpenAPI file: make schemas-check OPENAPI=xero_accounting.yaml" >&2; exit 2; }
	@$(PYTHON) -m tools.schemas_check "$(OPENAPI)"
	@OPENAPI="$(abspath $(OPENAPI))" $(PYTHON) -m pytest --quiet integration_tests/test_openapi.py

prism: $(READY)  ## Stoplight's Prism, run by npx, plays Xero by its description: make prism OPENAPI=xero_accounting.yaml
	@test -n "$(OPENAPI)" || { echo "Name Xero's OpenAPI file: make prism OPENAPI=xero_accounting.yaml" >&2; exit 2; }
	@OPENAPI="$(abspath $(OPENAPI))" PRISM="$(PRISM)" $(PYTHON) -m pytest --quiet -m "slow or not slow" integration_tests/test_openapi.py

verify-live: $(READY)  ## ask a real organisation, read-only, whether Xero does what we rely on: make verify-live CONFIG=secrets/config.json (SECOND=another sign-in)
	@test -n "$(CONFIG)" || { echo "Name the file with your settings: make verify-live CONFIG=secrets/config.json" >&2; exit 2; }
	@$(PYTHON) -m tools.verify_live --config "$(CONFIG)" $(if $(SECOND),--second "$(SECOND)")

lock: $(READY)  ## renew requirements.lock, the exact packages that the image is built from
	@$(PYTHON) -m tools.lock

# In an environment of its own: what it brings makes each import of jsonschema a second slower.
sbom: $(READY)  ## write build/sbom.cdx.json, the bill of materials (CycloneDX) of the packages in the image
	@test -x .tmp/sbom/bin/cyclonedx-py || { $(PYTHON) -m venv .tmp/sbom && .tmp/sbom/bin/python -m pip install --quiet 'cyclonedx-bom>=7.2,<8'; }
	@mkdir -p build
	@.tmp/sbom/bin/cyclonedx-py requirements --output-reproducible --output-format JSON --output-file build/sbom.cdx.json requirements.lock

package: $(READY)  ## build what PyPI gets, into dist/: wheel and source distribution, checked by twine
	@rm -rf dist
	@$(PYTHON) -m build --outdir dist
	@$(PYTHON) -m twine check --strict dist/*

image:  ## build the Docker image, from requirements.lock
	docker build $(DOCKER_BUILD_FLAGS) --tag $(IMAGE) .

image-test: $(READY)
	IMAGE=$(IMAGE) $(PYTEST) -m image_tests integration_tests/platforms

qa: qa-tree  ## Airbyte's own checks of a connector, those of the image too where a Docker engine runs or can be started: two minutes
	@.ci/with-docker.sh $(MAKE) --no-print-directory image qa-image

qa-tree: $(READY)
	@$(PYTHON) -m tools.airbyte_qa

qa-image: $(READY)
	@$(PYTHON) -m tools.airbyte_qa --image $(IMAGE)

# PACKAGES_TESTED: make test and make test-long have run with PostgreSQL and Chromium installed.
test-platforms: $(READY)  ## PostgreSQL, a browser, and the image, built, run and checked by Airbyte's tools (as root on Debian; with a Docker engine of its own if none runs)
ifndef PACKAGES_TESTED
	@.ci/with-packages.sh postgresql $(PYTEST) -m "slow or not slow" integration_tests/test_fivetran.py integration_tests/test_ledger_truth.py integration_tests/platforms/test_pyairbyte.py integration_tests/platforms/test_sync_postgres.py -k "test_fivetran or postgres"
	@.ci/with-packages.sh chromium $(PYTEST) integration_tests/platforms/test_connect_browser.py integration_tests/platforms/test_ledger_page.py
endif
	@.ci/with-docker.sh $(MAKE) --no-print-directory image image-test qa-image

test-dagster: $(READY)  ## the real Dagster with 20 organisations and faults
	ORGANISATIONS=20 $(PYTEST) -m slow integration_tests/platforms/test_dagster.py

clean:  ## remove the environment, builds and caches
	rm -rf .venv .tmp build dist *.egg-info .coverage .coverage.* coverage.xml htmlcov
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

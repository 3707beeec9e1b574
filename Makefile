# The project's commands; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup spark run ui test test-rest test-all lint audit sbom bench test-tools

# What `make test` leaves to `make test-rest`: the markers of pyproject.toml. Together they run each
# test once.
REST := kills or full_disk or browser or real_refresh or snippets or long
# Spark's tests run apart, and so does Spark: see requirements-spark.lock.
# In the order of tests/conftest.py, a file after the other.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv from requirements.lock, once

$(STAMP): requirements.lock requirements-oldest.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14) and "Python 3.11, 3.12 or 3.13 is needed: make setup PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@echo "Installing $$(grep -c == requirements.lock) packages, 2 GB: some minutes."
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --no-deps --target $(VENV)/oldest -r requirements-oldest.lock
	@echo "Parsing the dbt project."
	$(BIN)/python -c 'from orchestration.assets.dbt import manifest; manifest()'
	@touch $@

run: setup ## Fetch, build, check and publish warehouse/unga.duckdb
	$(BIN)/unga refresh

ui: setup ## Open the Dagster UI on 127.0.0.1:3000
	$(BIN)/unga ui

test: setup ## Run the tests of a change; with UNGA_MIRROR set, on the real votes too
	$(PYTEST) -m "not ($(REST) or spark)"

test-rest: setup spark ## Run the other tests: kills, full disks, browsers, whole refreshes, the pages' code
	$(PYTEST) -m "($(REST)) and not spark"
	$(BIN)/pytest -m spark tests/integration/test_scale_out_spark.py

test-all: test test-rest ## Run all tests

spark: setup $(VENV)/spark/.set-up ## Install Apache Spark, 490 MB, for unga pairs --engine spark

$(VENV)/spark/.set-up: requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --no-deps --target $(VENV)/spark -r requirements-spark.lock
	@touch $@

lint: setup ## ruff, mypy, import-linter, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests

# Apart from what is locked: they bring pip and thirty other packages, and no test needs them.
$(VENV)/release/.set-up:
	$(PYTHON) -m venv $(VENV)/release
	$(VENV)/release/bin/python -m pip install --quiet --disable-pip-version-check "pip-audit>=2.9" "cyclonedx-bom>=7"
	@touch $@

audit: $(VENV)/release/.set-up ## Ask for known vulnerabilities of the locked packages: a report, not a test
	$(VENV)/release/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip --progress-spinner off

sbom: $(VENV)/release/.set-up ## Write what a release consists of, as CycloneDX, to dist/sbom.cdx.json
	mkdir -p dist
	$(VENV)/release/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.cdx.json

bench: setup ## Measure refresh, kernel, queries, growth: a report, not a test
	$(BIN)/python -m benchmarks

test-tools: ## Install what some tests need: Chromium, PostgreSQL, nginx, systemd's tools, faketime, Java (Debian, Ubuntu)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium postgresql nginx-light systemd openssl faketime openjdk-17-jre-headless

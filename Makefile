.DEFAULT_GOAL := help
SHELL := bash
BIN := .venv/bin
LISTEN ?= localhost:50051
DATA ?= data
ROBUSTNESS_SECONDS ?= 600
WORKERS ?= 2
ROBUSTNESS_SEED := $(or $(ROBUSTNESS_SEED),$(shell date +%s))

.PHONY: help setup serve test check generate docs lock bench robustness clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" scripts/setup.sh

setup: .venv/.ready ## Create .venv with all that the server, the tests and the checks need

serve: setup ## Start a server on LISTEN (localhost:50051) with its data in DATA (./data)
	@$(BIN)/modeldex serve --listen $(LISTEN) --data-dir $(DATA)

test: setup ## Run all tests, WORKERS (2) at a time
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: setup ## Lint, types, contract, generated code
	@scripts/check.sh

generate: setup ## Write what is made from protos/, and the sync half of the Python client
	@scripts/generate.sh generated
	@cp generated/service_config.json clients/go/modeldex/ # a Go module embeds only its own files
	@$(BIN)/python scripts/unasync.py

docs: setup ## Show the documents on localhost:8000, as they are being written
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

lock: setup ## Write requirements.lock from pyproject.toml
	@scripts/lock.sh

bench: setup ## Measure, side by side with the bare things
	@$(BIN)/python -m benchmarks

robustness: setup ## Break replicas, networks and stores at random for ROBUSTNESS_SECONDS (600)
	@echo "ROBUSTNESS_SEED=$(ROBUSTNESS_SEED)"
	@ROBUSTNESS_SECONDS=$(ROBUSTNESS_SECONDS) ROBUSTNESS_SEED=$(ROBUSTNESS_SEED) $(BIN)/pytest -s \
		tests/robustness/test_feed_random.py tests/robustness/test_cache_random.py \
		tests/robustness/test_history_random.py tests/robustness/test_hand_over.py tests/robustness/test_leaks.py

clean: ## Remove all that was installed or built, caches and ./data
	@rm -rf .venv .venv-tools data site dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf clients/typescript/{node_modules,dist} clients/java/{,*/}target generated/java/target

# `make` alone lists what can be made. Everything runs from .venv, which `make setup` prepares.
PYTHON ?=
BIN := .venv/bin
export PYTHON

.PHONY: help setup demo test lint bench faults soak wheel lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 14

setup: ## Install system libraries and .venv (quick when done already)
	@packaging/setup

demo: setup ## Start rcdesk and a local RingCentral, pointed at each other
	@packaging/demo

test: lint ## Check style and types, then run all tests, headless
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

lint: setup ## Check style and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup ## Measure speed and size, one JSON line each
	@packaging/virtual-screen $(CURDIR)/$(BIN)/python -m tests.benchmarks

faults: setup ## Lose the connection in every way, and time it
	@$(BIN)/python -m tests.benchmarks.recovery

soak: setup ## Work a day in a few minutes, and watch the memory
	@$(BIN)/python -m tests.benchmarks.soak

wheel: setup ## Build the wheel into dist/
	$(BIN)/hatchling build --target wheel

lock: setup ## Renew requirements.lock
	packaging/lock --upgrade

clean: ## Remove everything that was made
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

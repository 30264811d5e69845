# One command for each thing a developer does. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM := /usr/bin/chromium
MOSQUITTO := /usr/sbin/mosquitto
APT := $(shell if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo yes; fi)

.PHONY: help setup setup-test browser broker demo dev test check bench soak shot format lock clean-demo

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  if [ -n "$(APT)" ]; then apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); \
	  else echo "Python's venv is missing. As root: apt-get install python3-venv"; exit 1; fi; }

$(VENV)/.runtime: .locks/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the twin runs on (locked versions, checked hashes) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .locks/runtime.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Building the screens' fonts ..."
	@$(BIN)/python -m twin.ui.fonts
	@touch $@

$(VENV)/.test: .locks/test.txt $(VENV)/.runtime
	@echo "Installing what the tests need (locked versions, checked hashes) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .locks/test.txt
	@touch $@

setup: $(VENV)/.runtime ## make .venv with what the twin runs on
setup-test: $(VENV)/.test browser broker ## the same with what tests need, Chromium and mosquitto included

browser:
	@test -x $(CHROMIUM) || { \
	  if [ -n "$(APT)" ]; then echo "Installing Debian's Chromium for the browser tests ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else echo "The browser tests need Debian's Chromium at $(CHROMIUM). As root: apt-get install chromium"; exit 1; fi; }

broker:
	@test -x $(MOSQUITTO) || { \
	  if [ -n "$(APT)" ]; then echo "Installing Debian's mosquitto for the tests of the MQTT door ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto mosquitto-clients >/dev/null; \
	  else echo "Without mosquitto the MQTT door is not tested. As root: apt-get install mosquitto mosquitto-clients"; fi; }

demo: setup ## create the demo community on first run, serve it, simulate its life
	@exec $(BIN)/twin demo

dev: setup ## serve, and start again when a file changes
	@exec $(BIN)/twin dev

check: $(VENV)/.test ## style, types, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup-test ## every test, the browser's included
	$(BIN)/pytest -q -m "not soak and not browser" -n 2 --dist loadfile
	$(BIN)/pytest -q -m "browser and not soak"

cover: setup-test ## which lines no test reaches
	$(BIN)/pytest -q --cov --cov-report=term:skip-covered -m "not soak"

bench: setup-test ## measured figures, as tables (ROWS="wall points" for some)
	$(BIN)/python tests/bench/run.py $(ROWS)

soak: setup-test ## the tests that take minutes
	$(BIN)/pytest -q -m soak

shot: setup-test ## refresh the README's pictures
	$(BIN)/python tests/browser/shot.py

format: $(VENV)/.test ## let ruff write the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean-demo: ## forget the demo's live files
	rm -rf data/run

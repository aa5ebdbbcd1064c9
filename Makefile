# The developer's day. `make help` lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

PYTHON ?= python3
BIN := .venv/bin
ENV := .venv/.installed
DONE := _build/.done
SETS := $(notdir $(wildcard solutions/*))
SET ?= image-spectra
WORKERS ?= 2

files = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/__pycache__/*' -not -path 'book/_static/mathjax/*' -not -path 'book/_static/fonts/*')
LIBRARY := $(call files,spectralkit gradekit)
SOURCES := $(call files,solutions) nbgrader_config.py
PAGES := $(call files,book) _config.yml

.PHONY: help course test check env lint units exercises generated round-trip book serve browser demo grade bench lock clean

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z].*  ## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

course: $(DONE)/book $(DONE)/demo  ## everything from nothing: environment, exercises, book, a graded sample class
	@echo
	@echo "The book            _build/html/index.html"
	@echo "The exercises       exercises/<set>/<set>.ipynb"
	@echo "A graded class      _build/demo/<set>/feedback/"

test: lint units generated round-trip book browser  ## everything a change must pass
	@echo "Every check has passed."

check: lint units  ## the part for every few minutes: lint and unit tests

env: $(ENV)  ## the environment in .venv, from the lock files

$(ENV): requirements.lock pyproject.toml book/package-lock.json .ci/system-packages.txt
	@.ci/install-system-packages
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	    echo "Python 3.11, 3.12 or 3.13 is needed, but $(PYTHON) is $$($(PYTHON) --version 2>&1): give another with make PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make virtual environments: install its venv package (on Debian and Ubuntu: sudo apt install python3-venv)."; exit 1; }
	@echo "Installing the environment into .venv (about 1.3 GB, some minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --prefix book --silent --no-audit --no-fund
	@touch $@

lint: $(ENV)  ## ruff, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

units: $(ENV)  ## tests of the library and the grader
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/spectralkit tests/gradekit

exercises: $(DONE)/exercises  ## generate exercises/ from solutions/ and check every set

$(DONE)/exercises: $(ENV) $(LIBRARY) $(SOURCES)
	$(BIN)/gradekit release
	$(BIN)/gradekit check
	@mkdir -p $(DONE) && touch $@

round-trip: $(ENV)  ## the real nbgrader commands over sample classes: marks and feedback
	$(BIN)/python -m pytest -q tests/exercises

generated: $(ENV)  ## whether generated files are what their sources make, byte for byte
	$(BIN)/gradekit release --check

book: $(DONE)/book  ## the book, in _build/html

$(DONE)/book: $(DONE)/exercises $(LIBRARY) $(PAGES)
	$(BIN)/python book/build.py
	@touch $@

serve: $(DONE)/book  ## the book on http://127.0.0.1:8000
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

browser: $(DONE)/book  ## tests of the book: every page in headless Chromium, and what builds it
	$(BIN)/python -m pytest -q tests/book

demo: $(DONE)/demo  ## a sample class, graded, with its feedback, in _build/demo

$(DONE)/demo: $(DONE)/exercises
	for set in $(SETS); do $(BIN)/gradekit demo $$set || exit 1; done
	@touch $@

grade: $(DONE)/exercises  ## grade submitted/*/SET (SET=image-spectra): runs the submissions' code with your rights
	$(BIN)/gradekit grade $(SET) --trust-submissions

bench: $(ENV)  ## speed, as ratios of one run
	$(BIN)/python -m benchmarks.bench

lock: $(ENV)  ## renew requirements.lock and book/package-lock.json
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --upgrade --quiet \
	    --no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --prefix book --package-lock-only --omit-lockfile-registry-resolved

clean:  ## remove everything that was built, but not the environment
	rm -rf _build

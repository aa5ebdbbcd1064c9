# The developer's day. `make help` lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:  # `generated` must compare before anything generates
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

PYTHON ?= python3
BIN := .venv/bin
ENV := .venv/.installed
WORKERS ?= 2
SET ?= image-spectra

find = find $(1) \( -name node_modules -o -name mathjax -o -name fonts -o -name __pycache__ -o -name .ipynb_checkpoints \) -prune -o -type f -print
LIBRARY := $(shell $(call find,spectralkit gradekit))
SOURCES := $(shell $(call find,solutions)) nbgrader_config.py
PAGES := $(shell $(call find,book)) _config.yml
SETS := $(foreach set,$(notdir $(wildcard solutions/*)),$(if $(wildcard solutions/$(set)/$(set).py),$(set)))
RELEASED := $(foreach set,$(SETS),exercises/$(set)/$(set).ipynb)
CHECKED := _build/nbgrader/.checked
BOOK := _build/html/index.html
DEMOS := $(SETS:%=_build/demo/%/.graded)
NAMES := _build/names.txt

.PHONY: help course book serve exercises demo grade report test check lint units generated round-trip browser bench bench-grading env lock clean always

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z].*  ## / { printf "make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

course: book demo  ## everything from nothing: environment, exercises, book, a graded sample class
	@echo
	@echo "The book         $(CURDIR)/$(BOOK)"
	@for set in $(SETS); do \
	    echo "A problem set    $(CURDIR)/exercises/$$set/$$set.ipynb"; \
	    echo "Its sample class $(CURDIR)/_build/demo/$$set/feedback/"; \
	    echo "Its class report $(CURDIR)/_build/demo/$$set/_build/report/$$set/index.html"; \
	done

book: $(BOOK)  ## the book, in _build/html/index.html

serve: $(BOOK)  ## the book on http://127.0.0.1:8000, until Ctrl-C
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

exercises: $(CHECKED)  ## write exercises/ from solutions/ and check every problem set

demo: $(DEMOS)  ## a sample class for each problem set, graded, in _build/demo/<set>

grade: $(CHECKED)  ## grade submitted/*/SET, SET=image-spectra: in the sandbox
	$(BIN)/gradekit grade $(SET)

report: $(ENV)  ## a page and tables about the graded class of SET, in _build/report/SET/
	$(BIN)/gradekit report $(SET)

test: lint units generated round-trip book browser  ## everything a change must pass
	@echo "Every check has passed."

check: lint units  ## part of test, for every few minutes: lint and units

lint: $(ENV)  ## part of test: ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

units: $(ENV)  ## part of test: the library, the grader, their package
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/test_package.py tests/spectralkit tests/gradekit

generated: $(ENV)  ## part of test: exercises/ is what solutions/ makes, byte for byte
	$(BIN)/gradekit release --check

round-trip: $(ENV)  ## part of test: the real nbgrader commands over sample classes
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/grading tests/exercises

browser: $(BOOK)  ## part of test: every page of the book in headless Chromium, and what builds it
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup tests/book

bench: $(ENV)  ## speed of the library, as ratios of one run
	$(BIN)/python -m benchmarks.bench

bench-grading: $(ENV)  ## speed of grading against nbgrader alone, about five minutes
	$(BIN)/python -m benchmarks.bench_grading

env: $(ENV)  ## the environment in .venv, from the lock files; other commands make it when needed

lock: $(ENV)  ## renew requirements.lock and book/package-lock.json
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --upgrade --quiet \
	    --no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --prefix book --package-lock-only --omit-lockfile-registry-resolved

clean:  ## remove everything that was built, but not the environment
	rm -rf _build

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

# make cannot see that a source was deleted, only that this list of them is newer. The plus sign
# lets the list be compared under `make -n` too, which would otherwise call everything outdated.
$(NAMES): always
	+@mkdir -p $(@D)
	+@$(call find,spectralkit gradekit solutions book) | LC_ALL=C sort > $@.now
	+@if cmp -s $@.now $@; then rm $@.now; else mv $@.now $@; fi

$(RELEASED):  # without a recipe: one that is missing counts as changed

$(CHECKED): $(ENV) $(NAMES) $(LIBRARY) $(SOURCES) $(RELEASED)
	$(BIN)/gradekit release
	$(BIN)/gradekit check
	@touch $@

$(BOOK): $(CHECKED) $(NAMES) $(PAGES)
	$(BIN)/python book/build.py
	@touch $@

_build/demo/%/.graded: $(CHECKED)
	$(BIN)/gradekit demo $*
	@touch $@

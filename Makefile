# 電子保証. The commands that people use: make demo, make test, make bench. See README.md.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
export DATA_DIR ?= $(CURDIR)/data
export DEMO ?= 1

.PHONY: demo test lint unit browser pictures bench lock

demo: $(VENV)/runtime.stamp
	@if [ "$(RESET)" = "1" ]; then cd "$(DATA_DIR)" 2>/dev/null && rm -f esurety.sqlite3 esurety.sqlite3-wal esurety.sqlite3-shm mail/*.eml; true; fi
	@$(BIN)/flask db upgrade >/dev/null
	@$(BIN)/flask demo load
	@$(BIN)/flask demo serve

# Each part says its name, so that a failure is found at once.
test: lint unit browser

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(VENV)/dev.stamp
	env -u DATA_DIR -u DEMO -u PORT $(BIN)/pytest -n 2 -m "not browser"

# In one process: a browser and a server share two cores better than several of both.
browser: $(VENV)/dev.stamp
	@if $(BIN)/python -m tests.journeys.chromium; then env -u DATA_DIR -u DEMO -u PORT $(BIN)/pytest -m browser; \
	else echo "*** 注意：Chromium が見つからないため、ブラウザの試験（tests/journeys）を省きました。 ***" >&2; fi

# The pictures of README and guide, taken by the journey on a desktop.
pictures: $(VENV)/dev.stamp
	env -u DATA_DIR -u DEMO -u PORT PICTURES=1 $(BIN)/pytest -q -m browser -k desktop

bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 以上が必要です（PYTHON=python3.11 make … のように指定できます）。" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location --require-hashes --only-binary :all: -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

# For maintainers: needs uv. Names the newest compatible releases with their hashes.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

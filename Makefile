# Targets need no root. The environment is made once in .venv and again when pyproject.toml changes.
PYTHON ?= python3
BENCH ?= $(HOME)/frappe-bench
STRICT ?=
SEMGREP_RULES ?= $(HOME)/semgrep-rules

VENV := .venv
INSTALLED := $(VENV)/.installed
WITHOUT_FRAPPE := $(addprefix cs_retention/,engine facts store nightly render preview)

.DEFAULT_GOAL := help
.PHONY: help demo test fault host mutations lint evidence clean

help:
	@echo "make demo      play the sample branch: stars, callbacks, warnings, the plan moving"
	@echo "make test      run every tier of tests this machine can run (BENCH=path, STRICT=1)"
	@echo "make fault     kill, race and cut off the night; with a bench also its real workers (FAULT_SCALE=2: twice the trials)"
	@echo "make host      ERPNext's own tests with the app and without, and an upgrade from the first release (BENCH=path)"
	@echo "make mutations put thirty faults into a copy of the code, one at a time, and tell which the tests find"
	@echo "make lint      ruff, mypy, import-linter, and semgrep where Frappe's rules are at hand"
	@echo "make evidence  run every tier and write docs/evidence (BENCH=path)"
	@echo "make clean     remove the environment and everything generated"

$(INSTALLED): pyproject.toml setup.py
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[test,lint]"
	@touch $@

demo: $(INSTALLED)
	@$(VENV)/bin/cs-retention demo

test: $(INSTALLED)
	@$(VENV)/bin/python tests/tiers.py --bench "$(BENCH)" $(if $(STRICT),--strict)

fault: $(INSTALLED)
	@$(VENV)/bin/python tests/tiers.py --bench "$(BENCH)" --tier fault --tier workers

host: $(INSTALLED)
	@$(VENV)/bin/python tests/tiers.py --bench "$(BENCH)" --tier host --tier upgrade $(if $(STRICT),--strict)

mutations: $(INSTALLED)
	@$(VENV)/bin/python tests/mutations.py

evidence: $(INSTALLED)
	@$(VENV)/bin/python tests/tiers.py --bench "$(BENCH)" --strict --evidence

lint: $(INSTALLED)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy $(WITHOUT_FRAPPE)
	$(VENV)/bin/lint-imports
	@PYTHON="$(PYTHON)" SEMGREP_RULES="$(SEMGREP_RULES)" bash .ci/semgrep

clean:
	rm -rf $(VENV) .work demo-out build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# make run · make test — a machine needs Python 3.11 or newer and make, and nothing else.
.DEFAULT_GOAL := help
.PHONY: help run password test test-all environment lint format lock bench load faults docs chromium migrations suite coverage sbom audit audit-environment

BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Starting without bytecode compiles every module again: 6 s a process instead of 2.
export PYTHONDONTWRITEBYTECODE :=

help:
	@echo "make run       start the portal on http://127.0.0.1:8000 (PORT=8001 make run for another port)"
	@echo "make password  print the admin password generated at the first start"
	@echo "make test      lint, types, floors, migrations and the whole suite"
	@echo "make test-all  the same, with other examples of each property in every run, and what takes minutes"
	@echo "make format    ruff's formatting and safe fixes"
	@echo "make bench     benchmark table and bench.json (QUICK=1 for the first part)"
	@echo "make load      50 people browse for ten minutes (SECONDS_LONG=60 for one, PROCESSES=1 for one process)"
	@echo "make faults    harm a portal of its own while people work in it (ROUNDS=5, STOP_S=20, ONLY=kill-web, PREVIOUS=v1)"
	@echo "make docs      the documentation as a site, docs/built/index.html; the portal serves it at /docs/"
	@echo "make lock      exact locks from requirements/*.in"
	@echo "make sbom      sbom.json: what a deployment is made of, in CycloneDX"
	@echo "make audit     known holes of the locked packages, where a service that knows them is reached"

run:
	@requirements/install.sh base
	@$(BIN)/python manage.py portal --with-parent

password:
	@requirements/install.sh base
	@$(BIN)/python manage.py portal --show-password

environment:
	@requirements/install.sh dev

test: environment chromium lint migrations suite

test-all: export HYPOTHESIS_PROFILE := explore
test-all: docs test

lint: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict vibration $(filter-out tests/%,$(wildcard */services */services.py */*/services */*/services.py */*/*/services.py))
	$(BIN)/lint-imports
	$(BIN)/oxlint static tests/js

migrations: environment
	@# No database is needed; Django only warns that it could not ask one.
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		{ echo "The browser tests need Chromium; install it (Debian: apt-get install chromium)." >&2; exit 2; }

# Last, and silent after pytest where the floors hold, so that pytest's own closing line is the last.
suite: environment
	@rm -rf .measured
	@# In place of its shell: a signal that ends make reaches pytest, which ends all that it started.
	@exec $(BIN)/python -m pytest -p tests.measuring -n 2 --dist loadfile --no-loadscope-reorder
	@$(BIN)/python -m tests.measuring

# What the last `make test` reached, and what it did not.
coverage:
	$(BIN)/python -m tests.measuring --all

format: environment
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: environment
	$(BIN)/python docs/site/build.py

bench:
	@requirements/install.sh base
	@$(BIN)/python -m bench $(if $(QUICK),--quick)

load:
	@requirements/install.sh base
	@$(BIN)/python -m bench.people $(if $(SECONDS_LONG),--seconds $(SECONDS_LONG)) $(if $(PROCESSES),--processes $(PROCESSES))

# In place of its shell: a signal that ends make reaches what ends all that was started.
faults: environment
	@exec $(BIN)/python -m bench.faults $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(STOP_S),--stop $(STOP_S)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(PREVIOUS),--previous $(PREVIOUS))

lock: environment
	@for name in base docs onnx dev production bootstrap audit; do \
		.venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

# Tools that only look at the locks have an environment of their own.
audit-environment: environment
	@.venv/uv/bin/uv venv --quiet --allow-existing --python $(BIN)/python .venv/audit
	@.venv/uv/bin/uv pip sync --quiet --python .venv/audit --require-hashes requirements/audit.txt

sbom: audit-environment
	.venv/audit/bin/cyclonedx-py requirements --output-reproducible --of JSON -o sbom.json requirements/production.txt

audit: audit-environment
	requirements/audit.sh requirements/production.txt

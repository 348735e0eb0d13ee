# make run     install what is missing, build, start the server, open the browser   (make run ARGS="--port 9000")
# make test    install the test tools and a Chromium, then check everything that CI checks
# make help    all of it
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
# Node, npm and npx come as a Python wheel; the system's own need not be there.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help run test dev lint typecheck test-web test-python build torch bench protocol lock clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: $(VENV)/.torch build ## install what is missing, build, start the server, open the browser
	@$(PY) -m app $(ARGS)

build: $(VENV)/.run ## build the front end, if its sources have changed
	@$(PY) tools/front_end.py

test: lint typecheck test-web test-python ## everything CI runs, real browser included
	@echo "All checks passed."

# The front end with the packages that checks need, which a mere build does without.
dev: $(VENV)/.test
	@$(PY) tools/front_end.py --dev

lint: dev
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	npm run --silent lint

typecheck: dev
	$(VENV)/bin/mypy
	npm run --silent typecheck

test-web: dev
	npm run --silent test

test-python: dev
	@$(PY) tools/install_torch.py --required
	@$(PY) tools/chromium.py
	$(TEST) --ignore tests/browser $(ARGS)
	$(TEST) tests/browser --reruns 1 -r R $(ARGS)

torch: $(VENV)/.run ## try again to install PyTorch and torchvision
	@$(PY) tools/install_torch.py --required

bench: $(VENV)/.bench ## measure against peers, in the same run
	@$(PY) tools/install_torch.py --required
	@for file in $$(grep -l __main__ benchmarks/*.py); do $(PY) -m benchmarks.$$(basename $$file .py) || exit 1; done

protocol: dev ## write the schema and the TypeScript types of the protocol anew
	$(PY) -m app.protocol_schema
	node tools/protocol_types.mjs

lock: $(VENV)/.run $(VENV)/.lock ## resolve all dependencies anew and write the lock files
	@$(LOCK) --group build --output-file requirements/run.txt
	@$(LOCK) --group build --group test --constraints requirements/run.txt --output-file requirements/test.txt
	@$(LOCK) --extra torch --constraints requirements/test.txt --output-file requirements/torch.txt
	@$(LOCK) --group bench --constraints requirements/torch.txt --output-file requirements/bench.txt
	rm -rf node_modules package-lock.json
	npm install --package-lock-only --ignore-scripts

clean: ## remove everything that was installed or built
	rm -rf $(VENV) node_modules static/dist static/.dist-stamp dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What runs in a browser runs apart: Playwright keeps an event loop running, which other tests do not expect. It has a
# second try, because pages, servers and Chromium share two cores here; which tests needed it is listed at the end.
TEST = $(PY) -m pytest --numprocesses 2 --dist loadfile

LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --upgrade \
	--python-version 3.11 --no-emit-index-url --no-annotate

# Stamps: what they stand for is done again when the file they depend on is newer.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gradwalk needs Python 3.11 or later; name one: make PYTHON=python3.13")'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt | $(PY)
	@echo "Installing the pinned dependencies"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.torch: requirements/torch.txt tools/install_torch.py | $(VENV)/.run
	@$(PY) tools/install_torch.py
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@$(PIP) -r $<
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.run
	@$(PIP) -r $<
	@touch $@

$(VENV)/.lock: | $(PY)
	@$(PIP) uv
	@touch $@

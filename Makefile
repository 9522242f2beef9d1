# make build      the sample blog of posts/, into public/
# make serve      look at the sample blog while writing
# make test-fast  the tests that are neither slow nor in a browser: the loop while working
# make test       all tests; make check is part of it
# make format     format the code
# make bench      measure it beside other generators, as benchmarks/README.md says (an hour)
# make audit      have it audited by Lighthouse and the Nu Html Checker (five minutes; needs npm, Java, Chromium)
# make clean      remove what the above have made
# Everything is installed into .venv, which is made again only when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
BENCH ?= $(HOME)/.cache/blogsite-bench
AUDIT ?= $(HOME)/.cache/blogsite-audit
BROWSERS := chromium chromium-browser google-chrome

.DEFAULT_GOAL := build
.PHONY: build serve test test-fast check format browser bench audit clean

build: $(VENV)/.installed
	$(BIN)/blogsite build

serve: $(VENV)/.installed
	$(BIN)/blogsite serve

test: check browser
	$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not browser"

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The browser tests need Chromium; where there is none and none can be installed they are skipped.
browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing Chromium for the browser tests"; \
	    apt-get update -qq </dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium </dev/null >/dev/null && exit 0; \
	fi; \
	echo "No Chromium (looked for: $(BROWSERS)): THE BROWSER TESTS WILL BE SKIPPED"

bench: $(VENV)/.installed
	benchmarks/setup.sh $(BENCH)
	$(BIN)/python -m benchmarks.parts --dir $(BENCH)
	$(BIN)/python -m benchmarks.run --dir $(BENCH)

# Scores count on a machine that does nothing else. Every report is kept, in $(AUDIT)/reports.
audit: $(VENV)/.installed-dev browser
	@for name in npm java; do command -v $$name >/dev/null || { echo "make audit needs $$name"; exit 1; }; done
	@mkdir -p $(AUDIT)
	@cp tests/audit/package.json $(AUDIT)/
	cd $(AUDIT) && npm install --no-audit --no-fund --loglevel=error
	$(BIN)/python -m tests.audit --tools $(AUDIT) --reports $(AUDIT)/reports

clean:
	rm -rf public .blogsite dist .pytest_cache .mypy_cache .ruff_cache .hypothesis $(VENV)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "$(PYTHON) is older than 3.11: give a newer one, as in make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --editable .
	@touch $@

# Dependency groups need a pip that is younger than that of some Pythons.
$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install 'pip>=25.1'
	$(PIP) install --group dev
	@touch $@

# Needs Python 3.11 or later with venv (Debian: python3-venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := dist
KB := 967724
DEMO := $(OUT)/kb$(KB)
DEMO_KEYS := $(OUT)/development-signer

.PHONY: rule-pages demo test oracle lint types contracts wheel bench check docs clean

# Build KB967724 for x86, x64 and IA-64 from labelled stand-ins, sign it with a
# development key, validate each package against the article's table, and write
# a page about them.
demo: $(VENV)/.installed
	$(BIN)/hotfix build manifests/kb$(KB) --stand-in --dev-sign \
	  --dev-keys $(DEMO_KEYS) --output $(OUT) --quiet
	$(BIN)/hotfix validate $(foreach arch,x86 x64 ia64,$(DEMO)/$(arch)/Windows6.0-KB$(KB)-$(arch).msu) \
	  $(foreach arch,x86 x64 ia64,--trust-anchor $(DEMO)/$(arch)/Windows6.0-KB$(KB)-$(arch).anchor.pem) \
	  --kb manifests/kb$(KB) --format text --format html:$(DEMO)/report.html
	@echo "$(DEMO)/report.html shows it as a page; the program is $(BIN)/hotfix"

test: $(VENV)/.developed
	$(BIN)/pytest -n 2 -m "not oracle"

oracle: $(VENV)/.developed
	$(BIN)/pytest -n 2 -m oracle

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developed
	$(BIN)/mypy

contracts: $(VENV)/.developed
	$(BIN)/lint-imports

check: $(VENV)/.installed
	$(BIN)/hotfix check

# Writes docs/rules again; a test fails while they differ from the rules.
rule-pages: $(VENV)/.installed
	rm -rf docs/rules
	$(BIN)/hotfix rules --docs docs/rules

wheel: $(VENV)/.developed
	rm -rf build $(OUT)/*.whl $(OUT)/*.tar.gz
	$(BIN)/python -m build --sdist --wheel --outdir $(OUT)

# The site, and the manual page, which is kept in the sources for wheels.
docs: $(VENV)/.developed
	$(BIN)/sphinx-build -q -W --keep-going -E -b html docs build/docs/html
	$(BIN)/sphinx-build -q -W --keep-going -E -b man docs build/docs/man
	cp build/docs/man/hotfix.1 docs/hotfix.1

# Measures an install of its own beside cabextract, sha256sum and gcab.
bench: $(VENV)/.developed
	$(BIN)/python -m benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hotfix needs Python 3.11 or later: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python has no venv; on Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.developed: $(VENV)/bin/python pyproject.toml requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build *.egg-info

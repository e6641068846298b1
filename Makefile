# make serve   sets up, builds the graph if there is none, serves it   (PORT=8000 BASE=https://… to choose)
# make test    sets up and runs every test
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
HOST   ?= 127.0.0.1
BASE   ?=
SIZES  ?= 1000,10000
LIMIT  ?= 60
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: serve build test check lock clean golden bench screenshots soak sbom audit w3c
.DEFAULT_GOAL := serve

serve: $(VENV)/.installed
	@$(BIN)/laurier serve --build --host $(HOST) --port $(PORT) $(if $(BASE),--base $(BASE))

build: $(VENV)/.installed
	@$(BIN)/laurier build $(if $(BASE),--base $(BASE))

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n auto --dist loadfile $(TESTS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# make bench SIZES=1000,10000: Laurier and its peers on invented lists, as a table and a plot in .cache/bench
# (docs/benchmarks.md). A peer that cannot be installed is said absent there.
bench: $(VENV)/.installed-dev .cache/bench/.installed
	$(BIN)/python benchmarks/run.py --sizes $(SIZES) --limit $(LIMIT) \
	  --out .cache/bench/table.md --plot .cache/bench/growth.svg

.cache/bench/.installed: requirements-bench.lock benchmarks/trifid/package-lock.json
	@mkdir -p .cache/bench/trifid
	-@$(PYTHON) -m venv .cache/bench/venv && \
	  .cache/bench/venv/bin/python -m pip install -q --require-hashes -r requirements-bench.lock
	-@cp benchmarks/trifid/*.json .cache/bench/trifid/ && cd .cache/bench/trifid && \
	  npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

lock: $(VENV)/.installed-dev
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	for group in audit bench fuzz; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	    --group $$group -o requirements-$$group.lock || exit 1; \
	done

clean:
	rm -rf $(VENV) releases dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Laurier needs Python 3.11 or newer: install it, or name it with PYTHON=python3.12."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "The module venv is missing: install it with 'sudo apt install python3-venv'."; exit 2; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Laurier and its locked dependencies in $(VENV)…"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-build.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the locked test tools in $(VENV)…"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

golden: $(VENV)/.installed
	$(BIN)/python tests/golden/write.py

# make soak: the harnesses of docs/reliability.md in full; make fuzz: the readers alone, a minute each
soak: $(VENV)/.installed-fuzz
	$(BIN)/python tests/reliability/soak.py

fuzz: $(VENV)/.installed-fuzz
	$(BIN)/python tests/reliability/fuzz/run.py

$(VENV)/.installed-fuzz: requirements-fuzz.lock $(VENV)/.installed-dev
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-fuzz.lock || \
	  echo "atheris cannot be had for this Python: nothing will be fuzzed."
	@touch $@

# make wheel: the wheel and the bill of materials (CycloneDX) of its locked dependencies, in dist
wheel: $(VENV)/.installed-dev sbom
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null

sbom: .cache/audit/.installed
	@mkdir -p dist
	.cache/audit/bin/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml \
	  --output-reproducible -o dist/laurier-sbom.json

# make audit: known vulnerabilities of the locked dependencies; asks PyPI, and fails where a package cannot be audited
audit: .cache/audit/.installed
	.cache/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

.cache/audit/.installed: requirements-audit.lock
	@$(PYTHON) -m venv .cache/audit
	@.cache/audit/bin/python -m pip install -q --require-hashes -r requirements-audit.lock
	@touch $@

# make w3c: the W3C suites of SPARQL, which the source archive of rdflib holds, in .cache/w3c; tests/conformance runs them
w3c: .cache/w3c/sparql11/manifest-all.ttl

.cache/w3c/sparql11/manifest-all.ttl: tests/conformance/suite.lock | $(VENV)/bin/python
	@mkdir -p .cache/w3c
	@$(BIN)/python -m pip download -q --no-deps --no-binary :all: --require-hashes -r $< -d .cache/w3c
	@tar xzmf .cache/w3c/rdflib-*.tar.gz -C .cache/w3c --strip-components=5 --wildcards \
	  '*/suites/w3c/sparql11' '*/suites/w3c/dawg-data-r2'

# make screenshots: pictures of the main pages in both themes, of a site served at SITE, in .cache/screenshots
SITE ?= http://127.0.0.1:8000
screenshots:
	@cd tests/browser && npm ci --silent --ignore-scripts --no-audit --no-fund
	node tests/browser/screenshots.mjs $(SITE) .cache/screenshots

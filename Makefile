# Two commands: `make demo` (the main job, live; ONCE=1 runs it through and exits) and `make test`.
# Each sets up all it needs. Others: `make bench`, `make bench-province` and `make soak` measure;
# `make mutation` tries the tests on altered contracts; `make stateful` runs the state machine for
# STEPS new steps; `make proofs-long` searches further than `make test`; `make faults` injects every
# fault, with its real waits; `make gas` writes what calls cost (a test compares); `make lock` renews
# the lock files; `make tamper` tries every forgery of documents; `make clean` starts over.

SHELL := /bin/bash
PYTHON ?= python3.11
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)

# ape recompiles at every start when it may not write bytecode.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: demo test bench bench-province soak stateful faults mutation proofs-long gas tamper lock clean runtime development

demo: runtime
	@exec piaolian demo $(if $(ONCE),--once) $(DEMO)

test: development
	@exec pytest $(TESTS)

# Some sixty faults, with waits as long as they are; out/faults/summary.json.
faults: development
	@FAULTS=all exec pytest tests/faults

stateful: development
	@STATEFUL_STEPS=$(or $(STEPS),100000) pytest tests/stateful/test_machine.py

# Every change that the operators make, or with MUTATION="--only FILE" those of a file.
mutation: development
	@PYTHONPATH=tests:. exec python -m mutation $(MUTATION)

# Every way of issuing, and those of others, in one run: out/bench/summary.json. About five minutes.
bench: runtime benchmarks/open_attestation/node_modules/.package-lock.json
	@exec python -m benchmarks $(BENCH)

# A province's half-year, or a part of it: make bench-province PROVINCE="--share 0.05".
bench-province: runtime
	@exec python -m benchmarks.province $(PROVINCE)

# Ten minutes at twice what the service can take: make soak SOAK="--seconds 60" for less.
soak: runtime
	@exec python -m benchmarks.soak $(SOAK)

# Ten times the calls, from another seed, and batches of 16 bills instead of 8: some ten minutes.
proofs-long: development
	@FOUNDRY_INVARIANT_RUNS=2020 FOUNDRY_FUZZ_SEED=$${SEED:-0x2} PROOF_LEVELS=4 PROOF_SECONDS=3600 \
		pytest tests/proofs/test_forge_invariants.py tests/proofs/test_halmos.py -k "not planted"

runtime: .venv/.runtime node_modules/.runtime

development: .venv/.development .venv-proofs/.installed node_modules/.development
	@command -v chromium >/dev/null || $(call debian,chromium)
	@command -v jq >/dev/null || $(call debian,jq)
	@command -v pdfsig >/dev/null || $(call debian,poppler-utils)
	@fc-list :lang=zh 2>/dev/null | grep -q . || $(call debian,fontconfig fonts-noto-cjk)

# --- how a part is installed --------------------------------------------------------------------

debian = { echo "Installing $(1) (Debian package)"; \
	$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq $(1) >/dev/null; } \
	|| { echo "Please install $(1) and run make again." >&2; exit 1; }

# uv installs the same locked files in a tenth of the time; where it cannot reach the packages
# (a mirror that only pip is set up for), pip does it.
locked = index="$$(pip config get global.index-url 2>/dev/null)"; \
	{ UV_DEFAULT_INDEX="$$index" uv pip sync --quiet --python $(1)/bin/python --require-hashes \
		--compile-bytecode $(2) \
	|| $(1)/bin/pip install --quiet --require-hashes -r $(2); }
sync = $(call locked,.venv,$(1)) \
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

# A program under the AGPL that the tests run; in an environment of its own, so that nothing of the
# product can import it.
.venv-proofs/.installed: .venv/bin/uv requirements-proofs.lock
	@echo "Setting up halmos"
	@[ -x .venv-proofs/bin/pip ] || $(PYTHON) -m venv .venv-proofs
	@$(call locked,.venv-proofs,requirements-proofs.lock)
	@touch $@

# Not `npm ci`: it wants the other platforms' binaries in the lock too, which not every mirror has.
# What the lock names is checked against its hashes all the same.
node_modules/.runtime: package-lock.json
	@echo "Setting up the chain's binaries"
	@[ -e node_modules/.development ] || npm install --no-save --silent --omit=dev
	@touch $@

node_modules/.development: package-lock.json
	@echo "Setting up the chain's binaries and the tests' compilers"
	@npm install --no-save --silent
	@touch $@ node_modules/.runtime

benchmarks/open_attestation/node_modules/.package-lock.json: benchmarks/open_attestation/package-lock.json
	@cd $(dir $<) && npm ci --silent
	@touch $@

# --- care ---------------------------------------------------------------------------------------

compile = uv pip compile --quiet --python .venv/bin/python --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

lock: .venv/bin/uv
	$(compile) pyproject.toml --extra build -o requirements.lock
	$(compile) pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock
	$(compile) requirements-proofs.in -o requirements-proofs.lock
	npm install --package-lock-only --silent

# Some two thousand forgeries; out/tamper/summary.json counts those refused, and for which reason.
tamper: development
	@cd tests && python -m tamper.suite

gas: development
	@cd tests && python -m contracts.support.gas

clean:
	rm -rf .venv .venv-proofs node_modules .build out .piaolian .pytest_cache .mypy_cache .ruff_cache

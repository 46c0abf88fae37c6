# Targets for people: setup, run, test, lint, package, inspect. `make` alone lints and tests.
# Works with GNU make 3.81. PYTHON=... chooses the interpreter (3.11 or newer).

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
LOCKS := package/locks
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := default
.PHONY: default setup run test lint page stage package inspect generate locks clean
default: lint test

setup: $(VENV)/.complete

# Stamps are written last, so that an interrupted set-up starts anew.
$(VENV)/.complete: $(VENV)/.dependencies pyproject.toml
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable . && touch $@

$(VENV)/.dependencies: $(LOCKS)/build.txt $(LOCKS)/development.txt
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or newer found; install one, or name it with PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "make: $(PYTHON) is no Python 3.11 or newer that runs; name one with PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no ensurepip; install python3-venv with your system's package manager" >&2; exit 1; }
	@echo "setup: installing locked dependencies into $(VENV) with $$("$(PYTHON)" --version)"
	@rm -rf $(VENV) && "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python $(PIP_INSTALL) --require-hashes -r $(LOCKS)/build.txt \
	&& $(BIN)/python $(PIP_INSTALL) --require-hashes --no-build-isolation -r $(LOCKS)/development.txt \
	|| { rm -rf $(VENV); echo "make: setup failed: pip could not install the locked dependencies (see above); check the network and run make setup again" >&2; exit 1; }
	@touch $@

# The demo, a minute: from a recorded audit log to an alert on screen. ONCE=1 ends when the table is printed.
run: package page
	@PYTHONPATH=tests $(BIN)/python -m demo --package dist/kube_audit-$$($(BIN)/python package/build.py version).tar.gz \
		--log tests/recorded/attacks-1.37-full.jsonl.xz $(if $(ONCE),--once)

test: setup page
	@$(BIN)/python -m pytest -n auto --dist loadfile

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# The part of the stand-in's page that draws dashboards: a minute and 800 MB once, 145 MB stay. Exits 0 without it where
# there is no wheel of Node or no network.
page: setup
	@$(BIN)/python -m standin.page.build

# What comes from package/detections, and the list of what is in the package; tests fail where either differs.
generate: setup
	@$(BIN)/python package/generate.py && $(BIN)/python package/build.py members

# The installable app in build/kube_audit, to be linked into $SPLUNK_HOME/etc/apps.
stage: setup
	@$(BIN)/python package/build.py stage

# The app as dist/kube_audit-VERSION.tar.gz, with its SHA-256 and bill of materials; the same bytes everywhere.
package: setup
	@$(BIN)/python package/build.py package

inspect: package
	@$(BIN)/python package/appinspect.py dist/kube_audit-$$($(BIN)/python package/build.py version).tar.gz

# Needs uv (pip install uv). Names no registry: --no-emit-index-url.
locks:
	@cd $(LOCKS) && for name in build library library-tests policy; do \
		uv pip compile --quiet --universal --python-version 3.9 --generate-hashes --no-emit-index-url --custom-compile-command "make locks" $$name.in -o $$name.txt || exit 1; done
	@cd package/app && uv pip compile --quiet --python-version 3.9 --generate-hashes --no-emit-index-url --custom-compile-command "make locks" requirements.in -o requirements.txt
	@cd $(LOCKS) && for name in cluster conformance development inspect knowledge page; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make locks" $$name.in -o $$name.txt || exit 1; done

# The library's own tests under the two Pythons that Splunk brings; PY39=... and PY313=... name them.
# One that is missing is reported and passed over; with REQUIRE_PYTHONS=1 it is an error.
PY39 ?= python3.9
PY313 ?= python3.13
LIBRARY_TESTS := $(filter-out tests/unit/standin tests/unit/package tests/unit/page tests/unit/cluster,$(wildcard tests/unit/*))
.PHONY: test-library
test-library:
	@tests/library.sh "$(PY39)" 3.9 $(LIBRARY_TESTS)
	@tests/library.sh "$(PY313)" 3.13 $(LIBRARY_TESTS)

.PHONY: cluster record record-diff truth peers
# The laboratory. What Go builds is kept outside the repository; where Go or root is absent one line says so, exit 0.
LABORATORY := PYTHONPATH=tests $(BIN)/python -m cluster
RECORDED ?= tests/recorded
cluster: setup
	@$(LABORATORY) build

# All recordings anew, 70 minutes, of which ordinary life takes an hour; SCENARIO=ordinary-life makes one,
# RECORDED=build/recorded puts it elsewhere.
record: setup build/laboratory/.complete
	@$(LABORATORY) build && $(LABORATORY) record --folder $(RECORDED) $(if $(SCENARIO),--scenario $(SCENARIO))

build/laboratory/.complete: $(LOCKS)/cluster.txt
	@rm -rf build/laboratory && "$(PYTHON)" -m venv build/laboratory
	@build/laboratory/bin/python $(PIP_INSTALL) --require-hashes -r $<
	@touch $@

# Compares what is committed with what `make record RECORDED=build/recorded` made.
record-diff: setup
	@$(LABORATORY) record-diff tests/recorded build/recorded

truth: setup
	@$(LABORATORY) truth

peers: setup
	@$(LABORATORY) peers

clean:
	@rm -rf build dist $(VENV)

.PHONY: policy-reference
# The catalogue of lint checks, written from the checks themselves.
policy-reference: setup
	@PYTHONPATH=bin $(BIN)/python -m kube_audit.policy.lint.reference > bin/kube_audit/policy/README.md

.PHONY: e2e policy-record
# Against real API servers of the laboratory; where it is not built, pytest says what was skipped.
e2e: setup
	@KUBE_AUDIT_LIVE=1 $(BIN)/python -m pytest tests/e2e

# Puts the requests of tests/policy_live.py to a real API server anew; two minutes.
policy-record: setup
	@PYTHONPATH=tests $(BIN)/python -m policy_live

.PHONY: standin-conformance
# The stand-in against judges that are not ours, as a table with one line of totals; up to 20 minutes on two cores.
# JUDGES="sigma sql" asks these only.
standin-conformance: setup page build/conformance-venv/.complete build/knowledge-venv/.complete
	@PYTHONPATH=tests:package $(BIN)/python -m conformance $(addprefix --only ,$(JUDGES))

build/conformance-venv/.complete: $(LOCKS)/conformance.txt
	@rm -rf build/conformance-venv && "$(PYTHON)" -m venv build/conformance-venv
	@build/conformance-venv/bin/python $(PIP_INSTALL) --require-hashes -r $<
	@touch $@

build/knowledge-venv/.complete: $(LOCKS)/knowledge.txt
	@rm -rf build/knowledge-venv && "$(PYTHON)" -m venv build/knowledge-venv
	@build/knowledge-venv/bin/python $(PIP_INSTALL) --require-hashes -r $<
	@touch $@

.PHONY: standin-mutation
# Which flipped operators of the stand-in's engine, and which changes of the shipped SPL and conf, no test notices.
SAMPLE ?= 300
SEED ?= 1
standin-mutation: setup
	@PYTHONPATH=tests:package $(BIN)/python -m conformance.mutation --sample $(SAMPLE) --seed $(SEED)

.PHONY: verify-splunk
# The same events and searches to a Splunk named by SPLUNK_HOST (see tests/conformance/verify.py), else to the stand-in.
verify-splunk: setup
	@PYTHONPATH=tests:package $(BIN)/python -m conformance.verify

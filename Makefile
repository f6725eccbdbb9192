# dsotop. A fresh machine needs Go ≥ 1.26, git, make and a C compiler; everything else is brought by these targets.
# The first build compiles the Kubernetes and Loki clients: about 4 minutes on two cores, seconds afterwards.

GO      ?= go
CACHE   ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/dsotop-build
PREFIX  ?= $(or $(GOBIN),$(shell $(GO) env GOPATH)/bin)
ARGS    ?=
# The compiler and the linker collect less garbage: a fifth less processor time from nothing, 600 MB for the largest package instead of 450.
TOOLS   := -toolexec 'env GOGC=400'

# How many packages are compiled or tested side by side, in make test.
SIDE    ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
DATE    ?= $(shell git log -1 --format=%cI 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

# A linter is keyed by what it is built from, and built once.
LINT_KEY := $(shell cat .ci/lint/go.sum .ci/lint/go.mod 2>/dev/null | cksum | cut -d' ' -f1)-$(shell $(GO) env GOVERSION)
LINTER   := $(CACHE)/golangci-lint-$(LINT_KEY)
VULN     := $(CACHE)/govulncheck-$(LINT_KEY)

.DEFAULT_GOAL := build
.PHONY: build install demo lab test e2e race lint vuln bench record docs reliability clean help

help: ## this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /\1\t/' | expand -t 10

build: bin/dsotop ## the program, in bin/

.PHONY: bin/dsotop
bin/dsotop:
	@[ -x $@ ] || echo "building dsotop: the first time compiles the Kubernetes and Loki clients, about 4 minutes on two cores"
	@mkdir -p bin
	@$(GO) build $(TOOLS) -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/dsotop

install: build ## the program, into $(PREFIX)
	@mkdir -p '$(PREFIX)'
	@install -m 755 bin/dsotop '$(PREFIX)/dsotop'
	@echo "installed $(PREFIX)/dsotop"

demo: build ## the program on a simulated platform
	@bin/dsotop demo $(ARGS)

test: ## every test that needs no real back end
	@echo "compiling and running the tests: 8 to 10 minutes from nothing on two cores, one or two of them downloads, 3 to 5 when everything is compiled, seconds for what did not change"
	@# The linters vet: here it would cost two more minutes from nothing. What Go itself brings is compiled while modules are downloaded. Tests that drive
	@# servers and terminals mostly wait: one package more than there are processors.
	(cd / && $(GO) build $(TOOLS) std) & $(GO) test $(TOOLS) -vet=off -p $(SIDE) $(ARGS) ./...; green=$$?; wait; exit $$green

lab: build ## the program on real systems: Kubernetes, Loki, Prometheus, Alertmanager
	@mkdir -p '$(CACHE)'
	@$(GO) build -o '$(CACHE)/lab' ./demo/lab/cmd/lab
	@'$(CACHE)/lab' open bin/dsotop $(ARGS)

e2e: ## the tests that need the real systems, which it builds first
	@echo "compiling and running the tests on real systems: about 20 minutes from nothing on two cores, 10 afterwards"
	@$(GO) run ./demo/lab/cmd/lab build
	@# One package at a time: each starts what it needs.
	$(GO) test $(TOOLS) -tags e2e -count=1 -p 1 -timeout 20m -run 'Real|Lab' $(ARGS) ./demo/lab ./internal/sources/kubernetes ./internal/sources/loki ./internal/sources/prometheus ./internal/sources/alertmanager ./internal/engine ./cmd/dsotop
	@# Books on all their ways, on the simulated platform: they need a quiet machine too.
	$(GO) test $(TOOLS) -tags e2e -count=1 -timeout 10m -run Books ./internal/engine -ways

race: ## the same tests under the race detector
	@echo "compiling and running the tests with the race detector: about 40 minutes from nothing on two cores, 25 when everything is compiled"
	@# Compiled side by side, run one package at a time: tests that drive servers and terminals need a processor to themselves here.
	@$(GO) test $(TOOLS) -race -run '^$$' ./... >/dev/null
	$(GO) test $(TOOLS) -race -p 1 -timeout 25m $(ARGS) ./...

$(LINTER):
	@echo "building golangci-lint into $(CACHE): about a minute, once"
	@mkdir -p '$(CACHE)'
	@cd .ci/lint && $(GO) build $(TOOLS) -o '$@.new' github.com/golangci/golangci-lint/v2/cmd/golangci-lint && mv '$@.new' '$@'

$(VULN):
	@echo "building govulncheck into $(CACHE): some seconds, once"
	@mkdir -p '$(CACHE)'
	@cd .ci/lint && $(GO) build -o '$@.new' golang.org/x/vuln/cmd/govulncheck && mv '$@.new' '$@'

lint: $(LINTER) ## format, vet, linters
	@unformatted=$$(gofmt -l cmd internal demo themes); [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted"; exit 1; }
	$(LINTER) run --timeout 15m ./...

vuln: $(VULN) ## known vulnerabilities, where their database can be reached
	$(VULN) ./...

bench: build ## speed and cost beside the budgets, into docs/performance.md: about an hour; ARGS='-quick -only fleet' for a part
	@$(GO) build -o '$(CACHE)/bench' ./internal/bench
	'$(CACHE)/bench' -binary bin/dsotop -results '$(CACHE)/bench.json' -write docs/performance.md $(ARGS)
	$(GO) test -run '^$$' -bench 'Full|Again|OnePod|Cursor' -benchmem ./internal/fleet ./internal/ui

record: build ## docs/pictures: pictures and recordings of the walkthroughs, from the program itself: about ten minutes; ARGS='-only tour' for a part
	@$(GO) build -o '$(CACHE)/record' ./internal/record
	'$(CACHE)/record' -binary bin/dsotop -out docs/pictures $(ARGS)

docs: ## regenerate what is generated: docs/findings.md, configuration, keys and themes in docs/, the README's tables
	$(GO) test ./internal/platform/findings -run Documentation -update
	$(GO) test ./internal/runbook -run Documentation -update
	$(GO) test ./cmd/dsotop -run Generated -update

reliability: ## docs/reliability.md: every kind of source in every fault, books on all their ways, 400 processes killed in deeds and books (four minutes; `make test` does a part of it)
	$(GO) test -count=1 ./internal/ui -run Reliability -update
	$(GO) test -count=1 ./internal/actions -run Killed -kills 200 -v
	$(GO) test -count=1 ./internal/runbook -run Killed -rounds 34 -v
	$(GO) test -count=1 ./internal/engine -run Books -ways

clean: ## what was built here
	rm -rf bin

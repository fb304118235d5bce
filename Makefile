# The two commands are `make run` and `make test`. Everything they need besides Go, Node and make they fetch or say what is missing.

export CGO_ENABLED := 0

.PHONY: help run build assets generate test accessibility bench check clean

help:
	@echo "make run     build everything and start the example installation"
	@echo "make test    run all tests: Go, both databases, and a real browser"
	@echo "make build   leave the program as bin/samklang"
	@echo "make accessibility  test every page in every way and renew what the accessibility statement is made from (half an hour)"
	@echo "make bench   print the benchmark table"
	@echo "make check   what must be clean before a change lands: format, vet, generated files, structure"

run: build
	@echo "==> starting the example installation (Ctrl-C stops it; its files are under data/)"
	@bin/samklang demo

build: assets
	@echo "==> building bin/samklang"
	@scripts/build bin/samklang

assets: node_modules/.package-lock.json
	@echo "==> bundling style, script and typeface"
	@go run ./cmd/assets

node_modules/.package-lock.json: package-lock.json | tools-present
	@echo "==> fetching the npm packages in package-lock.json"
	@npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: tools-present
tools-present:
	@scripts/present go node npm

generate:
	@go tool -modfile=tools/go.mod templ generate ./internal/...

check: assets
	@scripts/check

test: build
	@scripts/test

accessibility: build
	@scripts/accessibility

bench: build
	@scripts/bench

clean:
	rm -rf bin data web/dist/* node_modules

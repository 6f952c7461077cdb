# Shenbao 申报台. `make serve` and `make test` set up what they need; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
SITE := var/site
# Stamps: what was installed, so that a second run costs nothing.
VENV_READY := $(VENV)/.stamp-venv
UV_READY := $(VENV)/.stamp-uv
LOCK_READY := $(VENV)/.stamp-lock
SETUP_READY := $(VENV)/.stamp-project
FONTS_READY := $(VENV)/.stamp-fonts
BROWSER_READY := $(VENV)/.stamp-browser
OFFICE_READY := $(VENV)/.stamp-office
DEPLOY_READY := $(VENV)/.stamp-deploy
POSTGRES_READY := $(VENV)/.stamp-postgres
PEERS_READY := $(VENV)/.stamp-peers
NODE_READY := $(VENV)/.stamp-node
# What a clerk's browser runs, made from web/; the other script lies beside it.
FORM_SCRIPT := build_tools/site/assets/form/item.js

# Material's announcement about MkDocs 2 is for maintainers of other sites: ours is pinned below 2.
export NO_MKDOCS_2_WARNING := true
export PORT

.PHONY: help setup serve site check test coverage bless lint format bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SETUP_READY) $(FORM_SCRIPT) ## install everything into .venv, and build the script of the form pages

serve: setup $(FONTS_READY) ## check the campaign; serve site, forms and intake at http://127.0.0.1:8000 (PORT=…)
	@echo "==> checking the campaign"
	@$(BIN)/shenbao check || { code=$$?; [ $$code -eq 1 ] || exit $$code; }
	@echo "==> serving http://127.0.0.1:$(PORT) (Ctrl-C stops)"
	@exec $(BIN)/shenbao serve

site: setup $(FONTS_READY) ## build both audiences into var/site/office and var/site/public
	@for audience in office public; do \
	  echo "==> building the site: $$audience"; \
	  $(BIN)/shenbao build --audience $$audience --out $(SITE)/$$audience; \
	done

check: setup ## check the campaign: exit 1 when a submission has errors, 2 when the campaign is broken
	@$(BIN)/shenbao check $(ARGS)

test: lint $(FONTS_READY) $(BROWSER_READY) $(OFFICE_READY) $(DEPLOY_READY) $(POSTGRES_READY) ## lint, then every test, in a real browser too (ARGS="-k deadline" chooses)
	@echo "==> tests"
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

coverage: ARGS += --cov --cov-report=term
coverage: test ## the same, and which lines and branches no test walks; takes a sixth longer

bless: setup ## write the expected findings of tests/cases anew; read the diff before you commit it (ARGS="F01")
	@$(BIN)/python tests/bless.py $(ARGS)

bench: setup $(FONTS_READY) $(BROWSER_READY) $(POSTGRES_READY) $(PEERS_READY) ## measure, and write bench/RESULTS.md
	@$(BIN)/python bench/run.py $(ARGS)

lint: setup ## ruff, mypy --strict and the contract between the rooms
	@echo "==> ruff check"
	@$(BIN)/ruff check
	@echo "==> ruff format"
	@$(BIN)/ruff format --check
	@echo "==> mypy"
	@$(BIN)/mypy
	@$(BIN)/mypy .ci/*.py
	@echo "==> import contracts"
	@$(BIN)/lint-imports --no-logo
	@echo "==> the form pages' script"
	@$(node); cd web && node_modules/.bin/biome ci --colors=off && node_modules/.bin/tsc --project .

format: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format
	@$(node); cd web && node_modules/.bin/biome check --write

# Extra indexes and local wheels are left out: they may hold fewer files of a release, and so fewer hashes.
lock: $(UV_READY) ## resolve requirements.lock anew, keeping versions where possible (UPGRADE=1 takes the newest)
	@$(pip_settings_for_uv); unset UV_INDEX UV_FIND_LINKS; \
	$(BIN)/uv pip compile pyproject.toml --extra intake --extra dev --python $(BIN)/python --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	  $(if $(UPGRADE),--upgrade) --quiet --output-file requirements.lock

clean: ## remove the built sites, the caches and .venv
	rm -rf $(VENV) $(SITE) $(dir $(FORM_SCRIPT)) web/node_modules bench/node_modules site dist build htmlcov test-results .coverage .coverage.*
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./.git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------- set-up

# $(call debian,PACKAGES,WHAT FOR): install Debian packages as root, or say in one line what to install.
debian = if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    echo "==> installing Debian packages for $(2): $(1)"; \
	    apt-get update -q; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(1); \
	  else \
	    echo "Missing for $(2); please run: sudo apt-get install --no-install-recommends $(1)" >&2; \
	    exit 1; \
	  fi

# uv does not read pip's configuration (a company's mirror, certificate or proxy): hand it over, unless uv has
# its own. Every file is checked against the lock's hashes, so any index may supply it.
# `pip config list` prints SECTION.KEY='VALUE', the environment first, line breaks inside a value as \n.
define pip_settings_for_uv
hand_over() { value=$$(sed -nE "s/^[^=]*\.$$1='(.*)'$$/\1/p" <<< "$$pip_settings" | sed 's/\\n/ /g; q'); \
  if [ -n "$$value" ] && [ -z "$${!2-}" ]; then export "$$2=$${value// /$$3}"; fi; }; \
pip_settings=$$($(BIN)/python -m pip config list 2> /dev/null || true); \
hand_over index-url UV_DEFAULT_INDEX ' '; \
hand_over extra-index-url UV_INDEX ' '; \
hand_over find-links UV_FIND_LINKS ,; \
hand_over no-index UV_NO_INDEX ' '; \
hand_over cert SSL_CERT_FILE ' '; \
hand_over trusted-host UV_INSECURE_HOST ' '; \
hand_over proxy ALL_PROXY ' '; \
export UV_INDEX_STRATEGY="$${UV_INDEX_STRATEGY:-unsafe-best-match}"
endef

$(VENV_READY):
	@[ -n "$(PYTHON)" ] && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2> /dev/null || { $(call debian,python3-venv,the virtual environment); }
	@echo "==> creating $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

# pip, which honours the machine's configuration, brings uv: only the lock's version, only with the lock's hash.
$(UV_READY): requirements.lock $(VENV_READY)
	@awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.lock > $(VENV)/uv.lock
	@echo "==> installing uv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@touch $@

$(LOCK_READY): requirements.lock $(UV_READY)
	@echo "==> installing what requirements.lock names"
	@$(pip_settings_for_uv); \
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes --build-constraints requirements.lock \
	  --compile-bytecode requirements.lock
	@touch $@

$(SETUP_READY): pyproject.toml $(LOCK_READY)
	@echo "==> installing the project, editable"
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

# $(node): puts the lock's own node and npm in front; a machine's certificate, told to pip, holds for npm, too.
node = export PATH="$(CURDIR)/$(BIN):$$PATH"; \
  if [ -z "$${NODE_EXTRA_CA_CERTS-}" ]; then \
    cert=$$($(BIN)/python -m pip config get global.cert 2> /dev/null || printf %s "$${PIP_CERT-}"); \
    if [ -n "$$cert" ]; then export NODE_EXTRA_CA_CERTS="$$cert"; fi; \
  fi

$(NODE_READY): web/package-lock.json web/.npmrc $(LOCK_READY)
	@echo "==> installing what web/package-lock.json names"
	@$(node); cd web && npm ci --loglevel=error
	@touch $@

$(FORM_SCRIPT): web/build.mjs $(shell find web/src -type f) $(NODE_READY)
	@echo "==> building the script of the form pages"
	@$(node); node web/build.mjs

# What prints, unless the office put fonts of its own into fonts/. Without either everything else works, so an
# ordinary user is told and not stopped.
$(FONTS_READY): | $(VENV_READY)
	@if ls /usr/share/fonts/opentype/noto/NotoSerifCJK-* > /dev/null 2>&1; then touch $@; \
	elif ( $(call debian,fonts-noto-cjk,printing) ); then touch $@; \
	else echo "Going on without: no PDF will be made." >&2; fi

# libatomic1 is what the driver of the browser needs, and a bare machine lacks.
$(BROWSER_READY): | $(VENV_READY)
	@if [ ! -x /usr/bin/chromium ] || ! ls /usr/share/fonts/opentype/noto/NotoSansCJK-* > /dev/null 2>&1 \
	  || ! ls /usr/lib/*/libatomic.so.1 > /dev/null 2>&1; then \
	  $(call debian,chromium fonts-noto-cjk libatomic1,the browser tests); \
	fi
	@touch $@

# What WeasyPrint, one of the peers of `make bench`, draws with; and json-editor, which draws forms in a browser.
$(PEERS_READY): bench/package-lock.json $(NODE_READY) | $(VENV_READY)
	@$(node); cd bench && npm ci --loglevel=error
	@if ! ls /usr/lib/*/libpangoft2-1.0.so.0 /usr/lib/*/libharfbuzz-subset.so.0 > /dev/null 2>&1; then \
	  $(call debian,libpangoft2-1.0-0 libharfbuzz-subset0,the benchmarks); \
	fi
	@touch $@

# The tests print Word files with LibreOffice and read them back.
$(OFFICE_READY): | $(VENV_READY)
	@if [ ! -x /usr/bin/soffice ] || [ ! -e /usr/lib/libreoffice/program/libswlo.so ]; then \
	  $(call debian,libreoffice-writer-nogui,the tests of Word files); \
	fi
	@touch $@

# The tests let the real tools read deploy/: Caddy, systemd and docker-compose.
$(DEPLOY_READY): | $(VENV_READY)
	@if [ ! -x /usr/bin/caddy ] || [ ! -x /usr/bin/docker-compose ] || [ ! -x /usr/bin/systemd-analyze ]; then \
	  $(call debian,caddy docker-compose systemd,the tests of deploy/); \
	fi
	@touch $@

# The tests and the benchmarks start a PostgreSQL of their own.
$(POSTGRES_READY): | $(VENV_READY)
	@if ! ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1; then \
	  $(call debian,postgresql,the tests on PostgreSQL); \
	fi
	@touch $@

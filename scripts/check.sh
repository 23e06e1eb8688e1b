#!/usr/bin/env bash
# All that must hold of the text of the project: contract, generated code, style, types, imports.
set -euo pipefail
export BUF_CACHE_DIR=${BUF_CACHE_DIR:-$PWD/.venv/buf}
step() { printf '%-12s' "$1"; shift; if out=$("$@" 2>&1); then echo ok; else echo FAILED; printf '%s\n' "$out"; exit 1; fi; }
generated_is_current() {
    local fresh
    fresh=$(mktemp -d)
    scripts/generate.sh "$fresh"
    diff -r -x __pycache__ generated/python "$fresh" || { echo "generated/ is not current: run make generate"; return 1; }
    rm -rf "$fresh"
}
step buf-lint .venv/bin/buf lint
step buf-format .venv/bin/buf format --diff --exit-code
step generated generated_is_current
step ruff .venv/bin/ruff check .
step format .venv/bin/ruff format --check .
step mypy .venv/bin/mypy
step imports .venv/bin/lint-imports

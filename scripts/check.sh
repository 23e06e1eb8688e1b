#!/usr/bin/env bash
# All that must hold of the text of the project: contract, generated code, style, types, imports.
set -euo pipefail
export BUF_CACHE_DIR=${BUF_CACHE_DIR:-$PWD/.venv/buf}
step() { printf '%-12s' "$1"; shift; if out=$("$@" 2>&1); then echo ok; else echo FAILED; printf '%s\n' "$out"; exit 1; fi; }
# What is written by `make generate`; all else in generated/ is written by hand.
generated_is_current() (
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    scripts/generate.sh "$fresh" || exit 1
    for written in descriptor.binpb service_config.json python/modeldex {typescript,go}/modeldex typescript/google java/src; do
        has_toolchain "${written%%/*}" || continue
        diff -r -x __pycache__ "generated/$written" "$fresh/$written" | head -40 ||
            { echo "generated/$written is not current: run make generate"; exit 1; }
    done
)
has_toolchain() {
    case "$1" in
    typescript | go | java) scripts/tools/missing.sh "$1" >/dev/null ;;
    esac
}
step buf-lint .venv/bin/buf lint
step buf-format .venv/bin/buf format --diff --exit-code
step generated generated_is_current
for language in typescript go java; do
    missing=$(scripts/tools/missing.sh "$language") || echo "  not checked: the stubs for $language; install $missing"
done
step unasync .venv/bin/python scripts/unasync.py --check
step dockerfile .venv/bin/hadolint Dockerfile
step ruff .venv/bin/ruff check .
step format .venv/bin/ruff format --check .
step mypy .venv/bin/mypy
step imports .venv/bin/lint-imports

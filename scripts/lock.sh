#!/usr/bin/env bash
# Writes requirements.lock: every version and hash, no index address.
set -euo pipefail
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
.venv/bin/uv pip compile pyproject.toml --extra dev --constraint scripts/lock-constraints.txt --python-version 3.11 \
    --generate-hashes --no-header --no-annotate --universal --no-emit-index-url --quiet -o requirements.lock

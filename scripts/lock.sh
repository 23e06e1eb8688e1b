#!/usr/bin/env bash
# Writes the locks from pyproject.toml: every version and hash, no index address. requirements.lock is what .venv holds,
# requirements-server.lock what a server needs with a PostgreSQL of yours, in the same versions.
set -euo pipefail
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
compile() {
    .venv/bin/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --universal --no-emit-index-url --quiet "$@"
}
compile --extra dev --constraint scripts/lock-constraints.txt -o requirements.lock
compile --constraint requirements.lock -o requirements-server.lock

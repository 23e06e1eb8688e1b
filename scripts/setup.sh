#!/usr/bin/env bash
# Creates .venv from requirements.lock with the first Python that the locked grpcio has wheels for.
# PYTHON=... names another one.
set -euo pipefail
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true; }
for python in ${PYTHON:-python3.12 python3.13 python3.11 python3}; do
    version=$(version_of "$python")
    case "$version" in 3.11 | 3.12 | 3.13) break ;; esac
done
case "$version" in
3.11 | 3.12 | 3.13) ;;
*)
    echo "modeldex needs Python 3.11, 3.12 or 3.13, and $python is ${version:-not there}: install one, or name it: make setup PYTHON=/path/to/python3.12" >&2
    exit 1
    ;;
esac
echo "Setting up .venv with Python $version ..."
"$python" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch .venv/.ready

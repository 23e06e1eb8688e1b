#!/usr/bin/env bash
# Writes the Python messages, stubs and types of protos/ into the folder named.
set -euo pipefail
target=$1
rm -rf "$target/modeldex"
mkdir -p "$target"
.venv/bin/python -m grpc_tools.protoc -I protos \
    --plugin=protoc-gen-mypy=.venv/bin/protoc-gen-mypy --python_out="$target" --mypy_out="quiet:$target" \
    protos/modeldex/v1/*.proto
.venv/bin/python -m grpc_tools.protoc -I protos --plugin=protoc-gen-mypy_grpc=.venv/bin/protoc-gen-mypy_grpc \
    --grpc_python_out="$target" --mypy_grpc_out="quiet:$target" protos/modeldex/v1/*_service.proto
for package in "$target/modeldex" "$target/modeldex/v1"; do
    touch "$package/__init__.py"
done
touch "$target/modeldex/py.typed"

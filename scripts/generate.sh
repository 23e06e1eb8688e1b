#!/usr/bin/env bash
# Writes all that is made from protos/ into the folder named: the stubs of each language whose toolchain is here, the
# descriptors and the service config. Manifests written by hand beside them stay.
set -euo pipefail
target=$1
export BUF_CACHE_DIR=${BUF_CACHE_DIR:-$PWD/.venv/buf}

# Where googleapis-common-protos has the protos of google.rpc, whose messages are the details of errors.
google=$(.venv/bin/python -c 'import pathlib, google.rpc as rpc; print(pathlib.Path(rpc.__path__[0]).parents[1])')
error_details=google/rpc/error_details.proto

# Each language has a folder of its own for what is written; all else in generated/ is written by hand.
clean() { rm -rf "${@/#/$target/}"; }

generate_python() {
    local out=$target/python package
    clean python/modeldex
    mkdir -p "$out"
    .venv/bin/python -m grpc_tools.protoc -I protos \
        --plugin=protoc-gen-mypy=.venv/bin/protoc-gen-mypy --python_out="$out" --mypy_out="quiet:$out" \
        protos/modeldex/v1/*.proto
    .venv/bin/python -m grpc_tools.protoc -I protos --plugin=protoc-gen-mypy_grpc=.venv/bin/protoc-gen-mypy_grpc \
        --grpc_python_out="$out" --mypy_grpc_out="quiet:$out" protos/modeldex/v1/*_service.proto
    for package in "$out/modeldex" "$out/modeldex/v1"; do
        touch "$package/__init__.py"
    done
    touch "$out/modeldex/py.typed"
}

# A set of descriptors is one more field after another: two of them in a row are one. With the second, grpcurl shows the
# details of errors.
generate_descriptors() {
    mkdir -p "$target"
    .venv/bin/buf build --as-file-descriptor-set --output "$target/descriptor.binpb"
    .venv/bin/python -m grpc_tools.protoc -I "$google" --descriptor_set_out=/dev/stdout "$error_details" |
        cat >>"$target/descriptor.binpb"
    .venv/bin/python scripts/service_config.py "$target/descriptor.binpb" >"$target/service_config.json"
}

# The lines of the other languages are left out of the template.
buf_generate() {
    .venv/bin/buf generate --output "$target" \
        --template "$(grep -vE "^  - \{out: " buf.gen.yaml; grep -E "^  - \{out: $1[/,]" buf.gen.yaml)"
}

# npm has no package of google.rpc: its messages come with the stubs.
generate_typescript() {
    clean typescript/modeldex typescript/google
    buf_generate typescript
    .venv/bin/python -m grpc_tools.protoc -I "$google" --plugin=.venv-tools/bin/protoc-gen-es \
        --es_out="$target/typescript" --es_opt=target=js+dts,import_extension=js "$error_details"
}

generate_go() {
    clean go/modeldex
    buf_generate go
}

generate_java() {
    clean java/src
    buf_generate java
}

generate_python
generate_descriptors
for language in typescript go java; do
    if missing=$(scripts/tools/missing.sh "$language"); then
        scripts/tools/install.sh "$language"
        "generate_$language"
    else
        echo "not generated: the stubs for $language: install $missing" >&2
        [[ "${CI:-}" != true ]] || exit 1
    fi
done

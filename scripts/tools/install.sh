#!/usr/bin/env bash
# Installs the programs that write the stubs of a language (typescript, go, java) into .venv-tools/bin, as pinned in
# this folder. Does nothing where they are there already.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/scripts/tools tools=$root/.venv-tools
mkdir -p "$tools/bin"

install_typescript() {
    mkdir -p "$tools/npm"
    cp "$here"/{package.json,package-lock.json,.npmrc} "$tools/npm"
    (cd "$tools/npm" && npm ci --silent)
    ln -sf ../npm/node_modules/.bin/protoc-gen-es "$tools/bin/protoc-gen-es"
}

install_go() {
    (cd "$here" && GOBIN="$tools/bin" go install tool)
}

install_java() {
    local said
    said=$(cd "$here" && mvn --batch-mode --no-transfer-progress dependency:copy) || { echo "$said" >&2 && return 1; }
    chmod +x "$tools/bin/protoc" "$tools/bin/protoc-gen-grpc-java"
}

pins_of() {
    case "$1" in
    typescript) cat "$here"/package-lock.json ;;
    go) cat "$here"/go.mod "$here"/go.sum ;;
    java) cat "$here"/pom.xml ;;
    esac | cksum
}

language=$1
stamp=$tools/.$language
pins=$(pins_of "$language")
if [[ "$(cat "$stamp" 2>/dev/null)" != "$pins" ]]; then
    echo "Installing the programs that write the stubs for $language ..." >&2
    "install_$language"
    echo "$pins" >"$stamp"
fi

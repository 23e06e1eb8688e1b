#!/usr/bin/env bash
# Ends with 1 where the toolchain of a language (typescript, go, java) is missing or too old, and says what to install.
set -euo pipefail

# The first two numbers of what a command says of its version, as one: "go1.26.8" gives 1026, "javac 21" gives 21000.
version_of() {
    local numbers
    numbers=$("$@" 2>/dev/null | sed -En '1s/^[^0-9]*([0-9]+)(\.([0-9]+))?.*/\1 \3/p') || true
    read -r major minor <<<"$numbers"
    echo $((${major:-0} * 1000 + ${minor:-0}))
}

case "$1" in
typescript) what="Node.js 20 or newer with npm" have=$(version_of node --version) need=20000 with=npm ;;
go) what="Go 1.25 or newer" have=$(version_of go env GOVERSION) need=1025 with=go ;;
java) what="a JDK 17 or newer and Maven 3.8 or newer" have=$(version_of javac -version) need=17000 with=mvn ;;
*) echo "no such language: $1" >&2 && exit 2 ;;
esac
if ((have < need)) || ! command -v "$with" >/dev/null; then
    echo "$what"
    exit 1
fi

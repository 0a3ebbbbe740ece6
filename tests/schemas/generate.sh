#!/usr/bin/env bash
# Writes schemas/ anew from the modules of pins.tsv: `just schemas`. The go command fetches and verifies them; what is
# needed of them is kept in .peers/schema-sources, so that a second run needs no network.
set -euo pipefail
cd "$(dirname "$0")/../.."
cache=$PWD/.peers/schema-sources

# module_folder MODULE VERSION: where the go command keeps its files.
module_folder() {
    local answer status=0
    answer=$(cd "$work" && GOWORK=off GOFLAGS=-mod=mod go mod download -json "$1@$2") || status=$?
    if [ "$status" -ne 0 ]; then sed -n 's/^[[:space:]]*"Error": //p' <<<"$answer" >&2; fi
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p' <<<"$answer"
    return "$status"
}

# keep FROM TO: the files of one input that the generator reads.
keep() {
    mkdir -p "$(dirname "$2")"
    rm -rf "$2.new"
    if [ -d "$1" ]; then
        (cd "$1" && find . -type f \( -name '*.yaml' -o -name 'types.go' -o -name 'register.go' -o -name 'zz_generated.prerelease-lifecycle.go' \) -print0 |
            tar --null -cf - -T -) | (mkdir "$2.new" && tar -xf - -C "$2.new")
    else
        cp "$1" "$2.new"
    fi
    chmod -R u+w "$2.new"
    mv "$2.new" "$2"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
while IFS=$'\t' read -r source _ module version path _; do
    case $source,$module in '#'* | *,-) continue ;; esac
    kept=$cache/$module@$version/$path
    if [ "$path" = . ]; then kept=$cache/$module@$version/all; fi
    if [ ! -e "$kept" ]; then
        folder=$(module_folder "$module" "$version")
        keep "$folder/$path" "$kept"
    fi
done <tests/schemas/pins.tsv
cargo run --quiet --package clusterpipe-schemas -- tests/schemas/pins.tsv "$cache" schemas

#!/usr/bin/env bash
# Installs the peers that conformance compares with, at pinned versions, into .peers/. What is there already stays.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p .peers/bin
peers=$PWD/.peers

# go_peer PROGRAM MODULE VERSION: builds a Go program from its module.
go_peer() {
    local mark="$peers/bin/.$1-$3"
    if [ -e "$mark" ] && [ -x "$peers/bin/$1" ]; then return; fi
    echo "peers: $1 $3" >&2
    # Outside this folder, so that no go.mod or workspace of ours has a say.
    (cd / && GOBIN="$peers/bin" GOFLAGS=-mod=mod go install "$2@$3")
    touch "$mark"
}

go_peer sops github.com/getsops/sops/v3/cmd/sops v3.13.3
go_peer kustomize sigs.k8s.io/kustomize/kustomize/v5 v5.8.1
go_peer age filippo.io/age/cmd/age v1.3.1
go_peer age-keygen filippo.io/age/cmd/age-keygen v1.3.1

makejinja=2.8.1
if [ ! -e "$peers/venv/.makejinja-$makejinja" ]; then
    echo "peers: makejinja $makejinja" >&2
    python3 -m venv "$peers/venv"
    "$peers/venv/bin/pip" install --quiet --disable-pip-version-check "makejinja==$makejinja"
    touch "$peers/venv/.makejinja-$makejinja"
fi
ln -sf ../venv/bin/makejinja "$peers/bin/makejinja"

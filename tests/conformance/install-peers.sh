#!/usr/bin/env bash
# Installs the programs that ours are compared with into .peers/, each at the version pinned below. What is there
# already at that version stays, so a second run does nothing.
#
#   install-peers.sh [--available] [--list] [quick|full] [NAME…]
#
#   quick        what every conformance run needs (the default), and the schemas that kubeconform is given
#   full         quick, and what the deeper comparisons need: cue, pydantic, talhelper, three talosctl, Talos's library
#                three times, the schema of SARIF, OpenTofu, kubeseal, and an API server (kube-apiserver, etcd, kubectl)
#   NAME…        only these of the set, by their name in .peers/bin
#   --available  a peer that cannot be had is named, and the run still succeeds: for callers that can do without it
#   --list       prints names, versions and what is installed, and installs nothing
#
# PEERS_JOBS (1) is how many Go packages are compiled at once. Needs go, cargo and python3, and uses the Go module
# proxy, crates.io and PyPI through their own clients. Peers are only built here, never started.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=$PWD/.peers

# The pins: set, kind, name in .peers/bin, version, package; for wrapped ones also the module that holds the package and
# a replacement to leave out. "ours" are programs of this repository. `go install` takes a "go" package as it is, and refuses a "wrapped" one, whose module has
# replace lines.
pins() {
    cat <<'END'
quick go      sops             v3.13.3  github.com/getsops/sops/v3/cmd/sops
quick go      kustomize        v5.8.1   sigs.k8s.io/kustomize/kustomize/v5
quick go      age              v1.3.1   filippo.io/age/cmd/age
quick go      age-keygen       v1.3.1   filippo.io/age/cmd/age-keygen
quick go      kubeconform      v0.8.0   github.com/yannh/kubeconform/cmd/kubeconform
quick pypi    makejinja        2.8.1    makejinja
quick ours    flux-peer        2        tests/conformance/flux-peer
quick schemas schemas          3        -
quick ours    age-plugin-wrapped 1      tests/conformance/age-plugin
full  crate   sarif-schema     0.8.0    serde-sarif                               src/schema.json
full  module  pydantic         2.12.4   pydantic
full  go      cue              v0.15.1  cuelang.org/go/cmd/cue
full  wrapped talhelper        v3.1.16  github.com/budimanjojo/talhelper/v3       github.com/budimanjojo/talhelper/v3
full  wrapped talosctl-1.11.5  v1.11.5  github.com/siderolabs/talos/cmd/talosctl  github.com/siderolabs/talos
full  wrapped talosctl-1.12.0  v1.12.0  github.com/siderolabs/talos/cmd/talosctl  github.com/siderolabs/talos
full  wrapped talosctl-1.13.0  v1.13.0  github.com/siderolabs/talos/cmd/talosctl  github.com/siderolabs/talos         github.com/containerd/containerd/v2
full  loader  machinery-1.11.5 v1.11.5  github.com/siderolabs/talos/pkg/machinery
full  loader  machinery-1.12.0 v1.12.0  github.com/siderolabs/talos/pkg/machinery
full  loader  machinery-1.13.0 v1.13.0  github.com/siderolabs/talos/pkg/machinery
full  crds    crds             1        -
full  wrapped tofu             v1.11.0  github.com/opentofu/opentofu/cmd/tofu     github.com/opentofu/opentofu
full  ours    tofu-provider    1        tests/conformance/tofu-provider
full  go      kubeseal         v0.27.1  github.com/bitnami-labs/sealed-secrets/cmd/kubeseal
full  wrapped etcd             v3.6.8   go.etcd.io/etcd/server/v3                 go.etcd.io/etcd/server/v3
full  wrapped kube-apiserver   v1.36.3  k8s.io/kubernetes/cmd/kube-apiserver      k8s.io/kubernetes
full  wrapped kubectl          v1.36.3  k8s.io/kubernetes/cmd/kubectl             k8s.io/kubernetes
END
}

# What the schemas are made from: module, version, path in it. The versions are those of the catalogue where the module
# proxy has them (it refuses Envoy Gateway 1.6.1). A change here takes a new number for `schemas` above.
schema_pins() {
    cat <<'END'
k8s.io/kubernetes                                      v1.34.2  api/openapi-spec/swagger.json
github.com/controlplaneio-fluxcd/flux-operator         v0.58.0  config/data/flux/v2.7.3
sigs.k8s.io/gateway-api                                v1.4.1   config/crd/experimental
github.com/cilium/cilium                               v1.18.4  pkg/k8s/apis/cilium.io/client/crds/v2
github.com/cilium/cilium                               v1.18.4  pkg/k8s/apis/cilium.io/client/crds/v2alpha1
github.com/cert-manager/cert-manager                   v1.19.1  deploy/crds
sigs.k8s.io/external-dns                               v0.20.0  config/crd/standard
github.com/prometheus-operator/prometheus-operator     v0.85.0  example/prometheus-operator-crd
github.com/envoyproxy/gateway                          v1.6.2   charts/gateway-crds-helm/templates/generated
github.com/external-secrets/external-secrets           v0.20.4  config/crds/bases
github.com/cloudnative-pg/cloudnative-pg               v1.27.1  config/crd/bases
github.com/kgateway-dev/kgateway/v2                    v2.2.0   install/helm/kgateway-crds/templates
github.com/kgateway-dev/kgateway/v2                    v2.2.0   install/helm/agentgateway-crds/templates
github.com/envoyproxy/ai-gateway                       v1.0.0   manifests/charts/ai-gateway-crds-helm/templates
github.com/kubernetes-csi/external-snapshotter/client/v8 v8.7.0  config/crd
github.com/controlplaneio-fluxcd/flux-operator         v0.58.0  config/crd/bases
go.universe.tf/metallb                                 v0.16.2  config/crd/bases
github.com/bitnami-labs/sealed-secrets                 v0.40.0  helm/sealed-secrets/crds
github.com/operator-framework/operator-controller      v1.11.0  manifests/standard.yaml
END
}

# usage STATUS: the comment at the head of this file.
usage() {
    sed -n '2,/^set /{s/^# \{0,1\}//p;}' "$0"
    exit "$1"
}

# go_in DIR ARGS…: the go command in DIR at low priority, with no module, workspace or flag of ours having a say.
go_in() {
    local dir=$1
    shift
    (cd "$dir" && GOWORK=off GOFLAGS=-mod=mod CGO_ENABLED=0 nice -n 15 go "$@")
}

# install_go NAME VERSION PACKAGE
install_go() {
    mkdir "$work/bin"
    GOBIN="$work/bin" go_in "$work" install -p "${PEERS_JOBS:-1}" "$3@$2"
    mv "$work"/bin/* "$peers/bin/$1"
}

# replacements FILE VERSION: the replace lines of a go.mod as OLD=NEW@VERSION. One that points into the module's own
# repository names what is published as a module of its own, at the same version.
replacements() {
    sed -n 's/^replace //; s/^[[:space:]]*\([^/[:space:]][^[:space:]]*\)\( v[^[:space:]]*\)\{0,1\} => \([^[:space:]]*\) *\([^[:space:]]*\).*/\1 \3 \4/p' "$1" |
        while read -r old new version; do
            case $new in
            */FORBIDDEN_DEPENDENCY) ;;
            # Kubernetes v1.X publishes its staging modules as v0.X.
            ./staging/*) echo "$old=$old@v0.${2#v1.}" ;;
            ./* | ../*) echo "$old=$old@$2" ;;
            *) echo "$old=$new@$version" ;;
            esac
        done
}

# module_folder MODULE VERSION: where the go command keeps its files.
module_folder() {
    local answer status=0
    answer=$(go_in "$work" mod download -json "$1@$2") || status=$?
    if [ "$status" -ne 0 ]; then sed -n 's/^[[:space:]]*"Error": //p' <<<"$answer" >&2; fi
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p' <<<"$answer"
    return "$status"
}

# install_wrapped NAME VERSION PACKAGE MODULE [WITHOUT]: builds in a module that requires it and repeats its replace
# lines, which the go command heeds in the main module only. WITHOUT is the module whose replacement is left out: a fork
# that the proxy does not serve and the program does not need.
install_wrapped() {
    local from line
    from=$(module_folder "$4" "$2")
    go_in "$work" mod init peers.invalid/wrapper
    go_in "$work" mod edit -go="$(sed -n 's/^go //p' "$from/go.mod")" -require="$4@$2"
    for line in $(replacements "$from/go.mod" "$2"); do
        case $line in "${5:-}="*) continue ;; esac
        go_in "$work" mod edit -replace="$line"
    done
    # The checksum database does not know every fork; the module, which it does know, holds their checksums.
    cp "$from/go.sum" "$work/go.sum"
    chmod u+w "$work/go.sum"
    go_in "$work" build -p "${PEERS_JOBS:-1}" -trimpath -ldflags='-s -w' -o "$work/built" "$3"
    mv "$work/built" "$peers/bin/$1"
}

# install_ours NAME VERSION FOLDER: a program of our own around a peer's library, whose versions its go.mod pins. A change
# to it takes a new number in the pins.
install_ours() {
    go_in "$3" build -p "${PEERS_JOBS:-1}" -trimpath -ldflags='-s -w' -o "$work/built" .
    mv "$work/built" "$peers/bin/$1"
}

# install_loader NAME VERSION MODULE: the program in machinery/ on that version of the library.
install_loader() {
    local from line
    from=$(module_folder "$3" "$2")
    go_in "$work" mod init peers.invalid/loader
    go_in "$work" mod edit -go="$(sed -n 's/^go //p' "$from/go.mod")" -require="$3@$2"
    for line in $(replacements "$from/go.mod" "$2"); do
        go_in "$work" mod edit -replace="$line"
    done
    cp "$from/go.sum" "$work/go.sum"
    chmod u+w "$work/go.sum"
    cp tests/conformance/machinery/main.go "$work/main.go"
    # What META holds has a type of its own from 1.12 on.
    if grep -rqs 'type PlatformConfigSpec struct' "$from/resources/network"; then
        cp tests/conformance/machinery/meta.go "$work/meta.go"
    fi
    go_in "$work" build -p "${PEERS_JOBS:-1}" -trimpath -ldflags='-s -w' -o "$work/built" .
    mv "$work/built" "$peers/bin/$1"
}

# install_pypi NAME VERSION DISTRIBUTION: into a virtual environment that all Python peers share.
install_pypi() {
    [ -x "$peers/venv/bin/python3" ] || python3 -m venv "$peers/venv"
    nice -n 15 "$peers/venv/bin/python3" -m pip install --quiet --disable-pip-version-check --no-input "$3==$2"
    ln -sfn "../venv/bin/$1" "$peers/bin/$1"
}

# install_module NAME VERSION DISTRIBUTION: a Python library; what stands in bin/ is the Python that has it.
install_module() {
    [ -x "$peers/venv/bin/python3" ] || python3 -m venv "$peers/venv"
    nice -n 15 "$peers/venv/bin/python3" -m pip install --quiet --disable-pip-version-check --no-input "$3==$2" PyYAML
    printf '#!/bin/sh\nexec "%s" -I "$@"\n' "$peers/venv/bin/python3" >"$peers/bin/$1"
    chmod +x "$peers/bin/$1"
}

# install_crate NAME VERSION CRATE FILE: one file that a crate ships, such as a schema; it is copied, nothing is built.
install_crate() {
    local folder
    mkdir "$work/src"
    : >"$work/src/lib.rs"
    printf '[package]\nname = "peers"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n%s = { version = "=%s", default-features = false }\n' \
        "$3" "$2" >"$work/Cargo.toml"
    (cd "$work" && cargo vendor --quiet vendored >/dev/null)
    folder=$work/vendored/$3
    install -m 755 "$folder/$4" "$peers/bin/$1"
}

# install_schemas: needs PyYAML, which is there with makejinja.
install_schemas() {
    local module version path folder sources=()
    while read -r module version path; do
        folder=$(module_folder "$module" "$version")
        sources+=("$folder/$path")
    done < <(schema_pins)
    nice -n 15 "$peers/venv/bin/python3" tests/conformance/schemas.py "$work/schemas" "${sources[@]}"
    rm -rf "$peers/schemas"
    mv "$work/schemas" "$peers/schemas"
}

# install_crds: as an API server takes them.
install_crds() {
    local module version path folder sources=()
    while read -r module version path; do
        case $path in *.json) continue ;; esac
        folder=$(module_folder "$module" "$version")
        sources+=("$folder/$path")
    done < <(schema_pins)
    nice -n 15 "$peers/venv/bin/python3" tests/conformance/crds.py "$work/crds" "${sources[@]}"
    rm -rf "$peers/crds"
    mv "$work/crds" "$peers/crds"
}

# is_installed NAME VERSION
is_installed() {
    local what="$peers/bin/$1"
    case $1 in schemas | crds) what="$peers/$1" ;; esac
    [ -x "$what" ] && [ "$(cat "$peers/marks/$1" 2>/dev/null)" = "$2" ]
}

# ensure KIND NAME VERSION PACKAGE [MODULE [WITHOUT]]: installs a peer unless it is there; a failure ends the shell it runs in.
ensure() {
    local kind=$1 name=$2 version=$3
    shift
    if is_installed "$name" "$version"; then return; fi
    echo "peers: installing $name $version" >&2
    mkdir -p "$peers/bin" "$peers/marks"
    # Nothing of another version may stand in for it.
    rm -f "$peers/marks/$name" "$peers/bin/$name"
    work=$(mktemp -d "$peers/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    "install_$kind" "$@"
    printf '%s\n' "$version" >"$peers/marks/$name"
}

set_name=quick
available=false
list=false
names=
for argument in "$@"; do
    case $argument in
    quick | full) set_name=$argument ;;
    --available) available=true ;;
    --list) list=true ;;
    -h | --help) usage 0 ;;
    -*) usage 2 >&2 ;;
    *) names="$names $argument" ;;
    esac
done
for name in $names; do
    if ! pins | awk '{ print $3 }' | grep -qxF -e "$name"; then
        echo "peers: no peer '$name'; there are: $(pins | awk '{ print $3 }' | tr '\n' ' ')" >&2
        exit 2
    fi
done

failed=
while read -r in_set kind name version package module without; do
    if [ "$in_set" = full ] && [ "$set_name" = quick ] && [ -z "$names" ]; then continue; fi
    case " $names " in "  " | *" $name "*) ;; *) continue ;; esac
    if $list; then
        printf '%-6s %-16s %-9s %s\n' "$in_set" "$name" "$version" \
            "$(is_installed "$name" "$version" && echo installed || echo 'not installed')"
        continue
    fi
    # Not as a condition: there, `set -e` would be off in all that it calls.
    set +e
    (set -e; ensure "$kind" "$name" "$version" "$package" "$module" "$without" </dev/null)
    status=$?
    set -e
    if [ "$status" -eq 130 ]; then exit 130; fi
    if [ "$status" -ne 0 ]; then
        echo "peers: $name $version could not be installed" >&2
        failed="$failed $name"
    fi
done < <(pins)

if [ -n "$failed" ]; then
    echo "peers: missing:$failed" >&2
    $available || exit 1
fi

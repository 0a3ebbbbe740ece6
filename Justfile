# The project's own recipes, and (imported) those of a cluster's repository, which work in this folder too.
# `./justw RECIPE` runs them with a `just` that fits.

set allow-duplicate-recipes

import 'just/cluster.just'

# Where the tools are: what this workspace builds, or the folder that CLUSTERPIPE_BIN names.
bin := env('CLUSTERPIPE_BIN', justfile_directory() / 'target/release')
export PATH := bin + ':' + env('PATH')
# No key or address of this machine, or of this folder, may have a say in a test.
no_keys := '-u SOPS_AGE_KEY -u SOPS_AGE_KEY_FILE -u SOPS_AGE_KEY_CMD -u SOPS_AGE_RECIPIENTS -u KUBECONFIG -u TALOSCONFIG'
# Tests run the recipes with the very program that runs them.
export JUST := just_executable()

# Builds the tools, unless CLUSTERPIPE_BIN says where they are
[private]
_tools:
    @{{ if env('CLUSTERPIPE_BIN', '') == '' { 'cargo build --quiet --release --bins' } else { 'true' } }}

# Generates a whole repository from an example, and says what it made
[group('project')]
demo NAME='cluster-template' DIR='': _tools
    #!/usr/bin/env bash
    set -euo pipefail
    name=$1
    if [ ! -d "examples/$name" ]; then
        echo "demo: no example '$name'; there are: $(ls examples | tr '\n' ' ')" >&2
        exit 2
    fi
    if [ -n "$2" ]; then cd "{{ invocation_directory() }}"; fi
    dir=${2:-target/demo/$name}
    if [ ! -e "$dir" ]; then
        "$JUST" --justfile "{{ justfile() }}" new "$dir"
        cp "{{ justfile_directory() }}/examples/$name"/*.yaml "$dir/"
    elif [ ! -e "$dir/Justfile" ]; then
        echo "demo: $dir exists and is no cluster repository; name another folder" >&2
        exit 2
    fi
    cd "$dir"
    # It is a repository of its own: its own files count there, not this folder's.
    unset SOPS_AGE_KEY_FILE KUBECONFIG TALOSCONFIG
    if [ ! -e cloudflare-tunnel.json ]; then
        printf '{"AccountTag":"THROWAWAY-DEMO","TunnelID":"00000000-0000-4000-8000-000000000000","TunnelSecret":"VEhST1dBV0FZIERFTU8="}\n' >cloudflare-tunnel.json
    fi
    "$JUST" init >/dev/null
    "$JUST" configure --yes
    count() { find "$@" -type f | wc -l | tr -d ' '; }
    printf '\n%s\n' "$dir"
    for part in kubernetes k8s gitops infrastructure bootstrap talos; do
        if [ ! -d "$part" ]; then continue; fi
        printf '  %-12s %3d files\n' "$part/" "$(count "$part")"
    done
    printf '  %-12s %3d files, for %s\n' 'encrypted' "$(find . -path ./templates -prune -o -type f -name '*.sops.*' -not -name '.sops.*' -print | wc -l | tr -d ' ')" \
        "$(sed -n 's/^# public key: //p' age.key)"
    printf '  apps:'
    for app in kubernetes/apps/*/*/ks.yaml k8s/*/app; do
        if [ -e "$app" ]; then app=${app%/ks.yaml}; app=${app%/app}; app=${app#kubernetes/apps/}; printf ' %s' "${app#k8s/}"; fi
    done
    for app in kubernetes/clusters/*/kustomization-*.yaml; do
        if [ -e "$app" ]; then app=${app##*/kustomization-}; printf ' %s' "${app%.yaml}"; fi
    done
    printf '\n'

# Makes a repository for a cluster of your own in DIR
[group('project')]
new DIR:
    #!/usr/bin/env bash
    set -euo pipefail
    cd "{{ invocation_directory() }}"
    if [ -e "$1" ]; then
        echo "new: $1 exists already; name a folder that does not" >&2
        exit 2
    fi
    mkdir -p "$(dirname "$1")"
    # Made beside it and moved into place: an interrupted run leaves no half of a repository.
    work=$(mktemp -d "$1.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    from="{{ justfile_directory() }}"
    chmod 755 "$work"
    cp -R "$from/skeleton/." "$work/"
    mkdir "$work/just"
    cp "$from"/just/*.just "$work/just/"
    cp -R "$from/templates" "$from/samples" "$from/render.toml" "$from/makejinja.toml" "$work/"
    mkdir "$work/schemas"
    cp "$from"/schemas/*.schema.json "$work/schemas/"
    # Findings link to it.
    mkdir -p "$work/docs"
    cp "$from"/docs/options*.md "$work/docs/"
    find "$work" -name __pycache__ -type d -prune -exec rm -rf {} +
    mv "$work" "$1"
    echo "$1: made; in it run: just init"

# Installs the tools into ROOT/bin (cargo's bin folder)
[group('project')]
install ROOT='':
    #!/usr/bin/env bash
    set -euo pipefail
    options=()
    case $1 in
    '') ;;
    /*) options+=(--root "$1") ;;
    *) options+=(--root "{{ invocation_directory() }}/$1") ;;
    esac
    # With glibc's static library beside the linker, each is one file that runs in any image of its architecture, as the
    # peers' are, and a short run takes a tenth less: nothing is looked for and loaded first.
    host=$(rustc --print host-tuple)
    case $host in
    *-linux-gnu)
        if [ "$(cc -print-file-name=libc.a 2>/dev/null || echo libc.a)" != libc.a ]; then
            # For the programs only, which is what --target says: macros are loaded by the compiler.
            options+=(--target "$host" --config "target.$host.rustflags=['-Ctarget-feature=+crt-static']")
        fi
        ;;
    esac
    for tool in render validate talosgen secrets nodeop; do
        cargo install --quiet --locked ${options[@]+"${options[@]}"} --path "tools/$tool"
    done

# Runs every test
[group('project')]
test *FLAGS:
    cargo build --quiet --workspace --bins
    env {{ no_keys }} CLUSTERPIPE_BIN="{{ justfile_directory() }}/target/debug" cargo test --workspace "$@"

# Checks form, lints and dependencies
[group('project')]
lint:
    cargo fmt --all --check
    cargo clippy --quiet --workspace --all-targets -- --deny warnings
    ./tests/lint/deny.sh

# Compares with the peers, which it installs into .peers/: the quick set, or all of them with `full`
[group('project')]
conformance SET='quick' *FLAGS:
    #!/usr/bin/env bash
    set -euo pipefail
    set=$1; shift
    ./tests/conformance/install-peers.sh "$set"
    cargo build --quiet --workspace --bins
    ./tests/conformance/side-files.sh
    export CLUSTERPIPE_PEERS="{{ justfile_directory() }}/.peers" CLUSTERPIPE_BIN="{{ justfile_directory() }}/target/debug"
    export CLUSTERPIPE_CONFORMANCE="$set"
    env {{ no_keys }} cargo test --quiet --workspace --test conformance "$@"
    # What `test` does in part: all combinations of the catalogue's optional parts.
    if [ "$set" = full ]; then env {{ no_keys }} cargo test --quiet --package clusterpipe-acceptance-tests --test parts; fi

# What takes too long for `test`: every fault at every step's boundary of upgrades, at least 200; 500 kills among 1,000 files
[group('project')]
soak *FLAGS:
    cargo build --quiet --workspace --bins
    env {{ no_keys }} CLUSTERPIPE_BIN="{{ justfile_directory() }}/target/debug" CLUSTERPIPE_PEERS="{{ justfile_directory() }}/.peers" cargo test --quiet --package clusterpipe-machineapi --package clusterpipe-secrets --test faults -- --ignored --nocapture "$@"
    env {{ no_keys }} cargo test --quiet --package clusterpipe-render --test hostile -- --ignored

# Writes what is generated and checked in: man pages, completions, lists of keys, codes and components, samples, JSON Schemas, drawings of the examples
[group('project')]
docs:
    cargo run --quiet --package clusterpipe-docs
    cargo build --quiet --workspace --bins
    env {{ no_keys }} CLUSTERPIPE_BIN="{{ justfile_directory() }}/target/debug" CLUSTERPIPE_UPDATE=1 cargo test --quiet --package clusterpipe-acceptance-tests --test drawings

# Writes the bundle of Kubernetes and custom resource schemas anew, from pinned Go modules
[group('project')]
schemas:
    ./tests/schemas/generate.sh

# Installs our tools aside and prints them beside their peers, in one run: times, ratios, memory. ARGS: a tool, how often
[group('project')]
bench *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    if [ -z "${CLUSTERPIPE_BIN:-}" ]; then
        export CLUSTERPIPE_BIN="{{ justfile_directory() }}/target/bench/installed/bin"
        "$JUST" install "${CLUSTERPIPE_BIN%/bin}"
    fi
    ./tests/bench/run.sh "$@"

# Measures the template engine alone, in this process, with criterion
[group('project')]
bench-engine *FLAGS:
    cargo bench --quiet --package clusterpipe-template --bench engine -- "$@"

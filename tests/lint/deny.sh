#!/usr/bin/env bash
# Checks dependencies with cargo-deny: licences, bans and sources always, advisories where their database can be
# reached (and says so where it cannot). Installs the pinned cargo-deny into the user's cache when it is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=0.20.2
tools="${XDG_CACHE_HOME:-$HOME/.cache}/clusterpipe/cargo-deny-$version"
deny="$tools/bin/cargo-deny"
if [ ! -x "$deny" ]; then
    echo "deny: installing cargo-deny $version (once)" >&2
    cargo install --quiet --locked --root "$tools" --target-dir "$tools/target" "cargo-deny@$version"
    rm -rf "$tools/target"
fi
"$deny" --log-level error check --hide-inclusion-graph bans licenses sources
if "$deny" --log-level off fetch db >/dev/null 2>&1; then
    "$deny" --log-level error check --disable-fetch advisories
else
    echo 'deny: advisories SKIPPED: their database cannot be reached from here'
fi

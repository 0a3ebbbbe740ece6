#!/usr/bin/env bash
# The side files of a cluster's repository, read by what reads them: git, a shell, and parsers of TOML, JSON and YAML.
# side-files.sh [FOLDER]   FOLDER is a repository as `just new` makes it, or the skeleton (the default)
# Needs git and python3 (3.11); YAML is parsed with the PyYAML of .peers/venv where that is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
from=$(cd "${1:-skeleton}" && pwd)
python=$PWD/.peers/venv/bin/python3
[ -x "$python" ] || python=python3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/repo"
side=(.gitignore .gitattributes .editorconfig .envrc mise.toml renovate.json .pre-commit-config.yaml README.md)
for file in "${side[@]}" .github; do cp -R "$from/$file" "$work/repo/"; done
cd "$work/repo"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git init --quiet .

failures=0
fail() {
    echo "side-files: $*" >&2
    failures=$((failures + 1))
}

# Never committed (the spec's acceptance 55 and 129, pipeline 5.2).
for file in age.key age-key.txt cloudflare-tunnel.json github-deploy.key github-deploy.key.pub github-push-token.txt \
    cluster.yaml nodes.yaml kubeconfig talosconfig talos/clusterconfig/talosconfig talos/clusterconfig/cp-0.yaml \
    talos/talsecret.yaml sub/age.key secret.decrypted.yaml .decrypted~secret.sops.yaml backups/etcd/etcd.db \
    .sops.abcdEFGH; do
    git check-ignore --quiet "$file" || fail ".gitignore does not ignore $file"
done
# Committed.
for file in .sops.yaml .clusterpipe/written talos/talsecret.sops.yaml talos/talconfig.yaml talos/talenv.yaml \
    talos/patches/controller/cluster.yaml samples/cluster-template/cluster.yaml bootstrap/sops-age.sops.yaml \
    kubernetes/apps/default/echo/app/helmrelease.yaml .pre-commit-config.yaml .github/workflows/validate.yaml; do
    ! git check-ignore --quiet "$file" || fail ".gitignore ignores $file"
done

# The prepared shell (acceptance 51): direnv's file says where we are, mise's file says the same.
for pair in KUBECONFIG=kubeconfig SOPS_AGE_KEY_FILE=age.key TALOSCONFIG=talos/clusterconfig/talosconfig; do
    name=${pair%%=*}
    value=$(env -i PATH="$PATH" bash -c '. ./.envrc; printf %s "${!1}"' - "$name")
    [ "$value" = "$PWD/${pair#*=}" ] || fail ".envrc: $name is $value"
    value=$(python3 -c 'import sys, tomllib; print(tomllib.load(open("mise.toml", "rb"))["env"][sys.argv[1]])' "$name")
    [ "$value" = "{{config_root}}/${pair#*=}" ] || fail "mise.toml: $name is $value"
done

# The programs that talk to Talos and Kubernetes are of the versions that the catalogue deploys.
talenv=$root/templates/cluster-template/talos/talenv.yaml
for pair in talosctl=talosVersion kubectl=kubernetesVersion; do
    wanted=$(sed -n "s/^${pair#*=}: *\"\{0,1\}v\([0-9.]*\).*/\1/p" "$talenv")
    grep -qx "${pair%%=*} = \"$wanted\"" mise.toml || fail "mise.toml: ${pair%%=*} is not $wanted, as talenv.yaml says"
done

# Renovate: weekly, Sundays from 4 in UTC; encrypted files are not looked at.
python3 - <<'END' || fail 'renovate.json'
import json
renovate = json.load(open("renovate.json"))
assert renovate["timezone"] == "Etc/UTC" and renovate["schedule"] == ["* 4-7 * * 0"], "schedule"
assert "**/*.sops.*" in renovate["ignorePaths"], "encrypted files"
END

# The checks before a commit and on a pull request (acceptance 150).
if "$python" -c 'import yaml' 2>/dev/null; then
    "$python" - <<'END' || fail 'commit or pull-request checks'
import yaml
hooks = yaml.safe_load(open(".pre-commit-config.yaml"))["repos"][0]["hooks"]
entries = [hook["entry"] for hook in hooks]
assert "secrets check" in entries and "validate manifests --root . kubernetes" in entries, entries
workflow = yaml.load(open(".github/workflows/validate.yaml"), yaml.BaseLoader)
assert "kubernetes/**" in workflow["on"]["pull_request"]["paths"], "paths"
assert workflow["permissions"] == {"contents": "read"}, "permissions"
steps = workflow["jobs"]["validate"]["steps"]
runs = [step.get("run", "") for step in steps]
assert any(run.startswith("validate manifests --format github") for run in runs), runs
assert any(run.startswith("secrets check --format github") for run in runs), runs
for step in steps:
    action, _, version = step.get("uses", "none@v1.2.3").partition("@")
    assert version.count(".") == 2, f"{action} is not pinned to a version"
END
else
    echo 'side-files: PyYAML is not installed, so the YAML files were not read' >&2
fi

[ "$failures" -eq 0 ] && echo "side-files: all as they should be"

#!/usr/bin/env bash
# Prints one table: our tools beside their peers on the same input, in one run. Nothing is asserted about times.
#
#   run.sh [TOOL] [RUNS]   the rows of one tool (render, talosgen, …; all of them); RUNS is how often each command is
#                          timed (11), the table has medians
#
# Tools are those in CLUSTERPIPE_BIN (target/release; `just bench` installs them first and names them), peers those in .peers/
# (tests/conformance/install-peers.sh full). What either lacks is said in its row. Works in memory (/dev/shm) where there is
# room, else in target/bench/: it is programs that are measured. (ext4 without a journal, as sandboxes have it, looks at each
# file that was deleted in the last minute when it makes one, so that each run would take longer than the one before.)
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
runs=11
only=
for argument in "$@"; do
    case $argument in
    *[!0-9]*) only=$argument ;;
    *) runs=$argument ;;
    esac
done
case ${only:-all} in
all | validate | render | talosgen | secrets) ;;
*)
    echo "bench: no rows for $only; there are validate, render, talosgen, secrets" >&2
    exit 2
    ;;
esac
bin=${CLUSTERPIPE_BIN:-$root/target/release}
peers=$root/.peers
work=$root/target/bench
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${room:-0}" -gt 2000000 ] && [ -w /dev/shm ]; then
    work=$(mktemp -d /dev/shm/clusterpipe-bench.XXXXXX)
    trap 'rm -rf "$work"' EXIT
fi
nodes_many=200
nodes_most=1000

# Programs are measured as installing leaves them: as copies, ours and the peers'. What a linker wrote itself lies in memory in
# smaller pieces, with which each start takes up to a fifth longer.
programs=$root/target/bench/programs
rm -rf "$programs"
mkdir -p "$programs"
for program in "$peers"/bin/* "$bin"/{validate,render,talosgen,secrets,nodeop}; do
    # A script finds what belongs to it beside itself.
    if [ -f "$program" ] && [ "$(head -c 2 "$program" | tr -d '\0')" != '#!' ]; then cp "$program" "$programs/"; fi
done

# The commands see nothing of this machine's keys and settings, and no network: a proxy that does not answer.
clean_path=$programs:$bin:$peers/bin:/usr/local/bin:/usr/bin:/bin
clean=(env -i PATH="$clean_path" HOME="$work/home" TMPDIR="$work/tmp" LC_ALL=C.UTF-8
    SOPS_AGE_KEY_FILE="$work/example/age.key" HTTPS_PROXY=http://127.0.0.1:9 HTTP_PROXY=http://127.0.0.1:9)

# ours TOOL ARGS…: whether our tool is there and knows that command.
ours() { [ -x "$bin/$1" ] && "${clean[@]}" "$@" --help >/dev/null 2>&1; }
peer() { [ -x "$peers/bin/$1" ]; }
version() { echo "$1 $(cat "$peers/marks/$1" 2>/dev/null)"; }

# wanted TASK: whether its tool is the one that was asked for.
wanted() { [ -z "$only" ] || [ "${1%% *}" = "$only" ]; }

# A row that says why it has no numbers.
without() { wanted "$1" || return 0; printf '%-24s %-22s not measured: %s\n' "$1" "$2" "$3"; }

# row TASK INPUT 'OUR TOOL AND COMMAND' PEERS FOLDER BEFORE 'OUR COMMAND LINE' 'PEER COMMAND LINE'
# PEERS are program names, the first of which is the one named; BEFORE is run before each run, not timed.
row() {
    local task=$1 input=$2 needs=$3 wants=$4 folder=$5 before=$6 our_line=$7 peer_line=$8 name note=
    wanted "$task" || return 0
    # shellcheck disable=SC2086  # words on purpose
    if ! ours $needs; then
        without "$task" "$input" "$needs is not there yet"
        return
    fi
    for name in $wants; do
        if ! peer "$name"; then
            peer_line=
            note="$name is not installed"
        fi
    done
    if [ -n "$peer_line" ]; then note=$(for name in $wants; do version "$name"; done | paste -sd, | sed 's/,/, /g'); fi
    (cd "$folder" && "${clean[@]}" "$(command -v python3)" -I "$root/tests/bench/measure.py" --runs "$runs" \
        --before "$before" --peer-name "$note" "$task" "$input" "$our_line" "$peer_line") || true
}

# repository FOLDER: one as `just new` and `just init` make it, with the example's configuration.
repository() {
    mkdir -p "$1"
    cp -R templates render.toml makejinja.toml "$1/"
    cp examples/cluster-template/cluster.yaml examples/cluster-template/nodes.yaml "$1/"
    echo '{"AccountTag":"THROWAWAY","TunnelID":"00000000-0000-4000-8000-000000000000","TunnelSecret":"VEhST1dBV0FZ"}' \
        >"$1/cloudflare-tunnel.json"
    echo THROWAWAY0123456789abcdef01234567 >"$1/github-push-token.txt"
    echo THROWAWAY >"$1/github-deploy.key"
    if peer age-keygen; then
        "$peers/bin/age-keygen" -o "$1/age.key" 2>/dev/null
    else
        "${clean[@]}" secrets keygen --output "$1/age.key" >/dev/null 2>&1 || true
    fi
}

# many_nodes COUNT: a nodes.yaml of so many machines, in networks of 200 from 192.168.42.0/24 on, none on an address that
# the cluster uses.
many_nodes() {
    echo 'nodes:'
    local n=0 host=11 net=42
    while [ "$n" -lt "$1" ]; do
        case $host in
        51 | 52 | 53) host=54 ;;
        214)
            host=11
            net=$((net + 1))
            ;;
        esac
        cat <<END
  - name: node-$n
    address: 192.168.$net.$host
    controller: $([ "$n" -lt 3 ] && echo true || echo false)
    disk: /dev/nvme0n1
    mac_addr: "02:00:c0:a8:$(printf %02x:%02x "$net" "$host")"
    schematic_id: dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29
    nodeLabels:
      topology.kubernetes.io/region: home
      topology.kubernetes.io/zone: rack-$((n % 20))
END
        n=$((n + 1))
        host=$((host + 1))
    done
}

# context FOLDER: the context of its configuration, as context.yaml; fails when ours cannot make it.
context() {
    ours validate config || return 1
    (cd "$1" && "${clean[@]}" validate config cluster.yaml nodes.yaml >context.yaml 2>"$work/tmp/said") && return
    echo "bench: no context for $1: $(grep -m 1 error "$work/tmp/said")" >&2
    return 1
}

# rules FOLDER: the encryption rules that the product generates, for the folder's key.
rules() {
    local key
    key=$(sed -n 's/^# public key: //p' "$1/age.key")
    cat >"$1/.sops.yaml" <<END
creation_rules:
  - path_regex: talos/.*\.sops\.ya?ml
    mac_only_encrypted: true
    age: $key
  - path_regex: (bootstrap|kubernetes)/.*\.sops\.ya?ml
    encrypted_regex: ^(data|stringData)$
    mac_only_encrypted: true
    age: $key
END
}

# every_component FOLDER: data that turns every component of its catalogue on.
every_component() {
    echo 'components:'
    local namespace app
    for namespace in "$1"/templates/cluster-template/kubernetes/apps/*/; do
        echo "  $(basename "$namespace"):"
        for app in "$namespace"*/component.yaml; do
            if [ -f "$app" ]; then echo "    - $(basename "$(dirname "$app")")"; fi
        done
    done | awk '/:$/ { if (open) print open; open = $0; next } { if (open) print open; open = ""; print }'
}

# many_templates COUNT: a tree of so many templates as clusters have them, and its data.
many_templates() {
    local n folder
    for ((n = 0; n < $1; n++)); do
        folder=in/namespace-$((n / 100))
        if ((n % 100 == 0)); then mkdir -p "$folder"; fi
        cat >"$folder/app-$n.yaml.j2" <<'END'
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app
spec:
  interval: 1h
  values:
    domain: {{ domain }}
    {% if nodes | length > 1 %}
    replicas: {{ nodes | length }}
    {% endif %}
    nodes:
    {% for node in nodes %}
      - name: {{ node.name }}
        address: '{{ '%s/%d' % (node.address, 24) }}'
    {% endfor %}
    label: {{ domain | upper | replace('.', '-') }}
END
    done
    printf 'domain: example.com\nnodes:\n' >data.yaml
    for n in 1 2 3; do echo "  - { name: node-$n, address: 10.0.0.$n }"; done >>data.yaml
}

rm -rf "$work"
mkdir -p "$work/home" "$work/tmp"
example=$work/example
# machines COUNT: a talconfig of that many machines with interfaces, labels, a schematic and patches of their own.
machines() {
    cat <<'END'
clusterName: bench
talosVersion: v1.12.0
kubernetesVersion: v1.34.2
endpoint: https://10.0.0.10:6443
patches:
  - |-
    machine:
      sysctls: {net.core.somaxconn: "65535"}
worker:
  schematic: {customization: {systemExtensions: {officialExtensions: [siderolabs/iscsi-tools, siderolabs/qemu-guest-agent]}}}
  patches:
    - |-
      machine:
        kubelet: {extraArgs: {rotate-server-certificates: "true"}}
nodes:
END
    local n
    for ((n = 0; n < $1; n++)); do
        cat <<END
  - hostname: node-$n
    ipAddress: 10.$((n / 250)).$((n % 250)).1
    controlPlane: $([ "$n" -lt 3 ] && echo true || echo false)
    installDisk: /dev/sda
    nameservers: [1.1.1.1, 8.8.8.8]
    nodeLabels: {topology.kubernetes.io/zone: zone-$((n % 7))}
    networkInterfaces:
      - deviceSelector: {hardwareAddr: "02:00:00:00:$(printf '%02x:%02x' $((n / 256)) $((n % 256)))"}
        addresses: [10.$((n / 250)).$((n % 250)).1/16]
        routes: [{network: 0.0.0.0/0, gateway: 10.0.0.254}]
        vlans: [{vlanId: 20, addresses: [10.100.$((n / 250)).$((n % 250))/16]}]
    userVolumes:
      - {name: data, provisioning: {diskSelector: {match: disk.transport == 'nvme'}, minSize: 10GB}}
    patches:
      - |-
        machine:
          nodeAnnotations: {rack: r$n}
END
    done
}

many=$work/many
repository "$example"
repository "$many"
many_nodes "$nodes_many" >"$many/nodes.yaml"
rules "$example"
rules "$many"

printf '%s, %s cores, load %s; in %s; median of %s runs\n\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)" "$(getconf _NPROCESSORS_ONLN)" \
    "$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)" "${work%/clusterpipe-bench.*}" \
    "$runs"
python3 tests/bench/measure.py --header

# The configuration: ours says at once what is wrong and computes the context; cue says whether it is right.
config=$root/tests/bench/config
schemas=$root/tests/conformance/config
cue_line="cue vet -c cluster.yaml $schemas/cluster.cue && cue vet -c nodes.yaml $schemas/nodes.cue"
for folder in "$example" "$many"; do
    label=example
    if [ "$folder" = "$many" ]; then label="$nodes_many nodes"; fi
    row 'validate config' "$label" 'validate config' cue "$folder" '' 'validate config cluster.yaml nodes.yaml' "$cue_line"

    row 'validate config' "$label" 'validate config' pydantic "$folder" '' 'validate config cluster.yaml nodes.yaml' \
        "pydantic $config/rules.py cluster.yaml nodes.yaml"

    # Into a new folder, and over what is there.
    if context "$folder"; then
        row 'render tree' "$label" 'render tree' makejinja "$folder" 'rm -rf out' \
            'render tree --data context.yaml --output out' 'makejinja --data context.yaml --output out --quiet'
        row 'render tree again' "$label" 'render tree' makejinja "$folder" '' \
            'render tree --data context.yaml --output out' 'makejinja --data context.yaml --output theirs --quiet'
        (cd "$folder" && "${clean[@]}" render tree --data context.yaml --output . >/dev/null 2>&1) || true
        row 'talosgen talconfig' "$label" 'talosgen talconfig' '' "$folder" '' \
            'talosgen talconfig --patches talos/patches < context.yaml' ''
        (cd "$folder" && "${clean[@]}" talosgen talconfig --patches talos/patches <context.yaml >talos/talconfig.yaml) \
            2>/dev/null || rm -f "$folder/talos/talconfig.yaml"
    else
        for task in 'render tree' 'render tree again' 'talosgen talconfig'; do
            without "$task" "$label" 'no context'
        done
    fi

    if [ -s "$folder/talos/talconfig.yaml" ]; then
        row 'talosgen validate' "$label" 'talosgen validate' talhelper "$folder/talos" '' \
            'talosgen validate talconfig.yaml' 'talhelper validate talconfig talconfig.yaml'
        if peer talhelper; then
            (cd "$folder/talos" && "${clean[@]}" talhelper gensecret >talsecret.yaml 2>/dev/null) || true
        fi
        row 'talosgen genconfig' "$label" 'talosgen genconfig' talhelper "$folder/talos" 'rm -rf out' \
            'talosgen genconfig -s talsecret.yaml --offline-mode --no-gitignore -o out' \
            'talhelper genconfig -s talsecret.yaml --offline-mode --no-gitignore -o out'
    else
        without 'talosgen validate' "$label" 'no talconfig.yaml'
        without 'talosgen genconfig' "$label" 'no talconfig.yaml'
    fi
done
# The whole catalogue, and how time and memory grow with the count of templates.
whole=$work/whole
repository "$whole"
cp examples/external-secrets/cluster.yaml examples/external-secrets/nodes.yaml "$whole/"
if context "$whole"; then
    every_component "$whole" >"$whole/all.yaml"
    row 'render tree' 'all components' 'render tree' makejinja "$whole" 'rm -rf out' \
        'render tree --data context.yaml --data all.yaml --output out' \
        'makejinja --data context.yaml --data all.yaml --output out --quiet'
fi
runs_before=$runs
runs=3
for count in 1000 10000; do
    folder=$work/templates-$count
    mkdir -p "$folder"
    (cd "$folder" && many_templates "$count")
    row 'render tree' "$count templates" 'render tree' makejinja "$folder" 'rm -rf out' \
        'render tree --input in --output out --data data.yaml --jinja-suffix .j2' \
        'makejinja --input in --output out --data data.yaml --jinja-suffix .j2 --quiet'
done
runs=$runs_before
for count in 2 50 200 1000; do
    folder=$work/machines-$count
    mkdir -p "$folder"
    machines "$count" >"$folder/talconfig.yaml"
    (cd "$folder" && "${clean[@]}" talosgen gensecret >talsecret.yaml 2>/dev/null) || true
    row 'talosgen genconfig' "$count machines" 'talosgen genconfig' talhelper "$folder" 'rm -rf out' \
        'talosgen genconfig --quiet --offline-mode --no-gitignore -o out' \
        'talhelper genconfig --offline-mode --no-gitignore -o out'
done
# 1000 nodes need a larger network, and one of pods with a /24 for each.
most=$work/most
repository "$most"
many_nodes "$nodes_most" >"$most/nodes.yaml"
sed -e 's|192.168.42.0/24|192.168.32.0/19|' -e 's|10.42.0.0/16|10.64.0.0/13|' examples/cluster-template/cluster.yaml >"$most/cluster.yaml"
for name in cue pydantic; do
    case $name in cue) line=$cue_line ;; *) line="pydantic $config/rules.py cluster.yaml nodes.yaml" ;; esac
    row 'validate config' "$nodes_most nodes" 'validate config' "$name" "$most" '' 'validate config cluster.yaml nodes.yaml' "$line"
done
row 'talosgen gensecret' '-' 'talosgen gensecret' talhelper "$work" '' 'talosgen gensecret' 'talhelper gensecret'

# Many files: ours takes them in one run on all cores, sops one file a run. And one large file of many small values.
bulk=$work/bulk
mkdir -p "$bulk/plain"
cp "$example/age.key" "$bulk/"
key=$(sed -n 's/^# public key: //p' "$bulk/age.key")
printf 'creation_rules:\n  - age: %s\n' "$key" >"$bulk/.sops.yaml"
for n in $(seq 1 500); do
    printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s%s\nstringData:\n  token: THROWAWAY-%s\n  user: THROWAWAY\n' "$n" "$n" \
        >"$bulk/plain/$n.yaml"
done
row 'secrets encrypt' '500 files' 'secrets encrypt' sops "$bulk" 'rm -rf out && cp -R plain out' \
    'secrets encrypt --in-place out/*.yaml' 'for file in out/*.yaml; do sops encrypt --in-place $file; done'
(cd "$bulk" && rm -rf sealed && cp -R plain sealed && "${clean[@]}" secrets encrypt --in-place sealed/*.yaml >/dev/null 2>&1) || true
row 'secrets decrypt' '500 files' 'secrets decrypt' sops "$bulk" 'rm -rf out && cp -R sealed out' \
    'secrets decrypt --force --in-place out/*.yaml' 'for file in out/*.yaml; do sops decrypt --in-place $file; done'
# One mapping of 100,000 values, which is what sops takes 360 MB for; and half a million shorter ones in sections, since sops
# looks for a key among all of its mapping.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "key%d: value-%083d\n", i, i * 7919 }' >"$bulk/flat.yaml"
awk 'BEGIN { while (n < 10000000) { line = sprintf("section%d:\n", i++); for (j = 0; j < 20; j++) line = line sprintf("  key%d: value-%d\n", j, i * 7919 + j); printf "%s", line; n += length(line) } }' \
    >"$bulk/sections.yaml"
runs_before=$runs
runs=1
for name in flat sections; do
    row 'secrets encrypt' "10 MB, $name" 'secrets encrypt' sops "$bulk" '' "secrets encrypt $name.yaml" "sops encrypt $name.yaml"
    (cd "$bulk" && "${clean[@]}" secrets encrypt "$name.yaml" >"$name.sealed.yaml" 2>/dev/null) || true
    row 'secrets decrypt' "10 MB, $name" 'secrets decrypt' sops "$bulk" '' "secrets decrypt $name.sealed.yaml" \
        "sops decrypt $name.sealed.yaml"
done
runs=$runs_before

# Secrets: one file, and every one of the repository. The peer takes one file a run, and so does ours here.
one=bootstrap/one.sops.yaml
mkdir -p "$example/bootstrap"
cat >"$example/one.yaml" <<END
apiVersion: v1
kind: Secret
metadata:
  name: one
stringData:
  token: THROWAWAY-0000-not-a-token
  password: THROWAWAY-1111-not-a-password
  key: |
$(seq 1 20 | sed 's/.*/    THROWAWAY-line-&-of-twenty-lines-of-key-material/')
END
row 'secrets encrypt' 'one file' 'secrets encrypt' sops "$example" '' \
    "secrets encrypt --filename-override $one < one.yaml" "sops encrypt --filename-override $one < one.yaml"
sealed=false
for tool in secrets sops; do
    if $sealed || ! command -v "$bin/$tool" "$peers/bin/$tool" >/dev/null; then continue; fi
    (cd "$example" && "${clean[@]}" "$tool" encrypt --filename-override "$one" <one.yaml >"$one" 2>/dev/null) && sealed=true
done
if $sealed; then
    row 'secrets decrypt' 'one file' 'secrets decrypt' sops "$example" '' "secrets decrypt $one" "sops decrypt $one"
else
    without 'secrets decrypt' 'one file' 'nothing could encrypt it'
fi
(cd "$example" && find bootstrap kubernetes talos -name '*.sops.*' ! -name one.sops.yaml 2>/dev/null) >"$work/secret-files" || true
count=$(wc -l <"$work/secret-files" | tr -d ' ')
if [ "$count" -gt 0 ]; then
    # Their plain texts are kept beside the repository: in it they would be found.
    while read -r file; do
        mkdir -p "$work/plain/$(dirname "$file")"
        (cd "$example" && cp "$file" "../plain/$file" && "${clean[@]}" secrets encrypt --in-place "$file") 2>/dev/null || true
    done <"$work/secret-files"
    files=$(paste -sd' ' "$work/secret-files")
    row 'secrets encrypt' "all files ($count)" 'secrets encrypt' sops "$example" '' \
        "for file in $files; do secrets encrypt --filename-override \$file <../plain/\$file; done" \
        "for file in $files; do sops encrypt --filename-override \$file <../plain/\$file; done"
    row 'secrets encrypt --reuse' "all files ($count)" 'secrets encrypt' '' "$example" '' \
        "for file in $files; do secrets encrypt --filename-override \$file --reuse \$file <../plain/\$file; done" ''
    row 'secrets decrypt' "all files ($count)" 'secrets decrypt' sops "$example" '' \
        "for file in $files; do secrets decrypt \$file; done" "for file in $files; do sops decrypt \$file; done"
    row 'secrets check' "all files ($count)" 'secrets check' '' "$example" \
        'rm -rf talos/talsecret.yaml talos/out' \
        'secrets check bootstrap kubernetes talos' ''
else
    without 'secrets encrypt' 'all files' 'no tree was rendered'
    without 'secrets decrypt' 'all files' 'no tree was rendered'
fi

# Manifests: ours in one run; kustomize and kubeconform once for each kustomization, with local schemas.
if [ -d "$example/kubernetes" ]; then
    row 'validate manifests' 'example' 'validate manifests' 'kubeconform kustomize' "$example" '' \
        'validate manifests --root . kubernetes' "sh $root/tests/bench/kubeconform.sh . $peers/schemas"
else
    without 'validate manifests' 'example' 'no tree was rendered'
fi

# A large repository: 10,000 manifests in 500 folders. The peers as the field runs them, one kustomize and one kubeconform
# a folder, are measured once: they take minutes. Then each in its best form: one root, one process.
big=$work/big
python3 -I "$root/tests/bench/manifests.py" "$big" 500 10000
runs=0
row 'validate manifests' '10000 in 500 folders' 'validate manifests' 'kubeconform kustomize' "$big" '' \
    'validate manifests --root . kubernetes' "sh $root/tests/bench/kubeconform.sh . $peers/schemas"
row 'validate build' '500 folders' 'validate build' kustomize "$big" '' \
    'validate build kubernetes' \
    'for folder in kubernetes/apps/*/*; do kustomize build --load-restrictor=LoadRestrictionsNone $folder; done'
row 'validate build' 'a root of 250' 'validate build' kustomize "$big" '' \
    'validate build half' 'kustomize build --load-restrictor=LoadRestrictionsNone half'
runs=$([ "$runs_before" -lt 5 ] && echo "$runs_before" || echo 5)
find "$big/kubernetes" -name kustomization.yaml -delete
row 'validate manifests' '10000, no kustomize' 'validate manifests' kubeconform "$big" '' \
    'validate manifests --root . kubernetes' \
    "kubeconform -strict -n $(getconf _NPROCESSORS_ONLN) -schema-location $peers/schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json kubernetes"
runs=$runs_before

#!/bin/sh
# Stands in for talosctl: machines are folders below @DIR@/nodes.
D=@DIR@
# One write a call, for calls run side by side.
printf '%s\n' "talosctl $*" >> "$D/calls"
verb=$1
[ "$verb" = etcd ] && verb="etcd-$2"
[ "$verb" = get ] && verb="get-$2"
[ "$verb" = config ] && verb="config-$2"
case "$*" in "version --client"*) echo 'Talos v1.11.5'; exit 0 ;; esac
insecure= dry= path=
for arg; do
    case $arg in
    --nodes=*) nodes=${arg#--nodes=} ;;
    --file=*) file=${arg#--file=} ;;
    --image=*) image=${arg#--image=} ;;
    --to=*) to=${arg#--to=} ;;
    --insecure) insecure=1 ;;
    --dry-run) dry=1 ;;
    --reboot=true) reboot=1 ;;
    --*) ;;
    *) path=$arg ;;
    esac
done
N=$D/nodes/$nodes
[ -n "$dry" ] && verb=dry-run
[ -f "$D/faults/$verb@$nodes" ] && . "$D/faults/$verb@$nodes"
refuse() { echo "rpc error: code = Unavailable desc = connection error: $*" >&2; exit 1; }
stage=$(cat "$N/stage" 2>/dev/null)
case $verb in
etcd-status | etcd-alarm) ;;
*)
    [ "$stage" = off ] && refuse "dial tcp $nodes:50000: connect: connection refused"
    if [ "$stage" = maintenance ]; then
        [ -n "$insecure" ] || { echo 'error: tls: failed to verify certificate: x509: certificate signed by unknown authority' >&2; exit 1; }
    elif [ -n "$insecure" ]; then
        echo 'rpc error: tls: certificate required' >&2; exit 1
    fi ;;
esac
case $verb in
get-hostname) printf 'node: %s\nmetadata:\n    type: HostnameStatuses.net.talos.dev\nspec:\n    hostname: %s\n    domainname: ""\n' "$nodes" "$(cat "$N/hostname")" ;;
get-machinestatus) printf 'node: %s\nspec:\n    stage: %s\n    status:\n        ready: %s\n        unmetConditions: [{name: nodeReady, reason: waiting}]\n' "$nodes" "$stage" "$(cat "$N/ready")" ;;
get-nodestatuses.kubernetes.talos.dev) printf 'node: %s\nspec:\n    nodename: %s\n    unschedulable: false\n' "$nodes" "$(cat "$N/hostname")" ;;
get-extensions) printf 'node: %s\nspec:\n    metadata:\n        name: qemu-guest-agent\n        version: 1\n---\nnode: %s\nspec:\n    metadata:\n        name: schematic\n        version: %s\n' "$nodes" "$nodes" "$(cat "$N/schematic")" ;;
version) printf 'Client:\nTalos v1.11.5\nServer:\n\tNODE:        %s\n\tTag:         %s\n' "$nodes" "$(cat "$N/version")" ;;
dry-run)
    echo 'Dry run summary:'
    if cmp -s "$file" "$N/config"; then echo 'No changes.'; else echo '+  token: THROWAWAY'; fi ;;
apply-config)
    cp "$file" "$N/config"
    [ -n "$insecure" ] && echo running > "$N/stage"
    echo 'Applied configuration without a reboot' ;;
reboot | shutdown) [ "$verb" = shutdown ] && echo off > "$N/stage"; echo "$verb done" ;;
upgrade) printf '%s' "${image##*:}" > "$N/version"; basename "${image%:*}" | tr -d '\n' > "$N/schematic"; echo 'upgraded' ;;
upgrade-k8s) printf '%s' "$to" > "$D/kubelet"; echo '> upgrading'; echo '+  data: THROWAWAY' ;;
bootstrap)
    [ -n "$(ls "$D/etcd")" ] && { echo 'rpc error: code = AlreadyExists desc = etcd data directory is not empty' >&2; exit 1; }
    for n in "$D"/nodes/*; do [ "$(cat "$n/role")" = controlplane ] && cat "$n/hostname" > "$D/etcd/${n##*/}"; done ;;
kubeconfig) echo 'THROWAWAY-kubeconfig' > "$path" ;;
health) echo 'waiting for all k8s nodes to report: OK' ;;
reset)
    rm -f "$D/etcd/$nodes"
    if [ -n "$reboot" ]; then echo maintenance > "$N/stage"; else echo off > "$N/stage"; fi ;;
etcd-snapshot) echo snapshot > "$path" ;;
etcd-defrag) ;;
config-new) echo 'THROWAWAY-talosconfig' > "$path" ;;
get-machineconfig) echo 'spec: |'; sed 's/^/    /' "$N/config" ;;
etcd-members)
    [ -f "$D/etcd/$nodes" ] || { echo 'error getting members: rpc error: code = Unknown desc = etcd is not running' >&2; exit 1; }
    echo 'NODE            ID                 HOSTNAME   PEER URLS   CLIENT URLS   LEARNER'
    for m in "$D"/etcd/*; do printf '%-15s %-18s %-10s %-11s %-13s %s\n' "$nodes" 0123456789abcdef "$(cat "$m")" p c false; done ;;
etcd-status)
    echo 'NODE            MEMBER             DB SIZE   LEADER             LEARNER   ERRORS'
    for n in $(echo "$nodes" | tr ',' ' '); do
        [ -f "$D/etcd/$n" ] && [ "$(cat "$D/nodes/$n/stage")" = running ] && printf '%-15s %-18s %-9s %-18s %-9s \n' "$n" 0123456789abcdef '2.6 MB' 00000000000000aa false
    done
    exit 0 ;;
etcd-alarm) echo 'NODE   MEMBER   ALARM' ;;
*) echo "unknown command $verb" >&2; exit 64 ;;
esac

#!/bin/sh
# Stands in for kubectl: nodes as the machines below @DIR@/nodes, namespaces as files.
D=@DIR@
printf '%s\n' "kubectl $*" >> "$D/calls"
verb=$1
[ -f "$D/faults/kubectl-$verb" ] && . "$D/faults/kubectl-$verb"
case "$*" in
*" nodes "*)
    echo 'items:'
    for n in "$D"/nodes/*; do
        printf -- '- metadata: {name: %s}\n  status:\n    nodeInfo: {kubeletVersion: %s}\n    conditions: [{type: Ready, status: "%s"}]\n' \
            "$(cat "$n/hostname")" "$(cat "$D/kubelet" 2>/dev/null || echo v1.34.1)" "$(cat "$D/ready" 2>/dev/null || echo True)"
    done ;;
"get"*" namespace "*)
    for arg; do case $arg in get | namespace | --*) ;; *) name=$arg ;; esac; done
    [ -f "$D/namespaces/$name" ] || { echo "Error from server (NotFound): namespaces \"$name\" not found" >&2; exit 1; }
    echo "namespace/$name" ;;
"create"*)
    for arg; do case $arg in create | namespace | --*) ;; *) name=$arg ;; esac; done
    : > "$D/namespaces/$name"; echo "namespace/$name created" ;;
"apply"*) cat >> "$D/applied"; echo 'applied' ;;
*) echo 'NAME' ;;
esac

#!/bin/sh
# What people run in place of `validate manifests`: kustomize builds each kustomization, kubeconform looks at the
# objects. kubeconform.sh REPOSITORY SCHEMAS, with both programs on PATH. Encrypted Secrets have a property `sops` that
# no schema knows, so they are left out, as people do.
set -eu
schemas=$2
cd "$1"
find kubernetes/flux kubernetes/apps -name kustomization.yaml 2>/dev/null | sort | while read -r file; do
    kustomize build --load-restrictor=LoadRestrictionsNone "${file%/*}" >"$TMPDIR/built.yaml"
    kubeconform -strict -ignore-missing-schemas -skip Secret \
        -schema-location "$schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json" "$TMPDIR/built.yaml"
done
if [ -d kubernetes/flux ]; then
    kubeconform -strict -ignore-missing-schemas -skip Secret \
        -schema-location "$schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json" kubernetes/flux
fi

//! Patches of both kinds, and replacements.

use std::fmt::Write as _;

use super::Random;
use super::objects::POD_PARTS;

impl Random<'_> {
    pub(super) fn patch(&mut self, text: &mut String, folder: &str, n: usize) {
        let objects = self.objects.clone();
        if objects.is_empty() {
            return text.push_str("- {patch: \"\", path: none}\n");
        }
        let (api_version, kind, name) = &objects[self.pick(objects.len())];
        if self.one_in(3) {
            let operations = self.operations();
            let target = self.of(&[
                "kind: KIND",
                "kind: KIND, name: NAME",
                "name: \"o.*|NAME\"",
                "labelSelector: app",
                "kind: \".*Map\"",
            ]);
            let target = target.replace("KIND", kind).replace("NAME", name);
            let _ = writeln!(text, "- target: {{{target}}}\n  patch: |\n{operations}");
            return;
        }
        let body = self.merge_body(kind);
        let patch = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n{body}");
        match self.pick(3) {
            0 => {
                let indented = patch.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
                let _ = write!(text, "- patch: |\n{indented}");
            }
            1 => {
                self.files.insert(format!("{folder}/patch{n}.yaml"), patch);
                let _ = writeln!(text, "- path: patch{n}.yaml");
            }
            _ => {
                let indented = patch.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
                let _ = write!(text, "- target: {{kind: {kind}}}\n  patch: |\n{indented}");
            }
        }
    }

    pub(super) fn merge_body(&mut self, kind: &str) -> String {
        let mut out = String::new();
        if self.one_in(3) {
            let _ = writeln!(out, "  labels: {{app: {}, gone: null}}", self.text());
        }
        if self.one_in(8) {
            out.push_str("$patch: delete\n");
        }
        match kind {
            "ConfigMap" | "Secret" => {
                let value = self.value(2);
                let _ = writeln!(out, "data:\n  {}: {value}\n  z1: null", self.of(&["k", "new", "\"1\""]));
            }
            "Deployment" | "StatefulSet" => {
                out.push_str("spec:\n");
                if self.one_in(8) {
                    out.push_str("  $patch: replace\n");
                }
                out.push_str("  template:\n    spec:\n");
                for part in 0..self.pick(3) {
                    let part = POD_PARTS[(part * 7 + self.pick(7)) % POD_PARTS.len()];
                    let key = &part[..part.find(':').unwrap_or_default()];
                    if !out.contains(key) {
                        let _ = writeln!(out, "      {part}");
                    }
                }
                out.push_str("      containers:\n");
                if self.one_in(10) {
                    out.push_str("      - $patch: replace\n");
                }
                for n in 0..=self.pick(2) {
                    let _ = writeln!(out, "      - name: c{}", self.pick(3));
                    let value = self.value(10);
                    match self.pick(7) {
                        5 => out.push_str("        volumeMounts: [{mountPath: /a, name: v}, {name: w, mountPath: /b, $patch: delete}]\n"),
                        6 => out.push_str("        env: [{name: A, $patch: delete}, {name: B, valueFrom: {fieldRef: {fieldPath: a}}}]\n        args: [x]\n        resources: {limits: {cpu: 1}, requests: null}\n"),
                        0 => out.push_str("        image: patched:1\n"),
                        1 => {
                            let _ = writeln!(
                                out,
                                "        env:\n        - name: A\n          value: {value}\n        - name: N{n}\n          value: z"
                            );
                        }
                        2 => out.push_str("        $patch: delete\n"),
                        3 => out.push_str(
                            "        ports: [{containerPort: 80, hostPort: 1}, {containerPort: 81}]\n",
                        ),
                        _ => out.push_str("        env: null\n        image: i\n"),
                    }
                }
            }
            "Service" => out.push_str(self.of(&[
                "spec:\n  ports: [{port: 80, name: http}, {port: 80, protocol: UDP}, {port: 82}]\n",
                "spec:\n  ports: [{port: 80, protocol: TCP, $patch: delete}, {port: 81, targetPort: x}]\n",
                "spec:\n  selector: {$patch: replace, b: c}\n  ports: [{port: 9}, {$patch: replace}]\n",
                "spec:\n  selector: null\n  ports: null\n",
                "spec: {$patch: delete}\n",
            ])),
            "RoleBinding" | "ClusterRoleBinding" => {
                out.push_str("subjects: [{kind: ServiceAccount, name: q0}]\n");
            }
            "ServiceAccount" => out.push_str(self.of(&[
                "imagePullSecrets: [{name: a}, {name: o0}]\n",
                "secrets: [{name: o1, $patch: delete}]\nautomountServiceAccountToken: false\n",
                "$retainKeys: [x]\nsecrets: []\n",
            ])),
            _ => {
                let value = self.value(2);
                let _ = writeln!(out, "spec:\n  f0: {value}\n  added: {{deep: [1], gone: null}}");
                if self.one_in(4) {
                    out.push_str("  containers: [{name: a, image: new}, {name: extra}]\n");
                }
            }
        }
        out
    }

    pub(super) fn replacement(&mut self, text: &mut String) {
        let objects = self.objects.clone();
        if objects.is_empty() {
            return;
        }
        let (_, kind, name) = &objects[self.pick(objects.len())];
        let field = self.of(&[
            "metadata.name",
            "kind",
            "metadata.name",
            "metadata.name",
            "apiVersion",
            if matches!(*kind, "ConfigMap" | "Secret") { "data.k" } else { "spec.f0" },
            "metadata.namespace",
            "metadata.labels.app",
        ]);
        let options = self.of(&["", "", "\n    options: {delimiter: \"-\", index: 0}"]);
        let _ = writeln!(
            text,
            "replacements:\n- source:\n    kind: {kind}\n    name: {name}\n    fieldPath: {field}{options}"
        );
        text.push_str("  targets:\n");
        for _ in 0..=self.pick(2) {
            let (_, kind, name) = &objects[self.pick(objects.len())];
            let select = self.of(&[
                "kind: KIND",
                "name: NAME",
                "kind: KIND, name: NAME",
                "kind: KIND, namespace: one",
            ]);
            let select = select.replace("KIND", kind).replace("NAME", name);
            let reject = self.of(&["", "", "", "\n    reject: [{name: o0}]"]);
            let path = self.of(&[
                "metadata.annotations.new",
                "metadata.labels.app",
                "data.k",
                "data.new",
                "spec.template.spec.containers.[name=c0].image",
                "spec.template.spec.containers.*.image",
                "spec.template.spec.containers.0.env.[name=A].value",
                "spec.ports.0.port",
                "spec.selector",
                "spec.f0",
                "metadata.name",
            ]);
            let options = self.of(&[
                "\n    options: {create: true}",
                "\n    options: {create: true}",
                "",
                "\n    options: {delimiter: \":\", index: 1}",
                "\n    options: {delimiter: \"/\", index: 0, create: true}",
                "\n    options: {delimiter: \":\", index: -1}",
            ]);
            let _ = writeln!(text, "  - select: {{{select}}}{reject}\n    fieldPaths: [\"{path}\"]{options}");
        }
    }

    pub(super) fn operations(&mut self) -> String {
        let mut out = String::new();
        for _ in 0..=self.pick(2) {
            let value = self.of(&[
                "x",
                "1",
                "\"2\"",
                "true",
                "null",
                "{a: [1.5]}",
                "\"m\\nn\"",
                "yes",
                "12345678901234567890",
            ]);
            let operation = self.of(&[
                "{op: add, path: /metadata/annotations/new, value: V}",
                "{op: add, path: /metadata/labels, value: {l: p}}",
                "{op: replace, path: /data/k, value: V}",
                "{op: add, path: /extra, value: V}",
                "{op: replace, path: /spec/replicas, value: 3}",
                "{op: remove, path: /metadata/labels}",
                "{op: copy, from: /metadata/name, path: /copied}",
                "{op: test, path: /apiVersion, value: v1}",
            ]);
            let _ = writeln!(out, "    - {}", operation.replace('V', value));
        }
        out
    }
}

//! Trees made from a list of numbers, so that a failing one can be made smaller.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Files by path; the folder to build is `over`.
pub(crate) fn tree(choices: &[u16]) -> BTreeMap<String, String> {
    let mut random = Random { choices, at: 0, files: BTreeMap::new(), objects: Vec::new(), generated: false };
    random.base();
    random.overlay();
    random.files
}

struct Random<'c> {
    choices: &'c [u16],
    at: usize,
    files: BTreeMap<String, String>,
    /// apiVersion, kind, name of what there is.
    objects: Vec<(&'static str, &'static str, String)>,
    /// Whether there is a ConfigMap that generators can merge with.
    generated: bool,
}

const KINDS: &[(&str, &str)] = &[
    ("v1", "ConfigMap"),
    ("apps/v1", "Deployment"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("apps/v1", "StatefulSet"),
    ("v1", "ServiceAccount"),
    ("example.com/v1", "Widget"),
    ("v1", "Pod"),
    ("v1", "Namespace"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("batch/v1", "CronJob"),
    ("networking.k8s.io/v1", "Ingress"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("v1", "PersistentVolumeClaim"),
    ("storage.k8s.io/v1", "StorageClass"),
    ("policy/v1", "PodDisruptionBudget"),
];

/// Values as they are written; `{}` is the indentation of a block.
const VALUES: &[&str] = &[
    "a",
    "\"b\"",
    "'c d'",
    "1",
    "\"1\"",
    "1.50",
    "true",
    "yes",
    "\"no\"",
    "null",
    "~",
    "",
    "0x10",
    "017",
    "1e3",
    "2020-01-01",
    "\"2020-01-01\"",
    "1:30",
    "'a: b'",
    "\"a #b\"",
    "'- x'",
    "é ü",
    "\"😀\"",
    "\"a\\tb\"",
    "\"tab\\there\\n and more\"",
    "\"\"",
    "''",
    "\" lead\"",
    "'trail '",
    "12345678901234567890",
    "1.0",
    "-0",
    ".5",
    "+1",
    "{}",
    "[]",
    "[1, \"2\", [a]]",
    "{x: y, z: [1]}",
    "|\n{}  one\n{}  two",
    "|-\n{}  one\n{}   two\n{}\n{}  three",
    ">\n{}  folded\n{}  text\n{}\n{}    deeper\n{}  end",
    ">-\n{}  a\n{}  b",
    "|+\n{}  keep\n{}\n",
    "!!str 7",
    "!!int \"8\"",
    "aaaaaaaaa bbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee fffff ggg",
    "'aaaaaaaaa: bbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee fffff ggg'",
    "\"aaaaaaaaa\\tbbbbbbbbbbbbbbbbbbbbb ccccccccccccccccccccc dddddddddddddddddddddd eeeeeeeeeeeeeeeeeeee  fffff ggg\"",
    "nginx:1.2",
    "host/app@sha256:abc",
    "$(VAR)",
    "\"a $(VAR) $$(VAR)\"",
    "${X}",
    "\"%y\"",
    "\"@x\"",
    "\"`x`\"",
    "&anchor v",
    "<<",
    "=",
    "off",
    "1_000",
    "0b11",
    "0o17",
    "08",
    "1.2.3",
    "::1",
    "10.0.0.0/8",
    "\"null\"",
    "\"~\"",
    "\"multi\\nline\"",
    "\"x\\n\\n\"",
    "\"\\n\"",
    "\"\\u00a0\"",
    "\"\\u0085x\"",
    "\"\\u2028\"",
    "\"\\e\"",
    "inf",
    "1e400",
    "-1",
];

/// Parts of a pod that are merged by keys of their own, or as a whole.
const POD_PARTS: &[&str] = &[
    "volumes: [{name: v, emptyDir: {}}]",
    "volumes: [{name: v, configMap: {name: o1}}, {name: n, secret: {secretName: p0}}]",
    "tolerations: [{key: a, operator: Exists}]",
    "tolerations: [{key: b, effect: NoSchedule}, {key: a}]",
    "hostAliases: [{ip: 1.1.1.1, hostnames: [b]}, {ip: \"2.2.2.2\", hostnames: []}]",
    "imagePullSecrets: [{name: r}, {name: o0}]",
    "imagePullSecrets: [{name: r, $patch: delete}]",
    "nodeSelector: {a: null, b: c}",
    "nodeSelector: {a: \"1\", $patch: replace}",
    "initContainers: [{name: i, image: nginx}, {name: j, args: [a, \"1\"]}]",
    "initContainers: [{name: i, args: [b]}, {$patch: replace}]",
    "topologySpreadConstraints: [{topologyKey: z, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]",
    "securityContext: {runAsUser: 0, sysctls: [{name: a, value: \"1\"}]}",
    "securityContext: {$patch: delete}",
    "securityContext: null",
    "readinessGates: [{conditionType: a}]",
    "schedulingGates: [{name: g}]",
    "dnsConfig: {nameservers: [1.1.1.1], options: [{name: ndots, value: \"1\"}]}",
    "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a}]}}",
];

/// Values that have no surprise in them, for names of things.
const WORDS: &[&str] = &["a", "b", "web", "x1", "long-name", "\"7\"", "n.o"];

impl Random<'_> {
    fn pick(&mut self, below: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % below.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.pick(n) == n - 1
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.pick(texts.len())]
    }

    fn value(&mut self, indent: usize) -> String {
        self.of(VALUES).replace("{}", &" ".repeat(indent))
    }

    /// A scalar value that is text wherever text is needed.
    fn text(&mut self) -> &'static str {
        self.of(&["a", "b-c", "\"5\"", "\"yes\"", "'x y'", "\"\"", "é", "$(VAR)", "\"$(B)-$(VAR)\""])
    }

    fn base(&mut self) {
        let mut documents = String::new();
        for n in 0..=self.pick(5) {
            if n > 0 {
                documents.push_str(self.of(&[
                    "---\n",
                    "---\n",
                    "--- # next\n",
                    "---\n# comment\n",
                    "---\n---\n",
                ]));
            }
            documents.push_str(&self.object(n));
        }
        self.files.insert("base/objects.yaml".to_owned(), documents);
        let mut text = String::from("resources:\n- objects.yaml\n");
        if self.one_in(3) {
            self.generators(&mut text, "base", true);
        }
        self.transformers(&mut text, "base");
        self.files.insert("base/kustomization.yaml".to_owned(), text);
    }

    fn overlay(&mut self) {
        let mut text = String::from(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ../base\n",
        );
        if self.one_in(4) {
            self.files.insert(
                "comp/kustomization.yaml".to_owned(),
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n".to_owned(),
            );
            let mut component = self.files["comp/kustomization.yaml"].clone();
            if self.one_in(2) {
                let object = self.object(9);
                self.files.insert("comp/more.yaml".to_owned(), object);
                component.push_str("resources: [more.yaml]\n");
            }
            if self.generated && self.one_in(3) {
                component.push_str("configMapGenerator: [{name: gen, behavior: merge, literals: [c=d]}]\n");
            }
            self.transformers(&mut component, "comp");
            component.push_str("commonAnnotations: {from: component}\n");
            let once = component.matches("commonAnnotations").count() == 1;
            if once {
                self.files.insert("comp/kustomization.yaml".to_owned(), component);
                text.push_str("components:\n- ../comp\n");
            }
        }
        if self.one_in(3) {
            self.generators(&mut text, "over", false);
        }
        self.transformers(&mut text, "over");
        if self.one_in(5) {
            text.push_str("sortOptions: {order: fifo}\n");
        }
        self.files.insert("over/kustomization.yaml".to_owned(), text);
    }

    fn object(&mut self, n: usize) -> String {
        let (api_version, kind) = KINDS[self.pick(KINDS.len())];
        let name = format!("{}{n}", self.of(&["o", "p", "q"]));
        let mut out = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: {name}\n");
        if self.one_in(4) {
            let _ = writeln!(out, "  namespace: {}", self.of(&["one", "two", "default"]));
        }
        for key in ["labels", "annotations"] {
            match self.pick(5) {
                0 => {
                    let _ = writeln!(
                        out,
                        "  {key}: {{{}: {}, app: {}}}",
                        self.of(&["k", "l"]),
                        self.text(),
                        self.text()
                    );
                }
                1 => {
                    let _ = writeln!(out, "  {key}: {}", self.of(&["{}", "null", ""]));
                }
                _ => {}
            }
        }
        out.push_str(&self.body(kind));
        self.objects.push((api_version, kind, name));
        out
    }

    fn body(&mut self, kind: &str) -> String {
        let mut out = String::new();
        match kind {
            "ConfigMap" | "Secret" => {
                out.push_str("data:\n");
                for n in 0..=self.pick(6) {
                    let key =
                        self.of(&["k", "Key", "k10", "k9", "a.b", "\"y\"", "\"1\"", "a_b", "a-b", "\"a b\""]);
                    let value = self.value(2);
                    let key = if n == 0 { key.to_owned() } else { format!("z{n}") };
                    let _ = writeln!(out, "  {key}: {value}");
                }
            }
            "Deployment" | "StatefulSet" => {
                out.push_str("spec:\n");
                if self.one_in(2) {
                    out.push_str("  replicas: 1\n");
                }
                if self.one_in(2) {
                    out.push_str("  selector: {matchLabels: {app: x}}\n");
                }
                out.push_str("  template:\n    spec:\n");
                out.push_str(&self.pod(6));
            }
            "Pod" => {
                out.push_str("spec:\n");
                out.push_str(&self.pod(2));
            }
            "CronJob" => {
                out.push_str("spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n");
                out.push_str(&self.pod(10));
            }
            "Service" => {
                out.push_str(
                    "spec:\n  selector: {app: x}\n  ports:\n  - {port: 80, protocol: TCP}\n  - port: 81\n",
                );
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                out.push_str("roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: o1}\nsubjects:\n");
                for _ in 0..=self.pick(3) {
                    let name = self.of(&["default", "o0", "o1", "p2", "other"]);
                    let namespace = self.of(&["", ", namespace: one", ", namespace: default"]);
                    let _ = writeln!(out, "- {{kind: ServiceAccount, name: {name}{namespace}}}");
                }
            }
            "Ingress" => {
                out.push_str("spec: {tls: [{secretName: o0}], rules: [{http: {paths: [{backend: {service: {name: p1}}}]}}]}\n");
            }
            "ServiceAccount" => out.push_str(
                self.of(&["", "imagePullSecrets: [{name: o0}]\nsecrets: [{name: o0}, {name: o1}]\n"]),
            ),
            "PersistentVolumeClaim" => out.push_str("spec: {storageClassName: o1}\n"),
            _ => {
                out.push_str("spec:\n");
                for n in 0..=self.pick(4) {
                    let value = self.value(2);
                    let _ = writeln!(out, "  f{n}: {value}");
                }
                if self.one_in(2) {
                    let _ = writeln!(out, "  containers:\n  - image: nginx\n    name: {}", self.of(WORDS));
                }
            }
        }
        out
    }

    fn pod(&mut self, indent: usize) -> String {
        let pad = " ".repeat(indent);
        let mut out = String::new();
        if self.one_in(3) {
            let _ = writeln!(out, "{pad}serviceAccountName: {}", self.of(&["o0", "p1", "q2"]));
        }
        if self.one_in(3) {
            let _ = writeln!(out, "{pad}{}", self.of(POD_PARTS));
        }
        let _ = writeln!(out, "{pad}containers:");
        for n in 0..=self.pick(2) {
            let image = self.of(&["nginx", "nginx:1.0", "\"redis:5\"", "host:5000/app@sha256:12", "null"]);
            let _ = writeln!(out, "{pad}- name: c{n}\n{pad}  image: {image}");
            if self.one_in(2) {
                let value = self.value(indent + 4);
                let _ = writeln!(
                    out,
                    "{pad}  env:\n{pad}  - name: A\n{pad}    value: {value}\n{pad}  - name: B\n{pad}    value: x"
                );
            }
            if self.one_in(3) {
                let _ = writeln!(
                    out,
                    "{pad}  envFrom: [{{configMapRef: {{name: gen}}}}, {{secretRef: {{name: o0}}}}]"
                );
            }
            if self.one_in(3) {
                let _ = writeln!(
                    out,
                    "{pad}  ports: [{{containerPort: 80}}, {{containerPort: 80, protocol: UDP}}]"
                );
            }
        }
        if self.one_in(3) && !out.contains("volumes:") {
            let _ = writeln!(
                out,
                "{pad}volumes:\n{pad}- {{name: v, configMap: {{name: o0}}}}\n{pad}- {{name: w, secret: {{secretName: sec}}}}"
            );
        }
        out
    }

    fn generators(&mut self, text: &mut String, folder: &str, first: bool) {
        let known = self.generated || self.one_in(20);
        let behavior = if first || !known { "create" } else { self.of(&["merge", "replace", "create"]) };
        self.generated |= first;
        let name = if first || behavior != "create" { "gen" } else { "gen2" };
        let _ = writeln!(
            text,
            "configMapGenerator:\n- name: {name}\n  behavior: {behavior}\n  literals:\n  - a={}\n  - 'q=\"x\"'",
            self.of(&["1", "b c", "yes", ""])
        );
        if self.one_in(2) {
            let content = self.of(&["one\ntwo\n", "", "x", " lead\n", "t\tab\n", "a \nb\n"]);
            self.files.insert(format!("{folder}/f.txt"), content.to_owned());
            text.push_str("  files: [f.txt, key.k=f.txt]\n");
        }
        if self.one_in(3) {
            text.push_str("  options: {disableNameSuffixHash: true, labels: {gl: x}}\n");
        }
        if self.one_in(2) {
            let name = if first { "sec" } else { "sec2" };
            let _ = writeln!(
                text,
                "secretGenerator:\n- name: {name}\n  literals: [p={}]",
                self.of(&["hidden", "1"])
            );
        }
        if self.one_in(3) {
            text.push_str("generatorOptions: {annotations: {ga: \"1\"}}\n");
        }
    }

    fn transformers(&mut self, text: &mut String, folder: &str) {
        if self.one_in(3) {
            let _ = writeln!(text, "namespace: {}", self.of(&["ns", "two", "\"123\""]));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "namePrefix: {}", self.of(&["p-", "\"1-\"", "x"]));
        }
        if self.one_in(5) {
            text.push_str("nameSuffix: -s\n");
        }
        if self.one_in(4) {
            let more = self.of(&["", ", includeSelectors: true", ", includeTemplates: true"]);
            let _ = writeln!(
                text,
                "labels:\n- {{pairs: {{{}: {}}}{more}}}",
                self.of(&["app", "k", "new"]),
                self.text()
            );
        }
        if self.one_in(6) {
            let _ = writeln!(text, "commonLabels: {{app: {}}}", self.of(&["common", "\"1\""]));
        }
        if self.one_in(6) {
            let _ = writeln!(text, "commonAnnotations: {{k: {}}}", self.text());
        }
        if self.one_in(4) {
            let change = self.of(&[
                "newTag: \"2\"",
                "newName: other",
                "digest: sha256:ff",
                "newName: o, newTag: v1",
                "tagSuffix: -x",
            ]);
            let _ = writeln!(
                text,
                "images:\n- {{name: {}, {change}}}",
                self.of(&["nginx", "redis", "host:5000/app"])
            );
        }
        if self.one_in(6) {
            self.replacement(text);
        }
        let scaled: Vec<_> = self.objects.iter().filter(|(api, ..)| *api == "apps/v1").cloned().collect();
        if !scaled.is_empty() && self.one_in(3) {
            let name = &scaled[self.pick(scaled.len())].2;
            let _ = writeln!(
                text,
                "replicas: [{{name: {name}, count: {}}}]",
                self.of(&["3", "0", "5", "7", "1", "\"2\""])
            );
        }
        if !self.objects.is_empty() && self.one_in(5) {
            self.vars(text, folder);
        }
        let count = self.pick(4).saturating_sub(1);
        if count > 0 {
            text.push_str("patches:\n");
            for n in 0..count {
                self.patch(text, folder, n);
            }
        }
    }

    /// Variables, of which `VAR` is what values of objects name, and sometimes more places for them.
    fn vars(&mut self, text: &mut String, folder: &str) {
        text.push_str("vars:\n");
        for n in 0..=self.pick(2) {
            let objects = self.objects.clone();
            let Some((api_version, kind, object)) = objects.get(self.pick(objects.len())) else { return };
            let field = self.of(&[
                "metadata.name",
                "metadata.name",
                "metadata.namespace",
                "metadata.labels.app",
                "data.k",
                "spec.f0",
                "spec.f1",
                "spec.ports[0].port",
                "spec.replicas",
                "kind",
            ]);
            let name = if n == 0 && folder != "over" { "VAR" } else { self.of(&["VAR", "B", "C"]) };
            let _ = writeln!(
                text,
                "- {{name: {name}, objref: {{apiVersion: {api_version}, kind: {kind}, name: {object}}}, fieldref: {{fieldPath: \"{field}\"}}}}"
            );
        }
        if self.one_in(2) {
            let place =
                self.of(&["data", "data/k", "spec/f0", "spec/f1", "spec/template/spec/containers/image"]);
            let create = self.of(&["", ", create: true"]);
            let path = format!("{folder}/places.yaml");
            self.files.insert(path, format!("varReference: [{{path: {place}{create}}}]\n"));
            text.push_str("configurations: [places.yaml]\n");
        }
    }

    fn patch(&mut self, text: &mut String, folder: &str, n: usize) {
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

    fn merge_body(&mut self, kind: &str) -> String {
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

    fn replacement(&mut self, text: &mut String) {
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

    fn operations(&mut self) -> String {
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

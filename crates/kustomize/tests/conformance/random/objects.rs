//! Objects of many kinds, with values that YAML reads in more than one way.

use std::fmt::Write as _;

use super::Random;

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

/// Parts of a pod that are merged by keys of their own, or as a whole.
pub(super) const POD_PARTS: &[&str] = &[
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
    pub(super) fn object(&mut self, n: usize) -> String {
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

    pub(super) fn body(&mut self, kind: &str) -> String {
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

    pub(super) fn pod(&mut self, indent: usize) -> String {
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
}

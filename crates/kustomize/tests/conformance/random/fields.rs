//! The fields of kustomizations: generators, transformers, variables.

use std::fmt::Write as _;

use super::Random;

impl Random<'_> {
    pub(super) fn generators(&mut self, text: &mut String, folder: &str, first: bool) {
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

    pub(super) fn transformers(&mut self, text: &mut String, folder: &str) {
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
    pub(super) fn vars(&mut self, text: &mut String, folder: &str) {
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
}

//! What a kustomization lists: its fields and entries, as kustomize 5.8 reads them. Checks are in [`super::kustomize`].

use std::path::{Path, PathBuf};

use kustomize::clean;
use yaml::Node;

use super::object::{items, scalar_text, text};
use super::tree::{File, KUSTOMIZATIONS, Tree};

/// The fields of a kustomization.
pub(crate) const FIELDS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "openapi",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "patchesStrategicMerge",
    "patchesJson6902",
    "patches",
    "images",
    "imageTags",
    "replacements",
    "replicas",
    "vars",
    "sortOptions",
    "resources",
    "components",
    "crds",
    "bases",
    "configMapGenerator",
    "secretGenerator",
    "helmGlobals",
    "helmCharts",
    "helmChartInflationGenerator",
    "generatorOptions",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "buildMetadata",
];

/// Fields that still work, and what to write instead.
pub(crate) const DEPRECATED: &[(&str, &str)] = &[
    ("bases", "resources"),
    ("patchesStrategicMerge", "patches"),
    ("patchesJson6902", "patches"),
    ("commonLabels", "labels"),
    ("vars", "replacements"),
    ("imageTags", "images"),
];

/// A kustomization.
#[derive(Clone, Copy)]
pub(crate) struct Kustomization<'t> {
    /// Its file.
    pub(crate) file: &'t File,
    /// Its mapping.
    pub(crate) root: &'t Node,
}

/// What an entry is listed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Under `resources`: a file of objects or a folder with a kustomization.
    Resource,
    /// Under `components`: a folder with a component.
    Component,
    /// A file of any content: patches, generators, configurations.
    Data,
}

/// One entry.
pub(crate) struct Entry<'t> {
    /// Where it stands.
    pub(crate) node: &'t Node,
    /// The key it stands under.
    pub(crate) key: &'static str,
    /// What it is listed as.
    pub(crate) role: Role,
    /// The local path it means.
    pub(crate) path: PathBuf,
}

impl<'t> Kustomization<'t> {
    /// The kustomization of a file; none when the file is none or holds no mapping.
    pub(crate) fn of(file: &'t File) -> Option<Self> {
        let root = file.documents.first().filter(|root| root.as_mapping().is_some())?;
        file.is_kustomization.then_some(Self { file, root })
    }

    /// The kustomization of a folder.
    pub(crate) fn in_folder(tree: &'t Tree, folder: &Path) -> Option<Self> {
        Self::of(&tree.files[tree.kustomization(folder)?])
    }

    /// Whether it is a component.
    pub(crate) fn is_component(&self) -> bool {
        text(self.root, "kind") == Some("Component")
    }

    /// `namespace`, when it is set.
    pub(crate) fn namespace(&self) -> Option<&'t str> {
        text(self.root, "namespace")
    }

    /// Its local entries, in the order in which kustomize takes them. Remote ones are left out.
    pub(crate) fn entries(&self) -> Vec<Entry<'t>> {
        let mut entries = Vec::new();
        for key in ["resources", "bases"] {
            self.add(&mut entries, key, Role::Resource, items(self.root, key).iter());
        }
        self.add(&mut entries, "components", Role::Component, items(self.root, "components").iter());
        self.add_files(&mut entries);
        self.add_generated(&mut entries);
        entries
    }

    fn add_files(&self, entries: &mut Vec<Entry<'t>>) {
        for key in
            ["crds", "configurations", "generators", "transformers", "validators", "patchesStrategicMerge"]
        {
            self.add(entries, key, Role::Data, items(self.root, key).iter().filter(|item| !is_inline(item)));
        }
        for key in ["patches", "patchesJson6902", "replacements"] {
            self.add(
                entries,
                key,
                Role::Data,
                items(self.root, key).iter().filter_map(|item| item.get("path")),
            );
        }
        let openapi = self.root.get("openapi").and_then(|openapi| openapi.get("path"));
        self.add(entries, "openapi", Role::Data, openapi.into_iter());
        let charts = items(self.root, "helmCharts").iter();
        let values = charts.flat_map(|chart| {
            chart.get("valuesFile").into_iter().chain(items(chart, "additionalValuesFiles"))
        });
        self.add(entries, "helmCharts", Role::Data, values);
    }

    fn add_generated(&self, entries: &mut Vec<Entry<'t>>) {
        for key in ["configMapGenerator", "secretGenerator"] {
            for generator in items(self.root, key) {
                let env = generator.get("env").into_iter();
                self.add(entries, key, Role::Data, env.chain(items(generator, "envs")));
                for item in items(generator, "files") {
                    let Some(file) = scalar_text(item) else { continue };
                    // KEY=PATH or PATH
                    let path = file.split_once('=').map_or(file, |(_, path)| path);
                    self.push(entries, key, Role::Data, item, path);
                }
            }
        }
    }

    fn add(
        &self,
        entries: &mut Vec<Entry<'t>>,
        key: &'static str,
        role: Role,
        nodes: impl Iterator<Item = &'t Node>,
    ) {
        for node in nodes {
            if let Some(path) = scalar_text(node) {
                self.push(entries, key, role, node, path);
            }
        }
    }

    fn push(&self, entries: &mut Vec<Entry<'t>>, key: &'static str, role: Role, node: &'t Node, path: &str) {
        let local = clean(&self.file.folder().join(path));
        if !is_remote(path) || local.exists() {
            entries.push(Entry { node, key, role, path: local });
        }
    }
}

/// Whether a folder has a kustomization, readable or not.
pub(crate) fn has_kustomization(folder: &Path) -> bool {
    KUSTOMIZATIONS.iter().any(|name| folder.join(name).is_file())
}

/// Some lists take YAML in place of a path.
fn is_inline(node: &Node) -> bool {
    node.as_str().is_none_or(|text| text.contains('\n') || text.contains(": "))
}

/// Whether kustomize would fetch it.
fn is_remote(text: &str) -> bool {
    const HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "dev.azure.com"];
    text.contains("://")
        || text.starts_with("git@")
        || text.contains("?ref=")
        || text.contains(".git/")
        || HOSTS.iter().any(|host| text.strip_prefix(host).is_some_and(|rest| rest.starts_with(['/', ':'])))
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn remote_entries() {
        for remote in [
            "https://example.com/x.yaml",
            "github.com/org/repo//path?ref=v1",
            "git@github.com:org/repo",
            "ssh://git@host/x",
            "github.com/org/repo",
        ] {
            assert!(is_remote(remote), "{remote}");
        }
        for local in ["./a.yaml", "../a", "github.com-proxy.yaml", "a/b.d/c.yaml"] {
            assert!(!is_remote(local), "{local}");
        }
    }
}

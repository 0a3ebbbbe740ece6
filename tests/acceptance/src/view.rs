//! The cluster as Flux sees it: from the entry point to the Kustomizations, and what each of them applies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kustomize::{Loader, Memory, Resource, build};
use yaml::Value;

use crate::{Look, Object};

/// Where Flux begins, in each system.
const ENTRIES: [&str; 3] = ["kubernetes/flux/cluster", "k8s/flux", "kubernetes/clusters/main"];

/// Every object that the repository makes. The kustomizations are built as Flux's controller does; `${…}` is left as
/// it stands.
///
/// # Panics
/// When a kustomization does not build, or a Kustomization's path is not there.
pub(crate) fn objects(files: &BTreeMap<PathBuf, String>) -> Vec<Object> {
    let mut found = Vec::new();
    let entry = ENTRIES.iter().find(|entry| files.keys().any(|file| file.starts_with(entry)));
    let entry = entry.unwrap();
    let mut waiting = vec![Step { by: "the repository".into(), path: entry.into(), target: None }];
    while let Some(step) = waiting.pop() {
        for resource in step.build(files) {
            let value = resource.value();
            // What an ArtifactGenerator makes is in no repository of ours.
            let is_ours =
                value.find("spec sourceRef kind").is_some_and(|kind| kind.text("") == "GitRepository");
            if resource.api_version().starts_with("kustomize.toolkit.fluxcd.io/") && is_ours {
                waiting.push(Step::of(&value));
            }
            found.push(Object { file: resource.origin().file().to_path_buf(), by: step.by.clone(), value });
        }
    }
    found
}

/// A Flux Kustomization to be applied.
struct Step {
    by: String,
    path: PathBuf,
    target: Option<String>,
}

impl Step {
    fn of(kustomization: &Value) -> Self {
        let path = kustomization.text("spec path");
        Self {
            by: format!(
                "{}/{}",
                kustomization.text("metadata namespace"),
                kustomization.text("metadata name")
            ),
            path: path.strip_prefix("./").unwrap_or(path).into(),
            target: kustomization.find("spec targetNamespace").map(|target| target.text("").to_owned()),
        }
    }

    /// What it applies. Where the folder has no kustomization.yaml, the controller writes one that lists what is there;
    /// targetNamespace is the `namespace` of one around it.
    fn build(&self, files: &BTreeMap<PathBuf, String>) -> Vec<Resource> {
        let mut memory = Memory::new();
        for (path, content) in files {
            memory.add(path, content.as_bytes());
        }
        let listed = self.path.join("kustomization.yaml");
        if !files.contains_key(&listed) {
            memory.add(&listed, list("", &resources(&self.path, files)));
        }
        let around = format!("../{}", self.path.display());
        memory.add("around/kustomization.yaml", list(self.target.as_deref().unwrap_or_default(), &[around]));
        let built = build(&Loader::new(&memory), Path::new("around"));
        built
            .unwrap_or_else(|problems| {
                let words: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
                panic!("{} ({}) does not build: {words:?}", self.path.display(), self.by)
            })
            .resources
    }
}

/// What the controller lists for a folder without a kustomization: files, and folders that have one.
fn resources(folder: &Path, files: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let below = files.keys().filter_map(|path| path.strip_prefix(folder).ok());
    let mut list: Vec<_> = below
        .filter_map(|path| match path.components().count() {
            1 if path.extension().is_some_and(|ending| ending == "yaml") => Some(path.to_path_buf()),
            2 if path.file_name().is_some_and(|name| name == "kustomization.yaml") => {
                path.parent().map(Path::to_path_buf)
            }
            _ => None,
        })
        .map(|path| format!("./{}", path.display()))
        .collect();
    assert!(!list.is_empty(), "nothing is at {}", folder.display());
    list.sort();
    list
}

fn list(namespace: &str, resources: &[String]) -> String {
    let namespace = if namespace.is_empty() { String::new() } else { format!("namespace: {namespace}\n") };
    // A list of JSON is one of YAML, and Rust quotes these names as JSON does.
    format!(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{namespace}resources: {resources:?}\n"
    )
}

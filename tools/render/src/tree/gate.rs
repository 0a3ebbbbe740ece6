//! The gate: a folder that holds the gate's file is one component, and is skipped while the component is off.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use cliutil::{Diagnostic, Failure, Outcome};
use yaml::{Mapping, Value};

/// Which components are on, and which folders are components.
pub(super) struct Gate {
    file: String,
    on: BTreeMap<String, BTreeSet<String>>,
    /// Folders (below any input) that hold the gate's file, and the input. As plain text: paths are compared part by part.
    folders: BTreeMap<OsString, PathBuf>,
    /// Those of them that are off.
    off: HashSet<OsString>,
}

impl Gate {
    /// A gate for the components of the data (`components: {NAMESPACE: [APP…]}`).
    pub(super) fn new(file: &str, data: &Mapping) -> Outcome<Self> {
        let wrong = |message: &str| {
            Failure::new("render/gate", message.to_owned())
                .with_help("`validate config` makes data with `components`")
        };
        let components = data
            .get("components")
            .ok_or_else(|| wrong("the data has no `components`, which the gate needs to know what is on"))?;
        let components =
            components.as_mapping().ok_or_else(|| wrong("`components` must be a mapping of namespaces"))?;
        let mut on = BTreeMap::new();
        for (namespace, apps) in components.iter() {
            let (Some(namespace), Some(apps)) = (namespace.as_str(), apps.as_sequence()) else {
                return Err(wrong("`components` must map each namespace to a list of names"));
            };
            let apps = apps.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            on.insert(namespace.to_owned(), apps);
        }
        Ok(Self { file: file.to_owned(), on, folders: BTreeMap::new(), off: HashSet::new() })
    }

    /// Takes note of an entry of an input.
    pub(super) fn see(&mut self, input: &Path, relative: &Path) {
        if self.is_gate(relative)
            && let Some(folder) = relative.parent()
        {
            if !self.is_on(folder) {
                self.off.insert(folder.as_os_str().to_owned());
            }
            self.folders.entry(folder.as_os_str().to_owned()).or_insert_with(|| input.to_path_buf());
        }
    }

    /// The components in the folder of another one, which would be on or off with that one whatever the data say.
    pub(super) fn nested(&self) -> Vec<Diagnostic> {
        let nested = self.folders.iter().filter_map(|(folder, input)| {
            let mut above = Path::new(folder).ancestors().skip(1);
            let outer = above.find(|above| self.folders.contains_key(above.as_os_str()))?;
            let path = input.join(folder).join(&self.file);
            let message = format!("{}: a component in the folder of another component", path.display());
            let outer = self.folders[outer.as_os_str()].join(outer);
            let help =
                format!("move this folder out of {}, or remove the {} there", outer.display(), self.file);
            Some(Diagnostic::error("render/gate", message).with_help(help))
        });
        nested.collect()
    }

    /// Whether an entry is the gate's own file, which is never written.
    pub(super) fn is_gate(&self, relative: &Path) -> bool {
        relative.file_name().is_some_and(|name| name == self.file.as_str())
    }

    /// Whether a folder is a component that is off.
    pub(super) fn is_off(&self, folder: &Path) -> bool {
        self.off.contains(folder.as_os_str())
    }

    /// Whether an entry is, or is below, a component that is off.
    pub(super) fn closed(&self, relative: &Path) -> bool {
        let bytes = relative.as_os_str().as_bytes();
        let mut ends = (0..bytes.len()).filter(|at| bytes[*at] == b'/').chain([0, bytes.len()]);
        !self.off.is_empty() && ends.any(|end| self.off.contains(OsStr::from_bytes(&bytes[..end])))
    }

    fn is_on(&self, folder: &Path) -> bool {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let (app, namespace) = (name(folder), folder.parent().and_then(name));
        let (Some(app), Some(namespace)) = (app, namespace) else { return false };
        self.on.get(&namespace).is_some_and(|apps| apps.contains(&app))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_components_are_closed_with_all_below() {
        let data = yaml::load_one("components: {net: [a], kube-system: []}", yaml::Dialect::Yaml12).unwrap();
        let mut gate = Gate::new("component.yaml", data.as_mapping().unwrap()).unwrap();
        for path in ["apps/net/a/component.yaml", "apps/net/b/component.yaml", "apps/other/a/component.yaml"]
        {
            gate.see(Path::new("in"), Path::new(path));
        }
        assert!(gate.nested().is_empty());
        assert!(!gate.closed(Path::new("apps/net/a/app/x.yaml")));
        assert!(gate.closed(Path::new("apps/net/b/app/x.yaml")));
        assert!(gate.closed(Path::new("apps/net/b")));
        assert!(gate.closed(Path::new("apps/other/a/ks.yaml")));
        assert!(!gate.closed(Path::new("apps/net/kustomization.yaml")));
        assert!(gate.is_gate(Path::new("apps/net/a/component.yaml")));
        assert!(Gate::new("component.yaml", &Mapping::new()).is_err());
    }

    #[test]
    fn components_inside_of_components() {
        let data = yaml::load_one("components: {net: [a], a: [b]}", yaml::Dialect::Yaml12).unwrap();
        let mut gate = Gate::new("c.yaml", data.as_mapping().unwrap()).unwrap();
        for (input, path) in [("over", "net/a/b/c.yaml"), ("in", "net/a/c.yaml"), ("in", "net/ab/c.yaml")] {
            gate.see(Path::new(input), Path::new(path));
        }
        let nested = gate.nested();
        assert_eq!(nested.len(), 1);
        assert!(nested[0].message.starts_with("over/net/a/b/c.yaml: "), "{}", nested[0].message);
    }
}

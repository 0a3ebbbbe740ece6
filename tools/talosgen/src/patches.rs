//! The patch files that exist: one list for all nodes, one for each role, one for each node.

use std::collections::BTreeMap;
use std::path::Path;

use cliutil::{Diagnostic, Failure, Outcome, did_you_mean, unreadable};

/// Folders with a meaning of their own; no node may be called so.
const ROLES: [&str; 3] = ["global", "controller", "worker"];

/// What talhelper reads as a patch.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The patches of a folder: talhelper's references, sorted by file name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Patches {
    folders: BTreeMap<String, Vec<String>>,
}

impl Patches {
    /// Looks what is there. A folder that is not there holds nothing.
    ///
    /// # Errors
    /// `io/read`.
    pub(crate) fn read(root: &Path, warnings: &mut Vec<Diagnostic>) -> Outcome<Self> {
        let mut patches = Self::default();
        if !root.is_dir() {
            let warning = Diagnostic::warning("talos/no-patches", "no such folder, so no patches are listed");
            warnings.push(warning.in_file(root.display().to_string()).with_help("run render first"));
            return Ok(patches);
        }
        let base = root.file_name().map_or_else(|| "patches".into(), |name| name.to_string_lossy());
        for folder in entries(root)? {
            let path = root.join(&folder);
            if !path.is_dir() {
                continue;
            }
            let mut listed = Vec::new();
            for file in entries(&path)? {
                if is_patch(&path.join(&file), warnings)? {
                    listed.push(format!("@./{base}/{folder}/{file}"));
                }
            }
            patches.folders.insert(folder, listed);
        }
        Ok(patches)
    }

    /// The patches of `global`, `controller`, `worker` or a node.
    pub(crate) fn of(&self, folder: &str) -> Vec<String> {
        self.folders.get(folder).cloned().unwrap_or_default()
    }

    /// A warning for each folder with patches that are no node's.
    pub(crate) fn strangers(&self, root: &Path, nodes: &[&str]) -> Vec<Diagnostic> {
        let strange = |name: &str| !ROLES.contains(&name) && !nodes.contains(&name);
        let folders = self.folders.iter().filter(|(name, listed)| strange(name) && !listed.is_empty());
        folders
            .map(|(name, _)| {
                let known = ROLES.iter().copied().chain(nodes.iter().copied());
                let help = did_you_mean(name, known).map_or_else(
                    || "a folder of patches is called global, controller, worker or like a node".to_owned(),
                    |near| format!("did you mean {near}?"),
                );
                Diagnostic::warning(
                    "talos/patches-of-nobody",
                    "no node has this name: its patches are not used",
                )
                .in_file(root.join(name).display().to_string())
                .with_help(help)
            })
            .collect()
    }
}

/// The names in a folder, sorted, hidden ones left out.
fn entries(folder: &Path) -> Outcome<Vec<String>> {
    let fail = |error| unreadable(folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name().into_string().map_err(|name| {
            Failure::new("io/read", format!("{}: this name is not UTF-8", folder.join(name).display()))
        })?;
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn is_patch(path: &Path, warnings: &mut Vec<Diagnostic>) -> Outcome<bool> {
    if !path.is_file() {
        return Ok(false);
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !EXTENSIONS.contains(&extension) {
        let warning = Diagnostic::warning("talos/not-a-patch", "this file is not listed as a patch");
        warnings.push(
            warning.in_file(path.display().to_string()).with_help("patches end in .yaml, .yml or .json"),
        );
        return Ok(false);
    }
    Ok(!cliutil::read_file(path)?.text().trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join("patches").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn files_that_exist_and_are_not_empty_sorted() {
        let dir = tree(&[
            ("global/b.yaml", "a: 1"),
            ("global/a.yaml", "a: 1"),
            ("global/empty.yaml", " \n"),
            ("global/.gitkeep", ""),
            ("global/README.md", "x"),
            ("worker/none.yaml", ""),
            ("cp-0/x.yml", "a: 1"),
            ("cp-1x/x.yml", "a: 1"),
        ]);
        let (root, mut warnings) = (dir.path().join("patches"), Vec::new());
        let patches = Patches::read(&root, &mut warnings).unwrap();
        assert_eq!(patches.of("global"), ["@./patches/global/a.yaml", "@./patches/global/b.yaml"]);
        assert!(patches.of("worker").is_empty() && patches.of("controller").is_empty());
        assert_eq!(patches.of("cp-0"), ["@./patches/cp-0/x.yml"]);
        assert_eq!(warnings.iter().map(|one| one.code).collect::<Vec<_>>(), ["talos/not-a-patch"]);
        let strangers = patches.strangers(&root, &["cp-0", "cp-1"]);
        assert_eq!(strangers.len(), 1);
        assert_eq!(strangers[0].help.as_deref(), Some("did you mean cp-1?"));
    }

    #[test]
    fn a_missing_folder_is_a_warning() {
        let mut warnings = Vec::new();
        assert_eq!(Patches::read(Path::new("no/such"), &mut warnings).unwrap(), Patches::default());
        assert_eq!(warnings[0].code, "talos/no-patches");
    }
}

//! The kustomization of a Flux Kustomization's path: the one that is there, or one that lists what is there; with the
//! fields of the object added to it.

use std::path::Path;
use std::sync::Arc;

use cliutil::did_you_mean;

use super::Kustomization;
use crate::codes;
use crate::file::{File, Outcome, Problems};
use crate::fs::clean;
use crate::kustomization::{self, Added, Entry};
use crate::loader::{Folder, Loader, is_remote};

/// How deep folders are searched for manifests, and how many files may be found.
const MAX_DEPTH: usize = 100;
const MAX_FILES: usize = 100_000;

/// Names that are no part of what Flux fetches, unless a repository says otherwise in `.sourceignore`.
const IGNORED: &[&str] = &[
    ".git",
    ".github",
    ".circleci",
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".drone.yml",
    "cloudbuild.yaml",
    "codeship-services.yml",
    "codeship-steps.yml",
    ".goreleaser.yml",
    ".sops.yaml",
    ".flux.yaml",
];

/// The folder of a Flux Kustomization below the root of its source.
pub(super) fn folder(loader: &Loader<'_>, root: &Path, flux: &Kustomization) -> Outcome<Folder> {
    let root = loader.root(root)?;
    // A leading slash means the root of the source, too.
    let path = clean(Path::new(flux.path.trim_start_matches('/')));
    if path.starts_with("..") {
        let problem = flux.error(codes::FLUX_OUTSIDE, "this path leads out of the source", &["spec", "path"]);
        return Err(vec![problem.with_help("paths begin at the root of the repository")]);
    }
    let (full, name) = root.join(&path.display().to_string());
    match loader.folder_at(&full) {
        Ok(path) => Ok(Folder { path, name, boundary: Some(root.path.into()) }),
        Err(kind) => {
            let what = match kind {
                std::io::ErrorKind::NotFound => "does not exist",
                std::io::ErrorKind::NotADirectory => "is not a folder",
                _ => "cannot be read",
            };
            let message = format!("{} {what}", flux.path);
            let problem = flux.error(codes::FLUX_PATH, message, &["spec", "path"]);
            Err(vec![match neighbour(loader, &full, &flux.path) {
                Some(near) => problem.with_help(format!("did you mean {near}?")),
                None => problem.with_help("paths begin at the root of the repository"),
            }])
        }
    }
}

fn neighbour(loader: &Loader<'_>, full: &Path, given: &str) -> Option<String> {
    let name = full.file_name()?.to_str()?;
    let entries = loader.file_system().entries(full.parent()?).ok()?;
    let folders = entries.iter().filter(|(_, is_folder)| *is_folder).map(|(name, _)| name.as_str());
    let near = did_you_mean(name, folders)?;
    let head = given.trim_end_matches('/').strip_suffix(name)?;
    Some(format!("{head}{near}"))
}

/// The kustomization to build in the folder.
pub(super) fn kustomization(
    loader: &Loader<'_>,
    folder: &Folder,
    flux: &Kustomization,
) -> Outcome<Arc<kustomization::Kustomization>> {
    let mut made = if loader.has_kustomization(folder) {
        (*loader.kustomization(folder)?).clone()
    } else {
        generated(loader, folder)?
    };
    made.namespace = flux.target_namespace.clone().unwrap_or(made.namespace);
    made.name_prefix = flux.name_prefix.clone().unwrap_or(made.name_prefix);
    made.name_suffix = flux.name_suffix.clone().unwrap_or(made.name_suffix);
    made.added = Some(Arc::new(Added {
        file: Arc::clone(&flux.added.file),
        patches: flux.added.patches.clone(),
        images: flux.added.images.clone(),
        components: components(loader, folder, flux)?,
    }));
    Ok(Arc::new(made))
}

fn components(loader: &Loader<'_>, folder: &Folder, flux: &Kustomization) -> Outcome<Vec<Entry>> {
    let mut problems = Problems::new();
    let mut components = Vec::new();
    for entry in &flux.added.components {
        if is_remote(&entry.text) || Path::new(&entry.text).is_absolute() {
            let message = format!("{} is no path relative to spec.path", entry.text);
            problems.push(
                flux.added
                    .file
                    .error(codes::FLUX_FIELD, message, entry.span)
                    .with_help("components are folders of the same source"),
            );
            continue;
        }
        let missing = loader.file_system().canonical(&folder.join(&entry.text).0).is_err();
        if !(missing && flux.ignore_missing_components) {
            components.push(entry.clone());
        }
    }
    if problems.is_empty() { Ok(components) } else { Err(problems) }
}

/// A kustomization that lists every manifest below a folder.
fn generated(loader: &Loader<'_>, folder: &Folder) -> Outcome<kustomization::Kustomization> {
    let mut scan = Scan { loader, found: Vec::new(), problems: Problems::new() };
    scan.folder(folder, "", 0);
    if !scan.problems.is_empty() {
        return Err(scan.problems);
    }
    let mut text = "kind: Kustomization\nresources:".to_owned();
    text.push_str(if scan.found.is_empty() { " []\n" } else { "\n" });
    for path in &scan.found {
        text.push_str("- ");
        text.push_str(&serde_json::Value::from(path.as_str()).to_string());
        text.push('\n');
    }
    let name = format!("{}/kustomization.yaml (made by Flux)", folder.shown());
    kustomization::parse(&Arc::new(File::inline(name, &text)))
}

struct Scan<'l, 'f> {
    loader: &'l Loader<'f>,
    found: Vec<String>,
    problems: Problems,
}

impl Scan<'_, '_> {
    fn folder(&mut self, folder: &Folder, prefix: &str, depth: usize) {
        let Ok(entries) = self.loader.file_system().entries(&folder.path) else { return };
        for (name, is_folder) in entries {
            if IGNORED.contains(&name.as_str()) || self.found.len() >= MAX_FILES {
                continue;
            }
            let (path, shown) = folder.join(&name);
            let entry = format!("{prefix}./{name}").replacen("/./", "/", 1);
            if is_folder {
                let inner = Folder { path, name: shown, boundary: folder.boundary.clone() };
                if self.loader.has_kustomization(&inner) {
                    self.found.push(entry);
                } else if depth < MAX_DEPTH {
                    self.folder(&inner, &format!("{entry}/"), depth + 1);
                }
            } else if matches!(Path::new(&name).extension().and_then(|e| e.to_str()), Some("yaml" | "yml")) {
                self.file(&path, &shown, entry);
            }
        }
    }

    /// A file must hold objects, or nothing.
    fn file(&mut self, path: &Path, shown: &Path, entry: String) {
        match self.loader.read(path, shown).map(|file| file.objects()) {
            Ok(Ok(_)) => self.found.push(entry),
            Ok(Err(problems)) => self.problems.extend(problems),
            Err(kind) => self.problems.push(
                cliutil::Diagnostic::error(
                    codes::UNREADABLE,
                    format!("{} cannot be read: {kind}", shown.display()),
                )
                .in_file(shown.display().to_string()),
            ),
        }
    }
}

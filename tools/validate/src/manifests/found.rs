//! Which files may hold manifests, found below what was given.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use cliutil::{Failure, Outcome};

use crate::applied::{is_left_out, is_templates};

/// A file that was found.
pub(crate) struct Entry {
    /// Its path.
    pub(super) path: PathBuf,
    /// A link leads to it.
    pub(super) is_link: bool,
}

/// Files with manifests below a path, in order; a single file in any case. Hidden folders, generated machine
/// configurations and what makes a Helm chart are left out; `.sops.yaml` is a hidden file, too. `charts` counts the charts.
pub(super) fn find<'c>(
    path: &'c Path,
    charts: &'c AtomicUsize,
) -> impl Iterator<Item = Outcome<Entry>> + Send + 'c {
    let single = path.is_file().then(|| Ok(Entry { path: path.to_path_buf(), is_link: false }));
    let walk = single.is_none().then(|| crate::place::walk(path).into_iter());
    let wanted = |entry: &walkdir::DirEntry| {
        let is_chart = entry.depth() > 0 && entry.file_type().is_dir() && is_templates(entry.path());
        charts.fetch_add(usize::from(is_chart), Ordering::Relaxed);
        !is_left_out(entry)
    };
    let entries = walk.into_iter().flat_map(move |walk| walk.filter_entry(wanted));
    single.into_iter().chain(entries.filter_map(|entry| entry_of(path, entry).transpose()))
}

/// A file that a walk below a folder came to, if it may hold manifests.
fn entry_of(folder: &Path, entry: walkdir::Result<walkdir::DirEntry>) -> Outcome<Option<Entry>> {
    let entry = entry.map_err(|error| {
        let shown = error.path().unwrap_or(folder).display().to_string();
        Failure::new("io/read", format!("{shown}: cannot be read: {error}"))
    })?;
    let is_link = entry.path_is_symlink();
    let is_file = || entry.file_type().is_file() || is_link && entry.path().is_file();
    let wanted = is_manifest(entry.file_name()) && is_file();
    Ok(wanted.then(|| Entry { path: entry.into_path(), is_link }))
}

fn is_manifest(name: &OsStr) -> bool {
    if has_known_end(name) {
        return name != "Chart.yaml";
    }
    name == "Kustomization" || is_sops_name(&name.to_string_lossy())
}

/// Whether a file of this name may hold objects.
pub(super) fn has_known_end(name: &OsStr) -> bool {
    Path::new(name).extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known))
}

/// Whether a file of this name must be encrypted. A template (`*.sops.yaml.j2`) is not what it will be rendered to.
pub(crate) fn is_sops_name(name: &str) -> bool {
    let is_template = Path::new(name).extension().is_some_and(|end| end == "j2");
    name.contains(".sops.") && !name.starts_with(".sops.") && !is_template
}

//! `.gitignore` in the output folder: names what was generated, so that it is never committed. Lines that are there stay.

use std::collections::HashSet;
use std::path::Path;

use cliutil::{Outcome, WriteOptions};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// Adds the names that no line covers yet.
pub(super) fn update<'n>(folder: &Path, names: impl Iterator<Item = &'n str>) -> Outcome<()> {
    let path = folder.join(".gitignore");
    let old = if path.exists() { cliutil::read_file(&path)?.text().to_owned() } else { String::new() };
    let new = with_names(&old, names);
    cliutil::write_if_changed(&path, new.as_bytes(), WriteOptions::default()).map(|_| ())
}

fn with_names<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let lines = Lines::new(text);
    let mut out = text.to_owned();
    let mut added = HashSet::new();
    for name in names {
        if lines.cover(name) || !added.insert(name) {
            continue;
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(name);
        out.push('\n');
    }
    out
}

/// The patterns of a .gitignore, read once however many names are looked for: a folder may have a thousand of each.
struct Lines {
    patterns: GlobSet,
    /// Of each pattern, whether it ignores what it matches.
    ignores: Vec<bool>,
}

impl Lines {
    fn new(text: &str) -> Self {
        let mut patterns = GlobSetBuilder::new();
        let mut ignores = Vec::new();
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            // What is no pattern to us covers nothing; the name is then added once more, which harms nobody.
            if let Ok(glob) = glob(line.strip_prefix('!').unwrap_or(line)) {
                patterns.add(glob);
                ignores.push(!line.starts_with('!'));
            }
        }
        let patterns = patterns.build().unwrap_or_default();
        Self { patterns, ignores }
    }

    /// Whether a path or a folder it is in is ignored; the last line that matches decides.
    fn cover(&self, path: &str) -> bool {
        let parts = Path::new(path).ancestors().filter(|part| !part.as_os_str().is_empty());
        let last = parts.flat_map(|part| self.patterns.matches(part)).max();
        last.is_some_and(|at| self.ignores[at])
    }
}

/// A pattern with a slash inside is relative to the folder; one without matches in any folder. A folder's pattern
/// covers what is below it.
fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    let bare = pattern.trim_end_matches('/');
    let anchored = bare.contains('/');
    let bare = bare.trim_start_matches('/');
    let glob = if anchored { bare.to_owned() } else { format!("**/{bare}") };
    GlobBuilder::new(&glob).literal_separator(true).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_added_once() {
        let once = with_names("", ["a.yaml", "talosconfig"].into_iter());
        assert_eq!(once, "a.yaml\ntalosconfig\n");
        assert_eq!(with_names(&once, ["a.yaml", "b.yaml"].into_iter()), "a.yaml\ntalosconfig\nb.yaml\n");
        assert_eq!(with_names("x", ["a.yaml"].into_iter()), "x\na.yaml\n");
    }

    #[test]
    fn patterns_cover_names() {
        assert_eq!(with_names("*\n", ["a.yaml", "b/c.yaml"].into_iter()), "*\n");
        assert_eq!(
            with_names("*.yaml\n!b.yaml\n", ["a.yaml", "b.yaml"].into_iter()),
            "*.yaml\n!b.yaml\nb.yaml\n"
        );
        assert_eq!(with_names("/b/\n", ["b/c.yaml"].into_iter()), "/b/\n");
        assert_eq!(with_names("# a.yaml\n", ["a.yaml"].into_iter()), "# a.yaml\na.yaml\n");
    }
}

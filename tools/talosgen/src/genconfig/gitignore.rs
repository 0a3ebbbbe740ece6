//! `.gitignore` in the output folder: names what was generated, so that it is never committed. Lines that are there stay.

use std::path::Path;

use cliutil::{Outcome, WriteOptions};
use globset::GlobBuilder;

/// Adds the names that no line covers yet.
pub(super) fn update<'n>(folder: &Path, names: impl Iterator<Item = &'n str>) -> Outcome<()> {
    let path = folder.join(".gitignore");
    let old = if path.exists() { cliutil::read_file(&path)?.text().to_owned() } else { String::new() };
    let new = with_names(&old, names);
    cliutil::write_if_changed(&path, new.as_bytes(), WriteOptions::default()).map(|_| ())
}

fn with_names<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let mut out = text.to_owned();
    for name in names {
        if is_ignored(&out, name) {
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

/// Whether the lines of a .gitignore cover a path; the last one that matches decides.
fn is_ignored(text: &str, path: &str) -> bool {
    let mut ignored = false;
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (negated, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, line),
        };
        if matches(pattern, path) {
            ignored = !negated;
        }
    }
    ignored
}

/// A pattern with a slash inside is relative to the folder; one without matches in any folder. A folder's pattern
/// covers what is below it.
fn matches(pattern: &str, path: &str) -> bool {
    let bare = pattern.trim_end_matches('/');
    let anchored = bare.contains('/');
    let bare = bare.trim_start_matches('/');
    let glob = if anchored { bare.to_owned() } else { format!("**/{bare}") };
    let matcher = GlobBuilder::new(&glob).literal_separator(true).build().map(|glob| glob.compile_matcher());
    let Ok(matcher) = matcher else { return false };
    Path::new(path).ancestors().filter(|part| !part.as_os_str().is_empty()).any(|part| matcher.is_match(part))
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

//! Secrets in plain text in a file that git tracks: what is committed once stays in the history. Git is not started: the
//! list of tracked files is its index (gitformat-index, versions 2 to 4).

use std::path::{Path, PathBuf};

use cliutil::Diagnostic;
use cluster::PlainSecret;

/// A warning for each input that git tracks.
pub(crate) fn findings(secrets: &[PlainSecret], paths: &[PathBuf]) -> Vec<Diagnostic> {
    let tracked =
        secrets.iter().filter(|secret| paths.get(secret.input).is_some_and(|path| is_tracked(path)));
    let finding = |secret: &PlainSecret| {
        let name = secret.location.source.name();
        let message = format!("{name} is tracked by git, and {} stands in it in plain text", secret.key);
        let help = format!(
            "keep the file out of git: name it in .gitignore, and run git rm --cached {name}; a secret that was \
             committed is known and has to be replaced"
        );
        Diagnostic::warning("config/tracked-secret", message).at(secret.location.clone()).with_help(help)
    };
    tracked.map(finding).collect()
}

/// Whether git tracks a file; what cannot be told counts as no.
fn is_tracked(path: &Path) -> bool {
    tracked(path).unwrap_or(false)
}

fn tracked(path: &Path) -> Option<bool> {
    // A link is looked for as it is: git tracks it under its own name.
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().ok()?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists())?;
    let relative = folder.strip_prefix(root).ok()?.join(path.file_name()?);
    let git = git_folder(&root.join(".git"))?;
    let index = std::fs::read(git.join("index")).ok()?;
    let hash = if uses_sha256(&git) { 32 } else { 20 };
    Some(holds(&index, relative.to_str()?.as_bytes(), hash))
}

/// The folder itself, or the one that a file of that name points to (a worktree, a submodule).
fn git_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_path_buf());
    }
    let text = std::fs::read_to_string(path).ok()?;
    let target = text.strip_prefix("gitdir:")?.trim();
    Some(path.parent()?.join(target))
}

fn uses_sha256(git: &Path) -> bool {
    let config = std::fs::read_to_string(git.join("config")).unwrap_or_default();
    let is_that = |line: &str| line.to_ascii_lowercase().replace(' ', "") == "objectformat=sha256";
    config.lines().any(|line| is_that(line.trim()))
}

/// Whether an index has an entry for a path; `hash` is the length of object names in bytes.
fn holds(index: &[u8], wanted: &[u8], hash: usize) -> bool {
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    let (Some(b"DIRC"), Some(version @ 2..=4), Some(count)) = (index.get(..4), number(4), number(8)) else {
        return false;
    };
    let mut reader = Reader { index, at: 12, hash, version, path: Vec::new() };
    for _ in 0..count {
        match reader.entry() {
            Some(()) if reader.path == wanted => return true,
            Some(()) => {}
            None => return false,
        }
    }
    false
}

/// Reads the entries of an index one after another.
struct Reader<'i> {
    index: &'i [u8],
    at: usize,
    hash: usize,
    version: u32,
    /// The path of the last entry; version 4 says only how the next one differs from it.
    path: Vec<u8>,
}

impl Reader<'_> {
    /// Reads one entry into `path`; none at the end or where the index is not one.
    fn entry(&mut self) -> Option<()> {
        const STAT: usize = 40;
        const EXTENDED: u8 = 0x40;
        let begin = self.at;
        let flags = begin + STAT + self.hash;
        let extended = self.index.get(flags)? & EXTENDED != 0 && self.version > 2;
        self.at = flags + if extended { 4 } else { 2 };
        if self.version == 4 {
            let strip = self.varint()?;
            self.path.truncate(self.path.len().checked_sub(strip)?);
        } else {
            self.path.clear();
        }
        let rest = self.index.get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        self.path.extend_from_slice(&rest[..length]);
        self.at += length + 1;
        if self.version < 4 {
            // One to eight zero bytes make the entry's length a multiple of eight.
            self.at = begin + (self.at - 1 - begin + 8) / 8 * 8;
        }
        Some(())
    }

    /// The offset encoding of pack files: big end first, one added for each further byte.
    fn varint(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        loop {
            let byte = *self.index.get(self.at)?;
            self.at += 1;
            value = value.checked_shl(7)? | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some(value);
            }
            value = value.checked_add(1).filter(|value| *value < usize::MAX >> 8)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "init.defaultBranch=main"]).args(args).current_dir(folder);
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap().success(), "{args:?}");
    }

    #[test]
    fn what_git_tracks_is_found_in_every_version_of_its_index() {
        for version in ["2", "3", "4"] {
            let temp = tempfile::tempdir().unwrap();
            let folder = temp.path();
            git(folder, &["init", "--quiet"]);
            std::fs::create_dir(folder.join("sub")).unwrap();
            for name in ["a", "cluster.yaml", "cluster.yml", "sub/cluster.yaml", "sub/nodes.yaml", "z"] {
                std::fs::write(folder.join(name), name).unwrap();
            }
            git(folder, &["add", "a", "cluster.yaml", "sub/cluster.yaml"]);
            if version == "3" {
                // An entry with extended flags makes it one.
                git(folder, &["add", "--intent-to-add", "cluster.yml"]);
            }
            git(folder, &["update-index", "--index-version", version]);
            let tracked = |name: &str| is_tracked(&folder.join(name));
            assert!(
                tracked("cluster.yaml") && tracked("sub/cluster.yaml") && tracked("a"),
                "version {version}"
            );
            assert!(!tracked("sub/nodes.yaml") && !tracked("z") && !tracked("none"), "version {version}");
            assert_eq!(tracked("cluster.yml"), version == "3");
        }
    }

    #[test]
    fn what_is_no_index_holds_nothing() {
        assert!(!holds(b"", b"a", 20));
        assert!(!holds(b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"a", 20));
        assert!(!holds(b"DIRC\0\0\0\x04\0\0\0\x01 short", b"a", 20));
    }
}

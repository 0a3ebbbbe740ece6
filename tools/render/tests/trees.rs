//! The trees of `trees/`, rendered here and compared with what makejinja 2.8.1 made of them, byte for byte and mode
//! for mode (`trees/generate.py`).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files is to fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn trees() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trees")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&source).unwrap(), &target).unwrap();
        } else if kind.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::write(&target, std::fs::read(&source).unwrap()).unwrap();
        }
    }
}

/// All below a folder: path, then kind and mode, then content.
fn listing(folder: &Path) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let meta = std::fs::metadata(&path).unwrap();
            let kind = if meta.is_dir() { 'd' } else { 'f' };
            let content = if meta.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.insert(name, (format!("{kind}{:04o}", meta.permissions().mode() & 0o7777), content));
            if meta.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

fn expected(tree: &Path) -> BTreeMap<String, (String, Vec<u8>)> {
    let modes = std::fs::read_to_string(tree.join("expected.modes")).unwrap();
    let entry = |line: &str| {
        let (mode, path) = line.split_once(' ').unwrap();
        let file = tree.join("expected").join(path);
        let content = if mode.starts_with('d') { Vec::new() } else { std::fs::read(file).unwrap() };
        (path.to_owned(), (mode.to_owned(), content))
    };
    modes.lines().map(entry).collect()
}

/// An interpreter that has Jinja2: the peer's, or that of the path.
fn with_jinja2() -> Option<PathBuf> {
    let peers =
        std::env::var_os("CLUSTERPIPE_PEERS").map(|peers| PathBuf::from(peers).join("venv/bin/python"));
    let has = |python: &PathBuf| {
        let import = Command::new(python).args(["-c", "import jinja2"]).output();
        import.is_ok_and(|output| output.status.success())
    };
    peers.into_iter().chain([PathBuf::from("python3")]).find(has)
}

fn render(tree: &Path, work: &Path) {
    copy(tree, work);
    for line in std::fs::read_to_string(tree.join("modes")).unwrap_or_default().lines() {
        let (mode, path) = line.split_once(' ').unwrap();
        let mode = std::fs::Permissions::from_mode(u32::from_str_radix(mode, 8).unwrap());
        std::fs::set_permissions(work.join(path), mode).unwrap();
    }
    let args = std::fs::read_to_string(tree.join("args")).unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", "umask 022 && exec \"$0\" tree \"$@\"", env!("CARGO_BIN_EXE_render")])
        .args(args.split_whitespace())
        .env("TREE_TEST", "from env")
        .envs(
            tree.join("needs-jinja2")
                .exists()
                .then(with_jinja2)
                .flatten()
                .map(|python| ("CLUSTERPIPE_PYTHON", python)),
        )
        .current_dir(work)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {}", tree.display(), String::from_utf8_lossy(&output.stderr));
}

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn trees_are_as_makejinjas() {
    let mut report = String::new();
    let mut count = 0;
    for entry in std::fs::read_dir(trees()).unwrap() {
        let tree = entry.unwrap().path();
        if !tree.is_dir() {
            continue;
        }
        count += 1;
        if tree.join("scripts").is_dir() && !has_python() {
            eprintln!("SKIPPED: {} needs python3", tree.display());
            continue;
        }
        if tree.join("needs-jinja2").exists() && with_jinja2().is_none() {
            eprintln!("SKIPPED: {} needs Jinja2", tree.display());
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("tree");
        render(&tree, &work);
        let (want, got) = (expected(&tree), listing(&work.join("out")));
        for path in want.keys().chain(got.keys()).collect::<std::collections::BTreeSet<_>>() {
            let show = |entry: Option<&(String, Vec<u8>)>| {
                entry.map(|(mode, content)| format!("{mode} {:?}", String::from_utf8_lossy(content)))
            };
            if want.get(path) != got.get(path) {
                let name = tree.file_name().unwrap().to_string_lossy();
                let (want, got) = (show(want.get(path)), show(got.get(path)));
                writeln!(report, "{name}: {path}\n  want {want:?}\n  got  {got:?}").unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(count >= 9, "only {count} trees");
}

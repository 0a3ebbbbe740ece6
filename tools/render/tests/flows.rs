//! Several runs over one tree: what is written, kept, deleted, protected, and what a failure leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files is to fail")]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

const SETTINGS: &str = r#"
[render]
inputs = ["overrides", "in"]
output = "."
jinja_suffix = ".j2"
undefined = "strict"
force = true
exclude_patterns = ["*.skip"]
"#;

/// A tree in a folder of its own.
struct Tree {
    dir: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self { dir: tempfile::tempdir().unwrap() };
        tree.put("render.toml", SETTINGS);
        tree.put("data.yaml", "name: demo\nsecret: PLAINTEXT\n");
        tree.put("in/k/a.yaml.j2", "a: {{ name }}\n");
        tree.put("in/k/b.sops.yaml.j2", "b: {{ secret }}\n");
        tree.put("in/k/deep/c.txt", "copied\n");
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        // Without a terminal of its own, so that nothing can ask a person.
        let mut command = Command::new("setsid");
        command.arg(env!("CARGO_BIN_EXE_render")).args(["tree", "-d", "data.yaml"]).args(args);
        command.current_dir(self.dir.path()).stdin(std::process::Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    #[track_caller]
    fn code(&self, args: &[&str], want: i32) -> String {
        let output = self.run(args);
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(want), "{words}");
        words
    }

    /// Every file with its content and the time of its last change.
    fn state(&self) -> Vec<(PathBuf, Vec<u8>, i64, i64)> {
        let mut files: Vec<_> = walk(self.dir.path())
            .into_iter()
            .map(|path| {
                let meta = std::fs::metadata(&path).unwrap();
                let content = if meta.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
                (path, content, meta.mtime(), meta.mtime_nsec())
            })
            .collect();
        files.sort();
        files
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn a_second_run_touches_nothing() {
    let tree = Tree::new();
    assert!(tree.code(&["--prune", "--protect"], 0).contains("3 written, 0 unchanged"));
    let before = tree.state();
    assert!(tree.code(&["--prune", "--protect"], 0).contains("0 written, 3 unchanged"));
    assert_eq!(tree.state(), before);
    assert_eq!(tree.code(&["--check"], 0), "");
    let record = tree.text(".clusterpipe/written");
    let names: Vec<_> = record.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(names, ["k/a.yaml", "k/b.sops.yaml", "k/deep/c.txt"]);
}

#[test]
fn prune_deletes_only_what_a_run_wrote_and_nobody_changed() {
    let tree = Tree::new();
    tree.code(&[], 0);
    tree.put("k/own.yaml", "a person's\n");
    tree.put("k/a.yaml", "changed by a person\n");
    std::fs::remove_dir_all(tree.path("in/k/deep")).unwrap();
    std::fs::remove_file(tree.path("in/k/a.yaml.j2")).unwrap();
    let words = tree.code(&["--prune", "--check"], 1);
    assert!(words.contains("k/deep/c.txt") && !words.contains("k/own.yaml"), "{words}");
    tree.code(&[], 0);
    assert!(tree.path("k/deep/c.txt").exists(), "without --prune nothing is deleted");
    let words = tree.code(&["--prune"], 0);
    assert!(words.contains("kept k/a.yaml") && words.contains("1 deleted"), "{words}");
    assert!(!tree.path("k/deep").exists());
    assert_eq!(tree.text("k/a.yaml"), "changed by a person\n");
    assert_eq!(tree.text("k/own.yaml"), "a person's\n");
}

#[test]
fn protect_refuses_to_overwrite_a_persons_change() {
    let tree = Tree::new();
    tree.code(&["--protect"], 0);
    tree.put("k/a.yaml", "mine\n");
    tree.put("data.yaml", "name: other\nsecret: PLAINTEXT\n");
    let words = tree.code(&["--protect"], 1);
    assert!(words.contains("k/a.yaml: error[render/protected]") && words.contains("--yes"), "{words}");
    assert_eq!(tree.text("k/a.yaml"), "mine\n");
    tree.code(&["--protect", "--yes"], 0);
    assert_eq!(tree.text("k/a.yaml"), "a: other\n");
    // What only the templates changed is no person's change.
    tree.put("data.yaml", "name: third\nsecret: PLAINTEXT\n");
    tree.code(&["--protect"], 0);
    assert_eq!(tree.text("k/a.yaml"), "a: third\n");
}

#[test]
fn overrides_come_first_and_may_be_missing() {
    let tree = Tree::new();
    tree.put("overrides/k/a.yaml.j2", "mine: {{ name }}\n");
    tree.put("overrides/k/b.sops.yaml.j2", "\n");
    tree.code(&[], 0);
    assert_eq!(tree.text("k/a.yaml"), "mine: demo\n");
    assert!(!tree.path("k/b.sops.yaml").exists(), "a blank override takes a file away");
    tree.put("render.toml", &SETTINGS.replace("\"overrides\"", "\"templates\""));
    assert!(tree.code(&[], 2).contains("templates: no such input"));
}

#[test]
fn a_filter_gets_and_gives_the_content() {
    let tree = Tree::new();
    tree.code(&["--filter", "**/*.sops.*=sed s/PLAIN/CIPHER/", "--filter", "k/*.sops.*=sed 's|$| {}|'"], 0);
    assert_eq!(tree.text("k/b.sops.yaml"), "b: CIPHERTEXT k/b.sops.yaml\n");
    assert_eq!(tree.text("k/a.yaml"), "a: demo\n");
    let output = tree.run(&["--diff", "--filter", "**/*.sops.*=sed s/PLAIN/OTHER/"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "k/b.sops.yaml: changed\n");
}

#[test]
fn nothing_is_written_when_a_filter_or_a_template_fails() {
    let tree = Tree::new();
    let before = tree.state();
    tree.code(&["--filter", "**/*.sops.*=false"], 2);
    assert_eq!(tree.state(), before);
    tree.put("in/z.txt.j2", "{{ nope }}");
    let before = tree.state();
    tree.code(&[], 2);
    assert_eq!(tree.state(), before);
}

#[test]
fn plaintext_is_nowhere_when_the_run_is_killed() {
    let tree = Tree::new();
    let before = tree.state();
    let mut child = tree
        .command(&["--filter", "**/*.sops.*=sleep 3"])
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..10 {
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(tree.state(), before);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(tree.state(), before);
}

#[test]
fn an_output_folder_that_cannot_be_is_an_error() {
    let tree = Tree::new();
    tree.put("file", "not a folder");
    let before = tree.state();
    let words = tree.code(&["-o", "file/out"], 2);
    assert!(words.contains("file/out"), "{words}");
    tree.put("k", "in the way");
    assert_eq!(tree.run(&[]).status.code(), Some(2));
    std::fs::remove_file(tree.path("k")).unwrap();
    assert_eq!(without_times(&tree.state()), without_times(&before));
}

fn without_times(state: &[(PathBuf, Vec<u8>, i64, i64)]) -> Vec<(&Path, &[u8])> {
    state.iter().map(|(path, content, ..)| (path.as_path(), content.as_slice())).collect()
}

#[test]
fn no_link_leads_out_of_the_output_folder() {
    let tree = Tree::new();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), tree.path("k")).unwrap();
    assert!(tree.code(&[], 2).contains("leads out of the output folder"));
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn modes_of_copied_files_are_mended() {
    let tree = Tree::new();
    let source = tree.path("in/k/deep/c.txt");
    std::fs::set_permissions(&source, std::fs::Permissions::from_mode(0o755)).unwrap();
    tree.code(&[], 0);
    let copy = tree.path("k/deep/c.txt");
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(tree.code(&["--check"], 1).contains("another mode"));
    tree.code(&[], 0);
    assert_eq!(std::fs::metadata(&copy).unwrap().mode() & 0o777, 0o755);
}

#[test]
fn a_damaged_record_stops_the_run() {
    let tree = Tree::new();
    tree.code(&[], 0);
    for damaged in [
        "garbage\n",
        &format!("{}  ../outside\n", "0".repeat(64)),
        &format!("{}  /etc/passwd\n", "0".repeat(64)),
    ] {
        tree.put(".clusterpipe/written", damaged);
        assert!(tree.code(&["--prune"], 2).contains("render/record"), "{damaged}");
    }
}

#[test]
fn without_render_toml_it_is_makejinja() {
    let tree = Tree::new();
    std::fs::remove_file(tree.path("render.toml")).unwrap();
    tree.put("makejinja.toml", "[makejinja]\ninputs = ['in']\noutput = 'out'\njinja_suffix = '.j2'\n");
    tree.code(&[], 0);
    assert!(!tree.path("out/.clusterpipe").exists());
    tree.put("out/k/a.yaml", "kept without force\n");
    tree.code(&[], 0);
    assert_eq!(tree.text("out/k/a.yaml"), "kept without force\n");
    tree.put("out/stray", "goes with clean\n");
    tree.code(&["--clean"], 0);
    assert!(!tree.path("out/stray").exists());
    assert_eq!(tree.text("out/k/a.yaml"), "a: demo\n");
    tree.code(&["--clean", "--include-pattern", "nothing/*"], 0);
    assert_eq!(std::fs::read_dir(tree.path("out")).unwrap().count(), 0, "cleaned, and still there");
}

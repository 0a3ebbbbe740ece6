//! Trees that are wrong or want too much: each ends with a clear error or in a defined way, and nothing is written
//! where something fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files is to fail")]

use std::path::{Path, PathBuf};
use std::process::Command;

const SETTINGS: &str = "[render]\ninputs = ['in', 'more']\noptional_inputs = ['more']\noutput = 'out'\n\
                        jinja_suffix = '.j2'\nforce = true\n";

struct Tree(tempfile::TempDir);

impl Tree {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.put("render.toml", SETTINGS.as_bytes());
        for (name, content) in files {
            tree.put(name, content);
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn link(&self, target: &str, name: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    /// The exit code and what was said.
    fn run(&self) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
        command.args(["tree", "--color", "never"]).current_dir(self.0.path());
        let output = command.stdin(std::process::Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// The files of the output folder, without the record.
    fn outputs(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(&self.path("out"), Path::new(""), &mut found);
        found.retain(|name| !name.starts_with(".clusterpipe"));
        found.sort();
        found
    }

    #[track_caller]
    fn fails(&self, message: &str) {
        let (code, words) = self.run();
        assert_eq!(code, Some(2), "{words}");
        assert!(words.contains(message), "want {message:?} in:\n{words}");
        assert_eq!(self.outputs(), Vec::<String>::new(), "something was written");
    }
}

fn list(folder: &Path, below: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), &name, found);
        } else {
            found.push(name.to_str().unwrap().to_owned());
        }
    }
}

/// A template beside one that is right: the error of the one keeps the other from being written.
#[track_caller]
fn refused(template: &str, message: &str) {
    Tree::new(&[("in/bad.j2", template.as_bytes()), ("in/good.j2", b"good\n")]).fails(message);
}

const TOO_DEEP: &str = "error[template/operation]: recursion limit exceeded";

#[test]
fn recursion_without_end_is_an_error() {
    for template in [
        "{% include 'bad.j2' %}",
        "{% import 'bad.j2' as bad %}x",
        "{% from 'bad.j2' import m %}x",
        "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller() }}{% endmacro %}\
         {% call m() %}x{% endcall %}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
    ] {
        refused(template, TOO_DEEP);
    }
    refused(
        "{% extends 'bad.j2' %}",
        "in/bad.j2:1:4: error[template/operation]: this template extends itself, by itself or through others",
    );
}

#[test]
fn cycles_of_templates_name_the_way_around() {
    for (a, b) in [
        ("{% include 'b.j2' %}", "{% include 'a.j2' %}"),
        ("{% import 'b.j2' as b %}x", "{% import 'a.j2' as a %}x"),
        ("{% from 'b.j2' import m %}x", "{% from 'a.j2' import m %}x"),
    ] {
        let tree = Tree::new(&[("in/a.j2", a.as_bytes()), ("in/b.j2", b.as_bytes())]);
        tree.fails(TOO_DEEP);
        let words = tree.run().1;
        assert!(
            words.contains("in/a.j2") && words.contains("in/b.j2") && words.contains("reached from here")
        );
    }
    Tree::new(&[("in/a.j2", b"{% extends 'b.j2' %}"), ("in/b.j2", b"{% extends 'a.j2' %}")])
        .fails("this template extends itself, by itself or through others");
}

#[test]
fn nesting_beyond_reason_is_an_error() {
    let often = |text: &str| text.repeat(5000);
    let message = "error[template/syntax]: template exceeds maximum recursion limits";
    refused(&format!("{{{{ {}1{} }}}}", often("("), often(")")), message);
    refused(&format!("{{{{ {}1{} }}}}", often("["), often("]")), message);
    refused(&format!("{}x{}", often("{% if 1 %}"), often("{% endif %}")), message);
    refused(&format!("{}x{}", often("{% for i in [1] %}"), often("{% endfor %}")), message);
}

#[test]
fn what_would_not_end_or_take_all_memory_is_an_error() {
    for (template, message) in [
        ("{% for i in range(10**12) %}{% endfor %}", "range() of more than 10000000 numbers"),
        ("{{ range(-10**15, 10**15)|list }}", "range() of more than 10000000 numbers"),
        ("{{ 'a' * 10**10 }}", "the repeated text is too large"),
        ("{{ [1] * 10**10 }}", "the repeated list is too large"),
        ("{{ 10**10**10 }}", "this calculation has no result: a division by zero, or a number too large"),
        ("{{ 'a'.ljust(10**10) }}", "this width is too large"),
        ("{{ '7'.zfill(10**10) }}", "this width is too large"),
        ("{{ 'a'|center(10**10) }}", "this width is too large"),
        ("{{ 'a'|indent(10**10) }}", "this width is too large"),
        ("{{ [1]|batch(10**10, 0)|list }}", "this width is too large"),
        ("{{ [1]|slice(10**10)|list }}", "this width is too large"),
        ("{{ '%10000000000s' % 1 }}", "a width or precision in this format is too large"),
        ("{{ '{:>10000000000}'.format(1) }}", "a width or precision in this format is too large"),
        (
            "{% set l = [1] %}{% do l.append(l) %}{{ l|tojson }}",
            "a value that holds itself cannot be written as JSON",
        ),
    ] {
        refused(template, message);
    }
}

#[test]
fn templates_see_nothing_outside_of_the_inputs() {
    let tree = Tree::new(&[("in/a.j2", b"{% include '../secret' %}"), ("secret", b"PLAINTEXT")]);
    tree.fails("in/a.j2:1:4: error[template/not-found]: this template is not in any input");
    let whole = format!("{{% include '{}' %}}", tree.path("secret").display());
    tree.put("in/a.j2", whole.as_bytes());
    tree.fails("this template is not in any input");
}

#[test]
fn nothing_is_written_outside_of_the_output() {
    // What is left of these names without the suffix leads to the folder itself, or out of it.
    for name in ["in/k/...j2", "in/k/..j2"] {
        Tree::new(&[(name, b"x")])
            .fails(&format!("error[render/outside]: {name}: its output would have no name but dots"));
    }
    let tree = Tree::new(&[("in/k/a.j2", b"x")]);
    std::fs::create_dir(tree.path("outside")).unwrap();
    tree.link("../outside", "out/k");
    assert_eq!(
        tree.run(),
        (Some(2), "error[render/outside]: out/k: leads out of the output folder through a link\n".to_owned())
    );
    assert_eq!(std::fs::read_dir(tree.path("outside")).unwrap().count(), 0);
    for target in ["../outside", "../missing"] {
        let tree = Tree::new(&[("in/a.j2", b"x"), ("outside", b"a person's")]);
        tree.link(target, "out/a");
        assert_eq!(
            tree.run(),
            (
                Some(2),
                "error[render/outside]: out/a: leads out of the output folder through a link\n".to_owned()
            )
        );
        assert_eq!(std::fs::read(tree.path("outside")).unwrap(), b"a person's");
        assert!(!tree.path("missing").exists());
    }
}

#[test]
fn a_path_cannot_be_file_and_folder() {
    Tree::new(&[("in/a.j2", b"file"), ("more/a/b.j2", b"below")])
        .fails("error[render/conflict]: a would be a file (from in/a.j2) and a folder (for more/a/b.j2)");
    Tree::new(&[("in/a/b/c", b"below"), ("more/a", b"file")])
        .fails("error[render/conflict]: a would be a file (from more/a) and a folder (for in/a/b/c)");
}

#[test]
fn of_two_files_for_one_path_the_first_counts() {
    // In one input the name without the suffix sorts first; the first input comes before the second.
    let tree = Tree::new(&[
        ("in/a", b"copied"),
        ("in/a.j2", b"rendered"),
        ("in/b.j2", b"first"),
        ("more/b", b"second"),
    ]);
    assert_eq!(tree.run().0, Some(0));
    assert_eq!(tree.outputs(), ["a", "b"]);
    assert_eq!(std::fs::read(tree.path("out/a")).unwrap(), b"copied");
    assert_eq!(std::fs::read(tree.path("out/b")).unwrap(), b"first");
}

#[test]
fn bytes_that_are_no_text() {
    let bytes = b"ok\n\xff\xfe\0";
    Tree::new(&[("in/a.j2", bytes), ("in/b.j2", b"fine")]).fails("in/a.j2:2: not UTF-8 text (byte 3)");
    let tree = Tree::new(&[("in/a.bin", bytes)]);
    assert_eq!(tree.run().0, Some(0));
    assert_eq!(std::fs::read(tree.path("out/a.bin")).unwrap(), bytes);
}

#[test]
fn links_to_folders_are_not_followed() {
    let tree = Tree::new(&[("in/a.j2", b"x"), ("real/b.j2", b"y")]);
    tree.link(".", "in/loop");
    tree.link("loop-of-itself", "in/loop-of-itself");
    tree.link("nowhere", "in/dangling.j2");
    tree.link("../real", "in/real");
    tree.link("../real/b.j2", "in/c.j2");
    let (code, words) = tree.run();
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(tree.outputs(), ["a", "c"]);
}

#[track_caller]
fn large(size: usize) {
    let line = "key: {{ 'value' }} # and text up to sixty-four bytes altogether\n";
    let want = "key: value # and text up to sixty-four bytes altogether\n";
    let tree = Tree::new(&[("in/a.j2", line.repeat(size / line.len()).as_bytes())]);
    let (code, words) = tree.run();
    assert_eq!(code, Some(0), "{words}");
    let got = std::fs::read_to_string(tree.path("out/a")).unwrap();
    assert!(got.len() == want.len() * (size / line.len()) && got.lines().all(|line| line == want.trim_end()));
}

#[test]
fn a_large_template_is_rendered() {
    large(1_000_000);
}

#[test]
#[ignore = "long: for `just soak`"]
fn a_template_of_100_megabytes_is_rendered() {
    large(100_000_000);
}

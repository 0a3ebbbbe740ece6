//! Commands that a run starts: filters and hooks, and what is said and left on disk when one of them fails. Then what
//! is told of templates: all undefined names in one run, the variables they read.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files is to fail")]

use std::path::Path;
use std::process::{Command, Output};

/// A folder with settings, one template and data.
fn tree(settings: &str, template: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let head = "[render]\ninputs = ['in']\noutput = 'out'\njinja_suffix = '.j2'\nundefined = 'strict'\nforce = true\n";
    put("render.toml", &format!("{head}{settings}"));
    put("data.yaml", "name: demo\nsecret: S3CRET-VALUE\nlist: [1, 2]\nnested: {a: {b: 1}}\n");
    put("in/a.txt.j2", template);
    dir
}

fn render(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.args(args).current_dir(dir).stdin(std::process::Stdio::null());
    command.output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Renders the tree: the output on success, else the words; nothing is on disk then, and no value in the words.
fn made(dir: &Path, args: &[&str]) -> Result<String, String> {
    let output = render(dir, &[&["tree", "-d", "data.yaml"], args].concat());
    if output.status.success() {
        return Ok(std::fs::read_to_string(dir.join("out/a.txt")).unwrap());
    }
    assert_eq!(output.status.code(), Some(2));
    assert!(!dir.join("out").exists(), "something was written");
    let words = words(&output);
    assert!(!words.contains("S3CRET-VALUE"), "{words}");
    Err(words)
}

#[test]
fn filters_are_a_chain_and_each_may_fail() {
    let dir = tree("", "x {{ secret }}\n");
    let filter = |commands: &[&str]| {
        let filters: Vec<String> = commands.iter().map(|command| format!("--filter=**={command}")).collect();
        made(dir.path(), &filters.iter().map(String::as_str).collect::<Vec<_>>())
    };
    for (commands, want) in [
        (vec!["sh -c 'exit 3'"], "ended with 3"),
        (vec!["true"], "printed nothing"),
        (vec!["sh -c 'kill -9 $$'"], "was ended by a signal"),
        (vec!["sed s/x/y/", "sh -c 'echo told >&2; exit 1'"], "told"),
        (vec!["cat", "no-such-program-here"], "program not found"),
    ] {
        let said = filter(&commands).unwrap_err();
        assert!(said.contains(want), "{said}");
    }
    assert_eq!(filter(&["sed s/x/y/", "sed s/y/{}/"]).unwrap(), "a.txt S3CRET-VALUE\n");
}

#[test]
fn a_filter_that_hangs_is_ended() {
    let dir = tree("command_timeout = 1\n", "x\n");
    let said = made(dir.path(), &["--filter", "**=sleep 600"]).unwrap_err();
    assert!(said.contains("did not end within 1 s"), "{said}");
}

#[test]
fn data_hooks_change_the_data_in_order() {
    let hooks = "[render.hooks]\ndata = [\"sed s/demo/changed/\", \"sh -c 'cat; echo more: 2'\"]\n";
    assert_eq!(made(tree(hooks, "{{ name }} {{ more }}").path(), &[]).unwrap(), "changed 2");
    for (hook, want) in [
        ("'false'", "ended with 1"),
        ("'true'", "printed nothing"),
        ("'echo text'", "must be a mapping"),
        ("'echo a: ['", "yaml/syntax"),
        ("\"printf '\\\\377'\"", "not UTF-8"),
        ("'no-such-program-here'", "program not found"),
        ("''", "is no command"),
    ] {
        let said = made(tree(&format!("[render.hooks]\ndata = {hook}\n"), "x").path(), &[]).unwrap_err();
        assert!(said.contains(want), "{hook}: {said}");
    }
}

#[test]
fn function_hooks_are_asked_once_for_the_same_arguments() {
    let template =
        "{{ ask(1, 'a').got }} {{ ask(1, 'a').got }} {{ ask(2) is mapping }} {{ ask(list)['got'][0] }}";
    let ask = "sh -c 'echo x >> asked; printf \"{\\\"got\\\": %s}\" \"$(cat)\"'";
    let hooks = format!("[render.hooks.functions]\nask = '''{ask}'''\n");
    let dir = tree(&hooks, template);
    assert_eq!(made(dir.path(), &[]).unwrap(), "[1, 'a'] [1, 'a'] True [1, 2]");
    assert_eq!(std::fs::read_to_string(dir.path().join("asked")).unwrap().lines().count(), 3);
    for (command, want) in [
        ("echo text", "answered no JSON"),
        ("true", "printed nothing"),
        ("false", "ended with 1"),
        ("no-such-program-here", "program not found"),
    ] {
        let hooks = format!("[render.hooks.functions]\nask = '{command}'\n");
        let said = made(tree(&hooks, "{{ ask(secret) }}").path(), &[]).unwrap_err();
        assert!(said.contains(want), "{command}: {said}");
    }
    let hooks = "[render.hooks.functions]\nask = 'cat'\n";
    assert!(made(tree(hooks, "{{ ask(range) }}").path(), &[]).unwrap_err().contains("is no data"));
}

#[test]
fn all_undefined_names_are_told_in_one_run() {
    let template = "{{ nam }}\n{{ nested.a.c }} {{ other | upper }}\n{% for x in things %}{{ x.y }}{% endfor %}\n{{ fourth.z }}";
    let said = made(tree("", template).path(), &[]).unwrap_err();
    for (name, place) in
        [("nam", ":1:4"), ("nested.a.c", ":2:4"), ("other", ":2:"), ("things", ":3:"), ("fourth", ":4:")]
    {
        assert!(said.contains(&format!("`{name}` is undefined")), "{name}: {said}");
        assert!(said.contains(place), "{place}: {said}");
    }
    assert!(said.contains("did you mean name?") && said.contains("did you mean nested.a.b?"), "{said}");
}

#[test]
fn data_that_templates_change_is_changed_for_the_next() {
    // What makejinja 2.8.1 prints for these two.
    let dir = tree("", "{% do list.append(3) %}{{ list }}");
    std::fs::write(dir.path().join("in/b.txt.j2"), "{{ list }}").unwrap();
    assert_eq!(made(dir.path(), &[]).unwrap(), "[1, 2, 3]");
    assert_eq!(std::fs::read_to_string(dir.path().join("out/b.txt")).unwrap(), "[1, 2, 3]");
}

#[test]
fn variables_are_listed_with_their_places() {
    let dir = tree(
        "",
        "{{ name }}\n{% include 'part.j2' %}{% set own = 1 %}{{ own }} {{ nested.a.b }} {{ name | upper }}\n",
    );
    std::fs::write(dir.path().join("in/part.j2"), "\n{{ nam }} {{ env.HOME }}").unwrap();
    std::fs::write(dir.path().join("in/copied.txt"), "{{ no template }}").unwrap();
    let output = render(dir.path(), &["vars"]);
    let want = "env.HOME  part.j2:2\nnam  part.j2:2\nname  a.txt.j2:1 a.txt.j2:2\nnested.a.b  a.txt.j2:2\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), want);
    std::fs::write(dir.path().join("schema.json"), r#"{"properties": {"name": {}, "nested": {}}}"#).unwrap();
    let output = render(dir.path(), &["vars", "--schema", "schema.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = words(&output);
    assert!(said.contains("nam is read by part.j2:2") && said.contains("did you mean name?"), "{said}");
    let output = render(dir.path(), &["tree", "-d", "data.yaml", "--list"]);
    let want = "a.txt <- in/a.txt.j2: env, nam, name, nested\ncopied.txt <- in/copied.txt (copied)\npart <- in/part.j2: env, nam\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), want);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn a_hook_of_a_plugin_that_fails_is_named() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: python3 is not there");
        return;
    }
    let plugin = |body: &str| {
        let dir = tree("plugins = ['plug:Plugin']\nimport_paths = ['.', 'gone']\n", "a\n");
        std::fs::write(dir.path().join("plug.py"), format!("class Plugin:\n    {body}\n")).unwrap();
        made(dir.path(), &[]).unwrap_err()
    };
    let words = plugin("def data(self): raise ValueError('it is wrong')");
    assert!(
        words.contains("data() of the plugin plug:Plugin failed: ValueError: it is wrong (plug.py:2)"),
        "{words}"
    );
    let words = plugin("def __init__(self): raise ValueError('it is wrong')");
    assert!(words.contains("the plugin plug:Plugin cannot be made: ValueError: it is wrong"), "{words}");
    let dir = tree("plugins = ['plug:Plugin']\nimport_paths = ['.', 'gone']\n", "a\n");
    let words = made(dir.path(), &[]).unwrap_err();
    assert!(words.contains("the plugin plug:Plugin is not in ., gone (there is no such folder)"), "{words}");
}

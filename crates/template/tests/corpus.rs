//! What Jinja2 3.1.6 renders for each case of `corpus/`, rendered here. `corpus/generate.py` wrote the expectations.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files is to fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use template::{Engine, Options, Syntax, Undefined};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn options(name: &str) -> Options {
    let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    let mut options = Options { folders: vec![corpus().join("library")], ..Options::default() };
    match name.split('-').next().unwrap_or_default() {
        "strict" => options.undefined = Undefined::Strict,
        "chainable" => options.undefined = Undefined::Chainable,
        "escape" => options.autoescape = true,
        "debug" => options.undefined = Undefined::Debug,
        "field" => {
            options.syntax = Syntax {
                block: pair("#%", "%#"),
                variable: pair("#{", "}#"),
                comment: pair("#|", "#|"),
                ..Syntax::default()
            };
        }
        "plain" => {
            options.syntax.trim_blocks = false;
            options.syntax.lstrip_blocks = false;
            options.syntax.keep_trailing_newline = false;
        }
        "line" => {
            options.syntax.line_statement = Some("%".to_owned());
            options.syntax.line_comment = Some("##".to_owned());
        }
        _ => {}
    }
    options
}

fn render(file: &str, case: &str) -> String {
    let text = std::fs::read_to_string(corpus().join("data.yaml")).unwrap();
    let data = yaml::load_one(&text, yaml::Dialect::PyYaml).unwrap().as_mapping().unwrap().clone();
    let engine = Engine::new(options(file), data).unwrap();
    engine.render_text("case", case).unwrap_or_else(|error| format!("ERROR {error}"))
}

/// The cases that differ, with the reason: `FILE:NUMBER reason`.
fn known() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(corpus().join("differences.md")).unwrap();
    let entries = text.lines().filter_map(|line| line.strip_prefix("- "));
    entries
        .filter_map(|line| line.split_once(": "))
        .map(|(case, why)| (case.to_owned(), why.to_owned()))
        .collect()
}

#[test]
fn renders_as_jinja2() {
    let mut files: Vec<_> = std::fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let known = known();
    let (mut report, mut count, mut found) = (String::new(), 0, Vec::new());
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let cases = std::fs::read_to_string(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let (cases, expected): (Vec<_>, Vec<_>) =
            (cases.split("\n%%\n").collect(), expected.split("\n%%\n").collect());
        assert_eq!(cases.len(), expected.len(), "{name}: run generate.py");
        for (n, (case, want)) in cases.iter().zip(expected).enumerate() {
            count += 1;
            let got = render(&name, case);
            let same = if want.starts_with("ERROR ") { got.starts_with("ERROR ") } else { got == want };
            let id = format!("{name} {}", n + 1);
            if same {
                continue;
            }
            found.push(id.clone());
            if !known.contains_key(&id) {
                writeln!(report, "## {id}\n{case}\nwant {want:?}\ngot  {got:?}\n").unwrap();
            }
        }
    }
    let mended: Vec<_> = known.keys().filter(|id| !found.contains(id)).collect();
    assert!(mended.is_empty(), "no longer differ, take them from differences.md: {mended:?}");
    assert!(report.is_empty(), "of {count} cases:\n{report}");
    assert!(count >= 700, "only {count} cases");
}

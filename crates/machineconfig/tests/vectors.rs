//! Every case of the vectors: the same documents as talhelper wrote, or a failure that names the same fields.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cliutil::{Diagnostic, Source};
use machineconfig::{Cluster, Inputs, Machine, Mode, PlainFiles, Secrets};
use talos::Talenv;
use yaml::{Dialect, Value};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

struct Done {
    machines: Vec<Machine>,
    client: Value,
}

fn source(path: &Path) -> Arc<Source> {
    Arc::new(Source::new(path.file_name().unwrap().to_string_lossy(), std::fs::read_to_string(path).unwrap()))
}

/// What the tool does with the case, short of writing files.
fn run(case: &Path) -> Result<Done, Vec<Diagnostic>> {
    let input = case.join("input");
    let talenv = input.join("talenv.yaml");
    let env = if talenv.exists() { Talenv::parse(&source(&talenv))? } else { Talenv::default() };
    let cluster = Cluster::load(&source(&input.join("talconfig.yaml")), &env, &input, &PlainFiles)?;
    let problems = cluster.check();
    if !problems.is_empty() {
        return Err(problems);
    }
    let now = SystemTime::now();
    let text = std::fs::read_to_string(input.join("talsecret.yaml")).unwrap();
    let secrets = Secrets::load(&text, &env, now).unwrap_or_else(|problems| panic!("{problems:?}"));
    let made =
        cluster.generate(&Inputs { secrets: &secrets, env: &env, files: &PlainFiles, mode: Mode::Metal })?;
    let client =
        cluster.client(&secrets, &secrets.client("os:admin", Duration::from_hours(1), now).unwrap(), true);
    Ok(Done { machines: made.machines, client })
}

/// The first difference between two values, as a path and what stands there.
fn difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            for (key, value) in b.iter() {
                let name = key.as_str().unwrap_or("?");
                match a.get(name) {
                    Some(other) => {
                        if let Some(found) = difference(other, value, &format!("{path}.{name}")) {
                            return Some(found);
                        }
                    }
                    None => return Some(format!("{path}.{name} is missing")),
                }
            }
            let extra = a.iter().filter_map(|(key, _)| key.as_str()).find(|key| !b.contains_key(key));
            extra.map(|key| format!("{path}.{key} is too much"))
        }
        (Value::Sequence(a), Value::Sequence(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(n, (a, b))| difference(a, b, &format!("{path}[{n}]")))
        }
        (a, b) if a == b => None,
        (a, b) => Some(format!("{path}: {a:?} instead of {b:?}")),
    }
}

fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files_below(&path).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.insert(name);
        }
    }
    found
}

fn compare(case: &Path) -> Result<(), String> {
    let expected = case.join("expected");
    if expected.join("error.txt").exists() {
        return compare_failure(case);
    }
    let done = run(case).map_err(|problems| {
        problems
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.message))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    let mut wanted = files_below(&expected);
    wanted.remove("talosconfig.shape.yaml");
    let made: BTreeSet<_> = done.machines.iter().map(|machine| machine.file_name.clone()).collect();
    if made != wanted {
        return Err(format!("files: {made:?} instead of {wanted:?}"));
    }
    for machine in &done.machines {
        // Through the text, as a reader gets it.
        let ours = yaml::load(&machine.yaml, Dialect::Yaml12).map_err(|error| error.message)?;
        let text = std::fs::read_to_string(expected.join(&machine.file_name)).unwrap();
        let theirs = yaml::load(&text, Dialect::Yaml12).map_err(|error| error.message)?;
        let kinds = |documents: &[Value]| -> Vec<String> {
            documents
                .iter()
                .map(|document| document.get("kind").and_then(Value::as_str).unwrap_or("v1alpha1").to_owned())
                .collect()
        };
        if kinds(&ours) != kinds(&theirs) {
            return Err(format!(
                "{}: documents {:?} instead of {:?}",
                machine.file_name,
                kinds(&ours),
                kinds(&theirs)
            ));
        }
        for (ours, theirs) in ours.iter().zip(&theirs) {
            if let Some(found) = difference(ours, theirs, &kinds(std::slice::from_ref(theirs))[0]) {
                return Err(format!("{}: {found}", machine.file_name));
            }
        }
    }
    let shape = std::fs::read_to_string(expected.join("talosconfig.shape.yaml")).unwrap();
    let shape = yaml::load_one(&shape, Dialect::Yaml12).unwrap();
    compare_client(&done.client, &shape)
}

fn compare_client(client: &Value, shape: &Value) -> Result<(), String> {
    let name = shape.get("context").and_then(Value::as_str).unwrap();
    let context =
        |value: &Value| value.get("contexts").and_then(|contexts| contexts.get(name)).cloned().unwrap();
    let (ours, theirs) = (context(client), context(shape));
    for key in ["endpoints", "nodes"] {
        if ours.get(key) != theirs.get(key) {
            return Err(format!("talosconfig: {key} differ"));
        }
    }
    if client.get("context") != shape.get("context") {
        return Err("talosconfig: another context".to_owned());
    }
    Ok(())
}

/// The fields that `error.txt` names in its `field: "…"` lines, or its words in capitals and quotes.
fn compare_failure(case: &Path) -> Result<(), String> {
    let Err(problems) = run(case) else { return Err("this should have failed".to_owned()) };
    let said: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let said = said.join("\n");
    let error = std::fs::read_to_string(case.join("expected/error.txt")).unwrap();
    let fields: Vec<_> = error
        .lines()
        .filter_map(|line| line.strip_prefix("field: "))
        .map(|field| field.trim_matches('"'))
        .collect();
    let words: Vec<&str> = if fields.is_empty() {
        ["NOT_SET_ANYWHERE", "JSON"].into_iter().filter(|word| error.contains(word)).collect()
    } else {
        fields
    };
    assert!(!words.is_empty());
    match words.iter().find(|word| !said.contains(**word)) {
        Some(missing) => Err(format!("{missing} is not named in:\n{said}")),
        None => Ok(()),
    }
}

#[test]
fn all_cases() {
    let mut failed = Vec::new();
    let only = std::env::var("CASE").unwrap_or_default();
    let cases = cases();
    assert_eq!(cases.len(), 20);
    for case in cases.iter().filter(|case| case.to_string_lossy().contains(&only)) {
        if let Err(message) = compare(case) {
            failed.push(format!("{}: {message}", case.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(failed.is_empty(), "{} of {} cases fail:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

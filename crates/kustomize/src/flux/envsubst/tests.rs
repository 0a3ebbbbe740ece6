//! The peer's answers, recorded and live.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// What fluxcd/pkg/envsubst 1.5.0 answers, see `tests/conformance/flux-peer`.
const VECTORS: &str = include_str!("../../../tests/vectors/envsubst.json");

fn answer(text: &str, strict: bool, variables: &HashMap<&str, &str>) -> Result<String, String> {
    let filled =
        fill(text, &|name| variables.get(name).copied()).map_err(|trouble| format!("{:?}", trouble.why))?;
    match filled.unset.first() {
        Some((_, name)) if strict => Err(format!("unset {name}")),
        _ => Ok(filled.text),
    }
}

#[test]
fn as_the_peer() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let variables: HashMap<&str, &str> = vectors["variables"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 300);
    for case in cases {
        let (text, strict) = (case[0].as_str().unwrap(), case[1].as_bool().unwrap());
        let ours = answer(text, strict, &variables);
        match case[2].get("out") {
            Some(out) => {
                assert_eq!(ours.as_deref(), Ok(out.as_str().unwrap()), "{text:?} strict {strict}");
            }
            None => assert!(ours.is_err(), "{text:?} strict {strict}: {ours:?}, but {}", case[2]),
        }
    }
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = "${a:-".repeat(100_000);
    assert_eq!(answer(&deep, true, &HashMap::new()), Err("Depth".to_owned()));
    let long = "x".repeat(1 << 20);
    let variables = HashMap::from([("a", long.as_str())]);
    assert_eq!(answer("${a//x/${a}}", true, &variables), Err("Size".to_owned()));
    assert_eq!(answer("${a%%*[a]}", true, &variables), Err("Size".to_owned()));
    let many = "${a".repeat(100_000);
    assert_eq!(answer(&many, true, &HashMap::new()), Err("Brace".to_owned()));
}

#[test]
fn places_of_what_is_missing() {
    let filled = fill("x: ${b}\ny: ${a:-${c}}\n", &|_| None).unwrap();
    assert_eq!(filled.unset, [(3..7, "b"), (16..20, "c")]);
    assert_eq!(filled.text, "x: \ny: \n");
}

/// Answers of the real program; it is built from `tests/conformance/flux-peer`. None when it is not there.
fn ask(requests: &[Value]) -> Option<Vec<Value>> {
    let program = std::path::PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS")?).join("bin/flux-peer");
    if !program.exists() {
        return None;
    }
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = String::new();
    for request in requests {
        writeln!(lines, "{request}").unwrap();
    }
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    Some(answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn recorded_answers_are_the_peers() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let requests: Vec<Value> = cases
        .iter()
        .map(|case| json!({"text": case[0], "strict": case[1], "vars": vectors["variables"]}))
        .collect();
    let Some(answers) = ask(&requests) else { return };
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(case[2], *answer, "{}", case[0]);
    }
}

/// Texts of the marks that mean something, a thousand at a time.
#[test]
fn random_texts_as_the_peer() {
    let mark = prop::sample::select(vec![
        "${", "${", "${a", "${m", "}", "}", "$", "a", "m", "b", ":", ":-", "=", "/", "#", "%", "*", "?", "[",
        "]", "-", "^", ",", "\\", "0", "1", "2", " ", "é", "\n", "_",
    ]);
    let texts = prop::collection::vec(prop::collection::vec(mark, 1..12), 1000);
    let cases = std::env::var("CLUSTERPIPE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let variables = HashMap::from([("a", "abc/a-b.é*[1]\\"), ("b", "2"), ("ab", "")]);
    proptest!(config, |(texts in texts, strict in any::<bool>())| {
        let texts: Vec<String> = texts.iter().map(|marks| marks.concat()).collect();
        let requests: Vec<Value> =
            texts.iter().map(|text| json!({"text": text, "strict": strict, "vars": variables})).collect();
        if let Some(answers) = ask(&requests) {
            for (text, theirs) in texts.iter().zip(&answers) {
                let ours = answer(text, strict, &variables);
                prop_assert_eq!(ours.as_deref().ok(), theirs["out"].as_str(), "{:?} strict {} {}", text, strict, theirs);
            }
        }
    });
}

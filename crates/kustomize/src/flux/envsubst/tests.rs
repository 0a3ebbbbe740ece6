//! The peer's answers, recorded; `tests/conformance.rs` asks it again.

use serde_json::Value;
use std::collections::HashMap;

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

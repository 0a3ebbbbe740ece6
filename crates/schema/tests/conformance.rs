//! Verdicts beside kubeconform: on our cases, on everything that the examples render, and on objects that are broken in
//! one place each. Needs `CLUSTERPIPE_PEERS` (see `just conformance`); without it these tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

mod corpus;
mod kubeconform;
mod mutants;

use std::collections::BTreeMap;

use cliutil::Severity;
use kubeconform::{Peer, Status};
use rayon::prelude::*;
use schema::{Schemas, Verdict};
use serde_json::Value as Json;
use yaml::Dialect;

/// Where we are stricter, and why. Each is what the API server does.
const STRICTER: [(&str, &str); 9] = [
    ("schema/format", "kubeconform knows no int32, int64, byte, cidr, mac, and no labels"),
    ("schema/name", "the rules of names stand in the API server's code"),
    ("schema/range", "the swagger has no limits of ports"),
    ("schema/enum", "the swagger has no enumerations"),
    ("schema/duplicate-item", "kubeconform does not compare items of lists"),
    ("schema/quantity", "to the swagger a quantity is any string"),
    ("schema/pattern", "the conversion for kubeconform drops the pattern of what is an integer or a string"),
    ("schema/unknown-field", "the conversion leaves objects open for which the definition names no field"),
    ("schema/missing-field", "an object in an object must say what it is"),
];

fn judge(schemas: &Schemas, text: &str) -> Verdict {
    let stream = yaml::parse(text).unwrap();
    schemas.validate(&stream.documents[0].root, Dialect::Kubernetes)
}

fn errors(verdict: &Verdict) -> Vec<&'static str> {
    let errors = verdict.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code).collect()
}

#[test]
fn cases_have_the_same_verdict_or_a_reason() {
    let Some(peer) = Peer::find() else { return };
    let cases = corpus::cases();
    let theirs = peer.verdicts(cases.iter().map(|case| case.text.as_str()));
    let schemas = Schemas::bundled();
    let mut wrong = Vec::new();
    for (case, theirs) in cases.iter().zip(&theirs) {
        let is_valid = judge(&schemas, &case.text).is_valid();
        let agree = is_valid == (theirs.status == Status::Valid);
        // What kubeconform has no schema of it has no verdict on.
        if theirs.status != Status::NoSchema && agree != case.differs.is_none() {
            wrong.push(format!("{}: ours valid: {is_valid}; theirs: {theirs:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "{} cases, {} with a reason to differ",
        cases.len(),
        cases.iter().filter(|case| case.differs.is_some()).count()
    );
}

/// Every object of the examples, the encrypted ones without SOPS' block, which kubeconform does not know.
fn rendered() -> Vec<String> {
    let mut objects = Vec::new();
    for example in pipeline::examples() {
        let repository = pipeline::Repository::example(&example);
        repository.configure();
        for (path, bytes) in repository.snapshot() {
            let is_yaml = path.extension().is_some_and(|extension| extension == "yaml");
            if !(is_yaml && (path.starts_with("kubernetes") || path.starts_with("bootstrap"))) {
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            for mut document in yaml::load(&text, Dialect::GoYamlV3).unwrap() {
                let is_object = document.get("kind").is_some() && document.get("apiVersion").is_some();
                if is_object && !path.ends_with("kustomization.yaml") {
                    if let yaml::Value::Mapping(object) = &mut document {
                        object.remove("sops");
                    }
                    objects.push(yaml::emit(&document, yaml::EmitOptions::default()));
                }
            }
        }
    }
    objects.sort();
    objects.dedup();
    objects
}

#[test]
fn everything_that_the_examples_render_is_valid_to_both() {
    let Some(peer) = Peer::find() else { return };
    let objects = rendered();
    assert!(objects.len() > 100, "only {} objects", objects.len());
    let theirs = peer.verdicts(objects.iter().map(String::as_str));
    let schemas = Schemas::bundled();
    let mut wrong = Vec::new();
    for (object, theirs) in objects.iter().zip(&theirs) {
        let verdict = judge(&schemas, object);
        let ciphertext =
            object.contains("ENC[") && errors(&verdict).iter().all(|code| *code == "schema/format");
        if !(verdict.is_valid() || ciphertext) {
            wrong.push(format!("ours: {:?}", verdict.findings));
        }
        // A field of kgateway 2.1, which the schemas of 2.2 do not have.
        if theirs.status == Status::Invalid && !object.contains("customConfigMapName") {
            wrong.push(format!("theirs: {theirs:?}\n{object}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} objects", objects.len());
}

/// Why we accept what kubeconform does not.
fn looser(is_null: bool, message: &str) -> Option<&'static str> {
    if is_null {
        return Some("null is as good as nothing where a field may be left out");
    }
    message.contains("missing propert").then_some("a field with a default is not required")
}

#[test]
fn broken_objects_have_the_same_verdict_or_a_reason() {
    let Some(peer) = Peer::find() else { return };
    let schemas = Schemas::bundled();
    // The same engine on the very files that kubeconform reads.
    let same_files = Schemas::bundled().with_locations([peer.template().as_str()]).unwrap();
    let cases = corpus::cases();
    let good = cases
        .iter()
        .filter(|case| case.expected == ["valid"] && !case.text.contains("sops:"))
        .map(|case| case.text.clone());
    let seeds: Vec<Json> = good
        .chain(rendered())
        .map(|text| yaml::load_one(&text, Dialect::Kubernetes).unwrap().into())
        .collect();
    // What both accept is broken.
    let texts: Vec<_> = seeds.iter().map(ToString::to_string).collect();
    let theirs = peer.verdicts(texts.iter().map(String::as_str));
    let mut valid = theirs.iter().map(|theirs| theirs.status == Status::Valid);
    let seeds: Vec<_> = seeds.into_iter().filter(|_| valid.next() == Some(true)).collect();
    let mutants = mutants::of_all(&seeds);
    let texts: Vec<_> = mutants.iter().map(|mutant| mutant.object.to_string()).collect();
    let theirs = peer.verdicts(texts.iter().map(String::as_str));
    let ours: Vec<_> =
        texts.par_iter().map(|text| (judge(&schemas, text), judge(&same_files, text))).collect();
    let (mut same, mut differ, mut wrong) = ([0; 2], BTreeMap::new(), Vec::new());
    for ((mutant, (verdict, engine)), theirs) in mutants.iter().zip(&ours).zip(&theirs) {
        let theirs_valid = match theirs.status {
            Status::Valid => true,
            Status::NoSchema => continue,
            _ => false,
        };
        let only_stricter = errors(engine).iter().all(|code| ["schema/format", "schema/name"].contains(code));
        if engine.is_valid() != theirs_valid && !(mutant.is_null || (theirs_valid && only_stricter)) {
            wrong.push(format!("{}: same files: {:?}; theirs {theirs:?}", mutant.what, engine.findings));
        }
        if verdict.is_valid() == theirs_valid {
            same[usize::from(theirs_valid)] += 1;
            continue;
        }
        let codes = errors(verdict);
        let reason = if verdict.is_valid() {
            looser(mutant.is_null, &theirs.message)
        } else {
            let reasons: Option<Vec<_>> =
                codes.iter().map(|code| STRICTER.iter().find(|(one, _)| one == code)).collect();
            reasons.and_then(|reasons| reasons.first().map(|(_, words)| *words))
        };
        match reason {
            Some(reason) => *differ.entry(reason).or_insert(0) += 1,
            None => wrong.push(format!("{}: ours {:?}; theirs {theirs:?}", mutant.what, verdict.findings)),
        }
    }
    println!(
        "{} mutants: both refuse {}, both accept {}, differ: {differ:#?}",
        mutants.len(),
        same[0],
        same[1]
    );
    assert!(same[0] > 500, "only {} broken objects", same[0]);
    assert!(wrong.is_empty(), "{} unexplained:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

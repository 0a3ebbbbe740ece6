//! Input that was made to hurt: bounded time and memory, findings that are few, no panic.

#![expect(clippy::unwrap_used, reason = "a failure is the test's failure")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use schema::Schemas;
use yaml::Dialect;

fn findings(text: &str) -> Vec<schema::Finding> {
    let started = Instant::now();
    let root = &yaml::parse(text).unwrap().documents[0].root;
    let findings = Schemas::bundled().validate(root, Dialect::Kubernetes).findings;
    assert!(started.elapsed() < Duration::from_mins(3), "{:?}", started.elapsed());
    findings
}

#[test]
fn a_hundred_thousand_unknown_fields() {
    let mut text = String::from("apiVersion: apps/v1\nkind: Deployment\nspec:\n");
    for n in 0..100_000 {
        writeln!(text, "  replica{n}: x").unwrap();
    }
    let found = findings(&text);
    assert_eq!(found.len(), 101);
    assert!(
        found.iter().any(|finding| finding.message.contains("99901 more problems")),
        "{:?}",
        found.last()
    );
}

#[test]
fn a_hundred_thousand_items_of_one_name() {
    let items = "      - {name: A, value: b}\n".repeat(100_000);
    let text = format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n{items}");
    assert_eq!(findings(&text).len(), 101);
}

#[test]
fn long_names_and_values() {
    let (name, value) = ("x".repeat(60_000), "x".repeat(20_000_000));
    let text = format!("apiVersion: v1\nkind: Pod\nspec:\n  {name}: a\n  dnsPolicy: {value}\n");
    let found = findings(&text);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|finding| finding.message.len() < 400 && finding.path.len() < 200));
}

#[test]
fn schemas_in_schemas() {
    let mut text = String::from(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {group: x.io, scope: Cluster, names: {kind: X, plural: xs}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ",
    );
    text.push_str(&"{type: object, properties: {a: ".repeat(110));
    text.push_str("{type: 5}");
    text.push_str(&"}}".repeat(110));
    text.push_str("}}]}\n");
    // On a thread as small as those that check in parallel.
    let checked =
        std::thread::Builder::new().stack_size(2 << 20).spawn(move || findings(&text).len()).unwrap();
    assert_eq!(checked.join().unwrap(), 1);
}

#[test]
fn a_schema_that_refers_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("example.com");
    std::fs::create_dir(&path).unwrap();
    let schema =
        r##"{"$ref": "#", "allOf": [{"$ref": "#"}], "anyOf": [{"$ref": "#"}], "required": ["spec"]}"##;
    std::fs::write(path.join("thing_v1.json"), schema).unwrap();
    let schemas = Schemas::bundled().with_location(folder.path().to_str().unwrap()).unwrap();
    let root = &yaml::parse("apiVersion: example.com/v1\nkind: Thing\n").unwrap().documents[0].root;
    assert!(!schemas.validate(root, Dialect::Kubernetes).is_valid());
}

//! The shipped example is valid, and its context is itself.

mod support;

use support::{check, report, root, shipped};

#[test]
fn the_example_is_valid_and_its_context_is_itself() {
    let model = shipped();
    let read =
        |name: &str| std::fs::read_to_string(root().join("examples/cluster-template").join(name)).unwrap();
    let checked = check(&model, &[&read("cluster.yaml"), &read("nodes.yaml")]);
    let told: Vec<_> = checked.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(told, ["config/disk-name"], "{}", report(&checked.findings));
    let context = checked.context.unwrap().to_yaml();
    let again = check(&model, &[&context]);
    let told: Vec<_> = again.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(told, ["config/disk-name"], "{}", report(&again.findings));
    assert_eq!(again.context.unwrap().to_yaml(), context);
}

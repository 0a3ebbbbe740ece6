//! The JSON Schemas agree with the check: what is valid is valid to both, and what the schemas can see is refused.

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use cluster::schema;
use jsonschema::Validator;
use serde_json::Value as Json;
use support::{base, check, root, shipped, test_model};
use yaml::{Dialect, Value};

fn validator(schema: &Json) -> Validator {
    jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("no schema: {error}"));
    jsonschema::draft202012::new(schema).unwrap()
}

fn problems(validator: &Validator, data: Value) -> Vec<String> {
    let data = Json::from(data);
    validator.iter_errors(&data).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The merged input of the base and a file of the corpus.
fn merged(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("crates/cluster/tests/corpus").join(name)).unwrap();
    let mut merged = yaml::Mapping::new();
    for text in [base("cluster.yaml"), base("nodes.yaml"), text] {
        for document in yaml::load(&text, Dialect::GoYamlV3).unwrap() {
            for (key, value) in document.as_mapping().unwrap().iter() {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Mapping(merged)
}

#[test]
fn valid_inputs_and_their_contexts_are_valid() {
    let model = test_model();
    let (config, context) = (validator(&schema::config(&model)), validator(&schema::context(&model)));
    for entry in std::fs::read_dir(root().join("crates/cluster/tests/corpus")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.starts_with("ok-") {
            continue;
        }
        let input = merged(&name);
        assert_eq!(problems(&config, input.clone()), [""; 0], "{name}");
        let text = yaml::emit(&input, yaml::EmitOptions::default());
        let made = check(&model, &[&text]).context.unwrap();
        assert_eq!(problems(&context, made.value().clone()), [""; 0], "{name}");
    }
}

#[test]
fn what_a_schema_can_see_is_refused() {
    let config = validator(&schema::config(&test_model()));
    for name in [
        "peer-bad-mac-address",
        "peer-bad-repo-url",
        "peer-reserved-node-name",
        "seed-asn-not-a-number",
        "seed-empty-nodes",
        "seed-ipv6-cidr",
        "seed-one-label-domain",
        "seed-schematic-letters",
        "key-unknown",
        "node-key-unknown",
        "node-fields-missing",
        "type-boolean-yes",
        "type-number-for-text",
        "type-text-for-list",
        "choice-near",
        "number-too-large",
        "form-label",
        "form-taint",
        "form-quantity",
        "fields-nested",
    ] {
        assert_ne!(problems(&config, merged(&format!("{name}.yaml"))), [""; 0], "{name}");
    }
}

#[test]
fn nodes_alone() {
    let nodes = validator(&schema::nodes(&test_model()));
    let text = std::fs::read_to_string(root().join("examples/cluster-template/nodes.yaml")).unwrap();
    assert_eq!(problems(&nodes, yaml::load_one(&text, Dialect::GoYamlV3).unwrap()), [""; 0]);
    assert_ne!(problems(&nodes, yaml::load_one("nodes: []", Dialect::GoYamlV3).unwrap()), [""; 0]);
}

#[test]
fn every_component_of_the_catalogue_fits_the_schema_of_components() {
    let component = validator(&schema::component());
    let mut count = 0;
    for entry in walkdir::WalkDir::new(root().join("templates")) {
        let entry = entry.unwrap();
        if entry.file_name() == "component.yaml" {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let data = yaml::load_one(&text, Dialect::Yaml12).unwrap();
            assert_eq!(problems(&component, data), [""; 0], "{}", entry.path().display());
            count += 1;
        }
    }
    assert!(count > 4);
    let wrong = "description: d\nwhen: true\noptions: {k: {formatt: ipv4}}\n";
    assert_ne!(problems(&component, yaml::load_one(wrong, Dialect::Yaml12).unwrap()), [""; 0]);
}

#[test]
fn schemas_of_the_shipped_catalogue_are_schemas() {
    let model = shipped();
    for schema in
        [schema::config(&model), schema::context(&model), schema::nodes(&model), schema::component()]
    {
        validator(&schema);
    }
}

/// Each part of a schema that has a default.
fn with_default<'j>(part: &'j Json, found: &mut Vec<&'j Json>) {
    match part {
        Json::Object(fields) => {
            if fields.contains_key("default") {
                found.push(part);
            }
            fields.values().for_each(|inner| with_default(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| with_default(inner, found)),
        _ => {}
    }
}

#[test]
fn every_default_is_valid_to_its_own_schema() {
    let model = shipped();
    for schema in [schema::config(&model), schema::nodes(&model)] {
        let mut parts = Vec::new();
        with_default(&schema, &mut parts);
        assert!(parts.len() > 5);
        for part in parts {
            assert!(jsonschema::is_valid(part, &part["default"]), "{part}");
        }
    }
}

#[test]
fn giving_every_default_changes_nothing() {
    let model = shipped();
    let defaults = model.options().iter().filter_map(|(key, option)| Some((key, option.default.clone()?)));
    let given: yaml::Mapping = defaults.map(|(key, value)| (key.as_str(), Value::from(value))).collect();
    assert!(given.iter().count() > 40);
    let given = yaml::emit(&Value::Mapping(given), yaml::EmitOptions::default());
    let texts = [base("cluster.yaml"), base("nodes.yaml"), given];
    let without = check(&model, &[&texts[0], &texts[1]]).context.unwrap().to_yaml();
    let with = check(&model, &[&texts[0], &texts[1], &texts[2]]);
    assert_eq!(support::report(&with.findings), "");
    assert_eq!(with.context.unwrap().to_yaml(), without);
}

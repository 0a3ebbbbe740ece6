//! Whatever an object holds, a check of it ends, and what it finds has a place in the text.

use proptest::prelude::*;
use schema::Schemas;
use yaml::{Dialect, EmitOptions, Mapping, Value};

/// Names that schemas know, so that values land in many places of them.
const NAMES: [&str; 16] = [
    "spec",
    "metadata",
    "template",
    "containers",
    "name",
    "labels",
    "ports",
    "env",
    "value",
    "resources",
    "limits",
    "selector",
    "rules",
    "schema",
    "openAPIV3Schema",
    "sops",
];

/// Kinds from all corners of the bundle.
const KINDS: [(&str, &str); 6] = [
    ("apps/v1", "Deployment"),
    ("v1", "Secret"),
    ("v1", "List"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("cilium.io/v2", "CiliumNetworkPolicy"),
    ("monitoring.coreos.com/v1", "Prometheus"),
];

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::Float),
        ".{0,12}".prop_map(Value::String),
        Just(Value::from("${A}")),
        Just(Value::from("ENC[AES256_GCM,data:,iv:,tag:,type:int]")),
    ];
    scalar.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence),
            prop::collection::vec((prop::sample::select(&NAMES[..]), inner), 0..5)
                .prop_map(|fields| Value::Mapping(fields.into_iter().collect::<Mapping>())),
        ]
    })
}

proptest! {
    #[test]
    fn every_object_has_a_verdict(kind in prop::sample::select(&KINDS[..]), spec in value(), metadata in value()) {
        let (api_version, kind) = kind;
        let object: Mapping = [
            ("apiVersion", Value::from(api_version)),
            ("kind", Value::from(kind)),
            ("metadata", metadata),
            ("items", spec.clone()),
            ("spec", spec),
        ]
        .into_iter()
        .collect();
        let text = yaml::emit(&Value::Mapping(object), EmitOptions::default());
        let root = &yaml::parse(&text).unwrap().documents[0].root;
        let verdict = Schemas::bundled().with_substitutions(true).validate(root, Dialect::Kubernetes);
        for finding in verdict.findings {
            prop_assert!(text.get(finding.span.range()).is_some(), "{finding:?}");
            prop_assert!(!finding.message.is_empty());
        }
    }
}

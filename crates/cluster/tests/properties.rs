//! Whatever the keys hold: no panic, an answer, and a context that is itself.

mod support;

use std::rc::Rc;

use cliutil::{Severity, Source};
use cluster::{Inputs, Model};
use proptest::prelude::*;
use support::{base, check, test_model};
use yaml::{EmitOptions, Mapping, Value, emit};

thread_local! {
    static MODEL: Rc<Model> = Rc::new(test_model());
}

/// Values of every shape, with many that are right somewhere.
fn any_value() -> impl Strategy<Value = Value> {
    let right = prop::sample::select(vec![
        "10.10.10.0/24",
        "10.10.10.5",
        "10.10.10.255",
        "10.42.1.1",
        "0.0.0.0/0",
        "255.255.255.255/32",
        "fd00::1",
        "",
        "example.com",
        "a/b",
        "main",
        "public",
        "dsr",
        "k8s-0",
        "02:00:00:00:00:01",
        "/dev/sda",
        "yes",
        "64512",
        "https://pve:8006/api2/json",
        "a@b!c",
        "1.18.4",
        "10Gi",
        "7d",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-5i64..70_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::Float),
        right.prop_map(Value::from),
        ".{0,12}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Sequence),
            prop::collection::vec(("[a-z<:./ -]{0,8}", inner), 0..4)
                .prop_map(|pairs| Value::Mapping(pairs.into_iter().collect())),
        ]
    })
}

fn keys(model: &Model) -> Vec<String> {
    let more = [
        "nodes",
        "contextVersion",
        "components",
        "provided",
        "versions",
        "controller_count",
        "primary_domain",
    ];
    model.options().keys().cloned().chain(more.map(str::to_owned)).collect()
}

/// Some keys of the cluster, and some fields for some nodes.
fn any_input() -> impl Strategy<Value = (Mapping, Vec<Mapping>)> {
    let model = test_model();
    let fields: Vec<_> = model.fields().keys().cloned().collect();
    let top = prop::collection::vec((prop::sample::select(keys(&model)), any_value()), 0..6);
    let node = prop::collection::vec((prop::sample::select(fields), any_value()), 0..6);
    let nodes = prop::collection::vec(node.prop_map(|pairs| pairs.into_iter().collect()), 0..3);
    (top.prop_map(|pairs| pairs.into_iter().collect()), nodes)
}

proptest! {
    #[test]
    fn any_values_get_an_answer((top, nodes) in any_input()) {
        let model = &*MODEL.with(Rc::clone);
        let mut texts = vec![base("cluster.yaml"), base("nodes.yaml")];
        if !nodes.is_empty() {
            let nodes: Mapping = [("nodes", Value::from(nodes))].into_iter().collect();
            texts.push(emit(&Value::Mapping(nodes), EmitOptions::default()));
        }
        texts.push(emit(&Value::Mapping(top), EmitOptions::default()));
        let sources = texts.iter().map(|text| Source::new("f.yaml", text.as_str())).collect();
        let Ok(inputs) = Inputs::parse(sources) else { return Ok(()) };
        let Ok(checked) = cluster::check(&inputs, model) else {
            return Err(TestCaseError::fail(format!("the catalogue is blamed for {texts:?}")));
        };
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        prop_assert_eq!(errors == 0, checked.context.is_some(), "{:?}", texts);
        if let Some(context) = checked.context {
            let text = context.to_yaml();
            let again = check(model, &[&text]).context.map(|context| context.to_yaml());
            prop_assert_eq!(again, Some(text));
        }
    }
}

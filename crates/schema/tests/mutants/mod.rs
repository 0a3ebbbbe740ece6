//! Objects broken in one place: each field renamed, removed, and given a value of every other type.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

/// A broken object (some changes break nothing).
pub(crate) struct Mutant {
    /// What was done to what.
    pub(crate) what: String,
    pub(crate) object: Json,
    /// A value became null.
    pub(crate) is_null: bool,
}

/// One step to a value.
#[derive(Clone)]
enum Step {
    Field(String),
    Item(usize),
}

/// The mutants of all seeds, each place of a kind once.
pub(crate) fn of_all(seeds: &[Json]) -> Vec<Mutant> {
    let mut seen = BTreeSet::new();
    let mut mutants = Vec::new();
    for seed in seeds {
        let kind = format!("{} {}", seed["apiVersion"], seed["kind"]);
        let mut places = Vec::new();
        collect(seed, &mut Vec::new(), &mut places);
        for place in places.iter().filter(|place| !place.is_empty()) {
            let shown = shown(place);
            if ["apiVersion", "kind"].contains(&shown.as_str()) || !seen.insert(format!("{kind} {shown}")) {
                continue;
            }
            mutate(seed, place, &format!("{kind} {shown}"), &mut mutants);
        }
    }
    mutants
}

fn collect(value: &Json, path: &mut Vec<Step>, places: &mut Vec<Vec<Step>>) {
    places.push(path.clone());
    let mut down = |step, value| {
        path.push(step);
        collect(value, path, places);
        path.pop();
    };
    match value {
        Json::Object(fields) => {
            fields.iter().for_each(|(name, value)| down(Step::Field(name.clone()), value));
        }
        Json::Array(items) => {
            items.iter().enumerate().take(2).for_each(|(at, value)| down(Step::Item(at), value));
        }
        _ => {}
    }
}

fn mutate(seed: &Json, place: &[Step], what: &str, mutants: &mut Vec<Mutant>) {
    let (last, parents) = place.split_last().unwrap();
    let mut add = |how: &str, change: &dyn Fn(&mut Json)| {
        let mut object = seed.clone();
        let parent = parents.iter().fold(&mut object, |value, step| at(value, step));
        change(parent);
        if object != *seed {
            mutants.push(Mutant { what: format!("{what}: {how}"), object, is_null: how == "null" });
        }
    };
    match last {
        Step::Field(name) => {
            add("renamed", &|parent| {
                let fields = parent.as_object_mut().unwrap();
                let value = fields.remove(name).unwrap();
                fields.insert(format!("{name}X"), value);
            });
            add("removed", &|parent| drop(parent.as_object_mut().unwrap().remove(name)));
        }
        Step::Item(index) => {
            add("twice", &|parent| {
                let items = parent.as_array_mut().unwrap();
                items.push(items[*index].clone());
            });
            add("emptied", &|parent| parent.as_array_mut().unwrap().clear());
        }
    }
    let values = [
        ("null", Json::Null),
        ("a boolean", json!(true)),
        ("an integer", json!(7)),
        ("a large integer", json!(5_000_000_000_i64)),
        ("a negative integer", json!(-1)),
        ("a number", json!(1.5)),
        ("text", json!("some text")),
        ("no text", json!("")),
        ("digits", json!("12")),
        ("long text", json!("x".repeat(300))),
        ("a list", json!([])),
        ("a mapping", json!({})),
        ("a list of a mapping", json!([{ "unknownX": 1 }])),
        ("a mapping of something", json!({ "unknownX": 1 })),
    ];
    for (how, value) in values {
        add(how, &|parent| *at(parent, last) = value.clone());
    }
}

fn at<'v>(value: &'v mut Json, step: &Step) -> &'v mut Json {
    match step {
        Step::Field(name) => &mut value[name.as_str()],
        Step::Item(index) => &mut value[*index],
    }
}

fn shown(place: &[Step]) -> String {
    let parts = place.iter().map(|step| match step {
        Step::Field(name) => name.clone(),
        Step::Item(_) => "-".to_owned(),
    });
    parts.collect::<Vec<_>>().join(".")
}

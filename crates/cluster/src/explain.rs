//! The reference of one key, from its declaration.

use std::fmt::Write as _;

use cliutil::{Diagnostic, Outcome};
use serde_json::Value as Json;

use crate::check::expected;
use crate::codes;
use crate::declaration::Declaration;
use crate::model::{Model, near};

/// What a key of cluster.yaml, a field of a node or a computed value is: text for a person.
///
/// # Errors
/// `config/unknown-key`, with the name that is near.
pub fn explain(model: &Model, key: &str) -> Outcome<String> {
    let field = key.rsplit_once('.').map_or(key, |(_, field)| field);
    if let Some(declaration) = model.option(key) {
        let when_absent = model.computed.get(key).map(|item| item.computed.value.as_str());
        return Ok(declared(key, declaration, when_absent, &owner(model, key)));
    }
    if let Some(declaration) = model.node_field(field) {
        return Ok(declared(&format!("nodes[].{field}"), declaration, None, "the nodes"));
    }
    if let Some(item) = model.computed.get(key) {
        let description = item.computed.description.as_deref();
        let mut text = title(key, description);
        row(&mut text, "computed", &item.computed.value);
        row(&mut text, "note", "may be given only with the value it would have");
        return Ok(text);
    }
    let finding = Diagnostic::error(codes::UNKNOWN_KEY, format!("no key is called {key}"));
    let near = near(&model.options, key).or_else(|| near(&model.fields, field));
    Err(match near {
        Some(near) => finding.with_help(format!("did you mean {near}?")),
        None => finding.with_help("`validate schema config` lists the keys"),
    }
    .into())
}

fn declared(key: &str, declaration: &Declaration, when_absent: Option<&str>, owner: &str) -> String {
    let mut text = title(key, declaration.description.as_deref());
    let values: Vec<_> = declaration.choices.iter().map(plain).collect();
    let kind =
        if values.is_empty() { expected(declaration) } else { format!("one of {}", values.join(", ")) };
    row(&mut text, "value", &kind);
    if let Some(item) = &declaration.items {
        row(&mut text, "items", &expected(item));
    }
    for (name, limit) in [("at least", declaration.minimum), ("at most", declaration.maximum)] {
        if let Some(limit) = limit {
            row(&mut text, name, &limit.to_string());
        }
    }
    match (&declaration.default, when_absent) {
        _ if declaration.required => row(&mut text, "required", "yes"),
        (Some(default), _) => row(&mut text, "default", &plain(default)),
        (None, Some(expression)) => row(&mut text, "if absent", expression),
        (None, None) => {}
    }
    if !declaration.required_unless.is_empty() {
        row(&mut text, "required", &format!("unless {} is given", declaration.required_unless.join(" or ")));
    }
    if let Some(key) = &declaration.inherits {
        row(&mut text, "if absent", &format!("{key} of cluster.yaml"));
    }
    if declaration.secret {
        row(&mut text, "secret", "shown nowhere but in the context");
    }
    for example in &declaration.examples {
        row(&mut text, "example", &format!("{key}: {}", plain(example)));
    }
    if !declaration.formerly.is_empty() {
        row(&mut text, "once called", &declaration.formerly.join(", "));
    }
    row(&mut text, "belongs to", owner);
    text
}

fn owner(model: &Model, key: &str) -> String {
    let owner = model.components.iter().find(|loaded| loaded.keys.iter().any(|owned| owned == key));
    owner.map_or_else(|| "the cluster".to_owned(), |loaded| format!("the component {}", loaded.id))
}

fn title(key: &str, description: Option<&str>) -> String {
    match description {
        Some(description) => format!("{key}\n  {description}\n\n"),
        None => format!("{key}\n\n"),
    }
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:<12}{value}");
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), yaml::quote_if_needed)
}

//! The reference in docs/: every key, and every component, as Markdown made from the declarations.

use std::fmt::Write as _;

use crate::catalogue::Loaded;
use crate::check::expected;
use crate::declaration::{ComputedType, Declaration, When};
use crate::model::Model;
use crate::sample::{flow, grouped};

/// Every key of cluster.yaml and nodes.yaml, and every computed value.
pub fn options(model: &Model) -> String {
    let mut text = format!(
        "# Options of cluster.yaml and nodes.yaml\n\nFor the system {}. A key without default that is not required may \
         be left out. `validate explain KEY` prints the same; `validate sample config|nodes` prints files to fill \
         in.\n\n## cluster.yaml\n",
        model.system()
    );
    for (group, keys) in grouped(&model.groups, &model.options) {
        let owned: Vec<_> = keys.iter().filter(|key| owner(model, key).is_none()).collect();
        heading(&mut text, "###", &group.title);
        for key in owned {
            option(&mut text, model, key);
        }
    }
    for loaded in model.components.iter().filter(|loaded| !loaded.keys.is_empty()) {
        heading(&mut text, "###", &format!("Component {}", loaded.id));
        let _ = writeln!(text, "{}.\n", prose(&loaded.component.description));
        for key in &loaded.keys {
            option(&mut text, model, key);
        }
    }
    text.push_str(
        "\n## nodes.yaml\n\n<a id=\"nodes\"></a>`nodes` is a list of machines, each with these fields.\n",
    );
    for (group, fields) in grouped(&model.field_groups, &model.fields) {
        heading(&mut text, "###", &group.title);
        for field in fields {
            declared(&mut text, &format!("nodes-{field}"), field, &model.fields[field.as_str()], None);
        }
    }
    computed(&mut text, model);
    text
}

fn option(text: &mut String, model: &Model, key: &str) {
    let absent = model.computed.get(key).map(|item| item.computed.value.as_str());
    declared(text, key, key, &model.options[key], absent);
}

/// An entry; findings link to its anchor.
fn declared(text: &mut String, anchor: &str, key: &str, declaration: &Declaration, absent: Option<&str>) {
    let description = declaration.description.as_deref().unwrap_or_default();
    let _ =
        write!(text, "- <a id=\"{anchor}\"></a>**`{key}`** — {}: {}", prose(description), kind(declaration));
    if declaration.required {
        text.push_str("; required");
    } else if !declaration.required_unless.is_empty() {
        let _ =
            write!(text, "; required unless {} is given", code_list(&declaration.required_unless, " or "));
    }
    match (&declaration.default, absent) {
        (Some(default), _) => drop(write!(text, "; default `{}`", flow(default))),
        (None, Some(expression)) => drop(write!(text, "; if absent `{}`", line(expression))),
        (None, None) => {}
    }
    if let Some(key) = &declaration.inherits {
        let _ = write!(text, "; if absent `{key}` of cluster.yaml");
    }
    if declaration.secret {
        text.push_str("; secret");
    }
    if let Some(example) = declaration.examples.first() {
        let _ = write!(text, "; for example `{}`", flow(example));
    }
    if !declaration.formerly.is_empty() {
        let _ = write!(text, "; once called {}", code_list(&declaration.formerly, ", "));
    }
    text.push('\n');
}

/// What a value must be, in words.
fn kind(declaration: &Declaration) -> String {
    let mut words = match declaration.choices.as_slice() {
        [] => expected(declaration),
        choices => {
            choices.iter().map(|choice| format!("`{}`", flow(choice))).collect::<Vec<_>>().join(" or ")
        }
    };
    if let Some(items) = &declaration.items {
        let _ = write!(words, ", each {}", kind(items));
    }
    match (declaration.minimum, declaration.maximum) {
        (Some(least), Some(most)) => drop(write!(words, ", {least} to {most}")),
        (Some(least), None) => drop(write!(words, ", at least {least}")),
        (None, Some(most)) => drop(write!(words, ", at most {most}")),
        (None, None) => {}
    }
    words
}

fn computed(text: &mut String, model: &Model) {
    text.push_str(
        "\n## Computed values\n\nThe context has them too. One may be given only with the value it would have.\n\n",
    );
    for (key, item) in model.computed.iter().filter(|(key, _)| model.is_purely_computed(key)) {
        let kind = match item.computed.kind {
            ComputedType::Bool => "true or false",
            ComputedType::String => "text",
            ComputedType::Int => "a whole number",
            ComputedType::List => "a list",
        };
        let description = item.computed.description.as_deref().map(|words| format!(" — {}", prose(words)));
        let _ = writeln!(
            text,
            "- **`{key}`**{}: {kind}, `{}`",
            description.unwrap_or_default(),
            line(&item.computed.value)
        );
    }
}

/// Every component with what switches it on, what it needs and what versions it brings.
pub fn components(model: &Model) -> String {
    let mut text = format!(
        "# Components of {}\n\nA component is one folder of templates with a `component.yaml`. It is rendered while its \
         condition holds; what it needs is checked, never switched on by itself.\n",
        model.system()
    );
    let mut namespace = "";
    for loaded in &model.components {
        if loaded.namespace == namespace {
            text.push('\n');
        } else {
            namespace = &loaded.namespace;
            heading(&mut text, "##", namespace);
        }
        component(&mut text, loaded);
    }
    text
}

fn component(text: &mut String, loaded: &Loaded) {
    let component = &loaded.component;
    let _ = writeln!(text, "### {}\n\n{}.\n", loaded.app, prose(&component.description));
    let on = match &component.when {
        When::Always(true) => "always".to_owned(),
        When::Always(false) => "never".to_owned(),
        When::Expression(expression) => format!("while `{}`", line(expression)),
    };
    let _ = writeln!(text, "- on: {on}");
    if !component.requires.is_empty() {
        let _ = writeln!(text, "- requires: {}", code_list(&component.requires, ", "));
    }
    if !loaded.keys.is_empty() {
        let _ = writeln!(text, "- keys: {}", code_list(&loaded.keys, ", "));
    }
    for (what, parts) in &component.versions {
        let parts: Vec<_> = parts.iter().map(|(part, version)| format!("{part} `{version}`")).collect();
        let _ = writeln!(text, "- version of {what}: {}", parts.join(", "));
    }
}

fn heading(text: &mut String, marks: &str, title: &str) {
    let _ = writeln!(text, "\n{marks} {title}\n");
}

fn code_list(names: &[String], separator: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(separator)
}

/// A description on one line, in which nothing is taken for a tag.
fn prose(text: &str) -> String {
    line(text).replace('<', "\\<")
}

/// Text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn owner<'m>(model: &'m Model, key: &str) -> Option<&'m Loaded> {
    model.components.iter().find(|loaded| loaded.keys.iter().any(|owned| owned == key))
}

/// The codes of the rules that core.yaml, nodes.yaml and the components declare, with what they say; sorted.
pub fn rule_codes(model: &Model) -> Vec<(&str, String)> {
    let mut codes: Vec<_> = model
        .rules
        .iter()
        .map(|rule| {
            (
                rule.code,
                rule.rule.message.as_deref().map_or_else(|| "Keys that belong together".to_owned(), line),
            )
        })
        .collect();
    codes.sort();
    codes.dedup_by(|a, b| a.0 == b.0);
    codes
}

//! Samples of cluster.yaml and nodes.yaml, made from the declarations: what must be filled in stands open, what may be
//! is commented out with its default.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::declaration::{Declaration, Declarations, Group, Type, When};
use crate::model::Model;

/// The longest line of a comment.
const WIDTH: usize = 110;

/// A sample of cluster.yaml: the core's keys, those of the components that are always on, and the switches of the
/// others.
pub fn config(model: &Model) -> String {
    let mut text = head(model, "cluster");
    paragraph(
        &mut text,
        "",
        "Your cluster. Fill in the keys that have no # before them; the others show their defaults. `validate config` \
         says what is missing or wrong, `validate explain KEY` what a key is for.",
    );
    for (group, keys) in grouped(&model.groups, &model.options).filter(|(group, _)| group.sample) {
        title(&mut text, &group.title);
        for key in keys {
            option(&mut text, model, key, group.open.contains(key));
        }
    }
    for loaded in &model.components {
        if loaded.component.when == When::Always(true) && !loaded.keys.is_empty() {
            title(&mut text, &loaded.id);
            for key in &loaded.keys {
                option(&mut text, model, key, false);
            }
        }
    }
    let switches = switches(model);
    if !switches.is_empty() {
        title(&mut text, "Switches of optional components");
        paragraph(&mut text, "", "They have further keys, which docs/options.md of clusterpipe lists.");
        for key in switches {
            option(&mut text, model, key, false);
        }
    }
    text
}

/// A sample of nodes.yaml, with one node.
pub fn nodes(model: &Model) -> String {
    let mut text = head(model, "nodes");
    paragraph(
        &mut text,
        "",
        "Your machines, in the order in which they are set up. At least one is a controller; one, three or five are a \
         good number. With a machine booted into maintenance mode, `talosctl get disks --insecure --nodes ADDRESS` and \
         `talosctl get links --insecure --nodes ADDRESS` tell its disk and mac_addr. docs/options.md of \
         clusterpipe lists further fields.",
    );
    text.push_str("\nnodes:\n");
    let shown = grouped(&model.field_groups, &model.fields).filter(|(group, _)| group.sample);
    for (index, (group, field)) in
        shown.flat_map(|(group, fields)| fields.into_iter().map(move |field| (group, field))).enumerate()
    {
        let declaration = &model.fields[field.as_str()];
        let is_open = declaration.required || group.open.contains(field);
        // The first line of a list's item begins with its dash, so the first field's text stands above the item.
        paragraph(&mut text, if index == 0 { "  " } else { "    " }, &words(declaration, is_open));
        let indent = match (index, is_open) {
            (0, _) => "  - ",
            (_, true) => "    ",
            (_, false) => "    # ",
        };
        entry(&mut text, indent, field, declaration, is_open);
    }
    text
}

/// The groups with their keys, each in the order of the declarations. Keys before the first group have none.
pub(crate) fn grouped<'d>(
    groups: &'d [Group],
    declarations: &'d Declarations,
) -> impl Iterator<Item = (&'d Group, Vec<&'d String>)> {
    let starts = |key: &str| groups.iter().any(|group| group.first == key);
    groups.iter().map(move |group| {
        let from = declarations.keys().skip_while(|key| **key != group.first);
        let more = from.clone().skip(1).take_while(|key| !starts(key));
        (group, from.take(1).chain(more).collect())
    })
}

/// The options that alone switch a component on: those that a condition of one name stands for.
pub(crate) fn switches(model: &Model) -> Vec<&str> {
    let mut found = BTreeSet::new();
    for loaded in &model.components {
        let When::Expression(name) = &loaded.component.when else { continue };
        if model.options.contains_key(name) {
            found.insert(name.clone());
        } else if let Some(item) = model.computed.get(name) {
            found.extend(model.expressions.names(&item.computed.value).unwrap_or_default());
        }
    }
    model.options.keys().map(String::as_str).filter(|key| found.contains(*key)).collect()
}

fn head(model: &Model, file: &str) -> String {
    let system = match model.system() {
        crate::DEFAULT_SYSTEM => String::new(),
        other => format!(".{other}"),
    };
    format!("# yaml-language-server: $schema=./schemas/{file}{system}.schema.json\n---\n")
}

fn title(text: &mut String, title: &str) {
    text.push('\n');
    paragraph(text, "", &format!("--- {title} ---"));
}

fn option(text: &mut String, model: &Model, key: &str, open: bool) {
    let declaration = &model.options[key];
    let is_open = declaration.required || open;
    paragraph(text, "", &words(declaration, is_open));
    entry(text, if is_open { "" } else { "# " }, key, declaration, is_open);
}

/// What a key is for, with a value to go by where the line below has none.
fn words(declaration: &Declaration, is_open: bool) -> String {
    let mut words = declaration.description.clone().unwrap_or_default();
    if !declaration.choices.is_empty() {
        let choices: Vec<_> = declaration.choices.iter().map(flow).collect();
        let _ = write!(words, " ({})", choices.join(", "));
    }
    let is_shown = is_open && takes_text(declaration);
    match declaration.examples.first() {
        Some(example) if is_shown => format!("{words}, such as {}", flow(example)),
        Some(_) if !is_open && declaration.default.is_none() => format!("{words}. For example:"),
        _ => words,
    }
}

fn entry(text: &mut String, indent: &str, key: &str, declaration: &Declaration, is_open: bool) {
    let first = declaration.examples.first();
    let value = match &declaration.default {
        // An open text is left to be filled in: an example would be taken for a value.
        None if is_open && takes_text(declaration) => "\"\"".to_owned(),
        Some(default) => flow(default),
        None => first.or(declaration.choices.first()).map_or_else(|| blank(declaration).to_owned(), flow),
    };
    let _ = writeln!(text, "{indent}{key}: {value}");
}

fn takes_text(declaration: &Declaration) -> bool {
    declaration.types().contains(&Type::String)
}

/// A value of the right type that says nothing.
fn blank(declaration: &Declaration) -> &'static str {
    match declaration.types().first() {
        Some(Type::Array) => "[]",
        Some(Type::Object) => "{}",
        Some(Type::Boolean) => "false",
        _ => "\"\"",
    }
}

/// A comment, broken into lines.
fn paragraph(text: &mut String, indent: &str, words: &str) {
    let mut line = format!("{indent}#");
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = format!("{indent}#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// A value on one line.
pub(crate) fn flow(value: &Json) -> String {
    match value {
        Json::String(text) => yaml::quote_if_needed(text),
        Json::Array(items) => format!("[{}]", items.iter().map(flow_item).collect::<Vec<_>>().join(", ")),
        Json::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Json::Object(fields) => {
            let pairs: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", flow_text(key), flow_item(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

fn flow_item(value: &Json) -> String {
    value.as_str().map_or_else(|| flow(value), flow_text)
}

/// A text inside brackets, where some signs mean more than outside.
fn flow_text(text: &str) -> String {
    if text.contains([',', '[', ']', '{', '}']) { yaml::quoted(text) } else { yaml::quote_if_needed(text) }
}

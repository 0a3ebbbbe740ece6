//! Whether the declarations of a catalogue hang together: names exist, expressions can be read, rules say one thing,
//! computed values have an order, defaults are values. What is wrong here is the catalogue's fault, not the user's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use cliutil::{Diagnostic, Severity, Source, did_you_mean};
use serde_json::Value as Json;
use yaml::{Kind, Node, Pair, ScalarStyle, Span, Value};

use crate::catalogue;
use crate::check::{At, Checker, Name, is_pattern};
use crate::codes;
use crate::declaration::{Declaration, Rule, Scope, When};
use crate::findings::{Findings, Place};
use crate::map::IndexMap;
use crate::model::{Model, ModelRule, Origin};

/// Checks the model and brings its computed values into the order of evaluation.
pub(crate) fn verify(model: &mut Model) -> Vec<Diagnostic> {
    if is_as_shipped(model) {
        let needs = words(model);
        return order(model, &needs);
    }
    let (mut problems, needs) = {
        let keys = model.known_keys().collect();
        let mut verifier = Verifier { model, keys, trusted: is_whole(model), problems: Vec::new() };
        verifier.declarations();
        let needs = verifier.computed();
        verifier.components();
        verifier.rules();
        (verifier.problems, needs)
    };
    if problems.is_empty() {
        problems.extend(order(model, &needs));
    }
    problems
}

/// Whether every component is there that the system is shipped with, so that what they name exists.
fn is_whole(model: &Model) -> bool {
    let shipped = model.components.iter().filter(|loaded| loaded.is_shipped).count();
    shipped == crate::shipped::components(&model.system)
}

/// Whether nothing is changed or added: all holds then, as a test of ours has seen.
fn is_as_shipped(model: &Model) -> bool {
    is_whole(model) && model.components.iter().all(|loaded| loaded.is_shipped)
}

/// The computed values that stand as words in each computed value, sorted: all it needs, and what it only mentions. Quicker
/// than reading the expressions, and for what is shipped no different, as a test of ours has seen.
fn words(model: &Model) -> BTreeMap<String, Vec<String>> {
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let mut known: Vec<_> = words.filter(|word| model.computed.contains_key(*word)).collect();
        known.sort_unstable();
        known.dedup();
        known.into_iter().map(str::to_owned).collect()
    };
    model.computed.iter().map(|(key, item)| (key.clone(), words(&item.computed.value))).collect()
}

/// Says that a key is declared by another file already.
pub(crate) fn declared_twice(origin: &Origin, section: &str, key: &str) -> Diagnostic {
    Diagnostic::error(codes::CATALOGUE_TWICE, format!("{key} is declared already"))
        .at(catalogue::place(&origin.source, &[section, key]))
        .with_help(
            "a key has one owner: declare it in one file, or in the core when several components use it",
        )
}

/// Says what is wrong with an expression of the catalogue.
pub(crate) fn bad_expression(
    origin: &Origin,
    path: &[&str],
    what: &str,
    error: &template::Error,
) -> Diagnostic {
    let finding = Diagnostic::error(codes::CATALOGUE_EXPRESSION, format!("{what}: {}", error.message()))
        .at(catalogue::place(&origin.source, path));
    match error.help() {
        Some(help) => finding.with_help(help),
        None => finding,
    }
}

struct Verifier<'m> {
    model: &'m Model,
    /// Every name there is.
    keys: HashSet<&'m str>,
    /// Whether files that are shipped need no second look: a test of ours has seen that their names exist.
    trusted: bool,
    problems: Vec<Diagnostic>,
}

impl Verifier<'_> {
    fn trusts(&self, origin: &Origin) -> bool {
        self.trusted && origin.is_shipped
    }

    /// Those that are not shipped: each holds, or does not, whatever stands beside it.
    fn declarations(&mut self) {
        let model = self.model;
        for (key, declaration) in &model.options {
            let origin = model.option_origins.get(key);
            if origin.is_none_or(|origin| !origin.is_shipped) {
                self.declaration(key, declaration, origin);
            }
        }
    }

    fn declaration(&mut self, key: &str, declaration: &Declaration, origin: Option<&Origin>) {
        let mut say = |code, message: String| {
            let finding = Diagnostic::error(code, message);
            self.problems.push(match origin {
                Some(origin) => finding.at(catalogue::place(&origin.source, &["options", key])),
                None => finding,
            });
        };
        if let Some(pattern) = bad_pattern(declaration) {
            say(codes::CATALOGUE_FILE, format!("{key}: the pattern {pattern} cannot be read"));
            return;
        }
        let values = declaration.default.iter().map(|value| ("default", value));
        let examples = declaration.examples.iter().map(|value| ("example", value));
        for (what, value) in values.chain(examples) {
            if let Some(problem) = bad_value(key, declaration, value) {
                say(codes::CATALOGUE_DEFAULT, format!("the {what} is no value of this key: {problem}"));
            }
        }
    }

    /// The names each computed value needs.
    fn computed(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut needs = BTreeMap::new();
        for (key, computed) in &self.model.computed {
            let path = ["computed", key.as_str(), "value"];
            let names = self.names(&computed.computed.value, &[], &computed.origin, &path);
            needs.insert(key.clone(), names);
        }
        needs
    }

    fn components(&mut self) {
        let model = self.model;
        let ids: BTreeSet<_> = model.components.iter().map(|loaded| loaded.id.as_str()).collect();
        for loaded in &model.components {
            let origin = loaded.origin();
            if self.trusts(&origin) {
                continue;
            }
            if let When::Expression(when) = &loaded.component.when {
                self.names(when, &[], &origin, &["when"]);
            }
            for (n, id) in loaded.component.requires.iter().enumerate() {
                if !ids.contains(id.as_str()) {
                    let place = catalogue::place(&loaded.source, &["requires", &n.to_string()]);
                    let finding =
                        Diagnostic::error(codes::CATALOGUE_NAME, format!("there is no component {id}"));
                    self.problems.push(suggest(finding, id, ids.iter().copied()).at(place));
                }
            }
            for (slot, entries) in &loaded.component.provides {
                for (n, entry) in entries.iter().enumerate() {
                    let texts = entry.values().flat_map(crate::provided::expressions_in);
                    for expression in texts.chain(crate::provided::condition(entry)) {
                        self.names(&expression, &[], &origin, &["provides", slot, &n.to_string()]);
                    }
                }
            }
        }
    }

    fn rules(&mut self) {
        let mut counts: BTreeMap<*const cliutil::Source, usize> = BTreeMap::new();
        for ModelRule { rule, code, origin } in &self.model.rules {
            let count = counts.entry(Arc::as_ptr(&origin.source)).or_default();
            let index = count.to_string();
            *count += 1;
            if self.trusts(origin) {
                continue;
            }
            let path = ["rules", index.as_str()];
            let place = || catalogue::place(&origin.source, &path);
            if !code.starts_with("config/") || code.len() == 7 {
                let message = format!("the code {code} does not begin with config/");
                self.problems.push(Diagnostic::error(codes::CATALOGUE_RULE, message).at(place()));
            }
            if rule.kind().is_none() {
                let finding =
                    Diagnostic::error(codes::CATALOGUE_RULE, "a rule has exactly one kind").at(place());
                self.problems.push(
                    finding.with_help("one of all_or_none, required_when, excludes, unique, inside, assert"),
                );
                continue;
            }
            self.rule_names(rule, origin, &path);
        }
    }

    fn rule_names(&mut self, rule: &Rule, origin: &Origin, path: &[&str]) {
        let extra: &[&str] = if rule.scope == Scope::Nodes { &["node"] } else { &[] };
        for expression in rule.expressions() {
            self.names(expression, extra, origin, path);
        }
        for key in rule.keys() {
            self.known(key, &[], origin, path);
        }
        if let Some(field) = rule.at.as_deref().filter(|_| rule.scope == Scope::Nodes)
            && !self.model.fields.contains_key(field)
        {
            let finding = Diagnostic::error(codes::CATALOGUE_NAME, format!("a node has no field {field}"));
            let finding = suggest(finding, field, self.model.fields.keys().map(String::as_str));
            self.problems.push(finding.at(catalogue::place(&origin.source, path)));
        }
    }

    fn names(&mut self, expression: &str, extra: &[&str], origin: &Origin, path: &[&str]) -> Vec<String> {
        match self.model.expressions.names(expression) {
            Ok(names) => {
                for name in &names {
                    self.known(name, extra, origin, path);
                }
                names
            }
            Err(error) => {
                self.problems.push(bad_expression(origin, path, "this expression cannot be read", &error));
                Vec::new()
            }
        }
    }

    fn known(&mut self, name: &str, extra: &[&str], origin: &Origin, path: &[&str]) {
        if extra.contains(&name) || self.keys.contains(name) {
            return;
        }
        let finding = Diagnostic::error(codes::CATALOGUE_NAME, format!("no key is called {name}"));
        let finding = suggest(finding, name, self.model.known_keys());
        self.problems.push(finding.at(catalogue::place(&origin.source, path)));
    }
}

fn suggest<'a>(finding: Diagnostic, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    match did_you_mean(name, known) {
        Some(near) => finding.with_help(format!("did you mean {near}?")),
        None => finding,
    }
}

fn bad_pattern(declaration: &Declaration) -> Option<&str> {
    let own = declaration.pattern.as_deref().filter(|pattern| !is_pattern(pattern));
    let parts = [&declaration.items, &declaration.property_names, &declaration.additional_properties];
    let inner = parts.into_iter().flatten().map(|part| &**part);
    let fields = declaration.properties.iter().flat_map(IndexMap::values).map(Box::as_ref);
    own.or_else(|| inner.chain(fields).find_map(bad_pattern))
}

/// What the check would say about a value, as a person would have written it.
fn bad_value(key: &str, declaration: &Declaration, value: &Json) -> Option<String> {
    let node = &written(value);
    let mut findings = Findings::new(vec![Arc::new(Source::new(key, ""))]);
    let at = At { name: Name::Key(key), place: Place::new(0, node.span) };
    let canonical = Checker { findings: &mut findings }.value(declaration, node, at);
    let errors = findings.finish(&[]).into_iter().find(|finding| finding.severity == Severity::Error);
    match (errors, canonical) {
        (Some(error), _) => Some(error.message),
        // A default goes into the context as it is.
        (None, Some(canonical))
            if declaration.default.as_ref() == Some(value) && canonical != Value::from(value.clone()) =>
        {
            Some("it is not in canonical form".to_owned())
        }
        _ => None,
    }
}

/// A value as it is when it is read from a file, without a place.
fn written(value: &Json) -> Node {
    let scalar = |text: String, style| Kind::Scalar(text, style);
    let kind = match value {
        Json::Null => scalar(String::new(), ScalarStyle::Plain),
        Json::Bool(_) | Json::Number(_) => scalar(value.to_string(), ScalarStyle::Plain),
        Json::String(text) => scalar(text.clone(), ScalarStyle::DoubleQuoted),
        Json::Array(items) => Kind::Sequence(items.iter().map(written).collect()),
        Json::Object(map) => {
            let pair = |(key, value): (&String, &Json)| Pair {
                key: written(&Json::String(key.clone())),
                value: written(value),
            };
            Kind::Mapping(map.iter().map(pair).collect())
        }
    };
    Node { kind, span: Span::new(0, 0), tag: None, anchor: None, flow: false }
}

/// Sorts the computed values so that each comes behind those it needs; a cycle is named as a chain.
fn order(model: &mut Model, needs: &BTreeMap<String, Vec<String>>) -> Vec<Diagnostic> {
    let mut sorter = Sorter { needs, done: Vec::new(), path: Vec::new(), cycles: Vec::new() };
    let keys: Vec<_> = model.computed.keys().cloned().collect();
    for key in &keys {
        sorter.visit(key);
    }
    let (done, cycles) = (sorter.done, sorter.cycles);
    if cycles.is_empty() {
        let mut unsorted = std::mem::take(&mut model.computed);
        for key in done {
            if let Some((key, computed)) = unsorted.swap_remove_entry(key) {
                model.computed.insert(key, computed);
            }
        }
    }
    cycles.iter().map(|chain| cycle(model, chain)).collect()
}

fn cycle(model: &Model, chain: &[&str]) -> Diagnostic {
    let finding = Diagnostic::error(
        codes::CATALOGUE_CYCLE,
        format!("computed values need each other: {}", chain.join(" -> ")),
    )
    .with_help("one of them must be made from options alone");
    let first = chain.first().and_then(|key| Some((key, model.computed.get(*key)?)));
    match first {
        Some((key, computed)) => {
            finding.at(catalogue::place(&computed.origin.source, &["computed", key, "value"]))
        }
        None => finding,
    }
}

struct Sorter<'n> {
    needs: &'n BTreeMap<String, Vec<String>>,
    done: Vec<&'n str>,
    path: Vec<&'n str>,
    cycles: Vec<Vec<&'n str>>,
}

impl Sorter<'_> {
    fn visit(&mut self, key: &str) {
        let Some((key, needs)) = self.needs.get_key_value(key) else { return };
        if self.done.contains(&key.as_str()) {
            return;
        }
        if let Some(at) = self.path.iter().position(|step| *step == key) {
            let mut chain = self.path[at..].to_vec();
            chain.push(key);
            self.cycles.push(chain);
            return;
        }
        self.path.push(key);
        for need in needs {
            self.visit(need);
        }
        self.path.pop();
        self.done.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a run does not look at again.
    #[test]
    fn every_shipped_declaration_holds() {
        let templates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates");
        for system in crate::SYSTEMS {
            let model = Model::load(&templates, system).ok().unwrap();
            assert!(model.option_origins.values().all(|origin| origin.is_shipped), "{system}");
            assert!(is_whole(&model), "{system}");
            let keys = model.known_keys().collect();
            let mut verifier = Verifier { model: &model, keys, trusted: false, problems: Vec::new() };
            for (key, declaration) in model.options.iter().chain(&model.fields) {
                verifier.declaration(key, declaration, None);
            }
            verifier.computed();
            verifier.components();
            verifier.rules();
            assert!(verifier.problems.is_empty(), "{system}: {:?}", verifier.problems);
            assert!(is_as_shipped(&model), "{system}");
            // The order by words is that by the expressions, of which one changed file is enough to ask.
            let mut components = catalogue::load(&templates, system).ok().unwrap();
            components[0].is_shipped = false;
            let changed = Model::build(system, components).ok().unwrap();
            assert!(!is_as_shipped(&changed), "{system}");
            assert!(changed.computed.keys().eq(model.computed.keys()), "{system}");
        }
    }
}

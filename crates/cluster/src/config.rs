//! The whole check: from inputs and declarations to the context, or to everything that is wrong.

use cliutil::{Diagnostic, Location, Outcome, did_you_mean};
use template::Data;
use yaml::Value;

use crate::check::{At, Checker, Name, default};
use crate::codes;
use crate::context::{self, Context};
use crate::declaration::{ComputedType, Declaration, When};
use crate::entries::entries;
use crate::findings::{Findings, Place};
use crate::fleet;
use crate::input::{Inputs, TopEntry};
use crate::map::IndexMap;
use crate::mask::mask;
use crate::model::{DERIVED, Model, near, renamed};
use crate::nodes::{Machine, machines};
use crate::rules;
use crate::values::{Origin, Values, is_true};
use crate::{catalogue, link, verify};

/// What a check gives.
pub struct Checked {
    /// The context; none when there are errors.
    pub context: Option<Context>,
    /// Errors, warnings and notes. No value of a secret key is in them.
    pub findings: Vec<Diagnostic>,
    /// Where it is said that the repository is private.
    pub private_repository: Option<Location>,
    /// For each input that holds secrets in plain text, the first of them.
    pub secrets: Vec<PlainSecret>,
}

/// A secret that stands in an input.
pub struct PlainSecret {
    /// Which input, from 0.
    pub input: usize,
    /// Its key.
    pub key: String,
    /// Where it stands; an excerpt hides it.
    pub location: Location,
}

/// The state of a check, which the rules look at.
pub(crate) struct Run<'m> {
    pub(crate) model: &'m Model,
    pub(crate) findings: Findings,
    pub(crate) values: Values,
    /// None when what is given is no list of nodes.
    pub(crate) machines: Option<Vec<Machine<'m>>>,
    /// Whether each component is on; none where that depends on something wrong.
    pub(crate) on: Vec<Option<bool>>,
    /// Where a missing key is asked for.
    pub(crate) top: Place,
    /// The same for `nodes`.
    pub(crate) nodes_top: Place,
}

type Merged<'n> = IndexMap<&'n str, TopEntry<'n>>;

/// Checks the inputs against the model.
///
/// # Errors
/// When the catalogue is wrong in a way that only its use shows.
pub fn check(inputs: &Inputs, model: &Model) -> Outcome<Checked> {
    let (merged, problems) = inputs.merged();
    let secrets = secrets(&merged, model);
    let mut findings = Findings::new(inputs.sources(|file| mask(file, model, &secrets)));
    for (problem, place) in problems {
        let location = findings.location(place);
        findings.push(problem.at(location));
    }
    let mut run = Run {
        model,
        findings,
        values: Values::with_capacity(model.options.len() + model.computed.len()),
        machines: None,
        on: Vec::new(),
        top: inputs.top(false),
        nodes_top: inputs.top(true),
    };
    run.unknown_keys(&merged);
    run.options(&merged);
    run.nodes(&merged);
    run.computed(&merged)?;
    run.components()?;
    rules::check(&mut run)?;
    let plain = plain_secrets(&run, &merged);
    let private_repository = private_repository(&run);
    // It takes the values over.
    let context = context::build(&mut run, &merged, &secrets)?;
    let context = context.filter(|_| !run.findings.has_errors());
    let mut findings = run.findings.finish(&secrets);
    link::references(&mut findings, inputs, model);
    Ok(Checked { context, findings, private_repository, secrets: plain })
}

fn private_repository(run: &Run) -> Option<Location> {
    const KEY: &str = "repository_visibility";
    let place = run.values.place(KEY).filter(|_| run.values.get(KEY).as_str() == Some("private"))?;
    Some(run.findings.location(place))
}

/// Whether a key is given by one of its older names, `section.key` included.
fn has_older_name(declaration: &Declaration, merged: &Merged) -> bool {
    declaration.formerly.iter().any(|name| {
        let mut steps = name.split('.');
        let first = steps.next().and_then(|step| merged.get(step)).map(|top| top.entry.node);
        merged.contains_key(name.as_str())
            || steps.try_fold(first, |node, step| Some(node?.get(step))).flatten().is_some()
    })
}

/// The texts that may be shown nowhere. Very short ones are left alone: replacing them would tear words apart.
fn secrets(merged: &Merged, model: &Model) -> Vec<String> {
    const SHORTEST: usize = 4;
    let secret = merged.iter().filter(|(key, _)| model.option_meant(key).is_some_and(|option| option.secret));
    let mut texts = Vec::new();
    secret.for_each(|(_, top)| collect_texts(top.entry.node, &mut texts));
    texts.retain(|text: &String| text.trim().len() >= SHORTEST);
    // Longer ones first: one secret may be a part of another.
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    texts
}

/// What is encrypted is not plain; what is marked THROWAWAY is a fixture of ours and no secret.
fn plain_secrets(run: &Run, merged: &Merged) -> Vec<PlainSecret> {
    let is_plain =
        |text: &str| !text.trim().is_empty() && !text.starts_with("ENC[") && !text.contains("THROWAWAY");
    let mut found: Vec<PlainSecret> = Vec::new();
    for (key, top) in
        merged.iter().filter(|(key, _)| run.model.option_meant(key).is_some_and(|option| option.secret))
    {
        let mut texts = Vec::new();
        collect_texts(top.entry.node, &mut texts);
        if texts.iter().any(|text| is_plain(text)) && found.iter().all(|other| other.input != top.source) {
            let location = run.findings.location(top.place());
            found.push(PlainSecret { input: top.source, key: (*key).to_owned(), location });
        }
    }
    found
}

fn collect_texts(node: &yaml::Node, texts: &mut Vec<String>) {
    if let Some(text) = node.as_str() {
        texts.push(text.to_owned());
    }
    node.as_sequence().unwrap_or_default().iter().for_each(|item| collect_texts(item, texts));
    node.as_mapping().unwrap_or_default().iter().for_each(|pair| collect_texts(&pair.value, texts));
}

impl Run<'_> {
    fn unknown_keys(&mut self, merged: &Merged) {
        let is_context = merged.contains_key("contextVersion");
        for (key, top) in merged {
            let derived = DERIVED.contains(key) && is_context;
            if derived || self.model.known_keys().any(|known| known == *key) {
                continue;
            }
            let mut inner = Vec::new();
            self.keys_of_a_section(key, top.entry.node, top.source, &mut inner);
            // A section of another tool's file holds keys that are known; of anything else its own key is told.
            if inner.iter().any(|(_, is_known)| *is_known) {
                for (finding, _) in inner {
                    self.findings.push(finding);
                }
            } else {
                let finding = self.unknown_key(key, top.key_place());
                self.findings.push(finding);
            }
        }
    }

    /// The keys below a key that is none itself, with their full names, and whether each has a name here.
    fn keys_of_a_section(
        &self,
        path: &str,
        node: &yaml::Node,
        source: usize,
        list: &mut Vec<(Diagnostic, bool)>,
    ) {
        for entry in node.as_mapping().map(|_| entries(node).0).unwrap_or_default() {
            let path = format!("{path}.{}", entry.key);
            let place = Place::new(source, entry.key_node.span);
            if let Some((new, _)) = renamed(&self.model.options, &path) {
                let finding =
                    self.findings.error(codes::RENAMED_KEY, format!("{path} is called {new} here"), place);
                list.push((finding.with_help(format!("move it to the top level as {new}")), true));
            } else if entry.node.as_mapping().is_some() {
                self.keys_of_a_section(&path, entry.node, source, list);
            } else {
                let finding =
                    self.findings.error(codes::UNKNOWN_KEY, format!("no key is called {path}"), place);
                list.push((
                    finding.with_help("there are no sections here: every key stands at the top level"),
                    false,
                ));
            }
        }
    }

    fn unknown_key(&self, key: &str, place: Place) -> Diagnostic {
        let model = self.model;
        if let Some((new, _)) = renamed(&model.options, key) {
            return self
                .findings
                .error(codes::RENAMED_KEY, format!("{key} is called {new} here"), place)
                .with_help(format!("rename it to {new}"));
        }
        if model.fields.contains_key(key) {
            return self
                .findings
                .error(codes::MISPLACED_KEY, format!("{key} is a field of a node"), place)
                .with_help("indent it below a node in the list `nodes` of nodes.yaml");
        }
        let finding = self.findings.error(codes::UNKNOWN_KEY, format!("no key is called {key}"), place);
        if DERIVED.contains(&key) {
            return finding.with_help("it belongs to a context, which says contextVersion: 1");
        }
        if self.findings.are_many() {
            return finding;
        }
        match near(&model.options, key).or_else(|| did_you_mean(key, model.known_keys())) {
            Some(near) => finding.with_help(format!("did you mean {near}?")),
            None => match near(&model.fields, key) {
                Some(near) => finding.with_help(format!("did you mean {near}, a field of a node?")),
                None => finding
                    .with_help("remove it, or check its spelling; `validate schema config` lists the keys"),
            },
        }
    }

    fn options(&mut self, merged: &Merged) {
        let model = self.model;
        for (key, declaration) in &model.options {
            let top = merged.get(key.as_str());
            let origin = top.map_or(Origin::Made, |top| Origin::Given(top.place()));
            let value = match top {
                Some(top) => {
                    let at = At { name: Name::Key(key), place: top.place() };
                    Checker { findings: &mut self.findings }.value(declaration, top.entry.node, at)
                }
                None => Some(Value::Null),
            };
            match value {
                // That it has another name is said already.
                Some(Value::Null) if declaration.required && has_older_name(declaration, merged) => {
                    self.values.set_invalid(key, Origin::Made);
                }
                Some(Value::Null) if declaration.required => {
                    let place = top.map_or(self.top, TopEntry::place);
                    let at = At { name: Name::Key(key), place };
                    Checker { findings: &mut self.findings }.required(declaration, top.is_some(), at);
                    self.values.set_invalid(key, Origin::Made);
                }
                Some(Value::Null) => self.values.set(key, default(declaration), Origin::Made),
                // What is computed when it is not given always lists something: an empty list says no more than that.
                Some(Value::Sequence(items)) if items.is_empty() && model.computed.contains_key(key) => {
                    let at = At { name: Name::Key(key), place: top.map_or(self.top, TopEntry::place) };
                    Checker { findings: &mut self.findings }.empty(declaration, at);
                    self.values.set(key, default(declaration), Origin::Made);
                }
                Some(value) => self.values.set(key, value, origin),
                None => self.values.set_invalid(key, origin),
            }
        }
    }

    fn nodes(&mut self, merged: &Merged) {
        let is_fleet = self.model.system == fleet::SYSTEM;
        let Some(top) = merged.get("nodes").filter(|top| !(is_fleet && lists_nothing(top))) else {
            if is_fleet {
                self.machines = Some(Vec::new());
                self.completed_nodes(Origin::Made);
                return;
            }
            let finding = self.findings.error(codes::REQUIRED, "nodes is required", self.nodes_top);
            let help = "the list of machines, in nodes.yaml; for example - name: k8s-0 and its other fields below it";
            self.findings.push(finding.with_help(help).with_reference(link::option("nodes")));
            self.values.set_invalid("nodes", Origin::Made);
            return;
        };
        let origin = Origin::Given(top.place());
        self.machines =
            machines(&mut Checker { findings: &mut self.findings }, self.model, &self.values, top);
        self.completed_nodes(origin);
    }

    /// What is made for the nodes, and what expressions see of them. Their values stay with the machines.
    fn completed_nodes(&mut self, origin: Origin) {
        if self.model.system == fleet::SYSTEM
            && let Some(mut machines) = self.machines.take()
        {
            fleet::complete(self, &mut machines);
            self.machines = Some(machines);
        }
        match &self.machines {
            Some(machines) if machines.iter().all(Machine::is_right) => {
                let data = Data::list(machines.iter().map(Machine::data));
                self.values.set_list("nodes", machines.len(), &data, origin);
            }
            _ => self.values.set_invalid("nodes", origin),
        }
    }

    fn computed(&mut self, merged: &Merged) -> Outcome<()> {
        let model = self.model;
        for (key, item) in &model.computed {
            let is_option = model.options.contains_key(key);
            if is_option && (self.values.is_set(key) || self.values.place(key).is_some()) {
                continue;
            }
            let expression = &item.computed.value;
            if model.expressions.is_blocked(expression, &self.values) {
                self.values.set_invalid(key, Origin::Made);
                continue;
            }
            let path = ["computed", key, "value"];
            let value = model.expressions.value(expression, &self.values.scope).map_err(|error| {
                verify::bad_expression(&item.origin, &path, &format!("{key} cannot be computed"), &error)
            })?;
            let value = coerce(item.computed.kind, value).map_err(|wanted| {
                let message =
                    format!("{key} is declared as {wanted}, and its expression gives something else");
                Diagnostic::error(codes::CATALOGUE_EXPRESSION, message)
                    .at(catalogue::place(&item.origin.source, &path))
            })?;
            if let Some(top) = merged.get(key.as_str()).filter(|_| !is_option) {
                self.given_computed(key, top, &value);
            }
            self.values.set(key, value, Origin::Made);
        }
        Ok(())
    }

    /// A computed value that is given must be the one that would be computed.
    fn given_computed(&mut self, key: &str, top: &TopEntry, computed: &Value) {
        let given = yaml::to_value(top.entry.node, crate::DIALECT).unwrap_or_default();
        if given.is_null() || given == *computed {
            return;
        }
        let shown = yaml::emit(computed, yaml::EmitOptions::default());
        let finding = self.findings.error(
            codes::COMPUTED_DIFFERS,
            format!("{key} is computed, and would be {} here", shown.trim_end().replace('\n', " ")),
            top.place(),
        );
        self.findings.push(finding.with_help("remove the line; the value follows from the other keys"));
    }

    /// Which components are on.
    fn components(&mut self) -> Outcome<()> {
        let model = self.model;
        for loaded in &model.components {
            let on = match &loaded.component.when {
                When::Always(on) => Some(*on),
                When::Expression(when) if model.expressions.is_blocked(when, &self.values) => None,
                When::Expression(when) => {
                    Some(model.expressions.holds(when, &self.values.scope).map_err(|error| {
                        let what = format!("whether {} is on cannot be told", loaded.id);
                        verify::bad_expression(&loaded.origin(), &["when"], &what, &error)
                    })?)
                }
            };
            self.on.push(on);
        }
        Ok(())
    }
}

/// `nodes:` with nothing behind it, or an empty list.
fn lists_nothing(top: &TopEntry) -> bool {
    top.entry.node.is_missing() || top.entry.node.as_sequence().is_some_and(<[_]>::is_empty)
}

/// The value as its type; the type's name where it is of another.
fn coerce(kind: ComputedType, value: Value) -> Result<Value, &'static str> {
    Err(match (kind, &value) {
        (ComputedType::Bool, _) => return Ok(Value::Bool(is_true(&value))),
        (_, Value::Null)
        | (ComputedType::String, Value::String(_))
        | (ComputedType::Int, Value::Int(_))
        | (ComputedType::List, Value::Sequence(_)) => return Ok(value),
        // An address that does not exist: the reason is reported where the network is.
        (ComputedType::String, Value::Bool(false)) => return Ok(Value::Null),
        (ComputedType::String, _) => "text",
        (ComputedType::Int, _) => "a whole number",
        (ComputedType::List, _) => "a list",
    })
}

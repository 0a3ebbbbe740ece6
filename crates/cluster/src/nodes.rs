//! The nodes: each against the declared fields, with the place of every field.

use std::sync::Arc;

use template::Data;
use yaml::{Mapping, Node, Value};

use crate::check::{At, Checker, Name, default};
use crate::codes;
use crate::declaration::Declaration;
use crate::entries::{Entry, entries};
use crate::findings::Place;
use crate::input::TopEntry;
use crate::model::{Model, near, renamed};
use crate::values::Values;

/// A node as far as it is right.
pub(crate) struct Machine<'m> {
    pub(crate) index: usize,
    /// Every field; null where it is not given or wrong. None at all when what is given has no fields.
    pub(crate) fields: Arc<Mapping>,
    /// The node itself.
    pub(crate) place: Place,
    /// The fields that were given, with their places.
    given: Vec<(&'m str, Place)>,
    /// The fields that are wrong or missing.
    wrong: Vec<String>,
}

impl Machine<'_> {
    /// As expressions see it.
    pub(crate) fn data(&self) -> Data {
        Data::of(&self.fields)
    }

    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, field: &str) -> Option<bool> {
        self.fields.get(field).and_then(Value::as_bool)
    }

    /// Where a field was given; the node where it was not.
    pub(crate) fn place_of(&self, field: &str) -> Place {
        self.given.iter().find(|(name, _)| *name == field).map_or(self.place, |(_, place)| *place)
    }

    /// A node that nobody wrote: the defaults of all fields.
    pub(crate) fn made(model: &Model, index: usize, place: Place, controller: bool) -> Self {
        let fields = model.fields.iter();
        let mut fields: Mapping = fields.map(|(name, field)| (name.as_str(), default(field))).collect();
        fields.insert("controller", controller);
        Self { index, fields: Arc::new(fields), place, given: Vec::new(), wrong: Vec::new() }
    }

    /// Whether a field was left open.
    pub(crate) fn is_blank(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(Value::is_null) && !self.wrong.iter().any(|wrong| wrong == field)
    }

    /// Gives a field that was left open its value.
    pub(crate) fn fill(&mut self, field: &str, value: impl Into<Value>) {
        if self.is_blank(field) {
            Arc::make_mut(&mut self.fields).insert(field, value);
        }
    }

    /// Says that a field is wrong, so that nothing is made of it.
    pub(crate) fn blame(&mut self, field: &str) {
        self.wrong.push(field.to_owned());
    }

    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// Whether none of these fields is wrong.
    pub(crate) fn are_right(&self, fields: &[String]) -> bool {
        !self.fields.is_empty() && !self.wrong.iter().any(|wrong| fields.contains(wrong))
    }

    /// `nodes[2].address of k8s-2`: what a message calls a field.
    pub(crate) fn described(&self, field: &str) -> String {
        match self.text("name") {
            Some(name) => format!("nodes[{}].{field} of {name}", self.index),
            None => format!("nodes[{}].{field}", self.index),
        }
    }
}

/// What the fields of a node are checked against.
struct Declared<'m, 'v> {
    model: &'m Model,
    /// The cluster's keys, for fields that inherit from one.
    values: &'v Values,
}

/// Reads the nodes; none when what is given is no list.
pub(crate) fn machines<'m>(
    checker: &mut Checker,
    model: &'m Model,
    values: &Values,
    top: &TopEntry,
) -> Option<Vec<Machine<'m>>> {
    let declared = Declared { model, values };
    let list = Name::Key("nodes");
    let Some(items) = top.entry.node.as_sequence() else {
        let finding = checker.findings.error(
            codes::TYPE,
            format!("nodes: expected a list of nodes, found {}", found(top.entry.node)),
            top.place(),
        );
        checker.findings.push(finding.with_help("begin each node with a dash: - name: k8s-0"));
        return None;
    };
    let mut machines = Vec::with_capacity(items.len());
    for (index, node) in items.iter().enumerate() {
        let place = Place::new(top.source, node.span);
        let at = At { name: Name::Item(&list, index), place };
        machines.push(machine(checker, &declared, node, index, at));
    }
    Some(machines)
}

fn found(node: &Node) -> &'static str {
    match node.kind_name() {
        _ if node.is_missing() => "nothing",
        "a scalar" => "text",
        other => other,
    }
}

fn machine<'m>(
    checker: &mut Checker,
    declared: &Declared<'m, '_>,
    node: &Node,
    index: usize,
    at: At,
) -> Machine<'m> {
    let model = declared.model;
    let mut machine = Machine {
        index,
        fields: Arc::default(),
        place: begin(at.place),
        given: Vec::new(),
        wrong: Vec::new(),
    };
    if node.as_mapping().is_none() {
        let message = format!("{}: expected the fields of a node, found {}", at.name, found(node));
        let finding = checker.findings.error(codes::TYPE, message, at.place);
        checker
            .findings
            .push(finding.with_help("write them one a line, the first behind the dash: - name: k8s-0"));
        machine.wrong.push(String::new());
        return machine;
    }
    let (list, problems) = entries(node);
    for (problem, span) in problems {
        let place = Place::new(at.place.source, span);
        checker.findings.push(problem.at(checker.findings.location(place)));
        machine.wrong.push(String::new());
    }
    for entry in list.iter().filter(|entry| model.node_field(entry.key).is_none()) {
        unknown(checker, model, entry, at);
        machine.wrong.push(entry.key.to_owned());
    }
    machine.fields = Arc::new(fields(checker, declared, &list, at, &mut machine));
    machine
}

/// A node is marked at its first key only.
fn begin(place: Place) -> Place {
    Place::new(place.source, yaml::Span::new(place.span.start, place.span.start))
}

fn fields<'m>(
    checker: &mut Checker,
    declared: &Declared<'m, '_>,
    list: &[Entry],
    at: At,
    machine: &mut Machine<'m>,
) -> Mapping {
    let mut mapping = Mapping::with_capacity(declared.model.fields.len());
    machine.given.reserve_exact(list.len());
    for (field, declaration) in &declared.model.fields {
        let name = Name::Field(&at.name, field);
        let entry = list.iter().find(|entry| entry.key == field);
        let place = entry.map(|entry| {
            let span = if entry.node.span.is_empty() { entry.key_node.span } else { entry.node.span };
            Place::new(at.place.source, span)
        });
        let value = match (entry, place) {
            (Some(entry), Some(place)) => {
                machine.given.push((field, place));
                checker.value(declaration, entry.node, At { name, place })
            }
            _ => Some(Value::Null),
        };
        let value = match value {
            Some(Value::Null) if is_inherited(declaration, list, declared.values) => {
                Some(declared.values.get(declaration.inherits.as_deref().unwrap_or_default()).clone())
            }
            // That it has another name is said already.
            Some(Value::Null) if has_older_name(declaration, list) => None,
            Some(Value::Null) if is_required(declaration, list) => {
                let at = At { name, place: place.unwrap_or(machine.place) };
                checker.required(declaration, entry.is_some(), at);
                None
            }
            Some(Value::Null) => Some(default(declaration)),
            other => other,
        };
        if value.is_none() {
            machine.wrong.push(field.clone());
        }
        mapping.push(field.as_str(), value.unwrap_or_default());
    }
    mapping
}

fn has_older_name(declaration: &Declaration, list: &[Entry]) -> bool {
    list.iter().any(|entry| declaration.formerly.iter().any(|name| name == entry.key))
}

fn is_required(declaration: &Declaration, list: &[Entry]) -> bool {
    let others = &declaration.required_unless;
    declaration.required || (!others.is_empty() && !is_replaced(declaration, list))
}

/// Whether a field that stands in for this one is given.
fn is_replaced(declaration: &Declaration, list: &[Entry]) -> bool {
    let given = |field: &String| list.iter().any(|entry| entry.key == field && !entry.node.is_missing());
    declaration.required_unless.iter().any(given)
}

/// Whether the cluster's value counts. A wrong one is reported where it stands.
fn is_inherited(declaration: &Declaration, list: &[Entry], values: &Values) -> bool {
    declaration.inherits.as_deref().is_some_and(|key| values.is_set(key)) && !is_replaced(declaration, list)
}

fn unknown(checker: &mut Checker, model: &Model, entry: &Entry, at: At) {
    let place = Place::new(at.place.source, entry.key_node.span);
    let findings = &mut *checker.findings;
    let name = Name::Field(&at.name, entry.key);
    let renamed = renamed(&model.fields, entry.key);
    let near = if findings.are_many() { None } else { near(&model.fields, entry.key) };
    let finding = match (renamed, near) {
        (Some((new, _)), _) => findings
            .error(codes::RENAMED_KEY, format!("{name}: this field is called {new} here"), place)
            .with_help(format!("rename it to {new}")),
        (None, Some(near)) => findings
            .error(codes::UNKNOWN_KEY, format!("{name}: a node has no such field"), place)
            .with_help(format!("did you mean {near}?")),
        (None, None) if model.known_keys().any(|key| key == entry.key) => findings
            .error(
                codes::MISPLACED_KEY,
                format!("{name}: this key is one of the cluster, not of a node"),
                place,
            )
            .with_help("move it to the top level of cluster.yaml"),
        (None, None) => {
            let known: Vec<_> = model.fields.keys().map(String::as_str).collect();
            findings
                .error(codes::UNKNOWN_KEY, format!("{name}: a node has no such field"), place)
                .with_help(format!("the fields are {}", known.join(", ")))
        }
    };
    findings.push(finding);
}

//! The context: what every other tool reads.

use std::sync::Arc;

use cliutil::Outcome;
use yaml::{EmitOptions, Mapping, Value};

use crate::codes;
use crate::config::Run;
use crate::declaration::Declarations;
use crate::findings::{HIDDEN, scrub};
use crate::input::TopEntry;
use crate::map::IndexMap;
use crate::model::{DERIVED, Model};
use crate::provided::provided;
use crate::verify;

/// The version of the context's form.
pub const CONTEXT_VERSION: i64 = 1;

/// A context. It holds secrets: no `Debug`.
pub struct Context {
    value: Value,
    /// Keys, and fields of nodes, whose values are secret.
    secret_keys: Vec<String>,
    secret_fields: Vec<String>,
    secrets: Vec<String>,
}

impl Context {
    /// The data.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// As YAML.
    pub fn to_yaml(&self) -> String {
        yaml::emit(&self.value, EmitOptions::default())
    }

    /// As YAML with `***` for every secret: for the eyes of whoever looks over a shoulder.
    pub fn to_masked_yaml(&self) -> String {
        let mut mapping = Mapping::new();
        for (key, value) in self.value.as_mapping().into_iter().flat_map(Mapping::iter) {
            let name = key.as_str().unwrap_or_default();
            let masked = match name {
                "nodes" => self.masked_nodes(value),
                name if self.secret_keys.iter().any(|secret| secret == name) => hide(value),
                _ => self.scrubbed(value),
            };
            mapping.insert(key.clone(), masked);
        }
        yaml::emit(&Value::Mapping(mapping), EmitOptions::default())
    }

    fn masked_nodes(&self, nodes: &Value) -> Value {
        let masked = |node: &Value| {
            let fields = node.as_mapping().into_iter().flat_map(Mapping::iter);
            let fields = fields.map(|(key, value)| {
                let secret =
                    key.as_str().is_some_and(|key| self.secret_fields.iter().any(|field| field == key));
                (key.clone(), if secret { hide(value) } else { self.scrubbed(value) })
            });
            Value::Mapping(fields.collect())
        };
        Value::Sequence(nodes.as_sequence().unwrap_or_default().iter().map(masked).collect())
    }

    /// A value that is not secret itself, but may be made from one.
    fn scrubbed(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let mut text = text.clone();
                scrub(&mut text, &self.secrets);
                Value::String(text)
            }
            Value::Sequence(items) => Value::Sequence(items.iter().map(|item| self.scrubbed(item)).collect()),
            Value::Mapping(mapping) => Value::Mapping(
                mapping.iter().map(|(key, value)| (key.clone(), self.scrubbed(value))).collect(),
            ),
            other => other.clone(),
        }
    }
}

/// Hides what is there; that nothing is there may be seen.
fn hide(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Sequence(items) => Value::Sequence(items.iter().map(hide).collect()),
        Value::Mapping(mapping) => {
            Value::Mapping(mapping.iter().map(|(key, value)| (key.clone(), hide(value))).collect())
        }
        _ => Value::from(HIDDEN),
    }
}

/// Makes the context; none where something it needs is wrong.
pub(crate) fn build(
    run: &mut Run,
    merged: &IndexMap<&str, TopEntry>,
    secrets: &[String],
) -> Outcome<Option<Context>> {
    version(run, merged);
    let model = run.model;
    if run.on.iter().any(Option::is_none) {
        return Ok(None);
    }
    let on = |index: usize| run.on[index] == Some(true);
    // Entries may hold expressions over values that are wrong.
    let complete = !run.values.any_invalid(model.known_keys());
    if !complete {
        return Ok(None);
    }
    let provided = provided(&model.components, on, &model.expressions, &run.values.scope).map_err(
        |(loaded, error)| {
            let what = "an entry of provides cannot be made";
            verify::bad_expression(&loaded.origin(), &["provides"], what, &error)
        },
    )?;
    let components = components(model, on);
    let mut mapping = Mapping::with_capacity(model.options.len() + model.computed.len() + DERIVED.len() + 1);
    mapping.insert("contextVersion", CONTEXT_VERSION);
    for key in model.known_keys().filter(|key| *key != "nodes") {
        mapping.push(key, run.values.take(key));
    }
    mapping.insert("nodes", nodes(run));
    mapping.insert("components", components);
    mapping.insert("provided", provided);
    mapping.insert("versions", versions(model));
    for key in DERIVED {
        derived(run, merged, key, mapping.get(key));
    }
    let secret = |declarations: &Declarations| {
        let secret = declarations.iter().filter(|(_, declaration)| declaration.secret);
        secret.map(|(key, _)| key.clone()).collect()
    };
    Ok(Some(Context {
        value: Value::Mapping(mapping),
        secret_keys: secret(&model.options),
        secret_fields: secret(&model.fields),
        secrets: secrets.to_vec(),
    }))
}

/// The nodes, which nobody else needs any more.
fn nodes(run: &mut Run) -> Value {
    run.values.scope.remove("nodes");
    let machines = run.machines.take().unwrap_or_default().into_iter();
    Value::Sequence(machines.map(|machine| Value::Mapping(Arc::unwrap_or_clone(machine.fields))).collect())
}

/// `contextVersion` of an input that is a context.
fn version(run: &mut Run, merged: &IndexMap<&str, TopEntry>) {
    let Some(top) = merged.get("contextVersion") else { return };
    let given = yaml::to_value(top.entry.node, crate::DIALECT).unwrap_or_default();
    if given != Value::from(CONTEXT_VERSION) {
        let message =
            format!("this is a context of another version; version {CONTEXT_VERSION} is understood");
        let finding = run.findings.error(codes::CONTEXT_VERSION, message, top.place());
        run.findings.push(finding.with_help("make the context anew from cluster.yaml and nodes.yaml"));
    }
}

/// A part of a given context must be what it would be now.
fn derived(run: &mut Run, merged: &IndexMap<&str, TopEntry>, key: &str, made: Option<&Value>) {
    let Some(top) = merged.get(key).filter(|_| key != "contextVersion") else { return };
    let given = yaml::to_value(top.entry.node, crate::DIALECT).unwrap_or_default();
    if merged.contains_key("contextVersion") && Some(&given) != made {
        let message = format!("{key} is computed, and would be different now");
        let finding = run.findings.error(codes::COMPUTED_DIFFERS, message, top.key_place());
        run.findings
            .push(finding.with_help("remove it, or make the context anew from cluster.yaml and nodes.yaml"));
    }
}

/// Namespace → apps that are on, both sorted.
fn components(model: &Model, on: impl Fn(usize) -> bool) -> Value {
    let mut namespaces: IndexMap<&str, Vec<Value>> = IndexMap::default();
    for (_, loaded) in model.components.iter().enumerate().filter(|(index, _)| on(*index)) {
        namespaces.entry(&loaded.namespace).or_default().push(Value::from(loaded.app.as_str()));
    }
    Value::Mapping(namespaces.into_iter().collect())
}

/// Component → its versions, of all components.
pub(crate) fn versions(model: &Model) -> Value {
    let mut all = Mapping::new();
    for loaded in &model.components {
        let mut versions = Mapping::new();
        for (what, parts) in &loaded.component.versions {
            let parts: Mapping = parts.iter().map(|(part, text)| (part.as_str(), text.as_str())).collect();
            versions.insert(what.as_str(), parts);
        }
        all.insert(loaded.id.as_str(), versions);
    }
    Value::Mapping(all)
}

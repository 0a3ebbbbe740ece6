//! `vars`: the value of an object's field, put where `$(NAME)` stands in the places that kustomize knows or that
//! `configurations` name. Which object a variable means is settled in the folder that has it; what its field holds, and
//! where it goes, when all names are final.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cliutil::Diagnostic;

use crate::codes;
use crate::fieldspec::{Create, Spec};
use crate::file::{File, Outcome, Problems};
use crate::generate::wrapped_base64;
use crate::ids::{Gvk, Id};
use crate::kustomization::{Kustomization, Var};
use crate::node::{Node, Scalar, Tag};
use crate::objects::Objects;
use crate::path;
use crate::resource::Resource;

/// The variables of a build so far, by name.
#[derive(Debug, Default)]
pub(crate) struct Vars(BTreeMap<String, (Arc<File>, Var)>);

impl Vars {
    /// Adds the variables of a kustomization and notes at the objects they mean that they do.
    pub(crate) fn collect(&mut self, kustomization: &Kustomization, objects: &mut Objects) -> Outcome<()> {
        let mut problems = Problems::new();
        for var in &kustomization.vars {
            let file = &kustomization.file;
            let meant: Vec<usize> =
                (0..objects.list().len()).filter(|at| is_meant(var, &objects.list()[*at])).collect();
            match meant[..] {
                [] => {}
                [at] => objects.list_mut()[at].history.vars.push(var.name.as_str().into()),
                [first, second, ..] => {
                    let (first, second) = (&objects.list()[first], &objects.list()[second]);
                    let message =
                        format!("{} could be of several objects: {}, {}", var.name, first.id(), second.id());
                    problems.push(
                        file.error(codes::VAR, message, var.span)
                            .with_help("say the namespace of the one that is meant in objref"),
                    );
                }
            }
            problems.extend(self.add(file, var));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Adds those of a folder below.
    pub(crate) fn merge(&mut self, below: Vars) -> Outcome<()> {
        let problems: Problems =
            below.0.into_values().filter_map(|(file, var)| self.add(&file, &var)).collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn add(&mut self, file: &Arc<File>, var: &Var) -> Option<Diagnostic> {
        if let Some((first_file, first)) = self.0.get(&var.name) {
            let problem =
                file.error(codes::VAR, format!("the variable {} is there already", var.name), var.span);
            return Some(
                problem
                    .with_related(first_file.at(first.span), "first given here")
                    .with_help("give one of them another name; is the same folder taken in twice?"),
            );
        }
        self.0.insert(var.name.clone(), (Arc::clone(file), var.clone()));
        None
    }

    /// Puts the values where the variables stand; says which ones stand nowhere.
    pub(crate) fn resolve(&self, objects: &mut Objects, places: &[Spec]) -> Outcome<Vec<Diagnostic>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let mut problems = Problems::new();
        let mut values = Values::default();
        for (name, (file, var)) in &self.0 {
            let Some(resource) = object_of(objects, name) else {
                problems.push(missing(file, var));
                continue;
            };
            match value_of(resource, &var.field) {
                Ok(value) => drop(values.known.insert(name, (value, 0))),
                Err(why) => {
                    let message = format!("the variable {name}: {} {why}", resource.id());
                    problems.push(file.error(codes::VAR, message, var.span));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for resource in objects.list_mut() {
            for place in places {
                if let Err(why) = fill(resource, place, &mut values) {
                    let message = format!("variables cannot be put into {}: {why}", resource.id());
                    problems.push(resource.origin.error(codes::VAR, message));
                    break;
                }
            }
        }
        if problems.is_empty() { Ok(self.unused(&values)) } else { Err(problems) }
    }

    fn unused(&self, values: &Values<'_>) -> Vec<Diagnostic> {
        let unused = values.known.iter().filter(|(_, (_, times))| *times == 0);
        unused
            .filter_map(|(name, (value, _))| {
                let (file, var) = self.0.get(*name)?;
                let (message, help) = match value {
                    Value::Other => (
                        format!("the variable {name} is not replaced: its field is no text or number"),
                        "name a field below it in fieldref",
                    ),
                    _ => (
                        format!("the variable {name} is replaced nowhere"),
                        "it is looked for where kustomize does and where varReference of configurations says",
                    ),
                };
                Some(Diagnostic::warning(codes::VAR, message).at(file.at(var.span)).with_help(help))
            })
            .collect()
    }
}

/// The object of a variable.
fn wanted(var: &Var) -> Id<'_> {
    let (group, version) = var.group_version();
    let gvk = Gvk { group, version, kind: &var.kind };
    Id { gvk, namespace: &var.namespace, name: &var.object, cluster: false }
}

fn missing(file: &Arc<File>, var: &Var) -> Diagnostic {
    let wanted = wanted(var);
    let (what, help) = if wanted.gvk.version.is_empty() {
        (format!("{} {}", var.kind, var.object), "objref needs the apiVersion of the object, such as apps/v1")
    } else {
        (
            wanted.to_string(),
            "objref names group, version, kind and name of an object that this folder builds",
        )
    };
    file.error(codes::VAR, format!("the variable {}: there is no {what}", var.name), var.span).with_help(help)
}

/// Whether a variable is of this object, by a name it has or had. No namespace is any.
fn is_meant(var: &Var, resource: &Resource) -> bool {
    let wanted = wanted(var);
    resource.any_id().any(|id| {
        id.gvk == wanted.gvk
            && id.name == wanted.name
            && (wanted.namespace.is_empty() || id.effective_namespace() == wanted.effective_namespace())
    })
}

/// The value of a field, as Go has it.
#[derive(Debug, PartialEq)]
enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(Arc<str>),
    /// A mapping or a list, which stands for nothing.
    Other,
}

/// The object that was noted to be a variable's.
fn object_of<'o>(objects: &'o Objects, name: &str) -> Option<&'o Resource> {
    objects.list().iter().find(|resource| resource.history.vars.iter().any(|known| **known == *name))
}

fn value_of(resource: &Resource, field: &str) -> Result<Value, String> {
    let found =
        path::lookup(&resource.node, &parts(field)).map_err(|why| format!("has no {field}: {why}"))?;
    let Some(found) = found else { return Err(format!("has no {field}")) };
    let Node::Scalar(scalar) = found else { return Ok(Value::Other) };
    let text = &scalar.text;
    let number = |value: Option<Value>| value.ok_or_else(|| format!("has no plain number at {field}"));
    match scalar.tag {
        Tag::Int => number(text.parse().ok().map(Value::Int)),
        Tag::Float => number(text.parse().ok().map(Value::Float)),
        Tag::Bool => Ok(Value::Bool(text.eq_ignore_ascii_case("true"))),
        _ => Ok(Value::Text(Arc::clone(text))),
    }
}

/// The parts of a path, where `ports[0]` is two.
fn parts(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in path::parse(path) {
        let index = part.strip_suffix(']').and_then(|part| part.rsplit_once('['));
        match index.filter(|(_, index)| !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit())) {
            Some((name, index)) => {
                parts.extend((!name.is_empty()).then(|| name.to_owned()));
                parts.push(index.to_owned());
            }
            None => parts.push(part),
        }
    }
    parts
}

/// How much text all variables may become in one build.
const MAX_TEXT: usize = 64 << 20;

/// The values.
struct Values<'v> {
    /// By name, each with how often it was put somewhere.
    known: BTreeMap<&'v str, (Value, usize)>,
    /// How much text may still be put anywhere.
    budget: usize,
}

impl Default for Values<'_> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), budget: MAX_TEXT }
    }
}

/// Replaces the variables at one place of an object.
fn fill(resource: &mut Resource, place: &Spec, values: &mut Values<'_>) -> Result<(), String> {
    let mut changed = Vec::new();
    place.apply(&mut resource.node, Create::Nothing, &mut |node| {
        let mut put = |scalar: &mut Scalar| {
            *scalar = values.filled(scalar)?;
            changed.extend((scalar.shared != 0).then(|| scalar.clone()));
            Ok::<_, String>(())
        };
        match node {
            Node::Scalar(scalar) if is_text(scalar) => put(scalar)?,
            Node::Scalar(_) => {}
            Node::Seq(_) => {
                for item in node.as_seq_mut().into_iter().flatten() {
                    match item {
                        Node::Scalar(scalar) if is_text(scalar) => put(scalar)?,
                        other => return Err(format!("{} stands where a text must be", other.kind_name())),
                    }
                }
            }
            Node::Map(_) => {
                for (key, value) in node.as_map_mut().into_iter().flat_map(crate::node::Map::values_mut) {
                    if !is_text(key) {
                        return Err(format!("the key {} is no text", key.text));
                    }
                    if let Node::Scalar(scalar) = value
                        && is_text(scalar)
                    {
                        put(scalar)?;
                    }
                }
            }
        }
        Ok(())
    })?;
    crate::shared::spread(&mut resource.node, &changed);
    Ok(())
}

fn is_text(scalar: &Scalar) -> bool {
    matches!(scalar.tag, Tag::Str | Tag::Unset)
}

impl Values<'_> {
    /// The scalar with its variables replaced. Quotes are taken off whether there are any or not; a text stays one.
    fn filled(&mut self, old: &Scalar) -> Result<Scalar, String> {
        if !old.text.contains('$') {
            return Ok(Scalar { shared: old.shared, ..Scalar::string(Arc::clone(&old.text)) });
        }
        let (text, tag) = self.expand(&old.text)?;
        Ok(Scalar { shared: old.shared, ..Scalar::tagged(text, tag) })
    }

    /// The text with its variables replaced. A value that is all there is keeps its type.
    fn expand(&mut self, text: &str) -> Result<(String, Tag), String> {
        let whole = text.strip_prefix("$(").and_then(|text| text.strip_suffix(')'));
        if let Some(name) = whole.filter(|name| !name.contains(')'))
            && let Some(value) = self.used(name)?
        {
            return Ok(match value {
                Value::Int(value) => (value.to_string(), Tag::Int),
                Value::Float(value) => (value.to_string(), Tag::Float),
                Value::Bool(value) => (value.to_string(), Tag::Bool),
                Value::Text(text) => (text.to_string(), Tag::Str),
                Value::Other => (format!("$({name})"), Tag::Str),
            });
        }
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| *byte == b'$') {
            out.extend_from_slice(&rest[..at]);
            let Some((&next, after)) = rest[at + 1..].split_first() else {
                out.push(b'$');
                rest = &[];
                break;
            };
            rest = after;
            match next {
                b'$' => out.push(b'$'),
                b'(' => match after.iter().position(|byte| *byte == b')') {
                    Some(end) => {
                        // Between two ASCII characters of a text stands a text.
                        let name = std::str::from_utf8(&after[..end]).unwrap_or_default();
                        self.append(name, &mut out)?;
                        rest = &after[end + 1..];
                    }
                    None => out.extend_from_slice(b"$("),
                },
                // Go makes a character of the byte, whatever character it is a part of.
                byte => {
                    out.push(b'$');
                    out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        out.extend_from_slice(rest);
        // As go-yaml writes a text that is not UTF-8.
        Ok((String::from_utf8(out).unwrap_or_else(|bytes| wrapped_base64(bytes.as_bytes())), Tag::Str))
    }

    fn append(&mut self, name: &str, out: &mut Vec<u8>) -> Result<(), String> {
        let text: Cow<'_, str> = match self.used(name)? {
            Some(Value::Int(value)) => value.to_string().into(),
            Some(Value::Float(value)) => yaml::go::float(*value).into(),
            Some(Value::Bool(value)) => value.to_string().into(),
            Some(Value::Text(text)) => Cow::Borrowed(text),
            Some(Value::Other) | None => format!("$({name})").into(),
        };
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// The value of a variable that stands somewhere.
    fn used(&mut self, name: &str) -> Result<Option<&Value>, String> {
        let Some((value, times)) = self.known.get_mut(name) else { return Ok(None) };
        if *value != Value::Other {
            *times += 1;
        }
        if let Value::Text(text) = value {
            let left = self.budget.checked_sub(text.len());
            self.budget = left.ok_or_else(|| format!("variables make more than {} MiB", MAX_TEXT >> 20))?;
        }
        Ok(Some(value))
    }
}

/// kustomize 5.8.1's places.
pub(crate) fn places() -> Vec<Spec> {
    let spec = |kind: &str, path: &str| Spec::new("", "", kind, path, false);
    let mut places = Vec::new();
    for (kind, pod) in PODS {
        for list in ["containers", "initContainers"] {
            for field in ["args", "command", "env/value", "volumeMounts/mountPath"] {
                places.push(spec(kind, &format!("{pod}/{list}/{field}")));
            }
        }
    }
    places.extend(OTHERS.iter().map(|(kind, path)| spec(kind, path)));
    places
}

/// Kinds with a pod in them, and where it is.
const PODS: &[(&str, &str)] = &[
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("Pod", "spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
];

/// The rest. (Two of the paths lead nowhere; kustomize has them so.)
const OTHERS: &[(&str, &str)] = &[
    ("CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    ("DaemonSet", "spec/template/spec/volumes/nfs/server"),
    ("Deployment", "spec/template/spec/volumes/nfs/server"),
    ("Deployment", "spec/template/metadata/annotations"),
    ("Ingress", "spec/rules/host"),
    ("Ingress", "spec/tls/hosts"),
    ("Ingress", "spec/tls/secretName"),
    ("Job", "spec/template/spec/volumes/nfs/server"),
    ("Pod", "spec/volumes/nfs/server"),
    ("ReplicaSet", "spec/template/spec/volumes/nfs/server"),
    ("Service", "spec/ports/port"),
    ("Service", "spec/ports/targetPort"),
    ("StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    ("PersistentVolume", "spec/nfs/server"),
    ("", "metadata/labels"),
    ("", "metadata/annotations"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> (String, Tag) {
        let mut values = Values::default();
        values.known.insert("A", (Value::Text("x $(A)".into()), 0));
        values.known.insert("N", (Value::Int(7), 0));
        values.known.insert("F", (Value::Float(12_345_678.5), 0));
        values.known.insert("B", (Value::Bool(true), 0));
        values.known.insert("M", (Value::Other, 0));
        values.expand(text).unwrap()
    }

    #[test]
    fn variables_are_replaced() {
        let ok = |text: &str, want: &str| assert_eq!(expanded(text), (want.to_owned(), Tag::Str), "{text}");
        ok("$(A)", "x $(A)");
        ok("a $(A)$(N) $(B)", "a x $(A)7 true");
        ok("$(F) is", "1.23456785e+07 is");
        ok("$$(A) $$$(N) $$", "$(A) $7 $");
        ok("$(none) $( $", "$(none) $( $");
        ok("$(A", "$(A");
        ok("$x $(M) $()", "$x $(M) $()");
        ok("$é", "JMODqQ==");
        assert_eq!(expanded("$(N)"), ("7".to_owned(), Tag::Int));
        assert_eq!(expanded("$(F)"), ("12345678.5".to_owned(), Tag::Float));
        assert_eq!(expanded("$(B)"), ("true".to_owned(), Tag::Bool));
    }

    #[test]
    fn what_variables_make_is_bounded() {
        let mut values = Values::default();
        values.known.insert("A", (Value::Text("x".repeat(1 << 20).into()), 0));
        assert!(values.expand(&"$(A)".repeat(1000)).is_err());
    }

    #[test]
    fn paths_with_an_index() {
        assert_eq!(parts("spec.ports[0].port"), ["spec", "ports", "0", "port"]);
        assert_eq!(parts("spec.ports.[0].port"), ["spec", "ports", "0", "port"]);
        assert_eq!(parts(r"metadata.annotations.a\.b/c"), ["metadata", "annotations", "a.b/c"]);
    }
}

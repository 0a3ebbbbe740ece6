//! Filling in the variables of objects.

use std::collections::{BTreeSet, HashSet};

use cliutil::{Diagnostic, Location, Severity};
use yaml::{Dialect, Span};

use super::envsubst::{self, Filled, Trouble};
use super::variables::Variables;
use super::{Kustomization, Options};
use crate::build::Filling;
use crate::codes;
use crate::file::{Outcome, Problems};
use crate::json;
use crate::resource::{Origin, Resource};

const SWITCH: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// What is told of the work: warnings, and what was filled in.
pub(super) struct Told<'t> {
    pub(super) warnings: &'t mut Vec<Diagnostic>,
    pub(super) filled: &'t mut BTreeSet<Filling>,
}

/// Fills in the variables of every object that does not ask to be spared.
pub(super) fn all(
    resources: &mut [Resource],
    flux: &Kustomization,
    variables: &Variables,
    options: Options,
    told: &mut Told<'_>,
) -> Outcome<()> {
    let always = flux.post_build.as_ref().is_some_and(|build| build.always);
    if flux.post_build.is_none() || variables.values.is_empty() && !variables.incomplete && !always {
        return Ok(());
    }
    let filler = Filler { variables, strict: options.strict };
    let mut problems = Problems::new();
    for resource in resources.iter_mut() {
        let said = [resource.label(SWITCH), resource.annotation(SWITCH)];
        if said.contains(&Some("disabled")) {
            continue;
        }
        if let Err(more) = filler.object(resource, told) {
            problems.extend(more);
        }
    }
    if problems.is_empty() {
        problems = conflicts(resources);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

struct Filler<'v> {
    variables: &'v Variables,
    strict: bool,
}

impl Filler<'_> {
    fn object(&self, resource: &mut Resource, told: &mut Told<'_>) -> Outcome<()> {
        let text = resource.to_yaml();
        if !text.contains("${") && !text.contains("$$") {
            resource.node = json::floated(&resource.node);
            return Ok(());
        }
        // Where a source of variables is missing, what is unset may come from there.
        let assumed: Vec<(String, String)> =
            if self.variables.incomplete { assumed(&text) } else { Vec::new() };
        let lookup = |name: &str| {
            let known = self.variables.values.get(name).map(String::as_str);
            known.or_else(|| Some(assumed.iter().find(|(known, _)| known == name)?.1.as_str()))
        };
        let filled =
            envsubst::fill(&text, &lookup).map_err(|trouble| vec![troubled(resource, &text, &trouble)])?;
        let unset = unset(resource, &text, &filled, self.strict);
        if self.strict && !unset.is_empty() {
            return Err(unset);
        }
        told.warnings.extend(unset);
        self.tell(&filled, told.filled);
        if filled.text == text {
            resource.node = json::floated(&resource.node);
            return Ok(());
        }
        read_again(resource, &filled)
    }

    /// Keeps what the variables became.
    fn tell(&self, filled: &Filled<'_>, all: &mut BTreeSet<Filling>) {
        for (place, name) in &filled.places {
            let text = filled.text.get(place.clone()).unwrap_or_default();
            let is_secret = self.variables.secret.contains(*name);
            all.insert(Filling { name: (*name).to_owned(), text: text.to_owned(), is_secret });
        }
    }
}

/// Names that look like variables, with something to stand for their values.
fn assumed(text: &str) -> Vec<(String, String)> {
    let names = text.split("${").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    });
    let unique: HashSet<&str> = names.filter(|name| !name.is_empty()).collect();
    unique
        .into_iter()
        .map(|name| (name.to_owned(), format!("placeholder-{}", name.to_ascii_lowercase().replace('_', "-"))))
        .collect()
}

/// The place of an expression: where the object's file has the very same text, else the object.
fn place(origin: &Origin, expression: &str) -> Location {
    let text = origin.file.text().unwrap_or_default();
    let found = text.get(origin.span.range()).and_then(|document| document.find(expression));
    match found {
        Some(at) => {
            let start = origin.span.start + at;
            origin.file.at(Span::new(start, start + expression.len()))
        }
        None => origin.location(),
    }
}

fn troubled(resource: &Resource, text: &str, trouble: &Trouble) -> Diagnostic {
    let expression = text.get(trouble.at.clone()).unwrap_or_default();
    let message = format!("{}: {}", resource.id(), trouble.why.message());
    Diagnostic::error(codes::SUBSTITUTION, message)
        .at(place(&resource.origin, expression))
        .with_help(trouble.why.help())
}

fn unset(resource: &Resource, text: &str, filled: &Filled<'_>, strict: bool) -> Problems {
    let mut names = HashSet::new();
    let severity = if strict { Severity::Error } else { Severity::Warning };
    filled
        .unset
        .iter()
        .filter(|(_, name)| names.insert(*name))
        .map(|(at, name)| {
            let message = format!("{}: {name} has no value", resource.id());
            let expression = text.get(at.clone()).unwrap_or_default();
            let help = format!(
                "add {name} to postBuild.substitute or to what substituteFrom names; ${{{name}:-text}} gives a default, $${{{name}}} keeps the text"
            );
            Diagnostic::new(severity, codes::VARIABLE_UNSET, message)
                .at(place(&resource.origin, expression))
                .with_help(help)
        })
        .collect()
}

/// Reads the text an object has become.
fn read_again(resource: &mut Resource, filled: &Filled<'_>) -> Outcome<()> {
    let wrong = |resource: &Resource, why: &str, at: usize| {
        // Values are not shown: they may be secret.
        let line_start = filled.text[..at].rfind('\n').map_or(0, |at| at + 1);
        let line_end = filled.text[at..].find('\n').map_or(filled.text.len(), |end| at + end);
        let mut names: Vec<&str> = filled
            .places
            .iter()
            .filter(|(place, _)| place.start <= line_end && place.end >= line_start)
            .map(|(_, name)| *name)
            .collect();
        names.dedup();
        let of = if names.is_empty() {
            String::new()
        } else {
            format!(" (look at the value of {})", names.join(", "))
        };
        let message = format!("{} is no object after its variables were filled in: {why}{of}", resource.id());
        let expression = names.first().map(|name| format!("${{{name}")).unwrap_or_default();
        let place =
            if names.is_empty() { resource.origin.location() } else { place(&resource.origin, &expression) };
        vec![Diagnostic::error(codes::SUBSTITUTED, message).at(place).with_help(
            "quotes that YAML does not need are gone when values are filled in: a value must not hold \": \" or \" #\", or begin with a mark of YAML",
        )]
    };
    let stream = yaml::parse(&filled.text).map_err(|error| {
        let at =
            (0..=error.span.start.min(filled.text.len())).rev().find(|at| filled.text.is_char_boundary(*at));
        wrong(resource, &error.message, at.unwrap_or_default())
    })?;
    let root = stream.documents.first().map(|document| &document.root);
    let value = root.map(|root| yaml::to_value(root, Dialect::Kubernetes)).transpose();
    let value = value.map_err(|error| wrong(resource, &error.message, 0))?.unwrap_or_default();
    let yaml::Value::Mapping(mapping) = &value else {
        return Err(wrong(resource, "it is no mapping", 0));
    };
    if mapping.is_empty() {
        return Ok(());
    }
    resource.node = json::of_value(&value).map_err(|why| wrong(resource, why, 0))?;
    if resource.kind().is_empty() || resource.name().is_empty() {
        return Err(wrong(resource, "it has no kind or no name", 0));
    }
    Ok(())
}

/// Objects that became one.
fn conflicts(resources: &[Resource]) -> Problems {
    let mut seen = std::collections::HashMap::with_capacity(resources.len());
    let mut problems = Problems::new();
    for resource in resources {
        if let Some(first) = seen.insert(resource.id().key(), resource) {
            let message = format!("two objects are {} after their variables were filled in", resource.id());
            problems.push(
                resource
                    .origin
                    .error(codes::DUPLICATE_ID, message)
                    .with_related(first.origin.location(), "the other one")
                    .with_help("give one of them another name"),
            );
        }
    }
    problems
}

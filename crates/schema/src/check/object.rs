//! Mappings: known and unknown fields, required ones, and objects in objects.

use yaml::Span;

use super::path::Step;
use super::{Checker, Scoped, near};
use crate::data::{Key, Tree, Value};
use crate::node::{Additional, Schema};

/// Known fields are all named up to this many.
const MAX_NAMED: usize = 12;

impl<'s, 'a> Checker<'s, 'a> {
    pub(super) fn map<T: Tree<'a>>(
        &mut self,
        at: Scoped<'s>,
        entries: &(impl Iterator<Item = (Key<'a>, T)> + Clone),
        span: Span,
    ) {
        let mut count = 0;
        self.around.push(at);
        for (key, value) in entries.clone() {
            count += 1;
            // SOPS' own metadata is gone before an object is applied.
            if self.allowed.encrypted && self.path.is_empty() && key.text == "sops" {
                continue;
            }
            self.entry(at, key, value);
        }
        self.around.pop();
        self.missing(at, entries, span);
        if let Some(rare) = &at.schema.rare {
            self.size(count, rare.min_properties, rare.max_properties, ["field", "fields"], span);
        }
    }

    /// Required fields that are not there, in one finding.
    fn missing<T: Tree<'a>>(
        &mut self,
        at: Scoped<'s>,
        entries: &(impl Iterator<Item = (Key<'a>, T)> + Clone),
        span: Span,
    ) {
        let is_missing = |name: &&str| !entries.clone().any(|(key, _)| key.text == *name);
        let missing: Vec<_> = at.schema.required.iter().map(|name| &**name).filter(is_missing).collect();
        let Some((last, others)) = missing.split_last() else { return };
        let place = self.object_place(entries.clone().next().map(|(key, _)| key.span), span);
        self.report("schema/missing-field", place, |path| {
            let message = match others {
                [] => format!("{path} has no {last}, which is required"),
                _ => format!("{path} has no {} and no {last}, which are required", others.join(", no ")),
            };
            (message, None)
        });
    }

    /// Where a message about a mapping points: the key it stands under, its first field in a list.
    fn object_place(&self, first: Option<Span>, span: Span) -> Span {
        match self.path.last() {
            Some(Step::Item(_)) => first.unwrap_or(span),
            _ if self.anchor.is_empty() => first.unwrap_or(span),
            _ => self.anchor,
        }
    }

    fn entry<T: Tree<'a>>(&mut self, at: Scoped<'s>, key: Key<'a>, value: T) {
        let step = Step::Field(key.text);
        if let Some(names) = at.schema.rare.as_ref().and_then(|rare| rare.property_names.as_ref())
            && self.stands_for(key.text).is_none()
        {
            self.path.push(step);
            self.text(names, key.text, key.span);
            self.path.pop();
        }
        if let Some(schema) = at.schema.property(key.text) {
            // Null is as good as nothing, unless something must be there.
            if !matches!(value.value(), Value::Null) || at.schema.requires(key.text) {
                self.step(step, key.span, at.with(schema), value);
            }
            return;
        }
        let mut is_known = false;
        for (pattern, schema) in at.schema.rare.iter().flat_map(|rare| &rare.pattern_properties) {
            if pattern.regex().is_some_and(|regex| regex.is_match(key.text)) {
                is_known = true;
                self.step(step, key.span, at.with(schema), value);
            }
        }
        match &at.schema.additional {
            Additional::Of(schema) if !is_known => self.step(step, key.span, at.with(schema), value),
            Additional::Forbidden if !is_known => self.unknown(at, key),
            _ => {}
        }
    }

    fn unknown(&mut self, at: Scoped<'s>, key: Key<'a>) {
        let help = if self.is_shown() { self.meant(at, key.text) } else { None };
        self.path.push(Step::Field(key.text));
        self.report("schema/unknown-field", key.span, |path| (format!("unknown field {path}"), help));
        self.path.pop();
    }

    /// What an unknown field may have been meant to be.
    fn meant(&self, at: Scoped<'s>, name: &str) -> Option<String> {
        let known = || at.schema.properties.iter().map(|(name, _)| &**name);
        // The same name elsewhere is a matter of indentation; a like name here is a slip.
        if let Some(near) = near(name, known()) {
            return Some(format!("did you mean {near}?"));
        }
        if let Some(place) = self.outer_place(name) {
            return Some(format!("{name} is a field of {place}: indent it less"));
        }
        if let Some(inner) = inner_place(at, name) {
            return Some(format!("{name} is a field of {inner}: indent it below that"));
        }
        let names: Vec<_> = known().collect();
        match names.len() {
            0 => Some("no field is allowed here".to_owned()),
            1..=MAX_NAMED => Some(format!("known here: {}", names.join(", "))),
            _ => None,
        }
    }

    /// The nearest object around that has a field.
    fn outer_place(&self, name: &str) -> Option<String> {
        let outer = self.around.len().checked_sub(1)?;
        let at = self.around[..outer].iter().rposition(|around| around.schema.property(name).is_some())?;
        // The objects around are as many as the fields on the way to them, items of lists aside.
        let mut fields = 0;
        let end = self.path.iter().position(|step| {
            let is_further = matches!(step, Step::Field(_)) && fields == at;
            fields += usize::from(matches!(step, Step::Field(_)));
            is_further
        });
        let path = super::path::text(&self.path[..end.unwrap_or(self.path.len())]);
        Some(if path.is_empty() { "the object itself".to_owned() } else { path })
    }

    /// An object in an object must say what it is.
    pub(super) fn embedded<T: Tree<'a>>(&mut self, value: T) {
        let Value::Map(entries) = value.value() else { return };
        for name in ["apiVersion", "kind"] {
            let is_there = |(key, value): (Key, T)| {
                key.text == name && matches!(value.value(), Value::Text(text) if !text.is_empty())
            };
            if !entries.clone().any(is_there) {
                let place = self.object_place(None, value.span());
                self.report("schema/missing-field", place, |path| {
                    (format!("{path} is an object and has no {name}"), None)
                });
            }
        }
    }
}

/// A field that has a field of a name.
fn inner_place<'s>(at: Scoped<'s>, name: &str) -> Option<&'s str> {
    let resolved = |schema: &'s Schema| match schema.reference {
        Some(reference) if schema.is_alias => at.definitions.get(reference),
        _ => Some(schema),
    };
    let mut fields = at.schema.properties.iter();
    let has = |schema: &&Schema| schema.property(name).is_some();
    fields.find(|(_, schema)| resolved(schema).as_ref().is_some_and(has)).map(|(field, _)| &**field)
}

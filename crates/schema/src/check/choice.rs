//! Combinations: `allOf`, `anyOf`, `oneOf`, `not`.

use super::{Checker, Scoped};
use crate::data::Tree;
use crate::node::{Additional, Rare, Schema, Special};

impl<'s, 'a> Checker<'s, 'a> {
    pub(super) fn combined<T: Tree<'a>>(&mut self, at: Scoped<'s>, rare: &'s Rare, value: T) {
        for schema in &rare.all_of {
            self.check(at.with(schema), value);
        }
        if !rare.any_of.is_empty() {
            let counts = self.counts(at, &rare.any_of, value);
            if !counts.contains(&0) {
                self.no_form(at, &rare.any_of, &counts, value);
            }
        }
        if !rare.one_of.is_empty() {
            let counts = self.counts(at, &rare.one_of, value);
            match counts.iter().filter(|count| **count == 0).count() {
                0 => self.no_form(at, &rare.one_of, &counts, value),
                1 => {}
                _ => self.several_forms(&rare.one_of, &counts, value),
            }
        }
        if let Some(schema) = &rare.not
            && self.count(at.with(schema), value) == 0
        {
            let words = fields_only(schema).map(|names| names.join(" and "));
            self.report("schema/choice", value.span(), |path| {
                let message = match words {
                    Some(names) => format!("{path} must not have {names}"),
                    None => format!("{path} is of a form that is not allowed"),
                };
                (message, None)
            });
        }
    }

    fn counts<T: Tree<'a>>(&mut self, at: Scoped<'s>, forms: &'s [Schema], value: T) -> Vec<usize> {
        forms.iter().map(|form| self.count(at.with(form), value)).collect()
    }

    /// The value has none of several forms. What is wrong with the nearest one is the help.
    fn no_form<T: Tree<'a>>(&mut self, at: Scoped<'s>, forms: &'s [Schema], counts: &[usize], value: T) {
        if let Some(names) = choices(forms) {
            return self.report("schema/choice", self.anchor, |path| {
                (format!("{path} must have one of {}", names.join(", ")), None)
            });
        }
        let nearest = counts.iter().enumerate().min_by_key(|(_, count)| **count).map(|(index, _)| index);
        let help = nearest
            .filter(|_| !self.quiet)
            .and_then(|nearest| self.first_words(at.with(&forms[nearest]), value));
        self.report("schema/choice", value.span(), |path| {
            (format!("{path} has none of the {} forms that are allowed", forms.len()), help)
        });
    }

    fn several_forms<T: Tree<'a>>(&mut self, forms: &[Schema], counts: &[usize], value: T) {
        let matching = forms.iter().zip(counts).filter(|(_, count)| **count == 0);
        let names: Option<Vec<_>> =
            matching.map(|(form, _)| fields_only(form).map(|names| names.join(" and "))).collect();
        self.report("schema/choice", value.span(), |path| {
            let message = match names {
                Some(names) => format!("{path} may have only one of {}", names.join(", ")),
                None => format!("{path} has several of the forms of which one is allowed"),
            };
            (message, None)
        });
    }

    /// The first problem of a value with a schema, in words.
    fn first_words<T: Tree<'a>>(&mut self, at: Scoped<'s>, value: T) -> Option<String> {
        let (findings, problems) = (std::mem::take(&mut self.findings), self.problems);
        self.check(at, value);
        let found = std::mem::replace(&mut self.findings, findings);
        self.problems = problems;
        found.into_iter().next().map(|finding| finding.message)
    }
}

/// The fields of which each form asks for its own.
fn choices(forms: &[Schema]) -> Option<Vec<String>> {
    forms.iter().map(|form| fields_only(form).map(|names| names.join(" and "))).collect()
}

/// The required fields of a form that has no other rule.
fn fields_only(form: &Schema) -> Option<Vec<&str>> {
    let is_bare = form.types.is_any()
        && form.properties.is_empty()
        && form.special == Special::None
        && form.reference.is_none()
        && form.items.is_none()
        && form.values.is_empty()
        && form.rare.is_none()
        && matches!(form.additional, Additional::Any);
    (is_bare && !form.required.is_empty()).then(|| form.required.iter().map(|name| &**name).collect())
}

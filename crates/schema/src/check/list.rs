//! Lists: their items, how many there are, and that none stands there twice.

use std::collections::HashSet;
use std::fmt::Write as _;

use yaml::Span;

use super::path::Step;
use super::{Checker, Scoped};
use crate::data::{Tree, Value};
use crate::node::Identity;

impl<'s, 'a> Checker<'s, 'a> {
    pub(super) fn list<T: Tree<'a>>(
        &mut self,
        at: Scoped<'s>,
        items: impl Iterator<Item = T> + Clone,
        span: Span,
    ) {
        let mut count = 0;
        for (index, item) in items.clone().enumerate() {
            count = index + 1;
            if let Some(schema) = &at.schema.items {
                let anchor = if item.span().is_empty() { self.anchor } else { item.span() };
                self.step(Step::Item(index), anchor, at.with(schema), item);
            }
        }
        if let Some(rare) = &at.schema.rare {
            self.size(count, rare.min_items, rare.max_items, ["item", "items"], span);
        }
        if count > 1 && !matches!(at.schema.identity, Identity::None) {
            self.duplicates(&at.schema.identity, items);
        }
    }

    fn duplicates<T: Tree<'a>>(&mut self, identity: &Identity, items: impl Iterator<Item = T>) {
        let mut seen = HashSet::new();
        for (index, item) in items.enumerate() {
            let Some(key) = key(identity, item) else { continue };
            if seen.insert(key) {
                continue;
            }
            self.path.push(Step::Item(index));
            self.report("schema/duplicate-item", item.span(), |path| match identity {
                Identity::Fields(fields) => {
                    let names: Vec<_> = fields.iter().map(|(name, _)| &**name).collect();
                    let message = format!("{path} has the same {} as an item before it", names.join(" and "));
                    (
                        message,
                        Some("the API server refuses to merge such a list: remove one of the two".to_owned()),
                    )
                }
                _ => (format!("{path} stands in the list twice"), Some("remove one of the two".to_owned())),
            });
            self.path.pop();
        }
    }
}

/// What tells an item apart; none where it cannot be told.
fn key<'a, T: Tree<'a>>(identity: &Identity, item: T) -> Option<String> {
    let mut key = String::new();
    match identity {
        Identity::None => return None,
        Identity::Value => write_scalar(item, &mut key)?,
        Identity::Fields(fields) => {
            let Value::Map(entries) = item.value() else { return None };
            let mut is_told = false;
            for (name, default) in fields {
                let mut entries = entries.clone();
                match entries.find(|(key, _)| key.text == &**name) {
                    Some((_, value)) => {
                        write_scalar(value, &mut key)?;
                        is_told = true;
                    }
                    None => key.push_str(default.as_deref().unwrap_or("\u{1}")),
                }
                key.push('\0');
            }
            // Without any of its keys it is no item yet: that a required field is missing is said elsewhere.
            if !is_told {
                return None;
            }
        }
    }
    Some(key)
}

/// Appends a scalar's text; collections and null have none.
fn write_scalar<'a, T: Tree<'a>>(value: T, out: &mut String) -> Option<()> {
    match value.value() {
        Value::Text(text) => out.push_str(text),
        Value::Int(int) => write!(out, "{int}").ok()?,
        Value::Float(float) => write!(out, "{float}").ok()?,
        Value::Bool(bool) => write!(out, "{bool}").ok()?,
        Value::Null | Value::List(_) | Value::Map(_) => return None,
    }
    Some(())
}

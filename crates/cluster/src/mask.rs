//! What of an input may be shown in an excerpt: keys, and values of keys that are declared and not secret.

use std::ops::Range;

use cliutil::Mask;
use yaml::{Comment, Kind, Node};

use crate::declaration::Declaration;
use crate::input::File;
use crate::model::Model;

/// The mask of one input. Text that holds one of the secrets is hidden wherever it stands.
pub(crate) fn mask(file: &File, model: &Model, secrets: &[String]) -> Mask {
    let mut shown = Shown { ranges: Vec::new(), comments: &file.stream.comments };
    for document in &file.stream.documents {
        for pair in document.root.as_mapping().unwrap_or_default() {
            shown.ranges.push(pair.key.span.range());
            match pair.key.as_str() {
                Some("nodes") => shown.nodes(&pair.value, model),
                Some(key) if model.is_public_derived(key) => shown.all(&pair.value),
                Some(key) => match model.option_meant(key) {
                    Some(declaration) => shown.value(declaration, &pair.value),
                    None => {}
                },
                None => {}
            }
        }
    }
    let text = file.source.text();
    let is_public = |range: &Range<usize>| {
        text.get(range.clone())
            .is_some_and(|part| !secrets.iter().any(|secret| part.contains(secret.as_str())))
    };
    shown.ranges.retain(is_public);
    Mask::Except(shown.ranges)
}

struct Shown<'c> {
    ranges: Vec<Range<usize>>,
    comments: &'c [Comment],
}

impl Shown<'_> {
    fn nodes(&mut self, list: &Node, model: &Model) {
        for node in list.as_sequence().unwrap_or_default() {
            for pair in node.as_mapping().unwrap_or_default() {
                self.ranges.push(pair.key.span.range());
                if let Some(declaration) = pair.key.as_str().and_then(|key| model.field_meant(key)) {
                    self.value(declaration, &pair.value);
                }
            }
        }
    }

    fn value(&mut self, declaration: &Declaration, node: &Node) {
        if declaration.secret {
            return;
        }
        if !node.flow || !self.comments_in(node) && !holds_secret(declaration) {
            if !matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_)) || node.flow {
                self.ranges.push(node.span.range());
                return;
            }
        }
        match &node.kind {
            Kind::Sequence(items) => {
                let item = declaration.items.as_deref();
                items.iter().for_each(|node| self.inner(item, node));
            }
            Kind::Mapping(pairs) => {
                for pair in pairs {
                    self.ranges.push(pair.key.span.range());
                    let field = declaration
                        .properties
                        .as_ref()
                        .map(|fields| pair.key.as_str().and_then(|key| fields.get(key)));
                    match field {
                        Some(Some(field)) => self.value(field, &pair.value),
                        Some(None) => {}
                        None => self.inner(declaration.additional_properties.as_deref(), &pair.value),
                    }
                }
            }
            _ => {}
        }
    }

    fn inner(&mut self, declaration: Option<&Declaration>, node: &Node) {
        match declaration {
            Some(declaration) => self.value(declaration, node),
            None => self.all(node),
        }
    }

    fn all(&mut self, node: &Node) {
        match &node.kind {
            Kind::Sequence(items) if !node.flow => items.iter().for_each(|item| self.all(item)),
            Kind::Mapping(pairs) if !node.flow => {
                for pair in pairs {
                    self.ranges.push(pair.key.span.range());
                    self.all(&pair.value);
                }
            }
            _ if node.flow && self.comments_in(node) => {}
            _ => self.ranges.push(node.span.range()),
        }
    }

    /// A comment may hold what was once a value.
    fn comments_in(&self, node: &Node) -> bool {
        let from = self.comments.partition_point(|comment| comment.span.start < node.span.start);
        self.comments.get(from).is_some_and(|comment| comment.span.start < node.span.end)
    }
}

fn holds_secret(declaration: &Declaration) -> bool {
    let parts = [&declaration.items, &declaration.additional_properties];
    declaration.secret
        || parts.into_iter().flatten().any(|part| holds_secret(part))
        || declaration.properties.iter().flatten().any(|(_, part)| holds_secret(part))
}

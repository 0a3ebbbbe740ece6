//! What a patch or replacement is aimed at: patterns for the parts of an identity, selectors for labels and
//! annotations.

use std::sync::Arc;

use regex::Regex;

use crate::codes;
use crate::file::{File, Outcome};
use crate::ids::{Gvk, Id};
use crate::kustomization::Selector;
use crate::labels::Requirements;
use crate::resource::Resource;

/// A selector, ready for use.
#[derive(Debug)]
pub(crate) struct Matcher {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Requirements,
    annotations: Requirements,
}

impl Matcher {
    pub(crate) fn new(file: &Arc<File>, selector: &Selector) -> Outcome<Self> {
        let mut problems = Vec::new();
        let mut part =
            |field: &str, text: &str| {
                if text.is_empty() {
                    return None;
                }
                match goregex::compile(&format!("^(?:{text})$")) {
                    Ok(compiled) => Some(compiled),
                    Err(why) => {
                        let message = format!("{field} is no valid regular expression: {why}");
                        problems.push(file.error(codes::SELECTOR, message, selector.place(field)).with_help(
                            "put a backslash before ( ) [ ] * + ? where they are meant as they are",
                        ));
                        None
                    }
                }
            };
        let (group, version) = (part("group", &selector.group), part("version", &selector.version));
        let (kind, name) = (part("kind", &selector.kind), part("name", &selector.name));
        let namespace = part("namespace", &selector.namespace);
        let mut requirements = |field: &str, text: &str| {
            Requirements::parse(text).unwrap_or_else(|why| {
                problems.push(
                    file.error(
                        codes::SELECTOR,
                        format!("{field} cannot be read: {why}"),
                        selector.place(field),
                    )
                    .with_help("write it as for kubectl: key=value, key!=value, key in (a,b), key, !key"),
                );
                Requirements::default()
            })
        };
        let labels = requirements("labelSelector", &selector.labels);
        let annotations = requirements("annotationSelector", &selector.annotations);
        if problems.is_empty() {
            Ok(Self { group, version, kind, name, namespace, labels, annotations })
        } else {
            Err(problems)
        }
    }

    /// Whether a patch is for this object: names and namespaces may be the first or the current ones.
    pub(crate) fn selects(&self, resource: &Resource) -> bool {
        let (current, original) = (resource.id(), resource.original_id());
        let either = |pattern: Option<&Regex>, a: &str, b: &str| fits(pattern, a) || fits(pattern, b);
        either(self.namespace.as_ref(), original.effective_namespace(), current.effective_namespace())
            && either(self.name.as_ref(), original.name, current.name)
            && self.selects_gvk(current.gvk)
            && self.selects_metadata(resource)
    }

    /// Whether one of an object's names fits; namespaces as they are written.
    pub(crate) fn selects_id(&self, id: Id<'_>) -> bool {
        self.selects_gvk(id.gvk)
            && fits(self.name.as_ref(), id.name)
            && fits(self.namespace.as_ref(), id.namespace)
    }

    fn selects_gvk(&self, gvk: Gvk<'_>) -> bool {
        fits(self.group.as_ref(), gvk.group)
            && fits(self.version.as_ref(), gvk.version)
            && fits(self.kind.as_ref(), gvk.kind)
    }

    /// Whether labels and annotations fit.
    pub(crate) fn selects_metadata(&self, resource: &Resource) -> bool {
        self.labels.fit(|key| resource.label(key)) && self.annotations.fit(|key| resource.annotation(key))
    }

    /// Whether it says nothing of an identity.
    pub(crate) fn is_open(&self) -> bool {
        [&self.group, &self.version, &self.kind, &self.name, &self.namespace]
            .iter()
            .all(|part| part.is_none())
    }

    /// Whether it says something of labels or annotations.
    pub(crate) fn has_metadata(&self) -> bool {
        !self.labels.is_empty() || !self.annotations.is_empty()
    }
}

fn fits(pattern: Option<&Regex>, text: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.is_match(text))
}

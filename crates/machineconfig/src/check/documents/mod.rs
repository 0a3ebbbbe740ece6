//! Documents beside the v1alpha1 one.

mod kubernetes;
mod links;
mod network;
mod system;
mod volumes;

pub(super) use kubernetes::{is_authorizer, resources};

use super::cel;
use crate::cluster::Fields as _;
use crate::config::Document;

/// What is wrong with a document.
pub(super) fn document(document: &Document) -> Vec<String> {
    let mut wrong = Wrong::default();
    let (kind, value) = (document.kind.kind, &document.value);
    if document.kind.named {
        wrong.require(!value.text("name").is_empty(), "name is required");
    }
    let known = links::check(kind, value, &mut wrong)
        || network::check(kind, value, &mut wrong)
        || kubernetes::check(kind, value, &mut wrong)
        || volumes::check(kind, value, &mut wrong);
    if !known {
        system::check(kind, value, &mut wrong);
    }
    wrong.0
}

/// Collects what is wrong.
#[derive(Debug, Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn add(&mut self, message: impl Into<String>) {
        self.0.push(message.into());
    }

    fn require(&mut self, holds: bool, message: impl Into<String>) {
        if !holds {
            self.0.push(message.into());
        }
    }

    /// A selector that has to be there, or not.
    fn expression(&mut self, at: &str, text: &str, scope: cel::Scope, required: bool) {
        if text.is_empty() {
            self.require(!required, format!("{at} is required"));
        } else if let Err(why) = cel::check(text, scope, &cel::Type::Bool) {
            self.0.push(format!("{at} is no expression that selects: {why}"));
        }
    }
}

/// What is wrong with one document, for tests.
#[cfg(test)]
fn problems(text: &str) -> String {
    let config = crate::Config::load(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    config.documents().iter().flat_map(document).collect::<Vec<_>>().join("; ")
}

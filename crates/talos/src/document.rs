//! A talconfig as talhelper reads it: parsed, its comments set aside, `${…}` substituted, parsed again. Problems are
//! shown in the text a person wrote, never in the substituted one, which may hold secrets.

use std::sync::Arc;

use cliutil::{Diagnostic, Location, Source};
use yaml::{Node, Span};

use crate::{Substituted, Talenv, substitute};

/// A talconfig after substitution.
pub struct Document {
    source: Arc<Source>,
    substituted: Substituted,
    root: Node,
}

/// Anything with a place in the substituted text.
pub trait Place {
    /// Its place.
    fn span(&self) -> Span;
}

impl Place for Node {
    fn span(&self) -> Span {
        self.span
    }
}

impl Place for Span {
    fn span(&self) -> Span {
        *self
    }
}

impl Document {
    /// Reads `source` with the variables of `env`.
    ///
    /// # Errors
    /// What the YAML reader found, duplicate keys (all), `talos/variable-unset` (all), `talos/not-a-mapping`.
    pub fn read(source: &Arc<Source>, env: &Talenv) -> Result<Self, Vec<Diagnostic>> {
        let raw = yaml::parse(source.text()).map_err(|error| vec![Diagnostic::from_yaml(source, error)])?;
        let duplicates = yaml::check_duplicates(&raw, yaml::Dialect::GoYamlV3);
        if !duplicates.is_empty() {
            return Err(duplicates.into_iter().map(|error| Diagnostic::from_yaml(source, error)).collect());
        }
        let comments: Vec<_> = raw.comments.iter().map(|comment| comment.span.range()).collect();
        let substituted = substitute(source.text(), &comments, &|name| env.get(name))
            .map_err(|failed| failed.iter().map(|one| unresolved(source, one, env)).collect::<Vec<_>>())?;
        let stream = yaml::parse(&substituted.text).map_err(|mut error| {
            let origin = substituted.origin(error.span.range());
            error.span = Span::new(origin.start, origin.end);
            error.related = None;
            vec![
                Diagnostic::from_yaml(source, error)
                    .with_label("after the variables were put in")
                    .with_help("put the expression in quotes, or mend the variable's value"),
            ]
        })?;
        let root = match first_document(stream) {
            Some(document) if document.root.as_mapping().is_some() => document.root,
            other => {
                let at = other.map_or(0..0, |document| substituted.origin(document.root.span.range()));
                return Err(vec![
                    Diagnostic::error("talos/not-a-mapping", "a talconfig is a mapping of fields")
                        .at(Location::new(source, at)),
                ]);
            }
        };
        Ok(Self { source: Arc::clone(source), substituted, root })
    }

    /// The mapping of fields. Texts of scalars are those after substitution: never show them.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The place of a node in the text a person wrote.
    pub fn location(&self, place: &impl Place) -> Location {
        Location::new(&self.source, self.substituted.origin(place.span().range()))
    }

    /// A node as it was written, for messages: `"${name}"`, never the variable's value.
    pub fn written(&self, node: &Node) -> &str {
        let range = self.substituted.origin(node.span.range());
        self.source.text().get(range).unwrap_or_default().trim()
    }
}

/// The document that counts: the first in which there is anything. A file may begin with a document of comments alone.
pub fn first_document(stream: yaml::Stream) -> Option<yaml::Document> {
    let is_empty = |root: &Node| root.is_missing() && root.tag.is_none() && root.anchor.is_none();
    let at = stream.documents.iter().position(|document| !is_empty(&document.root)).unwrap_or(0);
    stream.documents.into_iter().nth(at)
}

fn unresolved(source: &Arc<Source>, one: &crate::Unresolved, env: &Talenv) -> Diagnostic {
    Diagnostic::error(one.code(), one.message())
        .at(Location::new(source, one.range.clone()))
        .with_help(one.help(env))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, env: &str) -> Result<Document, Vec<Diagnostic>> {
        let env = Talenv::parse(&Arc::new(Source::new("talenv.yaml", env))).unwrap();
        Document::read(&Arc::new(Source::new("talconfig.yaml", text)), &env)
    }

    fn codes(result: Result<Document, Vec<Diagnostic>>) -> Vec<&'static str> {
        result.err().unwrap_or_default().iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn values_are_substituted_and_shown_as_written() {
        let document = read("# ${NO}\na: ${X} # ${NO}\n", "X: secret\n").unwrap();
        let node = document.root().get("a").unwrap();
        assert_eq!(node.as_str(), Some("secret"));
        assert_eq!(document.written(node), "${X}");
        assert_eq!(document.location(node).line_column(), (2, 4));
    }

    // As talhelper 3.1.16 does; but that panics at more than one empty document.
    #[test]
    fn empty_documents_do_not_count() {
        for before in
            ["---\n# c\n---\n", "---\n---\n", "--- # c\n---\n", "---\n...\n---\n", "---\n---\n---\n"]
        {
            let document = read(&format!("{before}a: ${{X}}\n---\na: 2\n"), "X: 1\n").unwrap();
            assert_eq!(document.root().get("a").unwrap().as_str(), Some("1"), "{before}");
        }
        for before in ["null\n", "~\n", "--- !!null\n", "--- &a\n", "--- \"\"\n"] {
            assert_eq!(
                codes(read(&format!("{before}---\na: 1\n"), "X: 1\n")),
                ["talos/not-a-mapping"],
                "{before}"
            );
        }
        assert_eq!(codes(read("---\n---\n", "X: 1\n")), ["talos/not-a-mapping"]);
    }

    #[test]
    fn problems() {
        assert_eq!(codes(read("a: ${NO}\nb: ${NOT}\n", "X: 1\n")), ["talos/variable-unset"; 2]);
        assert_eq!(codes(read("a: ${X}\n", "X: '[1'\n")), ["yaml/syntax"]);
        assert_eq!(codes(read("- a\n", "X: 1\n")), ["talos/not-a-mapping"]);
        assert_eq!(codes(read("a: 1\na: 2\n", "X: 1\n")), ["yaml/duplicate-key"]);
        assert_eq!(codes(read("a: ${X^^}\n", "X: 1\n")), ["talos/variable-syntax"]);
    }
}

//! The inputs: files of YAML documents, merged shallowly in order.

use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Mask, Outcome, Source};
use yaml::{Document, Span, Stream};

use crate::codes;
use crate::entries::{Entry, entries};
use crate::findings::Place;
use crate::map::IndexMap;

/// The parsed inputs. Their texts may hold secrets.
pub struct Inputs {
    files: Vec<File>,
}

pub(crate) struct File {
    pub(crate) source: Source,
    pub(crate) stream: Stream,
}

/// A top-level key with the input it stands in.
#[derive(Clone, Copy)]
pub(crate) struct TopEntry<'n> {
    pub(crate) entry: Entry<'n>,
    pub(crate) source: usize,
}

impl TopEntry<'_> {
    pub(crate) fn key_place(&self) -> Place {
        Place::new(self.source, self.entry.key_node.span)
    }

    /// Where the value stands; the key where nothing is written behind it.
    pub(crate) fn place(&self) -> Place {
        match self.entry.node.span {
            span if span.is_empty() => self.key_place(),
            span => Place::new(self.source, span),
        }
    }
}

impl Inputs {
    /// Parses the inputs.
    ///
    /// # Errors
    /// Everything that makes one unreadable as a configuration, of all of them: syntax, duplicate keys, a document
    /// that is no mapping, an empty file. Nothing but keys is shown of the texts.
    pub fn parse(sources: Vec<Source>) -> Outcome<Self> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for source in sources {
            match yaml::parse(source.text()) {
                Ok(stream) => {
                    problems.extend(malformed(&source, &stream));
                    files.push(File { source, stream });
                }
                Err(error) => problems.push(Diagnostic::from_yaml(&hidden(&source), error)),
            }
        }
        if files.is_empty() && problems.is_empty() {
            return Err(Failure::new(codes::EMPTY, "there is no input"));
        }
        if problems.is_empty() { Ok(Self { files }) } else { Err(Failure::from(problems)) }
    }

    /// The texts they were parsed from.
    pub fn into_sources(self) -> Vec<Source> {
        self.files.into_iter().map(|file| file.source).collect()
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The system that the inputs ask for, as written; none when they do not say.
    pub fn system(&self) -> Option<&str> {
        self.merged().0.get("system").and_then(|top| top.entry.node.as_str()).filter(|name| !name.is_empty())
    }

    /// The top-level keys: a later document or file replaces one, whole. And what is wrong with keys.
    pub(crate) fn merged(&self) -> (IndexMap<&str, TopEntry<'_>>, Vec<(Diagnostic, Place)>) {
        let (mut merged, mut problems) = (IndexMap::default(), Vec::new());
        for (source, file) in self.files.iter().enumerate() {
            for document in &file.stream.documents {
                let (list, wrong) = entries(&document.root);
                problems.extend(wrong.into_iter().map(|(problem, span)| (problem, Place::new(source, span))));
                merged.extend(list.into_iter().map(|entry| (entry.key, TopEntry { entry, source })));
            }
        }
        (merged, problems)
    }

    /// Where a missing key is asked for: the beginning of the first mapping, or of the last one for `nodes`.
    pub(crate) fn top(&self, last: bool) -> Place {
        let source = if last { self.files.len().saturating_sub(1) } else { 0 };
        let document = self.files.get(source).and_then(|file| file.stream.documents.first());
        let start = document.map_or(0, |document| document.root.span.start);
        Place::new(source, Span::new(start, start))
    }

    /// The texts, each with what of it may be shown.
    pub(crate) fn sources(&self, shown: impl Fn(&File) -> Mask) -> Vec<Arc<Source>> {
        self.files.iter().map(|file| Arc::new(file.source.clone().with_mask(shown(file)))).collect()
    }
}

/// The text with everything but keys hidden: what is shown of a text that is not understood.
fn hidden(source: &Source) -> Arc<Source> {
    Arc::new(source.clone().with_mask(Mask::Except(Vec::new())))
}

fn malformed(source: &Source, stream: &Stream) -> Vec<Diagnostic> {
    let hidden = hidden(source);
    if stream.documents.is_empty() {
        let message = format!("{}: the file is empty", source.name());
        return vec![
            Diagnostic::error(codes::EMPTY, message).with_help("a mapping of keys to values belongs here"),
        ];
    }
    let duplicates = yaml::check_duplicates(stream, crate::DIALECT);
    let wrong = stream.documents.iter().filter_map(|document| no_mapping(&hidden, document));
    duplicates.into_iter().map(|error| Diagnostic::from_yaml(&hidden, error)).chain(wrong).collect()
}

fn no_mapping(source: &Arc<Source>, document: &Document) -> Option<Diagnostic> {
    if document.root.as_mapping().is_some() {
        return None;
    }
    let found = if document.root.is_missing() { "an empty document" } else { document.root.kind_name() };
    let finding = Diagnostic::error(
        codes::NOT_A_MAPPING,
        format!("expected a mapping of keys to values, found {found}"),
    )
    .at(Location::new(source, document.root.span.range()));
    let help = if document.root.is_missing() {
        "remove the --- that begins it, or write keys behind it"
    } else {
        "write lines of the form key: value"
    };
    Some(finding.with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Outcome<Inputs> {
        let sources = texts.iter().enumerate().map(|(n, text)| Source::new(format!("{n}.yaml"), *text));
        Inputs::parse(sources.collect())
    }

    #[test]
    fn later_documents_and_files_replace_whole_keys() {
        let inputs = parse(&["a: {x: 1}\nb: 1\n---\na: {y: 2}\n", "c: 3\nb: 2\n"]).unwrap();
        let (merged, problems) = inputs.merged();
        assert!(problems.is_empty());
        assert_eq!(merged.keys().copied().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(merged["a"].entry.node.get("x").is_none() && merged["a"].entry.node.get("y").is_some());
        assert_eq!((merged["b"].entry.node.as_str(), merged["b"].source), (Some("2"), 1));
    }

    #[test]
    fn no_input_at_all() {
        assert_eq!(parse(&[]).err().unwrap().diagnostics[0].code, "config/empty");
    }

    #[test]
    fn every_malformed_input_is_told_at_once() {
        let failure = parse(&["", "a: [\n", "a: 1\na: 2\n", "- x\n", "a: 1\n---\n"]).err().unwrap();
        let codes: Vec<_> = failure.diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(
            codes,
            [
                "config/empty",
                "yaml/syntax",
                "yaml/duplicate-key",
                "config/not-a-mapping",
                "config/not-a-mapping"
            ]
        );
    }
}

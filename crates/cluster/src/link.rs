//! Which part of the reference (docs/options.md) a finding is about.

use cliutil::Diagnostic;
use yaml::{Node, Pair};

use crate::input::Inputs;
use crate::model::{Model, renamed};

/// The page of a system that has a section for every key.
fn page(model: &Model) -> String {
    match model.system() {
        crate::DEFAULT_SYSTEM => "docs/options.md".to_owned(),
        system => format!("docs/options-{system}.md"),
    }
}

/// The section of a key of cluster.yaml; [`references`] puts the page before it.
pub(crate) fn option(key: &str) -> String {
    format!("#{key}")
}

/// The section of a field of a node, likewise.
pub(crate) fn field(field: &str) -> String {
    format!("#nodes-{field}")
}

/// Gives each finding that has none the section of the key it stands at.
pub(crate) fn references(findings: &mut [Diagnostic], inputs: &Inputs, model: &Model) {
    let page = page(model);
    for finding in findings {
        let section = finding.reference.take().or_else(|| section_of(finding, inputs, model));
        finding.reference = section.map(|section| format!("{page}{section}"));
    }
}

fn section_of(finding: &Diagnostic, inputs: &Inputs, model: &Model) -> Option<String> {
    // The beginning of an input stands for what is not there.
    let location = finding.location.as_ref().filter(|location| !location.range.is_empty())?;
    let files = inputs.files().iter().filter(|file| file.source.name() == location.source.name());
    let mut documents = files.flat_map(|file| &file.stream.documents);
    documents.find_map(|document| section(&document.root, location.range.start, model))
}

fn section(root: &Node, at: usize, model: &Model) -> Option<String> {
    let pair = pair_at(root, at)?;
    let key = pair.key.as_str()?;
    if key != "nodes" {
        let known = model.option(key).map(|_| key).or_else(|| Some(renamed(&model.options, key)?.0.as_str()));
        return known.map(option);
    }
    let nodes = pair.value.as_sequence().unwrap_or_default();
    let node = last_before(nodes, at, |node| node.span.start).filter(|node| node.span.range().contains(&at));
    let key = node.and_then(|node| pair_at(node, at)?.key.as_str());
    let known = key
        .and_then(|key| model.node_field(key).map(|_| key).or_else(|| Some(renamed(&model.fields, key)?.0)));
    Some(known.map_or_else(|| option("nodes"), field))
}

/// The pair that an offset lies in.
fn pair_at(node: &Node, at: usize) -> Option<&Pair> {
    let pair = last_before(node.as_mapping()?, at, |pair| pair.key.span.start)?;
    (at < pair.value.span.end.max(pair.key.span.end)).then_some(pair)
}

/// The last one that does not begin behind an offset. They stand in their order in the text, and may be many.
fn last_before<T>(items: &[T], at: usize, start: impl Fn(&T) -> usize) -> Option<&T> {
    let behind = items.partition_point(|item| start(item) <= at);
    items.get(behind.checked_sub(1)?)
}

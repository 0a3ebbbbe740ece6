//! The findings of a run: each once, and only those in files that are checked.

use std::collections::BTreeSet;

use cliutil::Diagnostic;

use super::tree::{File, Tree};

/// Findings, without repetitions: an object that is built twice is reported once.
pub(crate) struct Findings {
    seen: BTreeSet<(String, usize, &'static str, String)>,
    list: Vec<Diagnostic>,
}

impl Findings {
    pub(crate) fn new() -> Self {
        Self { seen: BTreeSet::new(), list: Vec::new() }
    }

    /// Adds a finding unless it is there already.
    pub(crate) fn push(&mut self, finding: Diagnostic) {
        let start = finding.location.as_ref().map_or(0, |place| place.range.start);
        let file = finding.file().unwrap_or_default().to_owned();
        if self.seen.insert((file, start, finding.code, finding.message.clone())) {
            self.list.push(finding);
        }
    }

    /// Adds several.
    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Those in checked files, and those about paths that are no file of the tree.
    pub(crate) fn within(self, tree: &Tree) -> Vec<Diagnostic> {
        let others: BTreeSet<_> = tree.files.iter().filter(|file| !file.checked).map(File::name).collect();
        self.list
            .into_iter()
            .filter(|finding| !finding.file().is_some_and(|name| others.contains(name)))
            .collect()
    }
}

//! Files that a talconfig refers to with `@path`: they must exist, and patches must be YAML unless they are templates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::Diagnostic;
use yaml::Node;

use super::checker::Checker;

pub(crate) fn check(checker: &mut Checker, folder: &Path) {
    let root = checker.root();
    let nodes = root.get("nodes").and_then(Node::as_sequence).unwrap_or_default();
    let groups = [root.get("controlPlane"), root.get("worker")];
    patches(checker, root, "patches", folder);
    contents(checker, root, "inlineManifests", "contents", folder);
    for group in groups.into_iter().flatten().chain(nodes) {
        patches(checker, group, "patches", folder);
        contents(checker, group, "machineFiles", "content", folder);
        // Here the @ may be left out.
        for item in group.get("extraManifests").and_then(Node::as_sequence).unwrap_or_default() {
            if let Some(path) = item.as_str() {
                named(checker, item, path.trim_start_matches('@'), folder);
            }
        }
    }
}

fn patches<'d>(checker: &mut Checker<'d>, group: &'d Node, key: &str, folder: &Path) {
    for patch in checker.list(group, key, key) {
        let Some(text) = patch.as_str() else {
            let help = "write the patch as a text block: |-";
            checker.error_help("talos/type", "a patch must be text", patch, help);
            continue;
        };
        if text.starts_with('@') {
            if let Some(path) = file(checker, patch, folder) {
                patch_file(checker, &path);
            }
        } else if !text.contains("{{")
            && let Err(error) = yaml::parse(text)
        {
            checker.error("talos/patch", format!("this patch is not YAML: {}", error.message), patch);
        }
    }
}

fn contents(checker: &mut Checker, group: &Node, list: &str, key: &str, folder: &Path) {
    for item in group.get(list).and_then(Node::as_sequence).unwrap_or_default() {
        if let Some(content) = item.get(key) {
            file(checker, content, folder);
        }
    }
}

/// The file that a reference names; an error when it is not there. What does not begin with `@` is no reference.
fn file(checker: &mut Checker, node: &Node, folder: &Path) -> Option<PathBuf> {
    named(checker, node, node.as_str()?.strip_prefix('@')?, folder)
}

fn named(checker: &mut Checker, node: &Node, path: &str, folder: &Path) -> Option<PathBuf> {
    let path = folder.join(path);
    if path.is_file() {
        return Some(path);
    }
    let shown = checker.document.written(node).trim_matches(['"', '\'', '@']).to_owned();
    let help = format!("paths are relative to the talconfig's folder, {}", show(folder));
    checker.error_help("talos/missing-file", format!("{shown}: no such file"), node, help);
    None
}

fn show(folder: &Path) -> String {
    if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() }
}

/// A patch file may be a template that is no YAML yet.
fn patch_file(checker: &mut Checker, path: &Path) {
    let source = match cliutil::read_file(path) {
        Ok(source) => Arc::new(source),
        Err(failure) => {
            checker.findings.extend(failure.diagnostics);
            return;
        }
    };
    if source.text().contains("{{") {
        return;
    }
    match yaml::parse(source.text()) {
        Err(error) => checker.findings.push(Diagnostic::from_yaml(&source, error)),
        Ok(stream) => {
            let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3);
            checker
                .findings
                .extend(duplicates.into_iter().map(|error| Diagnostic::from_yaml(&source, error)));
        }
    }
}

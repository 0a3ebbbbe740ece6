//! Encryption: every `*.sops.*` file is encrypted, and no Secret stands in plain text elsewhere. Nothing is decrypted
//! here, and no value is ever shown.

use cliutil::Diagnostic;
use rayon::prelude::*;
use yaml::{Kind, Node};

use super::findings::Findings;
use super::found::is_sops_name;
use super::object::{is_null, items, text};
use super::tree::{Area, File, Tree};

/// How an encrypted value begins.
const CIPHERTEXT: &str = "ENC[";

/// Metadata that says which values are encrypted. With none of them all are.
const SELECTORS: [&str; 5] = [
    "encrypted_regex",
    "unencrypted_regex",
    "encrypted_suffix",
    "encrypted_comment_regex",
    "unencrypted_comment_regex",
];

/// The finding for a file that must be encrypted; `reason` says what is missing.
pub(crate) fn not_encrypted(reason: &str) -> Diagnostic {
    Diagnostic::error("secrets/not-encrypted", format!("this file must be encrypted: {reason}"))
        .with_help("encrypt it: secrets encrypt -i FILE")
}

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let found = tree.files.par_iter().flat_map_iter(|file| {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let mut found = Vec::new();
        if is_sops_name(&name) {
            sops_file(file, &name, &mut found);
        } else if file.area != Area::Talos {
            plain_file(file, &mut found);
        }
        found
    });
    findings.extend(found.collect::<Vec<_>>());
}

fn sops_file(file: &File, name: &str, findings: &mut Vec<Diagnostic>) {
    let is_yaml = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    if !is_yaml {
        findings.extend(other_format(file));
        return;
    }
    if file.documents.is_empty() {
        findings.push(not_encrypted("it is empty").at(file.place(0..0)));
    }
    for document in &file.documents {
        match metadata_problem(document) {
            Some(reason) => {
                let first = document.as_mapping().and_then(|pairs| pairs.first());
                let place = document.get("sops").or(first.map(|pair| &pair.key)).unwrap_or(document).span;
                findings.push(not_encrypted(reason).at(file.place(place.range())));
            }
            None => plain_values(file, document, findings),
        }
    }
}

/// Files of variables, ini files, and binary ones, which sops writes as JSON.
fn other_format(file: &File) -> Option<Diagnostic> {
    let content = file.source.text();
    let has = |key: &str| {
        content.lines().any(|line| {
            let line = line.trim_start().trim_start_matches('"');
            line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '"', ':']))
        })
    };
    let encrypted = (has("sops_mac") && has("sops_version")) || (has("mac") && has("version"));
    (!encrypted).then(|| not_encrypted("it has no sops metadata").at(file.place(0..0)))
}

/// Why a document does not count as encrypted: it must have metadata with a version and a MAC.
fn metadata_problem(document: &Node) -> Option<&'static str> {
    let Some(sops) = document.get("sops") else { return Some("it has no sops metadata") };
    match (text(sops, "version"), text(sops, "mac")) {
        (None, _) => Some("its sops metadata has no version"),
        (_, None) => Some("its sops metadata has no MAC"),
        (_, Some(mac)) if !mac.starts_with(CIPHERTEXT) => Some("its MAC is not encrypted"),
        _ => None,
    }
}

/// Values added by hand after encryption.
fn plain_values(file: &File, document: &Node, findings: &mut Vec<Diagnostic>) {
    let sops = document.get("sops");
    let selected = sops.is_some_and(|sops| SELECTORS.iter().any(|key| sops.get(key).is_some()));
    let mut plain = Vec::new();
    if selected {
        if text(document, "kind") == Some("Secret") && text(document, "apiVersion") == Some("v1") {
            for value in secret_values(document) {
                collect_plain(value, "", &mut plain);
            }
        }
    } else {
        let suffix = sops.and_then(|sops| text(sops, "unencrypted_suffix")).unwrap_or_default();
        for pair in document.as_mapping().unwrap_or_default() {
            let key = pair.key.as_str().unwrap_or_default();
            if key != "sops" && (suffix.is_empty() || !key.ends_with(suffix)) {
                collect_plain(&pair.value, suffix, &mut plain);
            }
        }
    }
    for value in plain {
        let finding = Diagnostic::error("secrets/plain-value", "this value is not encrypted");
        findings.push(
            finding
                .at(file.place(value.span.range()))
                .with_help("add values with secrets edit or secrets set, not by hand"),
        );
    }
}

/// `data` and `stringData`.
fn secret_values(document: &Node) -> impl Iterator<Item = &Node> {
    ["data", "stringData"].into_iter().filter_map(|key| document.get(key))
}

/// Scalars that hold something and are not encrypted. Empty ones stay as they are under sops, too.
fn collect_plain<'n>(node: &'n Node, unencrypted_suffix: &str, plain: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Alias(_) => {}
        Kind::Scalar(content, _) => {
            if !content.is_empty() && !is_null(node) && !content.starts_with(CIPHERTEXT) {
                plain.push(node);
            }
        }
        Kind::Sequence(items) => items.iter().for_each(|item| collect_plain(item, unencrypted_suffix, plain)),
        Kind::Mapping(pairs) => {
            for pair in pairs {
                let key = pair.key.as_str().unwrap_or_default();
                if unencrypted_suffix.is_empty() || !key.ends_with(unencrypted_suffix) {
                    collect_plain(&pair.value, unencrypted_suffix, plain);
                }
            }
        }
    }
}

/// Secrets in a file whose name does not ask for encryption.
fn plain_file(file: &File, findings: &mut Vec<Diagnostic>) {
    for object in file.objects.iter().filter(|object| object.is("", "Secret")) {
        let Some(content) = &object.content else { continue };
        if content.get("sops").is_some() && metadata_problem(content).is_none() {
            plain_values(file, content, findings);
            continue;
        }
        let mut plain = Vec::new();
        for value in secret_values(content) {
            collect_plain(value, "", &mut plain);
        }
        if let Some(first) = plain.iter().find(|value| !is_variable(value)) {
            let message = format!("Secret {} stands here in plain text", object.name);
            let finding =
                Diagnostic::error("secrets/plain-secret", message).at(file.place(first.span.range()));
            findings.push(finding.with_help("move it to a file named *.sops.yaml and encrypt it"));
        }
    }
    if file.is_kustomization {
        for generator in file.documents.iter().flat_map(|document| items(document, "secretGenerator")) {
            for literal in items(generator, "literals") {
                let finding =
                    Diagnostic::error("secrets/plain-secret", "this secret stands here in plain text");
                let help = "take it from an encrypted Secret instead";
                findings.push(finding.at(file.place(literal.span.range())).with_help(help));
            }
        }
    }
}

/// Whether a value only says where the secret is: a variable that Flux puts in, or a reference that a program on the way
/// to the cluster fills in (op inject, argocd-vault-plugin, vals).
fn is_variable(value: &Node) -> bool {
    let Some(text) = value.as_str() else { return false };
    if ["op://", "<path:", "ref+", "vault:"].iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let Some(name) = text.strip_prefix("${").and_then(|text| text.strip_suffix('}')) else { return false };
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

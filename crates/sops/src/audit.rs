//! Looking at files without keys: is everything encrypted that should be?

use yaml::{Dialect, Node, Span};

use crate::cipher::Sealed;
use crate::format::{Format, read};
use crate::open::metadata_of;
use crate::value::Scalar;
use crate::walk::walk;
use crate::{Error, Metadata, Result};

/// A value that is readable although it should not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain {
    /// Its keys from the root, joined by dots.
    pub path: String,
    /// Its place.
    pub span: Span,
    /// Whether it is part of a Talos secrets bundle.
    pub bundle: bool,
}

/// The block of an encrypted file, and the values that its rule chooses but that stand there in plain text.
///
/// # Errors
/// `sops/not-encrypted`, `sops/no-mac`, `sops/metadata`, and those of the YAML reader.
pub fn audit(text: &str, format: Format) -> Result<(Metadata, Vec<Plain>)> {
    let stream = read(text, format.encrypted())?;
    let metadata = metadata_of(&stream)?;
    if metadata.mac.is_empty() {
        return Err(Error::new("sops/no-mac", "the file has no integrity code (mac)"));
    }
    let mut found = Vec::new();
    walk(&stream, text, &metadata.selector, &mut |leaf| {
        let value = Scalar::from_node(leaf.node)?;
        let sealed = leaf.node.as_str().is_some_and(|text| Sealed::parse(text).is_some());
        if leaf.chosen && value.kind().is_some() && !sealed {
            found.push(Plain { path: leaf.path(), span: leaf.node.span, bundle: false });
        }
        Ok(())
    })?;
    Ok((metadata, found))
}

/// Values of Kubernetes Secrets that stand in plain text: scalars below `data` and `stringData` of every `kind: Secret`
/// (in lists too) that are neither encrypted nor a `${…}` to be substituted; and the tokens of a Talos secrets bundle.
///
/// # Errors
/// Those of the YAML reader.
pub fn plain_secrets(text: &str) -> Result<Vec<Plain>> {
    // Nearly no file of a repository holds a Secret: parsing can be saved.
    if !text.contains("Secret") && !text.contains("trustdinfo") {
        return Ok(Vec::new());
    }
    let stream = yaml::parse(text)?;
    let mut found = Vec::new();
    for document in &stream.documents {
        look(&document.root, &mut found);
        look_for_bundle(&document.root, &mut found);
    }
    Ok(found)
}

/// The secrets of a cluster as talhelper and talosctl write them.
fn look_for_bundle(root: &Node, found: &mut Vec<Plain>) {
    if ["cluster", "secrets", "trustdinfo", "certs"].iter().any(|key| root.get(key).is_none()) {
        return;
    }
    for (section, key) in
        [("secrets", "bootstraptoken"), ("secrets", "secretboxencryptionsecret"), ("trustdinfo", "token")]
    {
        let value = root.get(section).and_then(|section| section.get(key));
        let Some(value) = value
            .filter(|v| v.as_str().is_some_and(|text| !text.is_empty() && Sealed::parse(text).is_none()))
        else {
            continue;
        };
        found.push(Plain { path: format!("{section}.{key}"), span: value.span, bundle: true });
    }
}

fn look(object: &Node, found: &mut Vec<Plain>) {
    if let Some(items) = object.get("items").and_then(Node::as_sequence) {
        for item in items {
            look(item, found);
        }
    }
    if object.get("kind").and_then(Node::as_str) != Some("Secret") {
        return;
    }
    for field in ["data", "stringData"] {
        for pair in object.get(field).and_then(Node::as_mapping).unwrap_or_default() {
            let Some(value) = pair.value.as_str() else { continue };
            let null = matches!(yaml::to_value(&pair.value, Dialect::Kubernetes), Ok(yaml::Value::Null));
            let placeholder = value.starts_with("${") && value.ends_with('}');
            if !null && !value.is_empty() && !placeholder && Sealed::parse(value).is_none() {
                let key = pair.key.as_str().unwrap_or_default();
                found.push(Plain { path: format!("{field}.{key}"), span: pair.value.span, bundle: false });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_of_secrets_are_found() {
        let text = "kind: Secret\ndata: {a: eA==, b: '', c: }\nstringData:\n  d: x\n  e: ${TOKEN}\n  f: ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n---\nkind: ConfigMap\ndata: {a: Secret}\n---\nkind: List\nitems:\n  - kind: Secret\n    data: {z: eA==}\n";
        let paths: Vec<_> = plain_secrets(text).unwrap().into_iter().map(|plain| plain.path).collect();
        assert_eq!(paths, ["data.a", "stringData.d", "data.z"]);
        let bundle = "cluster: {id: x}\nsecrets: {bootstraptoken: t, secretboxencryptionsecret: 'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]'}\ntrustdinfo: {token: u}\ncerts: {}\n";
        let paths: Vec<_> = plain_secrets(bundle).unwrap().into_iter().map(|plain| plain.path).collect();
        assert_eq!(paths, ["secrets.bootstraptoken", "trustdinfo.token"]);
    }
}

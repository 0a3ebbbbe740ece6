//! Looking at files without keys: is everything encrypted that should be?

use yaml::{Dialect, Node, Span};

use crate::cipher::Sealed;
use crate::format::{Format, read};
use crate::open::{metadata_in, metadata_of};
use crate::value::Scalar;
use crate::walk::walk;
use crate::{Error, Metadata, Result, ini};

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

/// Whether a file has a block with an integrity code and a version: what sops calls encrypted. Of several documents the
/// first counts.
///
/// # Errors
/// `sops/metadata`, and those of the reader.
pub fn is_encrypted(text: &str, format: Format) -> Result<bool> {
    if format == Format::Ini {
        return Ok(ini::is_encrypted(text));
    }
    let stream = read(text, format.encrypted())?;
    let root = stream.documents.first().map(|document| &document.root);
    if let Some(root) = root.filter(|root| root.as_mapping().is_none() && !is_null(root)) {
        let message = format!("a mapping is expected, not {}", root.kind_name());
        return Err(Error::new("sops/root", message).at(root.span));
    }
    let Some(metadata) = metadata_in(&stream)? else { return Ok(false) };
    if metadata.age.is_empty() && metadata.other_keys().is_empty() {
        return Err(Error::new("sops/metadata", "the sops block cannot be used: it names no key"));
    }
    Ok(!metadata.mac.is_empty() && !metadata.version.is_empty())
}

fn is_null(node: &Node) -> bool {
    matches!(yaml::to_value(node, Dialect::GoYamlV3), Ok(yaml::Value::Null))
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
    let mut found = Vec::new();
    match yaml::parse(text) {
        Ok(stream) => look_at(&stream, &mut found),
        // A document that cannot be read does not hide a Secret beside it.
        Err(error) => {
            let mut start = 0;
            for part in text.split_inclusive("\n---") {
                if let Ok(stream) = yaml::parse(part.strip_suffix("\n---").unwrap_or(part)) {
                    let known = found.len();
                    look_at(&stream, &mut found);
                    for plain in found.iter_mut().skip(known) {
                        plain.span = Span::new(plain.span.start + start, plain.span.end + start);
                    }
                }
                start += part.len();
            }
            if found.is_empty() {
                return Err(error.into());
            }
        }
    }
    Ok(found)
}

fn look_at(stream: &yaml::Stream, found: &mut Vec<Plain>) {
    for document in &stream.documents {
        look(&document.root, found);
        look_for_bundle(&document.root, found);
    }
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

    /// As `sops filestatus` has it.
    #[test]
    fn encrypted_is_what_has_a_code() {
        let block = |fields: &str| {
            format!(
                "a: 1\nsops:\n  age: [{{recipient: r, enc: e}}]\n  lastmodified: \"2026-11-21T00:00:00Z\"\n{fields}"
            )
        };
        for (text, format, is) in [
            (block("  mac: m\n  version: 3.9.0\n").as_str(), Format::Yaml, Some(true)),
            (&block("  mac: m\n  version: 9.9.9\n"), Format::Yaml, Some(true)),
            (&block("  version: 3.9.0\n"), Format::Yaml, Some(false)),
            ("a: 1\n", Format::Yaml, Some(false)),
            ("", Format::Yaml, Some(false)),
            ("---\n", Format::Yaml, Some(false)),
            ("null\n", Format::Yaml, Some(false)),
            ("{}", Format::Json, Some(false)),
            ("A=1\n", Format::Dotenv, Some(false)),
            ("[s]\na = 1\n[sops]\nmac = m\nversion = 3\n", Format::Ini, Some(true)),
            ("[s]\nmac = m\n[sops]\nversion = 3\n[z]\nmac = m\n", Format::Ini, Some(false)),
            ("- a\n", Format::Yaml, None),
            ("text\n", Format::Yaml, None),
            ("a: [\n", Format::Yaml, None),
            ("a: 1\nsops:\n", Format::Yaml, None),
            (
                "a: 1\nsops:\n  mac: m\n  version: 3.9.0\n  lastmodified: \"2026-11-21T00:00:00Z\"\n",
                Format::Yaml,
                None,
            ),
            ("", Format::Json, None),
            ("plain", Format::Binary, None),
        ] {
            assert_eq!(is_encrypted(text, format).ok(), is, "{text}");
        }
    }

    #[test]
    fn plain_values_of_secrets_are_found() {
        let text = "kind: Secret\ndata: {a: eA==, b: '', c: }\nstringData:\n  d: x\n  e: ${TOKEN}\n  f: ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n---\nkind: ConfigMap\ndata: {a: Secret}\n---\nkind: List\nitems:\n  - kind: Secret\n    data: {z: eA==}\n";
        let paths: Vec<_> = plain_secrets(text).unwrap().into_iter().map(|plain| plain.path).collect();
        assert_eq!(paths, ["data.a", "stringData.d", "data.z"]);
        let broken = "---\na: [\n---\nkind: Secret\ndata: {a: eA==}\n---\nb: }\n";
        let found = plain_secrets(broken).unwrap();
        assert_eq!((found.len(), &broken[found[0].span.range()]), (1, "eA=="));
        let bundle = "cluster: {id: x}\nsecrets: {bootstraptoken: t, secretboxencryptionsecret: 'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]'}\ntrustdinfo: {token: u}\ncerts: {}\n";
        let paths: Vec<_> = plain_secrets(bundle).unwrap().into_iter().map(|plain| plain.path).collect();
        assert_eq!(paths, ["secrets.bootstraptoken", "trustdinfo.token"]);
    }
}

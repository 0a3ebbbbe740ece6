//! The `sops` block of a file: who can read it, what was encrypted, and the integrity code.
//!
//! Written as sops 3.13 writes it (keys sorted at every level); read in any order and in the older layouts.

use yaml::{Dialect, Mapping, Node, Value};

use crate::dotenv;
use crate::format::Format;
use crate::selector::SelectorKind;
use crate::{Error, Result, Selector};

/// The key of the block.
pub(crate) const KEY: &str = "sops";
/// The release of sops whose format this crate writes; readers compare it with 3.3.0 only.
pub const FORMAT_VERSION: &str = "3.13.3";

/// The data key, wrapped for one age recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeEntry {
    /// The recipient as it was given.
    pub recipient: String,
    /// An armored age file that holds the data key.
    pub enc: String,
}

/// What the block says.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// The age entries, in order.
    pub age: Vec<AgeEntry>,
    /// When the values last changed, as written in the file.
    pub last_modified: String,
    /// The sealed integrity code; empty when the file has none.
    pub mac: String,
    /// What was chosen for encryption.
    pub selector: Selector,
    /// Whether the integrity code covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// Recorded even where it has no effect (a single group).
    pub shamir_threshold: Option<u32>,
    /// The version of the program that wrote it.
    pub version: String,
    /// Everything else: keys of other kinds, and fields of later versions. Kept as it is.
    pub extra: Mapping,
}

/// Kinds of keys that only the sops program can use, as they stand in a file.
const OTHER_KEYS: [&str; 6] = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp"];

impl Metadata {
    /// The block of a document's root; none when it has none.
    ///
    /// # Errors
    /// `sops/metadata` when it is malformed, `sops/selector`.
    pub(crate) fn from_root(root: &Node, format: Format) -> Result<Option<Self>> {
        if format == Format::Dotenv {
            let Some(fields) = dotenv::block(root)? else { return Ok(None) };
            let first = crate::block::entries(root, format)[0].key.span;
            return Self::from_fields(&fields).map(Some).map_err(|error| error.at(first));
        }
        let Some(pair) = root.pair(KEY) else { return Ok(None) };
        let span = pair.key.span;
        if pair.value.as_mapping().is_none() {
            return Err(malformed("it is not a mapping").at(span));
        }
        if let Some(time) = pair.value.get("lastmodified")
            && matches!(time.kind, yaml::Kind::Scalar(_, yaml::ScalarStyle::Plain))
        {
            return Err(malformed("lastmodified must stand in quotes").at(time.span));
        }
        let value = yaml::to_value(&pair.value, Dialect::GoYamlV3)?;
        let Value::Mapping(fields) = value else { return Err(malformed("it is not a mapping").at(span)) };
        Self::from_fields(&fields)
            .map(Some)
            .map_err(|error| if error.span.is_some() { error } else { error.at(span) })
    }

    fn from_fields(fields: &Mapping) -> Result<Self> {
        let mut extra = Mapping::new();
        let mut selectors = Vec::new();
        let mut metadata = Self {
            age: Vec::new(),
            last_modified: text(fields, "lastmodified")?.unwrap_or_default(),
            mac: text(fields, "mac")?.unwrap_or_default(),
            selector: Selector::default(),
            mac_only_encrypted: false,
            shamir_threshold: None,
            version: text(fields, "version")?.unwrap_or_default(),
            extra: Mapping::new(),
        };
        for (name, value) in fields.iter() {
            let Value::String(name) = name else { return Err(malformed("it has a key that is no text")) };
            let selector = SelectorKind::ALL.into_iter().find(|kind| kind.key() == name);
            match (name.as_str(), selector) {
                ("lastmodified" | "mac" | "version", _) => {}
                ("age", _) => metadata.age = age_entries(value)?,
                ("mac_only_encrypted", _) => metadata.mac_only_encrypted = boolean(value)?,
                ("shamir_threshold", _) => metadata.shamir_threshold = threshold(value)?,
                (_, Some(kind)) => selectors.push((kind, text(fields, name)?.unwrap_or_default())),
                (name, None) if OTHER_KEYS.contains(&name) && is_nothing(value) => {}
                ("key_groups", None) if is_nothing(value) => {}
                (_, None) => {
                    extra.insert(Value::String(name.clone()), value.clone());
                }
            }
        }
        metadata.selector = Selector::from_fields(&selectors)?;
        if selectors.is_empty() {
            metadata.selector = Selector::unrecorded();
        }
        metadata.extra = extra;
        metadata.take_single_group()?;
        metadata.check()?;
        Ok(metadata)
    }

    /// One key group in the long form means the same as the flat list.
    fn take_single_group(&mut self) -> Result<()> {
        let Some(Value::Sequence(groups)) = self.extra.get("key_groups") else { return Ok(()) };
        // As in sops, flat lists win over groups.
        if !self.age.is_empty() {
            return Ok(());
        }
        // Several groups share the data key: they stay as they are, and the file is for the sops program.
        if groups.len() > 1 {
            return Ok(());
        }
        let Some(Value::Mapping(group)) = groups.first().cloned() else { return Ok(()) };
        self.extra.remove("key_groups");
        for (name, value) in group {
            match name.as_str() {
                Some("age") => self.age = age_entries(&value)?,
                _ if is_nothing(&value) => {}
                _ => {
                    self.extra.insert(name, value);
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.version.is_empty() {
            return Err(malformed("it has no version"));
        }
        if crate::go_time::GoTime::from_rfc3339(&self.last_modified).is_none() {
            return Err(malformed("lastmodified is not a time in RFC 3339 form, as text"));
        }
        Ok(())
    }

    /// What the integrity code is bound to: `lastmodified` in whole seconds.
    pub(crate) fn mac_aad(&self) -> String {
        crate::go_time::GoTime::from_rfc3339(&self.last_modified)
            .map_or_else(|| self.last_modified.clone(), crate::go_time::GoTime::to_rfc3339)
    }

    /// Which kinds of keys it holds that need the sops program; `key_groups` for a data key in several parts.
    pub fn other_keys(&self) -> Vec<&'static str> {
        OTHER_KEYS.into_iter().chain(["key_groups"]).filter(|kind| self.extra.contains_key(kind)).collect()
    }

    /// The recipients, in order.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.age.iter().map(|entry| entry.recipient.as_str())
    }

    /// The block's content with its keys sorted, as data.
    pub(crate) fn to_value(&self) -> Value {
        let mut fields = self.extra.clone();
        let mut put = |name: &str, value: Value| fields.insert(Value::from(name), value);
        if !self.age.is_empty() {
            put("age", Value::Sequence(self.age.iter().map(AgeEntry::to_value).collect()));
        }
        put("lastmodified", Value::from(self.last_modified.as_str()));
        put("mac", Value::from(self.mac.as_str()));
        if self.mac_only_encrypted {
            put("mac_only_encrypted", Value::Bool(true));
        }
        if let Some(threshold) = self.shamir_threshold {
            put("shamir_threshold", Value::from(i64::from(threshold)));
        }
        if let Some((name, text)) = self.selector.recorded() {
            put(name, Value::from(text));
        }
        put("version", Value::from(self.version.as_str()));
        sorted(&Value::Mapping(fields))
    }

    /// The block in block style: lines without line breaks, from `sops:` on.
    pub(crate) fn to_block(&self, indent: usize) -> Vec<String> {
        let mut fields = Mapping::new();
        fields.insert(Value::from(KEY), self.to_value());
        crate::go_emit::block(&fields, indent)
    }

    /// The block as one entry of a flow mapping.
    pub(crate) fn to_flow(&self) -> String {
        format!("\"{KEY}\": {}", crate::go_emit::flow(&self.to_value()))
    }
}

impl AgeEntry {
    fn to_value(&self) -> Value {
        let mut entry = Mapping::new();
        entry.insert(Value::from("enc"), Value::from(self.enc.as_str()));
        entry.insert(Value::from("recipient"), Value::from(self.recipient.as_str()));
        Value::Mapping(entry)
    }
}

fn malformed(what: &str) -> Error {
    Error::new("sops/metadata", format!("the sops block cannot be used: {what}"))
}

fn text(fields: &Mapping, name: &str) -> Result<Option<String>> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        // Loosely typed, as sops reads it; a time must be text.
        Some(Value::Int(value)) if name != "lastmodified" => Ok(Some(value.to_string())),
        Some(Value::Float(value)) if name != "lastmodified" => Ok(Some(value.to_string())),
        Some(_) => Err(malformed(&format!("{name} is not text"))),
    }
}

fn boolean(value: &Value) -> Result<bool> {
    match value {
        Value::Null => Ok(false),
        Value::Bool(value) => Ok(*value),
        Value::Int(value) => Ok(*value != 0),
        // As Go's ParseBool has it: in dotenv everything is text.
        Value::String(text) if matches!(text.as_str(), "1" | "t" | "T" | "TRUE" | "true" | "True") => {
            Ok(true)
        }
        Value::String(text)
            if matches!(text.as_str(), "0" | "f" | "F" | "FALSE" | "false" | "False" | "") =>
        {
            Ok(false)
        }
        _ => Err(malformed("mac_only_encrypted is neither true nor false")),
    }
}

fn threshold(value: &Value) -> Result<Option<u32>> {
    match value {
        Value::Null | Value::Int(0) => Ok(None),
        Value::Int(value) => {
            u32::try_from(*value).map(Some).map_err(|_| malformed("shamir_threshold is out of range"))
        }
        Value::String(text) if text.is_empty() || text == "0" => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| malformed("shamir_threshold is no number")),
        _ => Err(malformed("shamir_threshold is no number")),
    }
}

fn age_entries(value: &Value) -> Result<Vec<AgeEntry>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Sequence(entries) => entries.iter().map(age_entry).collect(),
        _ => Err(malformed("age is not a list")),
    }
}

fn age_entry(value: &Value) -> Result<AgeEntry> {
    let Value::Mapping(entry) = value else { return Err(malformed("an entry of age is not a mapping")) };
    let field = |name| text(entry, name)?.ok_or_else(|| malformed(&format!("an entry of age has no {name}")));
    Ok(AgeEntry { recipient: field("recipient")?, enc: field("enc")? })
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(items) => items.is_empty(),
        _ => false,
    }
}

/// The same data with mapping keys sorted at every level.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            let mut pairs: Vec<_> = mapping.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            pairs.sort_by_key(|(key, _)| key_text(key));
            Value::Mapping(pairs.into_iter().collect())
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        other => crate::go_emit::flow(other),
    }
}

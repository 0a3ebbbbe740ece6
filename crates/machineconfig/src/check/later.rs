//! What a version of Talos cannot read yet: kinds of documents, fields and forms of values that a later one brought. A machine
//! refuses a configuration with one of them as a whole, while talhelper writes it without a word.

use yaml::{Mapping, Value};

use crate::config::Config;
use crate::contract::Contract;
use crate::schema::{Scalar, Schema, StructId, Type};
use crate::{Problem, Problems};

/// The first minor that takes a list for an argument (`extraArgs`), and the first that takes a size in percent. Before, the
/// types were others (by reflection over pkg/machinery, as `schema/talos.types`).
const LISTS_OF_ARGUMENTS: u8 = 13;
const SIZES_IN_PERCENT: u8 = 12;

impl Config {
    /// What the Talos cannot read yet that the configuration itself names as its installer.
    pub fn later(&self) -> Problems {
        let image =
            self.v1alpha1().and_then(|config| config.get("machine")?.get("install")?.get("image")?.as_str());
        let tag = image.and_then(|image| image.rsplit_once(':')).map(|(_, tag)| tag);
        let Some(contract) = tag.and_then(Contract::parse) else { return Problems::new() };
        later(self.documents().iter().map(|document| &document.value), contract)
    }
}

/// What of documents a version cannot read yet.
pub(crate) fn later<'v>(documents: impl IntoIterator<Item = &'v Value>, contract: Contract) -> Problems {
    let mut walk = Walk { contract, label: String::new(), path: String::new(), found: Problems::new() };
    for document in documents {
        walk.document(document);
    }
    walk.found
}

struct Walk {
    contract: Contract,
    /// How the document is called; empty for the v1alpha1 document.
    label: String,
    /// The keys from there.
    path: String,
    found: Problems,
}

impl Walk {
    fn document(&mut self, document: &Value) {
        let text = |key| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = Schema::get().document(text("kind")) else { return };
        let name = if kind.named { text("name") } else { "" };
        self.label = if name.is_empty() { kind.kind.to_owned() } else { format!("{}/{name}", kind.kind) };
        self.path.clear();
        match document.as_mapping() {
            _ if self.is_later(kind.since) => self.say("does not know this kind of document", kind.since),
            Some(mapping) => self.structure(kind.id, mapping),
            None => {}
        }
    }

    fn is_later(&self, since: u8) -> bool {
        since > self.contract.minor()
    }

    fn structure(&mut self, id: StructId, mapping: &Mapping) {
        let structure = Schema::get().structure(id);
        for (key, value) in mapping.iter() {
            let Some(field) = key.as_str().and_then(|key| structure.field(key)) else { continue };
            if self.is_later(field.since) {
                self.below(format_args!(".{}", field.key), |walk| {
                    walk.say("does not know this field", field.since);
                });
            } else if holds_more(&field.kind, value) {
                self.below(format_args!(".{}", field.key), |walk| walk.value(&field.kind, value));
            }
        }
    }

    fn value(&mut self, kind: &Type, value: &Value) {
        match (kind, value) {
            (Type::Pointer(kind), value) => self.value(kind, value),
            (Type::Struct(id), Value::Mapping(mapping)) => self.structure(*id, mapping),
            (Type::List(kind, _), Value::Sequence(items)) => {
                for (n, item) in items.iter().enumerate() {
                    self.below(format_args!("[{n}]"), |walk| walk.value(kind, item));
                }
            }
            (Type::Map(kind), Value::Mapping(mapping)) => {
                for (key, value) in mapping.iter() {
                    let key = key.as_str().unwrap_or_default();
                    self.below(format_args!(".{key}"), |walk| walk.value(kind, value));
                }
            }
            (Type::Scalar(Scalar::ArgValue), Value::Sequence(_)) if self.is_later(LISTS_OF_ARGUMENTS) => {
                self.say("takes one text here and no list", LISTS_OF_ARGUMENTS);
            }
            (Type::Scalar(Scalar::Size), Value::String(size))
                if size.ends_with('%') && self.is_later(SIZES_IN_PERCENT) =>
            {
                self.say("takes no size in percent", SIZES_IN_PERCENT);
            }
            (Type::Scalar(Scalar::Enum(set)), Value::String(word)) => {
                let since = Schema::get().words(set).since(word);
                if self.is_later(since) {
                    self.say("does not know this word", since);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: std::fmt::Arguments<'_>, then: impl FnOnce(&mut Self)) {
        use std::fmt::Write as _;
        let length = self.path.len();
        let _ = write!(self.path, "{step}");
        then(self);
        self.path.truncate(length);
    }

    fn say(&mut self, what: &str, since: u8) {
        let contract = self.contract;
        let keys = self.path.strip_prefix('.').unwrap_or_default();
        let message = format!("Talos {contract} {what}; v1.{since} is the first that does");
        let (path, message) = match (self.label.as_str(), keys) {
            ("", keys) => (keys.to_owned(), message),
            (label, "") => (label.to_owned(), message),
            (label, keys) => (label.to_owned(), format!("{keys}: {message}")),
        };
        let help = "the machine would refuse the whole configuration: raise talosVersion to what it runs, or take this out";
        self.found.push(Problem::new("talos/later", message).on(path).with_help(help));
    }
}

/// Whether there may be something in a value to look at; most fields are texts and numbers.
fn holds_more(kind: &Type, value: &Value) -> bool {
    match kind {
        Type::Pointer(kind) => holds_more(kind, value),
        Type::String | Type::Bool | Type::Int(..) | Type::Duration | Type::Any | Type::Object => false,
        Type::List(inner, _) | Type::Map(inner) => {
            !matches!(**inner, Type::String | Type::Any | Type::Object) && !value.is_null()
        }
        Type::Struct(_) => value.as_mapping().is_some(),
        Type::Scalar(scalar) => matches!(scalar, Scalar::ArgValue | Scalar::Size | Scalar::Enum(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, version: &str) -> Vec<String> {
        let documents = yaml::load(text, yaml::Dialect::GoYamlV3).unwrap();
        later(&documents, Contract::parse(version).unwrap()).iter().map(ToString::to_string).collect()
    }

    const LISTS: &str = "machine:\n  kubelet:\n    extraArgs: {v: ['1', '2'], w: '3'}\n  install: {grubUseUKICmdline: true}\n";

    #[test]
    fn fields_and_forms() {
        assert_eq!(
            found(LISTS, "v1.11.5"),
            [
                "machine.kubelet.extraArgs.v: Talos v1.11 takes one text here and no list; v1.13 is the first that does",
                "machine.install.grubUseUKICmdline: Talos v1.11 does not know this field; v1.12 is the first that does",
            ]
        );
        assert_eq!(found(LISTS, "v1.12.4").len(), 1);
        assert!(found(LISTS, "v1.13.0").is_empty());
    }

    #[test]
    fn documents_of_a_kind() {
        let text = "apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: data\nprovisioning: {maxSize: 50%}\nfilesystem: {type: btrfs}\nmount: {}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n";
        assert_eq!(
            found(text, "v1.11.0"),
            [
                "UserVolumeConfig/data: provisioning.maxSize: Talos v1.11 takes no size in percent; v1.12 is the first that does",
                "UserVolumeConfig/data: filesystem.type: Talos v1.11 does not know this word; v1.14 is the first that does",
                "UserVolumeConfig/data: mount: Talos v1.11 does not know this field; v1.13 is the first that does",
                "HostnameConfig: Talos v1.11 does not know this kind of document; v1.12 is the first that does",
            ]
        );
        assert_eq!(found(text, "v1.9.0").len(), 2);
        assert_eq!(found(text, "v1.13.0").len(), 1);
    }

    #[test]
    fn the_installer_names_the_version() {
        let later = |image: &str| {
            let install = format!("{{grubUseUKICmdline: true, image: '{image}'}}");
            Config::load(&format!("machine: {{install: {install}}}\n")).unwrap().later()
        };
        assert_eq!(later("factory.talos.dev/installer/00:v1.11.5").len(), 1);
        for image in
            ["ghcr.io/siderolabs/installer:v1.12.0", "ghcr.io/siderolabs/installer", "a:latest", "a:5000/b"]
        {
            assert!(later(image).is_empty(), "{image}");
        }
    }
}

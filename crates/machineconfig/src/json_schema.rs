//! JSON Schemas of what is read here, made from the table of structures: talconfig.yaml, and the documents of a machine
//! configuration.

use std::collections::BTreeMap;

use yaml::{Mapping, Value};

use crate::schema::{Scalar, Schema, StructId, Type};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The keys a talconfig cannot do without.
const REQUIRED: [(&str, &[&str]); 2] = [
    ("config.TalhelperConfig", &["clusterName", "kubernetesVersion", "endpoint", "nodes"]),
    ("config.Node", &["hostname", "ipAddress"]),
];

/// The schema of `talconfig` or of `machine`, as data; none for another name.
pub fn json_schema(name: &str) -> Option<Value> {
    let schema = Schema::get();
    match name {
        "talconfig" => {
            let mut writer = Writer { schema, variables: true, definitions: BTreeMap::new() };
            let id = schema.id("config.TalhelperConfig");
            let root = writer.reference(id);
            Some(writer.finish(
                "talconfig.yaml",
                "What talhelper and talosgen make machine configurations from",
                &root,
            ))
        }
        "machine" => {
            let mut writer = Writer { schema, variables: false, definitions: BTreeMap::new() };
            let kinds: Vec<Value> =
                [""].into_iter().chain(schema.kinds()).filter_map(|kind| writer.document(kind)).collect();
            let root = object([("oneOf", Value::Sequence(kinds))]);
            Some(writer.finish(
                "Talos machine configuration",
                "One document of a machine configuration",
                &root,
            ))
        }
        _ => None,
    }
}

struct Writer {
    schema: &'static Schema,
    /// Whether `${NAME}` may stand for any scalar.
    variables: bool,
    definitions: BTreeMap<&'static str, Value>,
}

fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Mapping(entries.into_iter().collect())
}

fn words(words: &[&str]) -> Value {
    Value::Sequence(words.iter().map(|word| Value::from(*word)).collect())
}

impl Writer {
    fn finish(self, title: &str, description: &str, root: &Value) -> Value {
        let mut all: Mapping =
            [("$schema", Value::from(DIALECT)), ("title", title.into()), ("description", description.into())]
                .into_iter()
                .collect();
        for (key, value) in root.as_mapping().into_iter().flat_map(Mapping::iter) {
            all.insert(key.clone(), value.clone());
        }
        let definitions: Mapping = self.definitions.into_iter().collect();
        all.insert("$defs", definitions);
        Value::Mapping(all)
    }

    /// A document: its kind decides.
    fn document(&mut self, kind: &'static str) -> Option<Value> {
        let document = self.schema.document(kind)?;
        let body = self.reference(document.id);
        if kind.is_empty() {
            let not = object([("required", words(&["kind"]))]);
            return Some(object([("not", not), ("allOf", Value::Sequence(vec![body]))]));
        }
        let same = |word: &str| object([("const", Value::from(word))]);
        let properties = object([("apiVersion", same("v1alpha1")), ("kind", same(kind))]);
        let mut required = vec!["apiVersion", "kind"];
        required.extend(document.named.then_some("name"));
        Some(object([
            ("properties", properties),
            ("required", words(&required)),
            ("allOf", Value::Sequence(vec![body])),
        ]))
    }

    fn reference(&mut self, id: StructId) -> Value {
        let structure = self.schema.structure(id);
        if !self.definitions.contains_key(structure.name) {
            // It is there before its fields are, for structures that hold themselves.
            self.definitions.insert(structure.name, Value::Null);
            let mut properties = Mapping::new();
            for field in &structure.fields {
                let value = self.value(&field.kind);
                properties.insert(field.key, value);
            }
            let mut all: Mapping = [("type", words(&["object", "null"]))].into_iter().collect();
            all.insert("additionalProperties", false);
            all.insert("properties", properties);
            if let Some((_, keys)) = REQUIRED.iter().find(|(name, _)| *name == structure.name) {
                all.insert("required", words(keys));
            }
            self.definitions.insert(structure.name, Value::Mapping(all));
        }
        object([("$ref", Value::String(format!("#/$defs/{}", structure.name)))])
    }

    fn value(&mut self, kind: &Type) -> Value {
        match kind {
            Type::Pointer(inner) => self.value(inner),
            Type::List(item, _) => {
                let item = self.value(item);
                object([("type", words(&["array", "null"])), ("items", item)])
            }
            Type::Map(item) => {
                let item = self.value(item);
                object([("type", words(&["object", "null"])), ("additionalProperties", item)])
            }
            Type::Struct(id) => self.reference(*id),
            Type::Object => object([("type", words(&["object", "null"]))]),
            Type::Any => Value::Mapping(Mapping::new()),
            Type::Bool => self.scalar(&["boolean", "null"], &[]),
            Type::Int(low, high) => self.number(*low, *high),
            Type::String | Type::Duration => self.text(),
            Type::Scalar(scalar) => self.special(*scalar),
        }
    }

    fn special(&self, scalar: Scalar) -> Value {
        let part = || object([("type", words(&["string", "null"]))]);
        match scalar {
            Scalar::Enum(name) => {
                let names = self.schema.words(name).names().filter(|name| !name.is_empty());
                let mut words: Vec<Value> = names.map(Value::from).collect();
                words.push(Value::Null);
                let listed = object([("enum", Value::Sequence(words))]);
                if self.variables {
                    object([("anyOf", Value::Sequence(vec![listed, variable()]))])
                } else {
                    listed
                }
            }
            Scalar::ArgValue => object([(
                "anyOf",
                Value::Sequence(vec![
                    self.text(),
                    object([("type", "array".into()), ("items", self.text())]),
                ]),
            )]),
            Scalar::FileMode => self.number(0, u32::MAX.into()),
            Scalar::Certificate => {
                object([("type", words(&["object", "null"])), ("properties", object([("crt", part())]))])
            }
            Scalar::CertificateAndKey => {
                let properties = object([("crt", part()), ("key", part())]);
                object([("type", words(&["object", "null"])), ("properties", properties)])
            }
            Scalar::Key => {
                object([("type", words(&["object", "null"])), ("properties", object([("key", part())]))])
            }
            _ => self.text(),
        }
    }

    /// What Go reads as a text: any scalar.
    fn text(&self) -> Value {
        self.scalar(&["string", "number", "boolean", "null"], &[])
    }

    fn number(&self, low: i128, high: i128) -> Value {
        let bounds: &[(&'static str, Value)] = &[("minimum", Value::Int(low)), ("maximum", Value::Int(high))];
        // Bounds of 64 bits say nothing, and many readers cannot hold them.
        let bounds = if high < i128::from(u64::MAX) && low >= 0 { bounds } else { &[] };
        self.scalar(&["integer", "null"], bounds)
    }

    fn scalar(&self, types: &[&str], further: &[(&'static str, Value)]) -> Value {
        let mut plain: Mapping = [("type", words(types))].into_iter().collect();
        for (key, value) in further {
            plain.insert(*key, value.clone());
        }
        if self.variables && !types.contains(&"string") {
            return object([("anyOf", Value::Sequence(vec![Value::Mapping(plain), variable()]))]);
        }
        Value::Mapping(plain)
    }
}

/// A text with a variable in it.
fn variable() -> Value {
    object([("type", "string".into()), ("pattern", r"\$".into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
        path.iter().fold(value, |value, key| value.get(key).unwrap_or(&Value::Null))
    }

    #[test]
    fn every_reference_is_defined() {
        fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Mapping(mapping) => {
                    found.extend(mapping.get("$ref").and_then(Value::as_str));
                    mapping.iter().for_each(|(_, value)| references(value, found));
                }
                Value::Sequence(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        for name in ["talconfig", "machine"] {
            let schema = json_schema(name).unwrap();
            let mut found = Vec::new();
            references(&schema, &mut found);
            assert!(found.len() > 30, "{name}");
            for reference in found {
                let key = reference.strip_prefix("#/$defs/").unwrap();
                assert!(at(&schema, &["$defs", key, "properties"]).as_mapping().is_some(), "{reference}");
            }
        }
        assert!(json_schema("other").is_none());
    }

    #[test]
    fn what_it_says() {
        let schema = json_schema("talconfig").unwrap();
        let root = ["$defs", "config.TalhelperConfig"];
        assert_eq!(
            at(&schema, &[root[0], root[1], "required"]),
            &words(&["clusterName", "kubernetesVersion", "endpoint", "nodes"])
        );
        let node = at(&schema, &["$defs", "config.Node", "properties"]);
        for key in ["hostname", "nodeLabels", "userVolumes", "imageSchematic", "overridePatches"] {
            assert!(node.get(key).is_some(), "{key}");
        }
        assert_eq!(at(node, &["controlPlane", "anyOf"]).as_sequence().map(<[_]>::len), Some(2));
    }
}

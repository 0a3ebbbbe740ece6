//! From JSON Schema to [`Schema`]. The keywords are those of structural schemas, and the further ones that JSON Schemas
//! of manifests use (drafts 4 to 2020-12). What is not understood is named, so that nothing is left out unseen.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use crate::format::Format;
use crate::node::{Additional, Bound, Identity, Literal, Pattern, Rare, Schema, Special, Types};

/// What a schema is read with.
pub(crate) trait Context {
    /// The definition that a `$ref` names; none when there is no such one.
    fn resolve(&mut self, reference: &str) -> Option<usize>;

    /// Takes note of a keyword that has a say and is not understood.
    fn unsupported(&mut self, keyword: &str);
}

/// Reads a schema.
///
/// # Errors
/// What is no schema, in the words of the JSON reader.
pub(crate) fn schema<'de, D: Deserializer<'de>>(
    from: D,
    context: &mut dyn Context,
) -> Result<Schema, D::Error> {
    Seed(context).deserialize(from)
}

/// Keywords that only describe.
const WORDS: &[&str] = &[
    "$schema",
    "$id",
    "id",
    "$comment",
    "title",
    "description",
    "default",
    "example",
    "examples",
    "externalDocs",
    "deprecated",
    "readOnly",
    "writeOnly",
    "definitions",
    "$defs",
    "contentEncoding",
    "contentMediaType",
];

/// Text, borrowed where that is possible.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Borrow)
    }
}

struct Seed<'c>(&'c mut dyn Context);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Schema;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Schema, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Schema;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a schema (an object, true or false)")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Schema, E> {
        let special = if value { Special::None } else { Special::Never };
        Ok(Schema { special, ..Schema::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Schema, A::Error> {
        let mut reader = Reader {
            context: self.0,
            schema: Schema::default(),
            exclusive: [false; 2],
            nullable: false,
            count: 0,
        };
        let mut keys: Option<Vec<Box<str>>> = None;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if key.0 == "x-kubernetes-list-map-keys" {
                keys = Some(map.next_value()?);
            } else {
                reader.keyword(&key.0, &mut map)?;
            }
        }
        Ok(reader.finish(keys))
    }
}

struct Reader<'c> {
    context: &'c mut dyn Context,
    schema: Schema,
    /// Draft 4's `exclusiveMinimum: true` and `exclusiveMaximum: true`.
    exclusive: [bool; 2],
    nullable: bool,
    /// How many keywords have a say.
    count: usize,
}

impl Reader<'_> {
    fn rare(&mut self) -> &mut Rare {
        self.schema.rare.get_or_insert_default()
    }

    fn keyword<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if WORDS.contains(&key) {
            return map.next_value::<IgnoredAny>().map(drop);
        }
        self.count += 1;
        match key {
            "$ref" => {
                let target = map.next_value::<Text<'de>>()?;
                self.schema.reference = self.context.resolve(&target.0);
                if self.schema.reference.is_none() {
                    self.context.unsupported(&format!("$ref {}", target.0));
                }
            }
            "type" => self.types(&map.next_value()?),
            "nullable" => self.nullable = map.next_value()?,
            "properties" => self.schema.properties = map.next_value_seed(Properties(self.context))?,
            "required" => self.required(map.next_value()?),
            "items" => self.schema.items = Some(Box::new(map.next_value_seed(Seed(self.context))?)),
            "additionalProperties" => {
                let schema = map.next_value_seed(Seed(self.context))?;
                self.schema.additional = match schema.special {
                    Special::Never => Additional::Forbidden,
                    _ if schema.is_anything() => Additional::Any,
                    _ => Additional::Of(Box::new(schema)),
                };
            }
            "enum" => self.schema.values = map.next_value::<Vec<Json>>()?.iter().map(literal).collect(),
            "const" => self.schema.values = vec![literal(&map.next_value()?)],
            _ => return self.rule(key, map),
        }
        Ok(())
    }

    fn rule<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "pattern" => {
                let text = map.next_value::<Text<'de>>()?;
                self.rare().pattern = Some(Pattern::new(&text.0));
            }
            "format" => {
                let name = map.next_value::<Text<'de>>()?;
                if name.0 == "int-or-string" {
                    self.schema.types = Types::STRING.with(Types::INTEGER);
                } else if let Some(format) = Format::named(&name.0) {
                    self.rare().format = Some(format);
                }
            }
            "minimum" => self.rare().minimum = Some(Bound { value: map.next_value()?, exclusive: false }),
            "maximum" => self.rare().maximum = Some(Bound { value: map.next_value()?, exclusive: false }),
            "exclusiveMinimum" | "exclusiveMaximum" => self.exclusive(key, &map.next_value()?),
            "multipleOf" => self.rare().multiple_of = Some(map.next_value()?),
            "minLength" => self.rare().min_length = Some(map.next_value()?),
            "maxLength" => self.rare().max_length = Some(map.next_value()?),
            "minItems" => self.rare().min_items = Some(map.next_value()?),
            "maxItems" => self.rare().max_items = Some(map.next_value()?),
            "minProperties" => self.rare().min_properties = Some(map.next_value()?),
            "maxProperties" => self.rare().max_properties = Some(map.next_value()?),
            "uniqueItems" => {
                if map.next_value()? {
                    self.schema.identity = Identity::Value;
                }
            }
            "propertyNames" => {
                self.rare().property_names = Some(map.next_value_seed(Seed(self.context))?);
            }
            "patternProperties" => {
                let properties = map.next_value_seed(Properties(self.context))?;
                self.rare().pattern_properties =
                    properties.into_iter().map(|(name, schema)| (Pattern::new(&name), schema)).collect();
            }
            "allOf" => self.rare().all_of = map.next_value_seed(Several(self.context))?,
            "anyOf" => self.rare().any_of = map.next_value_seed(Several(self.context))?,
            "oneOf" => self.rare().one_of = map.next_value_seed(Several(self.context))?,
            "not" => self.rare().not = Some(map.next_value_seed(Seed(self.context))?),
            _ => return self.extension(key, map),
        }
        Ok(())
    }

    fn extension<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "x-kubernetes-int-or-string" => {
                if map.next_value()? {
                    self.schema.types = self.schema.types.with(Types::STRING.with(Types::INTEGER));
                }
            }
            "x-kubernetes-embedded-resource" => {
                if map.next_value()? {
                    self.schema.special = Special::Embedded;
                }
            }
            "x-clusterpipe-metadata" => {
                if map.next_value()? {
                    self.schema.special = Special::Metadata;
                }
            }
            "x-kubernetes-list-type" => {
                if map.next_value::<Text<'de>>()?.0 == "set" {
                    self.schema.identity = Identity::Value;
                }
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
                self.count -= 1;
                if !key.starts_with("x-") {
                    self.context.unsupported(key);
                }
            }
        }
        Ok(())
    }

    fn types(&mut self, names: &Json) {
        let one = std::slice::from_ref(names);
        let names = names.as_array().map_or(one, Vec::as_slice);
        for name in names.iter().filter_map(Json::as_str) {
            match Types::named(name) {
                Some(named) => self.schema.types = self.schema.types.with(named),
                None => self.context.unsupported(&format!("type {name}")),
            }
        }
    }

    /// `required: true` at a field is draft 3's, which some generators still write; it says nothing here.
    fn required(&mut self, names: Json) {
        if let Json::Array(names) = names {
            self.schema.required = names.iter().filter_map(Json::as_str).map(Into::into).collect();
        }
    }

    fn exclusive(&mut self, key: &str, value: &Json) {
        let is_minimum = key == "exclusiveMinimum";
        if value.as_bool() == Some(true) {
            self.exclusive[usize::from(!is_minimum)] = true;
        } else if let Some(value) = value.as_f64() {
            let bound = Some(Bound { value, exclusive: true });
            if is_minimum {
                self.rare().minimum = bound;
            } else {
                self.rare().maximum = bound;
            }
        }
    }

    fn finish(mut self, keys: Option<Vec<Box<str>>>) -> Schema {
        let [minimum, maximum] = self.exclusive;
        if let Some(rare) = &mut self.schema.rare {
            if let Some(bound) = rare.minimum.as_mut().filter(|_| minimum) {
                bound.exclusive = true;
            }
            if let Some(bound) = rare.maximum.as_mut().filter(|_| maximum) {
                bound.exclusive = true;
            }
        }
        if let Some(keys) = keys {
            self.schema.identity = Identity::Fields(keys.into_iter().map(default_of_key).collect());
        }
        // Where no type is named, null is allowed anyway.
        if self.nullable && !self.schema.types.is_any() {
            self.schema.types = self.schema.types.with(Types::NULL);
        }
        self.schema.properties.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.schema.is_alias = self.count == 1 && self.schema.reference.is_some();
        self.schema
    }
}

/// A key of a list's items, `name` or `name=default`.
fn default_of_key(key: Box<str>) -> (Box<str>, Option<Box<str>>) {
    match key.split_once('=') {
        Some((name, default)) => (name.into(), Some(default.into())),
        None => (key, None),
    }
}

impl Schema {
    fn is_anything(&self) -> bool {
        self.reference.is_none()
            && self.types.is_any()
            && self.special == Special::None
            && self.properties.is_empty()
            && self.required.is_empty()
            && matches!(self.additional, Additional::Any)
            && self.items.is_none()
            && self.values.is_empty()
            && self.rare.is_none()
    }
}

fn literal(value: &Json) -> Literal {
    match value {
        Json::Null => Literal::Null,
        Json::Bool(value) => Literal::Bool(*value),
        Json::Number(number) => {
            number.as_i128().map_or_else(|| Literal::Float(number.as_f64().unwrap_or(f64::NAN)), Literal::Int)
        }
        Json::String(text) => Literal::Text(text.as_str().into()),
        Json::Array(_) | Json::Object(_) => Literal::Other,
    }
}

struct Properties<'c>(&'c mut dyn Context);

impl<'de> DeserializeSeed<'de> for Properties<'_> {
    type Value = Vec<(Box<str>, Schema)>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Properties<'_> {
    type Value = Vec<(Box<str>, Schema)>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of schemas")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::with_capacity(map.size_hint().unwrap_or_default());
        while let Some(name) = map.next_key::<Box<str>>()? {
            properties.push((name, map.next_value_seed(Seed(self.0))?));
        }
        Ok(properties)
    }
}

struct Several<'c>(&'c mut dyn Context);

impl<'de> DeserializeSeed<'de> for Several<'_> {
    type Value = Vec<Schema>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Several<'_> {
    type Value = Vec<Schema>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of schemas")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Schema>, A::Error> {
        let mut schemas = Vec::new();
        while let Some(schema) = seq.next_element_seed(Seed(self.0))? {
            schemas.push(schema);
        }
        Ok(schemas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Noted(Vec<String>);

    impl Context for Noted {
        fn resolve(&mut self, reference: &str) -> Option<usize> {
            (reference == "#/x").then_some(7)
        }

        fn unsupported(&mut self, keyword: &str) {
            self.0.push(keyword.to_owned());
        }
    }

    fn read(text: &str) -> (Schema, Vec<String>) {
        let mut noted = Noted::default();
        let schema = schema(&mut serde_json::Deserializer::from_str(text), &mut noted).unwrap();
        (schema, noted.0)
    }

    #[test]
    fn keywords() {
        let (schema, noted) = read(
            r##"{"type":["object","null"],"properties":{"b":{"$ref":"#/x"},"a":{"minimum":1,"exclusiveMinimum":true}},
               "additionalProperties":false,"required":["a"],"if":{},"description":"x","x-other":1}"##,
        );
        assert!(schema.types.names(Types::OBJECT) && schema.types.names(Types::NULL));
        assert!(matches!(schema.additional, Additional::Forbidden) && schema.requires("a"));
        let b = schema.property("b").unwrap();
        assert!(b.is_alias && b.reference == Some(7));
        let bound = schema.property("a").unwrap().rare.as_ref().unwrap().minimum.unwrap();
        assert!(bound.exclusive && (bound.value - 1.0).abs() < f64::EPSILON);
        assert_eq!(noted, ["if"]);
    }

    #[test]
    fn extensions() {
        let (list, _) = read(
            r#"{"type":"array","x-kubernetes-list-map-keys":["port","protocol=TCP"],"x-kubernetes-list-type":"map"}"#,
        );
        let Identity::Fields(keys) = &list.identity else { panic!("keys") };
        assert_eq!(keys[1], ("protocol".into(), Some("TCP".into())));
        let (either, _) = read(r#"{"x-kubernetes-int-or-string":true}"#);
        assert_eq!(either.types.words(), "a string or an integer");
        let (open, noted) = read(r##"{"type":"object","additionalProperties":{},"$ref":"#/nowhere"}"##);
        assert!(matches!(open.additional, Additional::Any));
        assert_eq!(noted, ["$ref #/nowhere"]);
    }
}

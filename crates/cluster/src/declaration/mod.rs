//! What a key may hold: the one declaration from which checks, defaults, messages and JSON Schemas are made.

mod component;
mod format;
mod rule;

pub(crate) use component::{Component, Computed, ComputedType, CoreFile, Group, NodesFile, When};
pub use format::Format;
pub(crate) use rule::{Inside, RequiredWhen, Rule, RuleKind, RuleSeverity, Scope};

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::map::IndexMap;

/// Declarations by their names, in order. Each is large, and a map that grows moves what it holds: they are boxed.
pub type Declarations = IndexMap<String, Box<Declaration>>;

/// A key of cluster.yaml, or a field of a node: a closed set of JSON Schema's words and a few of our own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Declaration {
    /// The type of the value; several where the key has several forms. With `enum` alone it is that of its values.
    #[serde(rename = "type")]
    pub types: Types,
    /// The values that are allowed.
    #[serde(rename = "enum")]
    pub choices: Vec<Json>,
    /// What counts when the key is not given.
    pub default: Option<Json>,
    /// What the key is for: a phrase without a full stop.
    pub description: Option<String>,
    /// The form of a text.
    pub format: Option<Format>,
    /// A regular expression the whole text must match (anchor it yourself).
    pub pattern: Option<String>,
    /// What is expected, in words, for the message when `pattern` does not match.
    pub expects: Option<String>,
    /// The smallest number.
    pub minimum: Option<f64>,
    /// The largest number.
    pub maximum: Option<f64>,
    /// The shortest text, in characters.
    pub min_length: Option<usize>,
    /// The shortest list.
    pub min_items: Option<usize>,
    /// No value stands in the list twice.
    pub unique_items: bool,
    /// What each item of a list is.
    pub items: Option<Box<Declaration>>,
    /// The keys of a mapping, closed; none leaves a mapping free.
    pub properties: Option<Declarations>,
    /// What each key of a free mapping is.
    pub property_names: Option<Box<Declaration>>,
    /// What each value of a free mapping is.
    pub additional_properties: Option<Box<Declaration>>,
    /// The value is secret: it is shown nowhere but in the context.
    pub secret: bool,
    /// The key must be given.
    pub required: bool,
    /// The key must be given unless one of these others is.
    pub required_unless: Vec<String>,
    /// The key of cluster.yaml whose value counts when this field of a node is not given.
    pub inherits: Option<String>,
    /// Values as a person would write them; the first one stands in messages and samples.
    pub examples: Vec<Json>,
    /// The value is an address in the cluster's network, which nobody else may use.
    pub address: Option<AddressRole>,
    /// Names that older versions or other tools had for this key; `section.key` where it stood in a section.
    pub formerly: Vec<String>,
}

/// Names that a node may not have: they are the folders of patches for several nodes.
pub(crate) const RESERVED_NODE_NAMES: [&str; 3] = ["global", "controller", "worker"];

/// What an address is for, which decides where it may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRole {
    /// Always inside `node_cidr`.
    Host,
    /// The router of `node_cidr`.
    Gateway,
    /// A router that nodes talk to: anywhere, and it may be the gateway.
    Router,
    /// Announced by Cilium: inside `node_cidr` unless BGP is on.
    LoadBalancer,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// A mapping.
    Object,
}

impl Type {
    /// Its name in JSON Schema.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Its name for people.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::String => "text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Array => "a list",
            Self::Object => "a mapping",
        }
    }
}

/// One type or several, written `string` or `[string, array]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Types(pub Vec<Type>);

impl<'de> Deserialize<'de> for Types {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> serde::de::Visitor<'de> for OneOrMany {
            type Value = Types;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a type or a list of types")
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Types, E> {
                let deserializer = serde::de::value::StrDeserializer::new(word);
                Type::deserialize(deserializer).map(|one| Types(vec![one]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Types, A::Error> {
                let mut types = Vec::new();
                while let Some(one) = items.next_element()? {
                    types.push(one);
                }
                Ok(Types(types))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

impl JsonSchema for Types {
    fn schema_name() -> Cow<'static, str> {
        "Types".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<Type>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

impl Declaration {
    /// The types a value may have; `enum` and the parts of a declaration say it where `type` does not.
    pub fn types(&self) -> Cow<'_, [Type]> {
        if !self.types.0.is_empty() {
            return Cow::Borrowed(&self.types.0);
        }
        let mut types: Vec<Type> = Vec::new();
        for choice in &self.choices {
            let of = match choice {
                Json::Bool(_) => Type::Boolean,
                Json::Number(number) if number.is_f64() => Type::Number,
                Json::Number(_) => Type::Integer,
                _ => Type::String,
            };
            if !types.contains(&of) {
                types.push(of);
            }
        }
        if types.is_empty() { Cow::Borrowed(&[Type::String]) } else { Cow::Owned(types) }
    }

    /// The first example as it would be written behind the key.
    pub(crate) fn example(&self) -> Option<String> {
        self.examples.first().map(|example| match example {
            Json::String(text) => yaml::quote_if_needed(text),
            other => other.to_string(),
        })
    }
}

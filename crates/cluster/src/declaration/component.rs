//! The files that declare keys: component.yaml of each component, and our own core.yaml and nodes.yaml.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Declarations, Rule};
use crate::map::IndexMap;

/// Entries a component has for slots that other files render: slot → entries.
pub(crate) type Slots = IndexMap<String, Vec<IndexMap<String, Json>>>;

/// Versions of a component: what → `{oci, tag, …}`, all text.
pub(crate) type Versions = IndexMap<String, IndexMap<String, String>>;

/// A component.yaml: one part of the cluster that is on or off as a whole.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Component {
    /// What the component is: a phrase.
    pub(crate) description: String,
    /// When it is on: `true`, `false`, or an expression over the context.
    pub(crate) when: When,
    /// The keys of cluster.yaml that it owns.
    #[serde(default)]
    pub(crate) options: Declarations,
    /// Values made from others. A key that is also an option may be given too, and then counts as given.
    #[serde(default)]
    pub(crate) computed: IndexMap<String, Computed>,
    /// Rules across keys.
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
    /// Components (`namespace/app`) that must be on when this one is; a check, never a switch.
    #[serde(default)]
    pub(crate) requires: Vec<String>,
    /// Entries for slots that other files render. Text may hold expressions between `#{` and `}#`; an entry with
    /// `when` is left out while that expression is false.
    #[serde(default)]
    pub(crate) provides: Slots,
    /// Versions of charts and images; templates read them from the context.
    #[serde(default)]
    pub(crate) versions: Versions,
}

/// core.yaml: the keys that no single component owns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CoreFile {
    /// What belongs together.
    pub(crate) groups: Vec<Group>,
    /// The keys.
    pub(crate) options: Declarations,
    /// Computed values.
    pub(crate) computed: IndexMap<String, Computed>,
    /// Rules across keys.
    pub(crate) rules: Vec<Rule>,
}

/// nodes.yaml: the fields of a node.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodesFile {
    /// What belongs together.
    pub(crate) groups: Vec<Group>,
    /// The fields.
    pub(crate) fields: Declarations,
    /// Rules for each node.
    pub(crate) rules: Vec<Rule>,
}

/// Declarations that belong together: those from `first` up to the next group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// The key that it begins with.
    pub(crate) first: String,
    /// What they are about.
    pub(crate) title: String,
    /// Whether they stand in the sample.
    #[serde(default)]
    pub(crate) sample: bool,
    /// Keys to fill in though they are not required on their own.
    #[serde(default)]
    pub(crate) open: Vec<String>,
}

/// A value made from others.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Computed {
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) kind: ComputedType,
    /// The expression.
    pub(crate) value: String,
    /// What it says.
    pub(crate) description: Option<String>,
}

/// The type of a computed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ComputedType {
    /// `true` or `false`, by Python's truthiness.
    Bool,
    /// Text, or null.
    String,
    /// A whole number, or null.
    Int,
    /// A list, or null.
    List,
}

/// A condition: a boolean or an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    /// Always or never.
    Always(bool),
    /// While the expression holds.
    Expression(String),
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrText;
        impl serde::de::Visitor<'_> for BoolOrText {
            type Value = When;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false or an expression")
            }
            fn visit_bool<E>(self, value: bool) -> Result<When, E> {
                Ok(When::Always(value))
            }
            fn visit_str<E>(self, text: &str) -> Result<When, E> {
                Ok(When::Expression(text.to_owned()))
            }
        }
        deserializer.deserialize_any(BoolOrText)
    }
}

impl JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["boolean", "string"] })
    }
}

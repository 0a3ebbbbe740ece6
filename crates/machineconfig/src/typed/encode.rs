//! From data of a type to the document: every field that is not left out when empty is written.

use yaml::{Mapping, Value};

use super::scalar;
use crate::schema::{Scalar, Schema, Type};

/// The document form of a value; an absent one is the type's zero value.
pub(crate) fn encode(value: Option<&Value>, kind: &Type) -> Value {
    let schema = Schema::get();
    match (kind, value) {
        (Type::Pointer(_) | Type::Any, None) => Value::Null,
        (Type::Pointer(inner), value) => encode(value, inner),
        (Type::Struct(id), value) => {
            let mut mapping = Mapping::new();
            for field in &schema.structure(*id).fields {
                let value = value.and_then(|value| value.get(field.key));
                if !(field.omit_empty && is_zero(value, &field.kind)) {
                    mapping.insert(field.key, encode(value, &field.kind));
                }
            }
            Value::Mapping(mapping)
        }
        (Type::List(item, _), value) => {
            let items = value.and_then(Value::as_sequence).unwrap_or_default();
            Value::Sequence(items.iter().map(|value| encode(Some(value), item)).collect())
        }
        (Type::Map(item), Some(Value::Mapping(mapping))) => {
            Value::Mapping(sorted(mapping.iter().map(|(key, value)| (key.clone(), map_item(value, item)))))
        }
        (Type::Object | Type::Any, Some(value)) => ordered(value),
        (Type::Map(_) | Type::Object, _) => Value::Mapping(Mapping::new()),
        (Type::Scalar(Scalar::DiskSize), value) => {
            let bytes = value.and_then(Value::as_int).and_then(|bytes| u64::try_from(bytes).ok());
            scalar::format_disk_size(bytes.unwrap_or(0))
        }
        (_, Some(value)) => value.clone(),
        (Type::String | Type::Scalar(_), None) => zero(kind, schema),
        (Type::Bool, None) => Value::Bool(false),
        (Type::Int(..), None) => Value::Int(0),
        (Type::Duration, None) => Value::from("0s"),
    }
}

fn map_item(value: &Value, item: &Type) -> Value {
    if value.is_null() { Value::Null } else { encode(Some(value), item) }
}

fn zero(kind: &Type, schema: &Schema) -> Value {
    match kind {
        Type::Scalar(Scalar::Enum(name)) => {
            let short = name.rsplit('.').next().unwrap_or(name);
            schema.words(name).zero().map_or_else(|| Value::String(format!("{short}(0)")), Value::from)
        }
        Type::Scalar(Scalar::RoutingTable) => Value::from("unspec"),
        Type::Scalar(Scalar::FileMode | Scalar::PortRange) => Value::Int(0),
        Type::Scalar(Scalar::ArgValue) => Value::Null,
        Type::Scalar(scalar @ (Scalar::Certificate | Scalar::CertificateAndKey | Scalar::Key)) => {
            Value::Mapping(scalar::certificate_keys(*scalar).iter().map(|key| (*key, "")).collect())
        }
        _ => Value::from(""),
    }
}

/// Whether a value counts as empty where empty ones are left out.
pub(crate) fn is_zero(value: Option<&Value>, kind: &Type) -> bool {
    let Some(value) = value else { return true };
    let schema = Schema::get();
    match (kind, value) {
        (Type::Pointer(_), _) => false,
        (Type::List(..), Value::Sequence(items)) => items.is_empty(),
        (Type::Map(_) | Type::Object, Value::Mapping(mapping)) => mapping.is_empty(),
        (Type::Struct(id), Value::Mapping(mapping)) => {
            let structure = schema.structure(*id);
            // An encryption without a provider and keys is none, whatever else it says.
            let deciding = |key: &str| structure.name != "block.EncryptionSpec" || ["provider", "keys"].contains(&key);
            let mut fields = structure.fields.iter().filter(|field| deciding(field.key));
            fields.all(|field| is_zero(mapping.get(field.key), &field.kind))
        }
        (kind, value) => scalar::is_zero(value, kind, schema),
    }
}

/// Mappings of any data in the order of their keys.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            Value::Mapping(sorted(mapping.iter().map(|(key, value)| (key.clone(), ordered(value)))))
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(ordered).collect()),
        other => other.clone(),
    }
}

fn sorted(entries: impl Iterator<Item = (Value, Value)>) -> Mapping {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
    entries.into_iter().collect()
}

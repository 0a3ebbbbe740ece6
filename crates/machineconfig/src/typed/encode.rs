//! From data of a type to the document: every field that is not left out when empty is written.

use std::cmp::Ordering;

use yaml::{Mapping, Value};

use super::{quantity, scalar};
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
            quantity::format_disk_size(bytes.unwrap_or(0))
        }
        (Type::Scalar(Scalar::ArgValue), Some(Value::String(text))) if text.is_empty() => Value::Null,
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
            let deciding =
                |key: &str| structure.name != "block.EncryptionSpec" || ["provider", "keys"].contains(&key);
            let mut fields = structure.fields.iter().filter(|field| deciding(field.key));
            fields.all(|field| is_zero(mapping.get(field.key), &field.kind))
        }
        (kind, value) => scalar::is_zero(value, kind, schema),
    }
}

/// Mappings of any data in the order of their keys, numbers as Go writes them.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Mapping(mapping) => {
            Value::Mapping(sorted(mapping.iter().map(|(key, value)| (key.clone(), ordered(value)))))
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(ordered).collect()),
        // Go writes 1.0 as 1.
        Value::Float(number) => {
            quantity::format_float(*number).parse().map_or_else(|_| value.clone(), Value::Int)
        }
        other => other.clone(),
    }
}

fn sorted(entries: impl Iterator<Item = (Value, Value)>) -> Mapping {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|(a, _), (b, _)| natural(a.as_str().unwrap_or_default(), b.as_str().unwrap_or_default()));
    entries.into_iter().collect()
}

/// The order go-yaml writes the keys of a map in: numbers inside of them by value, letters behind everything else
/// (but before it where a number has just been).
fn natural(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut after_digit = false;
    for at in 0..left.len().min(right.len()) {
        let (a, b) = (left[at], right[at]);
        if a == b {
            after_digit = a.is_ascii_digit();
            continue;
        }
        return match (a.is_alphabetic(), b.is_alphabetic()) {
            (true, true) => a.cmp(&b),
            (true, false) => {
                if after_digit {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (false, true) => {
                if after_digit {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (false, false) => {
                // Behind other digits zeros do not lead a number.
                let inside = (a == '0' || b == '0')
                    && left[..at].iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
                let (a_value, a_end) = number(&left, at, inside);
                let (b_value, b_end) = number(&right, at, inside);
                a_value.cmp(&b_value).then(a_end.cmp(&b_end)).then(a.cmp(&b))
            }
        };
    }
    left.len().cmp(&right.len())
}

fn number(chars: &[char], at: usize, inside: bool) -> (u128, usize) {
    let digits: Vec<u32> = chars[at..].iter().map_while(|c| c.to_digit(10)).take(30).collect();
    let value = digits.iter().fold(u128::from(inside), |sum, digit| sum * 10 + u128::from(*digit));
    (value, at + digits.len())
}

//! Two values of a type become one, as Talos merges a patch into a configuration:
//!
//! - a scalar of the patch wins unless it is at its zero value; `false` always wins, and so does anything behind a
//!   pointer that is there,
//! - lists are joined, or replaced where their field says so, or merged item by item where items have a name,
//! - maps and structures are merged entry by entry,
//! - selectors and sizes are always taken from the patch, even when it has none.

use yaml::{Mapping, Value};

use crate::schema::{ListMerge, Scalar, Schema, StructId, Type};
use crate::url::Url;

/// Two values that cannot be merged, with the way to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MergeError {
    /// Keys from the root.
    pub(crate) path: Vec<String>,
    /// Why not.
    pub(crate) reason: &'static str,
}

const MISMATCH: &str = "a value of another type stands there already";
const FIXED: &str = "Talos cannot change this value by merging: delete it first ($patch: delete)";

type Merged = Result<Option<Value>, MergeError>;

fn fail(reason: &'static str) -> Merged {
    Err(MergeError { path: Vec::new(), reason })
}

/// How the place of a value says it is merged.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Its field replaces.
    replace: bool,
    /// It is behind a pointer.
    overwrite: bool,
}

/// Merges `right` into `left`.
///
/// # Errors
/// For values of different types, and for the few that Talos cannot merge.
pub(crate) fn merge(left: Option<Value>, right: Option<&Value>, kind: &Type) -> Merged {
    at(left, right, kind, Place::default())
}

fn at(left: Option<Value>, right: Option<&Value>, kind: &Type, place: Place) -> Merged {
    match kind {
        Type::Pointer(inner) => match (left, right) {
            (left, None) => Ok(left),
            (None, Some(right)) => Ok(Some(right.clone())),
            (left, right) => at(left, right, inner, Place { overwrite: true, ..place }),
        },
        Type::Struct(_) | Type::Object if place.replace => Ok(right.cloned().or(left)),
        Type::Struct(id) => structure(left, right, *id).map(Some),
        Type::List(item, how) => list(left, right, item, *how, place.replace),
        Type::Map(item) => match right {
            None => Ok(left),
            Some(right) if place.replace => Ok(Some(right.clone())),
            Some(right) => map(left, right, |left, right| at(left, Some(right), item, Place::default())),
        },
        Type::Object => right.map_or(Ok(left.clone()), |right| map(left, right, any)),
        Type::Any => right.map_or(Ok(left.clone()), |right| any(left, right)),
        Type::Bool => Ok(Some(right.cloned().unwrap_or(Value::Bool(false)))
            .filter(|value| place.overwrite || *value == Value::Bool(true))),
        Type::String | Type::Int(..) | Type::Duration => Ok(number(left, right, place)),
        Type::Scalar(scalar) => special(left, right, *scalar, place),
    }
}

/// Everything that merges as a number does: the right one unless it is zero, which is absent here except behind a
/// pointer.
fn number(left: Option<Value>, right: Option<&Value>, place: Place) -> Option<Value> {
    let empty = |value: &&Value| matches!(value, Value::Int(0)) || value.as_str() == Some("");
    match right {
        Some(right) if place.overwrite || !empty(&right) => Some(right.clone()),
        _ => left,
    }
}

fn structure(left: Option<Value>, right: Option<&Value>, id: StructId) -> Result<Value, MergeError> {
    let mut mapping = match left {
        Some(Value::Mapping(mapping)) => mapping,
        _ => Mapping::new(),
    };
    for field in &Schema::get().structure(id).fields {
        let left = mapping.remove(field.key);
        let right = right.and_then(|right| right.get(field.key));
        let place = Place { replace: field.replace, overwrite: false };
        let merged = at(left, right, &field.kind, place).map_err(|error| below(field.key, error))?;
        let nothing = matches!((&field.kind, &merged), (Type::Struct(_), Some(Value::Mapping(inner))) if inner.is_empty());
        if let Some(merged) = merged.filter(|_| !nothing) {
            mapping.insert(field.key, merged);
        }
    }
    Ok(Value::Mapping(mapping))
}

fn below(key: &str, mut error: MergeError) -> MergeError {
    error.path.insert(0, key.to_owned());
    error
}

fn list(left: Option<Value>, right: Option<&Value>, item: &Type, how: ListMerge, replace: bool) -> Merged {
    let Some(Value::Sequence(new)) = right else { return Ok(left) };
    if replace && how == ListMerge::Append {
        return Ok(Some(Value::Sequence(new.clone())));
    }
    let there = left.is_some();
    let mut items = match left {
        Some(Value::Sequence(items)) => items,
        _ => Vec::new(),
    };
    match how {
        ListMerge::Append => {
            items.extend(new.iter().cloned());
            return Ok(Some(Value::Sequence(items)));
        }
        ListMerge::ReplaceByKey(key) => replace_items(&mut items, new, key),
        ListMerge::ByKey(_) | ListMerge::ByDevice => merge_items(&mut items, new, item, how)?,
    }
    Ok((there || !items.is_empty()).then_some(Value::Sequence(items)))
}

/// Each new item takes the place of the last one there was with its key; what is new itself is never replaced.
fn replace_items(items: &mut Vec<Value>, new: &[Value], key: &str) {
    let known = items.len();
    for right in new {
        match items[..known].iter().rposition(|left| left.get(key) == right.get(key)) {
            Some(at_index) => items[at_index] = right.clone(),
            None => items.push(right.clone()),
        }
    }
}

fn merge_items(items: &mut Vec<Value>, new: &[Value], item: &Type, how: ListMerge) -> Result<(), MergeError> {
    for right in new {
        match items.iter().position(|left| same(left, right, how)) {
            Some(at_index) => {
                let left = std::mem::take(&mut items[at_index]);
                let merged = at(Some(left), Some(right), item, Place::default());
                let merged = merged.map_err(|error| below(&format!("[{at_index}]"), error))?;
                items[at_index] = merged.unwrap_or_default();
            }
            None => items.push(right.clone()),
        }
    }
    Ok(())
}

/// Whether two items of a keyed list are the same one.
fn same(left: &Value, right: &Value, how: ListMerge) -> bool {
    match how {
        ListMerge::ByKey(key) => left.get(key) == right.get(key),
        ListMerge::ByDevice => match (right.get("interface"), right.get("deviceSelector")) {
            (Some(name), _) => left.get("interface") == Some(name),
            // Talos compares the address of `physical`, so selectors with it are never the same.
            (None, Some(selector)) => {
                selector.get("physical").is_none()
                    && left.get("deviceSelector").is_some_and(|left| same_entries(left, selector))
            }
            (None, None) => false,
        },
        ListMerge::Append | ListMerge::ReplaceByKey(_) => false,
    }
}

fn same_entries(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Mapping(left), Value::Mapping(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| key.as_str().and_then(|key| right.get(key)) == Some(value))
        }
        _ => left == right,
    }
}

fn map(left: Option<Value>, right: &Value, join: impl Fn(Option<Value>, &Value) -> Merged) -> Merged {
    let mut mapping = match left {
        Some(Value::Mapping(mapping)) => mapping,
        _ => Mapping::new(),
    };
    for (key, right) in right.as_mapping().into_iter().flat_map(Mapping::iter) {
        let name = key.as_str().unwrap_or_default();
        let old = mapping.get_mut(name).map(std::mem::take).filter(|value| !value.is_null());
        let merged = match old {
            None => Some(right.clone()),
            old => join(old, right).map_err(|error| below(name, error))?,
        };
        // What comes to nothing is the zero value of its type: `false` for booleans.
        let zero = || if right.as_bool().is_some() { Value::Bool(false) } else { Value::Null };
        mapping.insert(key.clone(), merged.unwrap_or_else(zero));
    }
    Ok(Some(Value::Mapping(mapping)))
}

/// Data without a type: mappings entry by entry, lists joined, all else replaced unless zero.
fn any(left: Option<Value>, right: &Value) -> Merged {
    match (left, right) {
        (None, right) => Ok(Some(right.clone())),
        (left @ Some(Value::Mapping(_)), Value::Mapping(_)) => map(left, right, any),
        (Some(Value::Sequence(mut items)), Value::Sequence(new)) => {
            items.extend(new.iter().cloned());
            Ok(Some(Value::Sequence(items)))
        }
        (Some(Value::Bool(_)), Value::Bool(_)) => Ok(Some(right.clone())),
        (left @ Some(Value::String(_)), Value::String(_)) | (left @ Some(Value::Int(_)), Value::Int(_)) => {
            Ok(number(left, Some(right), Place::default()))
        }
        (Some(Value::Float(old)), Value::Float(new)) => {
            Ok(Some(Value::Float(if *new == 0.0 { old } else { *new })))
        }
        _ => fail(MISMATCH),
    }
}

fn special(left: Option<Value>, right: Option<&Value>, scalar: Scalar, place: Place) -> Merged {
    match scalar {
        Scalar::Cel | Scalar::ByteSize => Ok(right.cloned()),
        Scalar::Addr | Scalar::AddrPort | Scalar::Prefix | Scalar::DiskSizeMatcher => fail(FIXED),
        Scalar::Url | Scalar::Endpoint => url(left, right),
        Scalar::Size => {
            let percent = |value: &Value| value.as_str().is_some_and(|text| text.contains('%'));
            // Both a size and a percentage may be set then; the size is what Talos writes.
            let keeps = left.as_ref().is_some_and(|left| !percent(left)) && right.is_some_and(percent);
            Ok(if keeps { left } else { right.cloned().or(left) })
        }
        // Bytes that are there count, even none of them.
        Scalar::HardwareAddr
        | Scalar::Base64
        | Scalar::Certificate
        | Scalar::CertificateAndKey
        | Scalar::Key
        | Scalar::ArgValue => Ok(right.cloned().or(left)),
        _ => Ok(number(left, right, place)),
    }
}

/// URLs are merged part by part, but users: Talos fails over two of them.
fn url(left: Option<Value>, right: Option<&Value>) -> Merged {
    let (Some(old), Some(new)) = (left.as_ref().and_then(Value::as_str), right.and_then(Value::as_str))
    else {
        return Ok(right.cloned().or(left));
    };
    match (Url::parse(old), Url::parse(new)) {
        (Ok(old), Ok(new)) if old.has_user() && new.has_user() => fail(FIXED),
        (Ok(old), Ok(new)) => Ok(Some(Value::String(old.merged(new).to_string()))),
        _ => Ok(right.cloned()),
    }
}

//! Takes a path out of data of a type: what `$patch: delete` asks for.

use yaml::{Mapping, Value};

use crate::schema::{Scalar, Schema, StructId, Type};

/// Why a path cannot be taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RemoveError {
    /// It is not there.
    NotFound,
    /// Lists have no such paths.
    InList,
}

/// Which item of a list is meant: the one whose `key` is `value`.
pub(crate) struct Item<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a str,
}

/// Takes `path` out of a value. A last part in brackets means the item of a list that `item` describes.
///
/// # Errors
/// When there is no such path.
pub(crate) fn remove(
    value: &mut Value,
    path: &[String],
    kind: &Type,
    item: &Item<'_>,
) -> Result<(), RemoveError> {
    let Some((first, rest)) = path.split_first() else { return Err(RemoveError::NotFound) };
    match kind {
        Type::Pointer(inner) => remove(value, path, inner, item),
        Type::Struct(id) => field(value, first, rest, *id, item),
        Type::Map(inner) => entry(value, first, rest, inner, item),
        Type::Object => entry(value, first, rest, &Type::Any, item),
        Type::Any if value.as_mapping().is_some() => entry(value, first, rest, &Type::Any, item),
        Type::List(inner, _) => from_list(value, first, rest, inner, item),
        _ => Err(RemoveError::NotFound),
    }
}

fn field(
    value: &mut Value,
    first: &str,
    rest: &[String],
    id: StructId,
    item: &Item<'_>,
) -> Result<(), RemoveError> {
    let field = Schema::get().structure(id).field(first).ok_or(RemoveError::NotFound)?;
    let Value::Mapping(mapping) = value else { return Err(RemoveError::NotFound) };
    if rest.is_empty() {
        mapping.remove(first);
        return Ok(());
    }
    match mapping.get_mut(first) {
        Some(inner) => remove(inner, rest, &field.kind, item),
        // A structure that is not there is one with nothing in it; anything else is nil.
        None if matches!(field.kind, Type::Struct(_)) => {
            remove(&mut Value::Mapping(Mapping::new()), rest, &field.kind, item)
        }
        None => Err(RemoveError::NotFound),
    }
}

fn entry(
    value: &mut Value,
    first: &str,
    rest: &[String],
    inner: &Type,
    item: &Item<'_>,
) -> Result<(), RemoveError> {
    let Value::Mapping(mapping) = value else { return Err(RemoveError::NotFound) };
    if rest.is_empty() {
        return mapping.remove(first).map(drop).ok_or(RemoveError::NotFound);
    }
    remove(mapping.get_mut(first).ok_or(RemoveError::NotFound)?, rest, inner, item)
}

fn from_list(
    value: &mut Value,
    first: &str,
    rest: &[String],
    inner: &Type,
    item: &Item<'_>,
) -> Result<(), RemoveError> {
    if !rest.is_empty() || !first.starts_with('[') {
        return Err(RemoveError::InList);
    }
    let Value::Sequence(items) = value else { return Err(RemoveError::NotFound) };
    let inner = if let Type::Pointer(inner) = inner { inner } else { inner };
    let Type::Struct(id) = inner else { return Err(RemoveError::NotFound) };
    let field = Schema::get().structure(*id).field(item.key).ok_or(RemoveError::NotFound)?;
    // Talos compares texts, and what prints as a text; numbers never match.
    let comparable = match &field.kind {
        Type::String => true,
        Type::Scalar(scalar) => {
            !matches!(scalar, Scalar::DiskSize | Scalar::FileMode | Scalar::ByteSize | Scalar::Size)
        }
        _ => false,
    };
    let matches =
        |value: &Value| value.get(item.key).and_then(Value::as_str).unwrap_or_default() == item.value;
    match items.iter().position(|value| comparable && matches(value)) {
        Some(at) => {
            items.remove(at);
            Ok(())
        }
        None => Err(RemoveError::NotFound),
    }
}

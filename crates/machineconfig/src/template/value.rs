//! Values of templates: what Go's reflection would see.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use yaml::Value;

use crate::schema::{Scalar, Schema, StructId, Type};
use crate::url::Url;

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Val<'a> {
    /// Nothing: nil, or what a missing key gives.
    Nil,
    /// A pointer to nothing.
    NilPointer,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    List(Rc<Vec<Val<'a>>>),
    Map(Rc<Map<'a>>),
    Struct(StructRef<'a>),
    /// A pointer to something; conditions see the pointer, everything else what it points to.
    Pointer(Rc<Val<'a>>),
}

/// A map, sorted by key, that functions may change in place.
#[derive(Debug, Default)]
pub(crate) struct Map<'a> {
    pub(crate) entries: RefCell<BTreeMap<String, Val<'a>>>,
    /// What a missing key gives: nothing, or an empty text in a map of texts.
    pub(crate) texts: bool,
    /// A missing key is an error, as for a structure.
    pub(crate) closed: bool,
}

/// A structure of a configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StructRef<'a> {
    value: Option<&'a Value>,
    id: StructId,
}

impl<'a> StructRef<'a> {
    pub(crate) fn new(value: Option<&'a Value>, id: StructId) -> Self {
        Self { value, id }
    }

    /// The field that Go calls `name`.
    pub(crate) fn field(&self, name: &str) -> Option<Val<'a>> {
        let structure = Schema::get().structure(self.id);
        let field = structure.fields.iter().find(|field| field.go_name == name)?;
        Some(Val::typed(self.value.and_then(|value| value.get(field.key)), &field.kind))
    }

    /// The fields by their names in Go, in order.
    pub(crate) fn fields(&self) -> Vec<(&'static str, Val<'a>)> {
        let fields = &Schema::get().structure(self.id).fields;
        let value = |key| self.value.and_then(|value| value.get(key));
        fields.iter().map(|field| (field.go_name, Val::typed(value(field.key), &field.kind))).collect()
    }

    /// What the structure is called in Go.
    pub(crate) fn name(&self) -> &'static str {
        Schema::get().structure(self.id).name
    }
}

impl<'a> Val<'a> {
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Rc::from(text.as_ref()))
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    pub(crate) fn map(entries: BTreeMap<String, Self>) -> Self {
        Self::Map(Rc::new(Map { entries: RefCell::new(entries), ..Map::default() }))
    }

    /// Names that stand for a structure: no other can be asked for.
    pub(crate) fn names(entries: BTreeMap<String, Self>) -> Self {
        Self::Map(Rc::new(Map { entries: RefCell::new(entries), texts: false, closed: true }))
    }

    /// The structure `name` with data in it.
    pub(crate) fn structure(value: &'a Value, name: &str) -> Self {
        Self::Struct(StructRef::new(Some(value), Schema::get().id(name)))
    }

    /// A value of a type.
    fn typed(value: Option<&'a Value>, kind: &Type) -> Self {
        match (kind, value) {
            (Type::Pointer(_), None) => Self::NilPointer,
            (Type::Pointer(inner), value) => Self::Pointer(Rc::new(Self::typed(value, inner))),
            (Type::Struct(id), value) => Self::Struct(StructRef::new(value, *id)),
            (Type::List(item, _), value) => {
                let items = value.and_then(Value::as_sequence).unwrap_or_default();
                Self::list(items.iter().map(|value| Self::typed(Some(value), item)).collect())
            }
            (Type::Map(item), value) => {
                let entries = value.and_then(Value::as_mapping).into_iter().flat_map(yaml::Mapping::iter);
                let entries = entries.filter_map(|(key, value)| {
                    Some((key.as_str()?.to_owned(), Self::typed(Some(value), item)))
                });
                Self::Map(Rc::new(Map {
                    entries: RefCell::new(entries.collect()),
                    texts: **item == Type::String,
                    closed: false,
                }))
            }
            // Go's structure has one field, which holds the map.
            (Type::Object, value) => {
                let inner = value.map_or_else(|| Self::map(BTreeMap::new()), Self::plain);
                Self::map(BTreeMap::from([("Object".to_owned(), inner)]))
            }
            (Type::Any, None) => Self::Nil,
            (Type::Scalar(Scalar::Endpoint | Scalar::Url), Some(value)) => {
                Self::url(value.as_str().unwrap_or_default())
            }
            (_, Some(value)) => Self::plain(value),
            (Type::Bool, None) => Self::Bool(false),
            (Type::Int(..), None) => Self::Int(0),
            (_, None) => Self::text(""),
        }
    }

    /// Data without a type.
    pub(crate) fn plain(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Nil,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => i64::try_from(*value).map_or(Self::Nil, Self::Int),
            Value::Float(value) => Self::Float(*value),
            Value::String(text) => Self::text(text),
            Value::Sequence(items) => Self::list(items.iter().map(Self::plain).collect()),
            Value::Mapping(mapping) => {
                let entries = mapping
                    .iter()
                    .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), Self::plain(value))));
                Self::map(entries.collect())
            }
        }
    }

    /// A URL prints as one and has parts.
    fn url(text: &str) -> Self {
        let url = Url::parse(text).unwrap_or_default();
        let host = match url.port() {
            Some(port) if url.hostname().contains(':') => format!("[{}]:{port}", url.hostname()),
            Some(port) => format!("{}:{port}", url.hostname()),
            None => url.hostname().to_owned(),
        };
        let parts = [
            ("Scheme", url.scheme().to_owned()),
            ("Host", host),
            ("Hostname", url.hostname().to_owned()),
            ("Port", url.port().unwrap_or_default().to_owned()),
            (URL, text.to_owned()),
        ];
        Self::map(parts.into_iter().map(|(name, part)| (name.to_owned(), Self::text(part))).collect())
    }

    /// What a pointer points to, else itself.
    pub(crate) fn target(&self) -> &Self {
        match self {
            Self::Pointer(inner) => inner.target(),
            other => other,
        }
    }

    /// Whether a condition takes it for true.
    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Nil | Self::NilPointer => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(map) => !map.entries.borrow().is_empty(),
            Self::Struct(_) | Self::Pointer(_) => true,
        }
    }

    /// What kind of thing it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Nil | Self::NilPointer => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) => "slice",
            Self::Map(_) => "map",
            Self::Struct(_) => "struct",
            Self::Pointer(_) => "ptr",
        }
    }
}

/// The key under which a URL keeps its whole text.
pub(crate) const URL: &str = "\u{0}url";

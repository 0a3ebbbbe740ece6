//! Values of templates: what Go's reflection would see.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
    /// A certificate or a key: text to whoever asks for text, else a list of numbers.
    Bytes(Rc<[u8]>),
    /// The mode of a file: a number that is shown in octal.
    Mode(u32),
    List(Rc<Vec<Val<'a>>>),
    Map(Rc<Map<'a>>),
    Struct(StructRef<'a>),
    /// A structure that is not in the schema.
    Record(Rc<Record<'a>>),
    /// A pointer to something; conditions see the pointer, everything else what it points to.
    Pointer(Rc<Val<'a>>),
}

/// A map, sorted by key, that functions may change in place.
#[derive(Debug, Default)]
pub(crate) struct Map<'a> {
    pub(crate) entries: RefCell<BTreeMap<String, Val<'a>>>,
    /// A map of texts: there `index` gives an empty one for a missing key. A field's name gives nothing in every map.
    pub(crate) texts: bool,
}

/// A structure that is made here. No other names can be asked for.
#[derive(Debug, Default)]
pub(crate) struct Record<'a> {
    /// Its fields in Go's order.
    pub(crate) fields: Vec<(String, Val<'a>)>,
    /// What else can be asked for by a name: fields of what is embedded, methods. They come first.
    further: Vec<(&'static str, Val<'a>)>,
    /// How it is shown, when not by its fields.
    pub(crate) text: Option<String>,
}

impl<'a> Record<'a> {
    /// What Go calls `name`.
    pub(crate) fn field(&self, name: &str) -> Option<Val<'a>> {
        let further = self.further.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let field = || self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        further.or_else(field).cloned()
    }
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
    pub(crate) fn names<N: Into<String>>(names: impl IntoIterator<Item = (N, Self)>) -> Self {
        let fields = names.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self::Record(Rc::new(Record { fields, ..Record::default() }))
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
                }))
            }
            // Go's structure has one field, which holds the map.
            (Type::Object, value) => {
                let inner = value.map_or_else(|| Self::map(BTreeMap::new()), Self::plain);
                Self::names([("Object", inner)])
            }
            (Type::Any, None) => Self::Nil,
            (Type::Scalar(Scalar::Endpoint | Scalar::Url), Some(value)) => {
                Self::endpoint(value.as_str().unwrap_or_default())
            }
            (Type::Scalar(Scalar::Certificate), value) => Self::pem(value, &[("Crt", "crt")]),
            (Type::Scalar(Scalar::Key), value) => Self::pem(value, &[("Key", "key")]),
            (Type::Scalar(Scalar::CertificateAndKey), value) => {
                Self::pem(value, &[("Crt", "crt"), ("Key", "key")])
            }
            (Type::Scalar(Scalar::FileMode), value) => {
                let mode = value.and_then(Value::as_int).and_then(|mode| u32::try_from(mode).ok());
                Self::Mode(mode.unwrap_or(0))
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

    /// A certificate, a key or both, of which the data holds base64.
    fn pem(value: Option<&'a Value>, parts: &[(&'static str, &str)]) -> Self {
        let bytes = |key: &str| {
            let text = value.and_then(|value| value.get(key)?.as_str()).unwrap_or_default();
            Self::Bytes(Rc::from(STANDARD.decode(text).unwrap_or_default()))
        };
        Self::names(parts.iter().map(|(name, key)| (*name, bytes(key))))
    }

    /// A structure that holds nothing but a URL, whose parts and methods it has too.
    fn endpoint(text: &str) -> Self {
        let url = Self::url(text);
        let further = [("URL", Self::Pointer(Rc::new(Self::Record(Rc::new(url)))))];
        let Record { fields, further: methods, text } = Self::url(text);
        Self::Record(Rc::new(Record { fields, further: further.into_iter().chain(methods).collect(), text }))
    }

    /// A URL is shown as one and has parts.
    fn url(text: &str) -> Record<'a> {
        let url = Url::parse(text).unwrap_or_default();
        let (no_text, own) = (|| Self::text(""), |part: &str| Self::text(part));
        let fields = [
            ("Scheme", own(url.scheme())),
            ("Opaque", own(url.opaque())),
            ("User", Self::Nil),
            ("Host", own(url.host())),
            ("Path", own(&url.decoded_path())),
            ("Fragment", own(&url.decoded_fragment())),
            ("RawQuery", own(url.query())),
            ("RawPath", no_text()),
            ("RawFragment", no_text()),
            ("ForceQuery", Self::Bool(false)),
            ("OmitHost", Self::Bool(false)),
        ];
        let further = vec![
            // No user is an empty text.
            ("User", own(url.user())),
            ("String", own(text)),
            ("Hostname", own(url.hostname())),
            ("Port", own(url.port().unwrap_or_default())),
            ("IsAbs", Self::Bool(!url.scheme().is_empty())),
            ("EscapedPath", own(url.path())),
            ("EscapedFragment", own(url.fragment())),
        ];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Record { fields, further, text: Some(text.to_owned()) }
    }

    /// What a pointer points to, else itself.
    pub(crate) fn target(&self) -> &Self {
        match self {
            Self::Pointer(inner) => inner.target(),
            other => other,
        }
    }

    /// The items of a list; of bytes their numbers.
    pub(crate) fn items(&self) -> Option<Cow<'_, [Self]>> {
        match self.target() {
            Self::List(items) => Some(Cow::Borrowed(items)),
            Self::Bytes(bytes) => Some(bytes.iter().map(|byte| Self::Int(i64::from(*byte))).collect()),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn int(&self) -> Option<i64> {
        match self.target() {
            Self::Int(value) => Some(*value),
            Self::Mode(mode) => Some(i64::from(*mode)),
            _ => None,
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
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::Mode(mode) => *mode != 0,
            Self::Struct(_) | Self::Record(_) | Self::Pointer(_) => true,
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
            Self::List(_) | Self::Bytes(_) => "slice",
            Self::Mode(_) => "uint32",
            Self::Map(_) => "map",
            Self::Struct(_) | Self::Record(_) => "struct",
            Self::Pointer(_) => "ptr",
        }
    }
}

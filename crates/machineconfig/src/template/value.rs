//! Values of templates: what Go's reflection would see.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
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
    /// Go's int64, which is what sprig's arithmetic gives: no int, where a function wants one.
    Long(i64),
    /// A byte of a text.
    Byte(u8),
    Float(f64),
    Text(Rc<str>),
    /// A certificate or a key: text to whoever asks for text, else a list of numbers.
    Bytes(Rc<[u8]>),
    /// The mode of a file: a number that is shown in octal.
    Mode(u32),
    List(Rc<Items<'a>>),
    Map(Rc<Map<'a>>),
    Struct(StructRef<'a>),
    /// A structure that is not in the schema.
    Record(Rc<Record<'a>>),
    /// A pointer to something; conditions see the pointer, everything else what it points to.
    Pointer(Rc<Val<'a>>),
}

/// The items of a list.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    all: Vec<Val<'a>>,
    pub(crate) of: Of,
    /// A list that was never made: it looks empty, and is null in JSON.
    pub(crate) nil: bool,
}

/// What a list is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Any,
    Texts,
    Ints,
    Lists,
}

impl<'a> Deref for Items<'a> {
    type Target = [Val<'a>];

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

/// A map, sorted by key, that functions may change in place.
#[derive(Debug, Default)]
pub(crate) struct Map<'a> {
    pub(crate) entries: RefCell<BTreeMap<String, Val<'a>>>,
    /// A map that was never made: nothing can be set in it.
    pub(crate) nil: bool,
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
        Self::list_of(items, Of::Any)
    }

    pub(crate) fn list_of(items: Vec<Self>, of: Of) -> Self {
        Self::List(Rc::new(Items { all: items, of, nil: false }))
    }

    /// A list of texts.
    pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list_of(texts.into_iter().map(Self::text).collect(), Of::Texts)
    }

    /// A list that was never made.
    pub(crate) fn no_list(of: Of) -> Self {
        Self::List(Rc::new(Items { all: Vec::new(), of, nil: true }))
    }

    pub(crate) fn map(entries: BTreeMap<String, Self>) -> Self {
        Self::Map(Rc::new(Map { entries: RefCell::new(entries), ..Map::default() }))
    }

    /// A map that holds texts and nothing else.
    pub(crate) fn map_of_texts(entries: BTreeMap<String, Self>) -> Self {
        Self::Map(Rc::new(Map { entries: RefCell::new(entries), texts: true, nil: false }))
    }

    /// Names that stand for a structure: no other can be asked for.
    pub(crate) fn names<N: Into<String>>(names: impl IntoIterator<Item = (N, Self)>) -> Self {
        let fields = names.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self::Record(Rc::new(Record { fields, ..Record::default() }))
    }

    /// A structure that is shown as a text, and of which parts can be asked for.
    pub(crate) fn shown(further: Vec<(&'static str, Self)>, text: String) -> Self {
        Self::Pointer(Rc::new(Self::Record(Rc::new(Record {
            fields: Vec::new(),
            further,
            text: Some(text),
        }))))
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
            // What is not set is nothing, which is null in JSON.
            (Type::List(item, _), None) => {
                Self::no_list(if **item == Type::String { Of::Texts } else { Of::Any })
            }
            (Type::Map(item), None) => {
                Self::Map(Rc::new(Map { nil: true, texts: **item == Type::String, ..Map::default() }))
            }
            (Type::List(item, _), value) => {
                let items = value.and_then(Value::as_sequence).unwrap_or_default();
                let of = if **item == Type::String { Of::Texts } else { Of::Any };
                Self::list_of(items.iter().map(|value| Self::typed(Some(value), item)).collect(), of)
            }
            (Type::Map(item), value) => {
                let entries = value.and_then(Value::as_mapping).into_iter().flat_map(yaml::Mapping::iter);
                let entries = entries.filter_map(|(key, value)| {
                    Some((key.as_str()?.to_owned(), Self::typed(Some(value), item)))
                });
                let entries = entries.collect();
                if **item == Type::String { Self::map_of_texts(entries) } else { Self::map(entries) }
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
            Self::Bytes(bytes) => Some(bytes.iter().copied().map(Self::Byte).collect()),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn int(&self) -> Option<i64> {
        match self.target() {
            Self::Int(value) | Self::Long(value) => Some(*value),
            Self::Byte(value) => Some(i64::from(*value)),
            Self::Mode(mode) => Some(i64::from(*mode)),
            _ => None,
        }
    }

    /// Whether a condition takes it for true.
    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Nil | Self::NilPointer => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Long(value) => *value != 0,
            Self::Byte(value) => *value != 0,
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
            Self::Long(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::List(_) | Self::Bytes(_) => "slice",
            Self::Mode(_) => "uint32",
            Self::Map(_) => "map",
            Self::Struct(_) | Self::Record(_) => "struct",
            Self::Pointer(_) => "ptr",
        }
    }
    /// What Go calls its type.
    pub(crate) fn type_name(&self) -> String {
        match self {
            Self::Nil => "<nil>".to_owned(),
            Self::List(items) => match items.of {
                Of::Any => "[]interface {}",
                Of::Texts => "[]string",
                Of::Ints => "[]int",
                Of::Lists => "[][]interface {}",
            }
            .to_owned(),
            Self::Bytes(_) => "[]uint8".to_owned(),
            Self::Map(map) if map.texts => "map[string]string".to_owned(),
            Self::Map(_) => "map[string]interface {}".to_owned(),
            Self::Struct(structure) => structure.name().to_owned(),
            Self::Pointer(inner) => format!("*{}", inner.type_name()),
            other => other.kind().to_owned(),
        }
    }
}

//! Types of expressions.

use std::fmt;

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::check) enum Type {
    /// Not known before it runs.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    /// A type as a value.
    Kind,
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Optional(Box<Type>),
    /// A structure with known fields.
    Message(&'static str),
}

impl Type {
    pub(super) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(super) fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    pub(super) fn optional(of: Self) -> Self {
        Self::Optional(Box::new(of))
    }

    /// What both types are; none when they do not go together.
    pub(super) fn common(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Dyn, _) | (_, Self::Dyn) => Some(Self::Dyn),
            (Self::List(a), Self::List(b)) => a.common(b).map(Self::list),
            (Self::Optional(a), Self::Optional(b)) => a.common(b).map(Self::optional),
            (Self::Map(ak, av), Self::Map(bk, bv)) => Some(Self::map(ak.common(bk)?, av.common(bv)?)),
            // A message may be absent.
            (Self::Message(_) | Self::Duration | Self::Timestamp, Self::Null) => Some(self.clone()),
            (Self::Null, Self::Message(_) | Self::Duration | Self::Timestamp) => Some(other.clone()),
            (a, b) => (a == b).then(|| a.clone()),
        }
    }

    /// Whether a value of this type can stand where `wanted` is needed.
    pub(super) fn fits(&self, wanted: &Self) -> bool {
        self.common(wanted).is_some()
    }

    /// Whether values of this type have an order.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(
            self,
            Self::Dyn
                | Self::Bool
                | Self::Int
                | Self::Uint
                | Self::Double
                | Self::Text
                | Self::Bytes
                | Self::Duration
                | Self::Timestamp
        )
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Dyn => "anything",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::Timestamp => "timestamp",
            Self::Kind => "a type",
            Self::List(of) => return write!(f, "list({of})"),
            Self::Map(key, value) => return write!(f, "map({key}, {value})"),
            Self::Optional(of) => return write!(f, "optional({of})"),
            Self::Message(name) => name,
        };
        f.write_str(name)
    }
}

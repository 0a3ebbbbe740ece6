//! Data of a known type, as Go's structures hold it, in a [`yaml::Value`]:
//!
//! - a structure is a mapping of its keys; a field at its zero value is absent,
//! - a pointer is absent when nil, and what it points to otherwise (`false`, `{}` and `""` included),
//! - a list or a map is absent when nil, and may be there with nothing in it,
//! - scalars with a form of their own are held as they are written (addresses, sizes, words).
//!
//! [`decode`] makes such data from a document, [`encode`] makes the document from it, [`merge`] joins two, and
//! [`remove`] takes a path out. Together they do what Go's reflection does for Talos.

mod address;
mod decode;
mod encode;
mod merge;
mod quantity;
mod remove;
mod scalar;

pub(crate) use address::{parse_addr, parse_prefix};
pub(crate) use decode::{Decoder, Reading};
pub(crate) use encode::encode;
pub(crate) use merge::merge;
pub use quantity::parse_duration;
pub(crate) use quantity::{format_float, parse_bytes};
pub(crate) use remove::{Item, RemoveError, remove};

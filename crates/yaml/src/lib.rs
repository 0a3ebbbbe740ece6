//! YAML for the whole workspace: documents with spans and comments ([`parse`]), what a plain scalar means to
//! each peer ([`Dialect`]), plain data ([`Value`]), edits that touch only their span ([`Edits`]), the one
//! emitter our tools print with ([`emit`]), and numbers as Go writes them ([`go`]).
//!
//! The scanner is `granit-parser`, the same one below `serde_yaml` (serde-saphyr), so typed and untyped reading
//! agree on what is well-formed. What is written as most YAML is, `plain` reads in an eighth of the time, to the same tree. Nothing in here knows about clusters.

mod builder;
mod convert;
mod dialect;
mod duplicates;
mod edit;
mod emit;
mod error;
pub mod go;
mod json;
mod key_places;
mod lenient;
mod node;
mod parse;
mod plain;
mod strict;
mod syntax;
mod value;
mod wipe;

pub use convert::{load, load_one, to_node, to_value};
pub use dialect::{Dialect, Scalar, resolve_plain};
pub use duplicates::check_duplicates;
pub use edit::Edits;
pub use emit::{EmitOptions, emit, emit_stream, is_name, is_word, plain_is_safe, quote_if_needed, quoted};
pub use error::{Error, Result};
pub use key_places::KeyPlaces;
pub use node::{Comment, Document, Kind, Node, Pair, ScalarStyle, Span, Stream, Tag};
pub use parse::{parse, parse_secret};
pub use value::{Mapping, Value};

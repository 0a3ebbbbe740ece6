//! The Jinja engine: minijinja with the ways of Jinja2 3.1 as makejinja 2.8 runs it.
//!
//! [`Engine`] renders templates, [`Expressions`] evaluates expressions over data. A front (see `front`) reads
//! templates as Jinja2's lexer does; Python's printing, `%`, lists, dicts and methods are in `python`; filters and
//! functions that differ or are missing in minijinja are in `filters` and `functions`. docs/render.md lists what is
//! alike and what is not. No error of this crate holds a value of the data.

mod bridge;
mod commands;
mod compiled;
mod convert;
mod engine;
mod environment;
mod error;
mod explain;
mod expressions;
mod filters;
mod front;
mod functions;
mod known;
#[cfg(test)]
mod leaks;
mod logic;
mod missing;
mod options;
mod python;
mod reads;
mod sources;

pub use bridge::{Bridge, BridgeError, BridgeSetup};
pub use commands::Function;
pub use compiled::{Compiled, Data, Scope};
pub use convert::{from_jinja, to_jinja, truthy};
pub use engine::{Engine, Options};
pub use error::{Error, Result};
pub use expressions::Expressions;
pub use front::is_space;
pub use functions::FunctionContext;
pub use options::{Syntax, Undefined};
pub use reads::{Read, Reads};

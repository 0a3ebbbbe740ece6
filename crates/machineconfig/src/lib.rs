//! Talos machine configurations: documents of every kind, merging and patching them as Talos does, and generating
//! them from a talconfig as talhelper does.

mod config;
mod goyaml;
mod patch;
mod problem;
mod schema;
mod selector;
mod template;
mod typed;
mod url;

pub use config::Config;
pub use patch::{Patch, Patched};
pub use problem::{Problem, Problems};

//! Talos machine configurations: documents of every kind, merging and patching them as Talos does, and generating
//! them from a talconfig as talhelper does.

mod base;
mod check;
mod client;
mod cluster;
mod config;
mod contract;
mod diff;
mod documents;
mod factory;
mod files;
mod generate;
mod goyaml;
mod json_schema;
mod meta;
mod patch;
mod pem64;
mod problem;
mod schema;
mod schematic;
mod secrets;
mod selector;
mod template;
mod typed;
mod url;

pub use check::Mode;
pub use client::Client;
pub use cluster::Cluster;
pub use config::Config;
pub use contract::Contract;
pub use diff::{Change, diff};
pub use factory::{Boot, Factory, ImageSpec, NodeImages};
pub use files::{Files, PlainFiles, is_encrypted};
pub use generate::{Generated, Inputs, Machine};
pub use json_schema::json_schema;
pub use patch::{Patch, Patched};
pub use problem::{Problem, Problems};
pub use schematic::Schematic;
pub use secrets::Secrets;
pub use typed::parse_duration;

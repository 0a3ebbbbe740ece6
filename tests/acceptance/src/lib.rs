//! What the tests of the acceptance statements share. A statement speaks about a repository that was really generated:
//! [`Configuration`] says from what, [`System`] is the result, read into memory and made once for all tests that ask
//! for the same configuration. [`Look`] walks through objects.
//!
//! The statements themselves, with a name and where one is missing with the issue that owns it, are in
//! `statements.tsv`; [`statements`] checks that list against the tests there are.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod configuration;
mod image;
mod look;
mod once;
pub mod parts;
mod stand_ins;
pub mod statements;
mod system;
pub mod terraform;
mod view;

pub use configuration::Configuration;
pub use look::{Look, yaml};
pub use stand_ins::Machines;
pub use system::{Object, System};

//! What every tool does alike, decided once: reading (`-`, terminals, empty input, encodings), writing (all or
//! nothing, atomic, modes, closed pipes), exit codes, diagnostics and their formats, starting other programs,
//! completions and man pages.
//!
//! A tool is `main.rs` with one call of [`main`], and a library with `command()` and `run(args, io) -> Exit`.

mod args;
mod diagnostic;
mod docs;
mod entry;
mod exit;
mod failure;
mod hex;
mod input;
mod output;
pub mod parallel;
pub mod program;
mod report;
mod source;
mod suggest;

pub use args::{CommonArgs, parse};
pub use diagnostic::{Diagnostic, Location, Severity};
pub use docs::{DocsCommand, run_docs};
pub use entry::{Io, main};
pub use exit::Exit;
pub use failure::{Failure, Outcome};
pub use hex::hex;
pub use input::{
    ReadOptions, decode, read_bytes, read_file, read_file_bytes, read_file_within, read_input,
    read_open_file, read_whole, unreadable,
};
pub use output::{Body, WriteOptions, write_all, write_atomic, write_if_changed};
pub use report::{Format, Reporter, tame};
pub use source::{Mask, Source};
pub use suggest::did_you_mean;

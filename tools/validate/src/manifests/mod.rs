//! `validate manifests`.

use std::path::PathBuf;

use cliutil::{CommonArgs, Exit, Io, Outcome};

/// Arguments of `validate manifests`.
#[derive(Debug, clap::Args)]
pub(crate) struct ManifestsArgs {
    /// Folders, files or `-`
    paths: Vec<PathBuf>,
}

pub(crate) fn run(_args: &ManifestsArgs, _common: &CommonArgs, _io: &mut Io) -> Outcome<Exit> {
    Ok(Exit::Failed)
}

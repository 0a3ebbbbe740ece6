//! `validate sample`: files to fill in, made from the declarations.

use cliutil::{Exit, Io, Outcome};
use cluster::{Model, sample};

use super::args::{Sample, SampleArgs};

/// Runs `validate sample`.
pub(crate) fn run(args: &SampleArgs, io: &mut Io) -> Outcome<Exit> {
    let model = Model::load(&args.templates, &args.system)?;
    io.write_out(match args.what {
        Sample::Config => sample::config(&model),
        Sample::Nodes => sample::nodes(&model),
    })?;
    Ok(Exit::Yes)
}

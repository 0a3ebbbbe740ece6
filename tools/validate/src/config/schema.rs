//! `validate schema`: JSON Schemas (2020-12) of our formats.

use cliutil::{Exit, Io, Outcome};
use cluster::{Model, schema};

use super::args::{SchemaArgs, What};

/// Runs `validate schema`.
pub(crate) fn run(args: &SchemaArgs, io: &mut Io) -> Outcome<Exit> {
    let load = || Model::load(&args.templates, &args.system);
    let schema = match args.what {
        What::Config => schema::config(&load()?),
        What::Context => schema::context(&load()?),
        // The fields of a node and the form of a component are the same for every catalogue.
        What::Nodes => schema::nodes(&Model::core(&args.system)?),
        What::Component => schema::component(),
    };
    io.write_out(format!("{schema:#}\n"))?;
    Ok(Exit::Yes)
}

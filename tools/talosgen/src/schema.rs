//! `talosgen schema`: the JSON Schema of what talosgen reads.

use cliutil::{Exit, Failure, Io, Outcome};

use crate::cli::SchemaArgs;

pub(crate) fn run(args: &SchemaArgs, io: &mut Io) -> Outcome<Exit> {
    let schema = machineconfig::json_schema(&args.what)
        .ok_or_else(|| Failure::new("usage/schema", format!("there is no schema of {}", args.what)))?;
    let text = serde_json::to_string_pretty(&serde_json::Value::from(schema))
        .map_err(|error| Failure::new("usage/schema", error.to_string()))?;
    io.write_out(format!("{text}\n"))?;
    Ok(Exit::Yes)
}

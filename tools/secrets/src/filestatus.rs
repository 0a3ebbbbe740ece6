//! `secrets filestatus`: whether a file is encrypted, for scripts. No key is needed.

use cliutil::{Exit, Io, Outcome};

use crate::cli::FilestatusArgs;
use crate::files;

/// Prints what sops prints.
pub(crate) fn run(args: &FilestatusArgs, io: &mut Io) -> Outcome<Exit> {
    let source = files::secret(cliutil::read_file(&args.file)?);
    let encrypted = sops::is_encrypted(source.text(), args.types.format(&args.file));
    let encrypted = encrypted.map_err(|error| files::failure(&source, error))?;
    io.write_out(format!("{{\"encrypted\":{encrypted}}}\n")).map(|()| Exit::Yes)
}

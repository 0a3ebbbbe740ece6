//! `secrets recipients`: who can read which file. No key is needed.

use std::fmt::Write as _;

use cliutil::{Exit, Io, Outcome};
use sops::Format;

use crate::cli::RecipientsArgs;
use crate::{files, updatekeys};

/// Lists the recipients of files.
pub(crate) fn run(args: &RecipientsArgs, io: &mut Io) -> Outcome<Exit> {
    let paths = updatekeys::encrypted_files(&args.paths)?;
    let lines = files::each(&paths, |path| {
        let source = files::secret(cliutil::read_file(path)?);
        let metadata = sops::inspect(source.text(), Format::of_name(path));
        let metadata = metadata.map_err(|error| files::failure(&source, error))?;
        let metadata = metadata.ok_or_else(|| {
            let error =
                sops::Error::new("sops/not-encrypted", "the file has no sops block: it is not encrypted");
            files::failure(&source, error)
        })?;
        let mut lines = String::new();
        for recipient in metadata.recipients() {
            let _ = writeln!(lines, "{}\t{recipient}", path.display());
        }
        for kind in metadata.other_keys() {
            let _ = writeln!(lines, "{}\t({kind})", path.display());
        }
        Ok(lines)
    })?;
    io.write_out(lines.concat()).map(|()| Exit::Yes)
}

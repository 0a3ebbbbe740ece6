//! `secrets rotate`: a new data key.

use cliutil::{Exit, Io, Outcome};

use crate::cli::RotateArgs;
use crate::{change, files};

/// Encrypts a file under a new data key, for its recipients and those added, without those removed.
pub(crate) fn run(args: &RotateArgs, io: &mut Io) -> Outcome<Exit> {
    let opened = change::open(&args.file, false)?;
    let list = |text: &Option<String>| sops::parse_recipients(text.as_deref().unwrap_or_default());
    let rotated = opened
        .file
        .rotated(&list(&args.add_age), &list(&args.rm_age), &crate::encrypt::now())
        .map_err(|error| files::failure(&opened.source, error))?;
    if args.in_place {
        change::write_back(&args.file, &opened.source, &rotated.text)?;
    } else {
        io.write_out(&rotated.text)?;
    }
    Ok(Exit::Yes)
}

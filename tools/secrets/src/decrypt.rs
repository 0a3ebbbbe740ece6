//! `secrets decrypt`.

use cliutil::{CommonArgs, Exit, Io, Outcome, Reporter, Severity};
use sops::{Environment, Keyring};

use crate::cli::DecryptArgs;
use crate::{encrypt, extract, files};

/// Decrypts a file or standard input.
pub(crate) fn run(
    args: &DecryptArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let path = args.extract.as_deref().map(extract::parse).transpose()?;
    let name = args.files.filename_override.as_ref().unwrap_or(&args.files.file);
    // Standard input and what a shell puts in its place have no name that says anything.
    if !files::is_stdin(name) && !name.starts_with("/dev") && !name.starts_with("/proc") {
        encrypt::only_yaml(name)?;
    }
    let source = files::read(&args.files, io)?;
    if source.text().trim().is_empty() && args.files.allow_empty {
        return io.write_out("").map(|()| Exit::Yes);
    }
    let keyring = Keyring::new(Environment::of_process());
    let decrypted = sops::decrypt(source.text(), &keyring, args.ignore_mac)
        .map_err(|error| files::failure(&source, error))?;
    if !common.quiet {
        reporter.show(&files::notes(&source, decrypted.notes, Severity::Warning), true, io);
    }
    let text = match path {
        Some(path) => extract::extract(&decrypted.text, &path)?,
        None => decrypted.text,
    };
    files::write(&args.files, &source, &text, true, io)?;
    Ok(Exit::Yes)
}

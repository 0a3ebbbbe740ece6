//! `secrets decrypt`.

use std::path::Path;

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, Reporter, Severity};
use sops::{Environment, Format, Keyring};
use zeroize::Zeroizing;

use crate::cli::DecryptArgs;
use crate::files::{self, Content, Job, Made};
use crate::{convert, extract, hand_over, worktree};

/// Decrypts files or standard input.
pub(crate) fn run(
    args: &DecryptArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    // An empty path is the whole file.
    let path = args.extract.as_deref().filter(|path| !path.trim().is_empty());
    let path = path.map(extract::parse).transpose()?;
    let jobs = files::jobs(&args.files)?;
    if !args.force {
        let targets: Vec<&Path> = match &args.files.output {
            _ if args.files.in_place => jobs.iter().map(|job| job.path.as_path()).collect(),
            Some(output) if !files::is_stdin(output) => vec![output],
            _ => Vec::new(),
        };
        targets.into_iter().try_for_each(worktree::refuse)?;
    }
    let mut stdin = files::Stdin::default();
    if let Some(job) = jobs.iter().find(|job| files::is_stdin(&job.path)) {
        let bytes = files::read(&job.path, args.files.allow_empty, io)?;
        if bytes.trim_ascii().is_empty() && args.files.allow_empty {
            return io.write_out("").map(|()| Exit::Yes);
        }
        stdin = files::Stdin::new(bytes);
    }
    let keyring = Keyring::new(Environment::of_process());
    let made = files::each(&jobs, |job| {
        let bytes = files::of_job(job, &stdin)?;
        decrypt(args, job, bytes, path.as_deref(), &keyring)
    })?;
    if !common.quiet {
        let said: Vec<_> = made.iter().flat_map(|made| made.notes.iter().cloned()).collect();
        reporter.show(&said, true, io);
    }
    files::write(&args.files, &jobs, &made, true, io)?;
    Ok(Exit::Yes)
}

fn decrypt(
    args: &DecryptArgs,
    job: &Job,
    bytes: Zeroizing<Vec<u8>>,
    path: Option<&[extract::Step]>,
    keyring: &Keyring,
) -> Outcome<Made> {
    let label = job.label();
    let source = files::text(&label, bytes)?;
    let unnamed = job.name.is_none() && args.files.input_type.is_none();
    let input = if unnamed { guess(source.text()) } else { job.input };
    let output = if unnamed && args.files.output_type.is_none() { input } else { job.output };
    let job = Job { path: job.path.clone(), name: job.name.clone(), input, output };
    let opened = open(source.text(), input, keyring, args.ignore_mac);
    let (plain, notes) = match opened {
        Ok(opened) => opened,
        Err(error) if error.code == "sops/other-keys" => {
            let text = hand_over::Text::of(&job, &label, source.text().as_bytes());
            let extract = args.extract.as_deref();
            let after = hand_over::decrypt(&text, args.ignore_mac, extract, &error.message)?;
            let (changed, after) = Content::compared(after.into(), source.text().as_bytes());
            return Ok(Made { changed, after, notes: vec![hand_over::note(&label)] });
        }
        Err(error) => return Err(files::failure(&source, error)),
    };
    let notes = files::notes(&source, notes, Severity::Warning);
    let after = match path {
        Some(path) => extract::extract_from(&plain, &job, path)?,
        None => convert::convert(plain, job.input, job.output)?,
    };
    let (changed, after) = Content::compared(after, source.text().as_bytes());
    Ok(Made { changed, after, notes })
}

type Opened = (Zeroizing<Vec<u8>>, Vec<sops::Note>);

/// The plain bytes of an encrypted file.
pub(crate) fn open(
    text: &str,
    format: Format,
    keyring: &Keyring,
    ignore_mac: bool,
) -> Result<Opened, sops::Error> {
    if format == Format::Binary {
        let file = sops::open_binary(text, keyring, ignore_mac)?;
        return Ok((Zeroizing::new(file.plain().to_vec()), Vec::new()));
    }
    let opened = sops::decrypt_as(text, format, keyring, ignore_mac)?;
    let mut plain = opened.text;
    Ok((Zeroizing::new(std::mem::take(&mut *plain).into_bytes()), opened.notes))
}

/// The format of a text without a name, by its look.
fn guess(text: &str) -> Format {
    let start = text.trim_start();
    if start.starts_with('{') {
        Format::Json
    } else if text.lines().any(|line| line.starts_with("sops_mac=")) {
        Format::Dotenv
    } else {
        Format::Yaml
    }
}

/// A file that must be text to a command.
pub(crate) fn utf8(plain: &[u8]) -> Outcome<&str> {
    std::str::from_utf8(plain)
        .map_err(|_| Failure::new("io/encoding", "the decrypted file is not UTF-8 text"))
}

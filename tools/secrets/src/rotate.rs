//! `secrets rotate`: a new data key.

use cliutil::{Exit, Failure, Io, Outcome, WriteOptions};
use sops::{Environment, Keyring};

use crate::cli::RotateArgs;
use crate::{change, files, hand_over};

/// Encrypts files under new data keys, for their recipients and those added, without those removed.
pub(crate) fn run(args: &RotateArgs, io: &mut Io) -> Outcome<Exit> {
    if args.files.len() > 1 && !args.in_place {
        return Err(Failure::new(
            "usage/in-place",
            "several files are written back with --in-place, not to one output",
        ));
    }
    if args.files.len() > 1 && args.filename_override.is_some() {
        return Err(Failure::new(
            "usage/filename-override",
            "--filename-override names one file, not several",
        ));
    }
    let list = |text: &Option<String>| sops::parse_recipients(text.as_deref().unwrap_or_default());
    let (add, remove) = (list(&args.add_age), list(&args.rm_age));
    // A misspelled recipient would not be removed, without a word.
    for key in &remove {
        if let sops::MasterKey::Age(text) = key {
            sops::Recipient::parse(text).map_err(|error| files::plain_failure("--rm-age", error))?;
        }
    }
    let keyring = Keyring::new(Environment::of_process());
    let now = crate::encrypt::now();
    let made = files::each(&args.files, |path| {
        let format = args.types.format(args.filename_override.as_deref().unwrap_or(path));
        args.kept.check(format)?;
        let made = change::open_with(path, format, &keyring, false)
            .and_then(|file| file.rotated(&add, &remove, &now));
        match made {
            Err(failure) => match change::for_sops(&failure) {
                Some(why) => hand_over::printed(words(args, path), &why),
                None => Err(failure),
            },
            made => made,
        }
    })?;
    if args.in_place {
        let files: Vec<_> =
            args.files.iter().zip(&made).map(|(path, text)| (path.as_path(), text.as_bytes())).collect();
        cliutil::write_all(&files, WriteOptions::synced())?;
    } else if let Some(path) = &args.output {
        cliutil::write_atomic(path, made.concat().as_bytes(), WriteOptions::synced())?;
    } else {
        io.write_out(made.concat())?;
    }
    Ok(Exit::Yes)
}

/// The same for the sops program, which prints the file.
fn words(args: &RotateArgs, path: &std::path::Path) -> Vec<std::ffi::OsString> {
    let mut words = vec!["rotate".into()];
    words.extend(args.types.words());
    if let Some(name) = &args.filename_override {
        words.extend(["--filename-override".into(), name.as_os_str().to_owned()]);
    }
    for (flag, value) in [("--add-age", &args.add_age), ("--rm-age", &args.rm_age)] {
        if let Some(value) = value {
            words.extend([flag.into(), value.into()]);
        }
    }
    words.push(path.as_os_str().to_owned());
    words
}

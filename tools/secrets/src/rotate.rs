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
    let list = |text: &Option<String>| sops::parse_recipients(text.as_deref().unwrap_or_default());
    let (add, remove) = (list(&args.add_age), list(&args.rm_age));
    let keyring = Keyring::new(Environment::of_process());
    let now = crate::encrypt::now();
    let made = files::each(&args.files, |path| {
        change::open_with(path, &keyring, false)?.rotated(&add, &remove, &now)
    });
    let made = match made {
        Ok(made) => made,
        Err(failure) => match change::for_sops(&failure).filter(|_| args.files.len() == 1) {
            Some(why) => return hand_over::run(words(args), &why),
            None => return Err(failure),
        },
    };
    if args.in_place {
        let files: Vec<_> =
            args.files.iter().zip(&made).map(|(path, text)| (path.as_path(), text.as_bytes())).collect();
        cliutil::write_all(&files, WriteOptions::synced())?;
    } else {
        io.write_out(made.concat())?;
    }
    Ok(Exit::Yes)
}

/// The same for the sops program.
fn words(args: &RotateArgs) -> Vec<std::ffi::OsString> {
    let mut words = vec!["rotate".into()];
    if args.in_place {
        words.push("--in-place".into());
    }
    for (flag, value) in [("--add-age", &args.add_age), ("--rm-age", &args.rm_age)] {
        if let Some(value) = value {
            words.extend([flag.into(), value.into()]);
        }
    }
    words.extend(args.files.iter().map(|file| file.as_os_str().to_owned()));
    words
}

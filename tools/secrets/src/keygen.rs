//! `secrets keygen`: age keys, deploy keys and tokens. Nothing that exists is ever overwritten.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, WriteOptions};
use ssh_key::private::Ed25519Keypair;
use ssh_key::{LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::cli::KeygenArgs;

/// Makes what the arguments ask for; an age key on standard output when they name no file.
pub(crate) fn run(args: &KeygenArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let wanted = [&args.output, &args.deploy_key, &args.token].into_iter().flatten();
    if wanted.clone().next().is_none() {
        let (text, public) = age_key(args.pq)?;
        if !io.stdout_is_terminal && !common.quiet {
            io.say(format!("Public key: {public}"));
        }
        return io.write_out(text.as_bytes()).map(|()| Exit::Yes);
    }
    // All are looked at before any is made.
    if !args.if_missing {
        for path in wanted {
            refuse_existing(path)?;
        }
        if let Some(path) = &args.deploy_key {
            refuse_existing(&public_path(path))?;
        }
    }
    let mut say = |line: String| {
        if !common.quiet {
            io.say(line);
        }
    };
    if let Some(path) = &args.output {
        say(make_age_key(path, args)?);
    }
    if let Some(path) = &args.deploy_key {
        say(make_deploy_key(path, args.if_missing)?);
    }
    if let Some(path) = &args.token {
        say(make_token(path, args.if_missing)?);
    }
    Ok(Exit::Yes)
}

fn make_age_key(path: &Path, args: &KeygenArgs) -> Outcome<String> {
    if args.if_missing && exists(path) {
        return Ok(kept(path));
    }
    let (text, public) = age_key(args.pq)?;
    cliutil::write_atomic(path, text.as_bytes(), WriteOptions::private_new())?;
    Ok(format!("Public key: {public}"))
}

/// The two comment lines and the key, as age-keygen writes them.
fn age_key(pq: bool) -> Outcome<(Zeroizing<String>, String)> {
    let made = if pq { sops::generate_pq_identity() } else { Ok(sops::generate_identity()) };
    let (secret, public) = made.map_err(|error| Failure::new(error.code, error.message))?;
    let mut text = Zeroizing::new(String::with_capacity(256 + public.len()));
    let _ = writeln!(text, "# created: {}", crate::encrypt::now());
    let _ = writeln!(text, "# public key: {public}");
    let _ = writeln!(text, "{}", secret.as_str());
    Ok((text, public))
}

fn make_token(path: &Path, if_missing: bool) -> Outcome<String> {
    if if_missing && exists(path) {
        return Ok(kept(path));
    }
    let mut text = Zeroizing::new(String::with_capacity(40));
    for byte in random::<16>()?.iter() {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
    cliutil::write_atomic(path, text.as_bytes(), WriteOptions::private_new())?;
    Ok(format!("{}: made", path.display()))
}

fn make_deploy_key(path: &Path, if_missing: bool) -> Outcome<String> {
    let public_path = public_path(path);
    match (exists(path), exists(&public_path)) {
        (true, true) if if_missing => return Ok(kept(path)),
        (true, false) if if_missing => return restore_public(path, &public_path),
        (false, true) if if_missing => {
            return Err(Failure::new(
                "io/exists",
                format!("{}: exists, but its private key does not", public_path.display()),
            )
            .with_help("remove it, so that a new pair can be made"));
        }
        _ => {}
    }
    let seed = random::<32>()?;
    let key = PrivateKey::new(Ed25519Keypair::from_seed(&seed).into(), "deploy-key")
        .map_err(|error| key_error(path, &error))?;
    let private = key.to_openssh(LineEnding::LF).map_err(|error| key_error(path, &error))?;
    let public = public_line(&key, path)?;
    // The public part first: a private key without it would count as made.
    cliutil::write_atomic(&public_path, public.as_bytes(), public_new())?;
    if let Err(failure) = cliutil::write_atomic(path, private.as_bytes(), WriteOptions::private_new()) {
        let _ = std::fs::remove_file(&public_path);
        return Err(failure);
    }
    Ok(format!("{}: made, with {}", path.display(), public_path.display()))
}

fn restore_public(path: &Path, public_path: &Path) -> Outcome<String> {
    let text = Zeroizing::new(cliutil::read_file(path)?.text().to_owned());
    let key = PrivateKey::from_openssh(text.as_str()).map_err(|error| key_error(path, &error))?;
    cliutil::write_atomic(public_path, public_line(&key, path)?.as_bytes(), public_new())?;
    Ok(format!("{}: exists and stays as it is; {} was made from it", path.display(), public_path.display()))
}

fn public_line(key: &PrivateKey, path: &Path) -> Outcome<String> {
    let line = key.public_key().to_openssh().map_err(|error| key_error(path, &error))?;
    Ok(format!("{line}\n"))
}

fn key_error(path: &Path, error: &ssh_key::Error) -> Failure {
    Failure::new("secrets/ssh-key", format!("{}: {error}", path.display()))
}

fn public_new() -> WriteOptions {
    WriteOptions { mode: Some(0o644), ..WriteOptions::private_new() }
}

fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn exists(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn refuse_existing(path: &Path) -> Outcome<()> {
    if !exists(path) {
        return Ok(());
    }
    Err(Failure::new("io/exists", format!("{}: exists already and is not overwritten", path.display()))
        .with_help("--if-missing leaves files that exist as they are"))
}

fn kept(path: &Path) -> String {
    format!("{}: exists and stays as it is", path.display())
}

fn random<const N: usize>() -> Outcome<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).map_err(|error| {
        Failure::new("secrets/random", format!("no random bytes from the system: {error}"))
    })?;
    Ok(bytes)
}

//! `secrets encrypt`.

use std::path::Path;
use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, Severity, Source};
use sops::{Encrypted, Environment, Format, Keyring, Rule};
use zeroize::Zeroizing;

use crate::cli::EncryptArgs;
use crate::files::{self, Content, Job, Made};
use crate::rules::Book;
use crate::{convert, hand_over, previous};

/// Encrypts files or standard input.
pub(crate) fn run(
    args: &EncryptArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let jobs = files::jobs(&args.files)?;
    if jobs.iter().any(|job| job.name.is_none()) {
        return Err(Failure::new(
            "usage/filename-override",
            "--filename-override is needed when reading from standard input",
        )
        .with_help("it names the file that the text is for, so that the rule for it can be found"));
    }
    let mut stdin = files::Stdin::default();
    if let Some(job) = jobs.iter().find(|job| files::is_stdin(&job.path)) {
        let bytes = files::read(&job.path, args.files.allow_empty, io)?;
        if bytes.trim_ascii().is_empty() && args.files.allow_empty {
            return io.write_out("").map(|()| Exit::Yes);
        }
        stdin = files::Stdin::new(bytes);
    }
    let environment = Environment::of_process();
    let encrypter = Encrypter {
        args,
        book: Book::load(args.rules.config.as_deref(), &environment)?,
        keyring: Keyring::new(environment),
        now: now(),
    };
    let made = files::each(&jobs, |job| {
        let bytes = files::of_job(job, &stdin)?;
        encrypter.encrypt(job, bytes)
    })?;
    if !common.quiet {
        let mut said = encrypter.book.notes().to_vec();
        said.extend(made.iter().flat_map(|made| made.notes.iter().cloned()));
        reporter.show(&said, true, io);
    }
    files::write(&args.files, &jobs, &made, false, io)?;
    Ok(Exit::Yes)
}

struct Encrypter<'a> {
    args: &'a EncryptArgs,
    book: Book,
    keyring: Keyring,
    now: String,
}

impl Encrypter<'_> {
    fn encrypt(&self, job: &Job, bytes: Zeroizing<Vec<u8>>) -> Outcome<Made> {
        let name = job.name.as_deref().unwrap_or(&job.path);
        let rule = self.book.rule(&self.args.rules, name)?;
        if hand_over::is_needed(&rule) {
            let label = job.label();
            let after = hand_over::encrypt(&self.args.rules, &hand_over::Text::of(job, &label, &bytes))?;
            let (changed, after) = Content::compared(after.into(), &bytes);
            return Ok(Made { changed, after, notes: vec![hand_over::note(&label)] });
        }
        let plain = convert::convert(bytes, job.input, job.output)?;
        let (earlier, mut notes) = self.earlier(name)?;
        if job.output == Format::Binary {
            let after = self.binary(job, &plain, earlier, &rule)?;
            let (changed, after) = Content::compared(after.into(), &plain);
            return Ok(Made { changed, after, notes });
        }
        let source = files::text(&job.label(), plain)?;
        if earlier.is_none()
            && let Some((file, made)) = self.large(job.output, &source, &rule)?
        {
            notes.extend(files::notes(&source, made, Severity::Note));
            return Ok(Made { changed: true, after: Content::File(file), notes });
        }
        let made = self.text(job.output, &source, earlier, &rule, &mut notes)?;
        notes.extend(files::notes(&source, made.notes, Severity::Note));
        let (changed, after) = Content::compared(made.text.into_bytes().into(), source.text().as_bytes());
        Ok(Made { changed, after, notes })
    }

    /// A large text, which becomes many times larger: what is made of it goes to a file without a name. None where it is
    /// not large, or no such file can be made.
    fn large(
        &self,
        format: Format,
        source: &Arc<Source>,
        rule: &Rule,
    ) -> Outcome<Option<(std::fs::File, Vec<sops::Note>)>> {
        if source.text().len() < sops::LARGE {
            return Ok(None);
        }
        let Ok(mut file) = tempfile::tempfile() else { return Ok(None) };
        match sops::encrypt_to(source.text(), format, rule, &self.now, &mut file) {
            Ok(notes) => Ok(notes.map(|notes| (file, notes))),
            // A full disk of temporary files does not hinder.
            Err(error) if error.code == "io/write" => Ok(None),
            Err(error) => Err(files::failure(source, error)),
        }
    }

    /// The version whose unchanged values are kept.
    fn earlier(&self, name: &Path) -> Outcome<previous::Previous> {
        match (&self.args.reuse, &self.args.reuse_from, &self.args.reuse_git) {
            (Some(path), ..) => previous::from_file(path),
            (None, Some(folder), _) => previous::from_file(&folder.join(relative(name))),
            (None, None, Some(revision)) => previous::from_git(revision, name),
            (None, None, None) => Ok((None, Vec::new())),
        }
    }

    fn text(
        &self,
        format: Format,
        source: &Arc<Source>,
        earlier: Option<Arc<Source>>,
        rule: &Rule,
        said: &mut Vec<Diagnostic>,
    ) -> Outcome<Encrypted> {
        let fail = |error| files::failure(source, error);
        let fresh = || sops::encrypt_as(source.text(), format, rule, &self.now).map_err(fail);
        let Some(earlier) = earlier else { return fresh() };
        match sops::open_previous(earlier.text(), format, &self.keyring) {
            Ok(Some(previous)) => previous.encrypt(source.text(), rule, &self.now).map_err(fail),
            Ok(None) => {
                said.push(not_encrypted(&earlier));
                fresh()
            }
            Err(error) => {
                self.refuse_or_note(&earlier, error, said)?;
                fresh()
            }
        }
    }

    fn binary(&self, job: &Job, plain: &[u8], earlier: Option<Arc<Source>>, rule: &Rule) -> Outcome<Vec<u8>> {
        let label = job.label();
        let fail = |error| files::plain_failure(&label, error);
        let fresh = || sops::encrypt_binary(plain, rule, &self.now).map(String::into_bytes).map_err(fail);
        let Some(earlier) = earlier else { return fresh() };
        match sops::open_binary(earlier.text(), &self.keyring, false) {
            Ok(previous) => previous.encrypt(plain, rule, &self.now).map(String::into_bytes).map_err(fail),
            // What is no envelope is a file that is not encrypted yet.
            Err(error)
                if matches!(error.code, "sops/not-encrypted" | "sops/json" | "sops/empty" | "sops/root") =>
            {
                fresh()
            }
            Err(error) => {
                self.refuse_or_note(&earlier, error, &mut Vec::new())?;
                fresh()
            }
        }
    }

    /// With --reencrypt what cannot be reused is a warning.
    fn refuse_or_note(
        &self,
        earlier: &Arc<Source>,
        error: sops::Error,
        said: &mut Vec<Diagnostic>,
    ) -> Outcome<()> {
        if !self.args.reencrypt {
            return Err(files::failure(earlier, error)
                .with_help("restore the file to reuse, or encrypt everything anew with --reencrypt"));
        }
        let mut diagnostic = files::diagnostic(earlier, error);
        diagnostic.severity = Severity::Warning;
        said.push(diagnostic.with_help("everything is encrypted anew, as --reencrypt asks"));
        Ok(())
    }
}

fn not_encrypted(earlier: &Source) -> Diagnostic {
    Diagnostic::warning(
        "sops/not-encrypted",
        "the file to reuse is not encrypted: everything is encrypted anew",
    )
    .in_file(earlier.name())
}

/// A name to be looked for below another folder.
fn relative(name: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| name.strip_prefix(here).ok()).unwrap_or(name);
    below.strip_prefix("/").unwrap_or(below)
}

/// The time to record: whole seconds, UTC.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

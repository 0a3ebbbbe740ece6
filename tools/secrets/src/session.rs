//! A person at an editor: the plain text is a private file until what was made of it is saved. What was typed is never
//! lost without their word: where nobody can be asked it is kept, encrypted.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use cliutil::{Diagnostic, Failure, Outcome, Severity, WriteOptions};
use sops::Format;

use crate::ask;
use crate::guard::Guard;
use crate::private::PrivateFile;

/// The code of a failure that editing again cannot mend.
pub(crate) const CHANGED_MEANWHILE: &str = "secrets/changed-meanwhile";

/// What is edited.
pub(crate) struct Session<'s> {
    pub(crate) editor: &'s [OsString],
    pub(crate) file: &'s Path,
    pub(crate) format: Format,
    /// The text that the editor opens.
    pub(crate) before: &'s [u8],
    /// Encrypts a text as bytes, for those who can read the file.
    pub(crate) shelter: &'s dyn Fn(&[u8]) -> Outcome<Vec<u8>>,
}

impl Session<'_> {
    /// Runs the editor until the text is saved; false when it was not changed.
    pub(crate) fn run(&self, mut save: impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<bool> {
        let guard = Guard::new()?;
        let copy = PrivateFile::new(self.file, self.before)?;
        loop {
            self.start(&guard, &copy)?;
            let plain = copy.read()?;
            if plain.as_slice() == self.before {
                return Ok(false);
            }
            let Err(failure) =
                check(&plain, self.format).map_err(|words| unusable(&words)).and_then(|()| save(&plain))
            else {
                return Ok(true);
            };
            let mendable = failure.diagnostics.iter().all(|reason| reason.code != CHANGED_MEANWHILE);
            let answer = mendable.then(|| self.again(&failure, &guard)).flatten();
            match answer.as_deref().map(str::trim) {
                None => return Err(self.keep(&plain, failure)),
                Some("q" | "Q") => {
                    return Err(Failure::new("secrets/edit", "given up; the file stays as it was"));
                }
                Some(_) => {}
            }
        }
    }

    /// The answer to whether it is to be opened again; none where there is nobody to give it.
    fn again(&self, failure: &Failure, guard: &Guard) -> Option<String> {
        let reasons: Vec<_> = failure.diagnostics.iter().map(in_words).collect();
        let question = format!(
            "{}: {}\nPress Enter to open it again, or type q to give up: ",
            self.file.display(),
            reasons.join("\n")
        );
        ask::line_unless(&question, || guard.stopped())
    }

    /// An editor that says that it failed was told to (`:cq`); one that was ended was not.
    fn start(&self, guard: &Guard, copy: &PrivateFile) -> Outcome<()> {
        let failed = |what: String| Failure::new("secrets/editor", what);
        let Some((program, args)) = self.editor.split_first() else {
            return Err(failed("no editor is named".to_owned()));
        };
        let ended = guard
            .run(Command::new(program).args(args).arg(copy.path()))
            .map_err(|error| failed(format!("the editor cannot be started: {error}")))?;
        if ended.success() {
            return Ok(());
        }
        let failure = failed(format!("the editor failed ({ended}); the file stays as it was"));
        match copy.read() {
            Ok(plain) if ended.code().is_none() && plain.as_slice() != self.before => {
                Err(self.keep(&plain, failure))
            }
            _ => Err(failure),
        }
    }

    /// Writes what was typed, encrypted, to a file beside the one it was meant for, and says so.
    fn keep(&self, plain: &[u8], mut failure: Failure) -> Failure {
        let written = (self.shelter)(plain).and_then(|text| write_beside(self.file, &text));
        match written {
            Ok(path) => failure.diagnostics.push(
                Diagnostic::new(
                    Severity::Note,
                    "secrets/unsaved",
                    format!("what was typed is kept, encrypted, in {}", path.display()),
                )
                .with_help(format!("read it with `secrets decrypt {}`", path.display())),
            ),
            Err(other) => failure.diagnostics.extend(other.diagnostics),
        }
        failure
    }
}

/// `FILE.unsaved`, or the first such name that is free; in the folder for temporary files where that one cannot be written.
fn write_beside(file: &Path, text: &[u8]) -> Outcome<PathBuf> {
    let name = file.file_name().unwrap_or(OsStr::new("secret"));
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let mut outcome = Err(Failure::new("io/write", "no name is free"));
    for folder in [folder, std::env::temp_dir()] {
        for number in 1..10 {
            let mut name = name.to_owned();
            name.push(if number == 1 { ".unsaved".to_owned() } else { format!(".unsaved-{number}") });
            let path = folder.join(name);
            if path.symlink_metadata().is_ok() {
                continue;
            }
            let options = WriteOptions { create_new: true, mode: Some(0o600), ..WriteOptions::synced() };
            outcome = cliutil::write_atomic(&path, text, options).map(|()| path);
            match &outcome {
                Ok(_) => return outcome,
                Err(_) => break,
            }
        }
    }
    outcome
}

/// A reason for the person who has the text before them: the line is enough.
fn in_words(reason: &Diagnostic) -> String {
    let line = reason.location.as_ref().map(|location| format!("line {}: ", location.line_column().0));
    let help = reason.help.as_ref().map(|help| format!(" ({help})"));
    format!("{}{}{}", line.unwrap_or_default(), reason.message, help.unwrap_or_default())
}

fn unusable(words: &str) -> Failure {
    Failure::new(
        "secrets/edit",
        format!("the edited text cannot be used ({words}); the file stays as it was"),
    )
}

/// What can be told of a text before it is encrypted.
fn check(plain: &[u8], format: Format) -> Result<(), String> {
    if format == Format::Binary {
        return Ok(());
    }
    let plain = std::str::from_utf8(plain).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let line = |at: usize| plain[..at.min(plain.len())].matches('\n').count() + 1;
    sops::check_plain(plain, format).map_err(|error| match error.span {
        Some(span) => format!("line {}: {}", line(span.start), error.message),
        None => error.message,
    })?;
    if format != Format::Yaml {
        return Ok(());
    }
    let stream = yaml::parse_secret(plain)
        .map_err(|error| format!("line {}: {}", line(error.span.start), error.message))?;
    match stream.documents.first() {
        None => Err("it holds no document".to_owned()),
        Some(first) if first.root.as_mapping().is_none() && !first.root.is_missing() => {
            Err(format!("line 1: a mapping is expected, not {}", first.root.kind_name()))
        }
        Some(_) => Ok(()),
    }
}

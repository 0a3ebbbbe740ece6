//! Reading: files and standard input, with the errors a person can act on.

use std::fs::File;
use std::io::{Read, Seek as _};
use std::path::Path;

use zeroize::{Zeroize as _, Zeroizing};

use crate::{Failure, Io, Outcome, Source};

/// The most that is read from one file or stream (bytes): far above any real input, far below memory.
const MAX_INPUT: u64 = 256 << 20;

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// Blank standard input is fine (`--allow-empty`); else it means that the stage before failed.
    pub allow_empty: bool,
}

/// Reads a path, or standard input for `-`.
///
/// # Errors
/// `io/terminal` when standard input is a terminal, `io/empty` when it is blank, and those of [`read_file`].
pub fn read_input(io: &mut Io, path: &Path, options: ReadOptions) -> Outcome<Source> {
    if path.as_os_str() != "-" {
        return read_file(path);
    }
    decode("<stdin>", read_bytes(io, path, options)?)
}

/// As [`read_input`], for what need not be text.
///
/// # Errors
/// As [`read_input`], without `io/encoding`.
pub fn read_bytes(io: &mut Io, path: &Path, options: ReadOptions) -> Outcome<Vec<u8>> {
    if path.as_os_str() != "-" {
        return read_file_bytes(path);
    }
    if io.stdin_is_terminal {
        return Err(Failure::new("io/terminal", "standard input is a terminal, but data is expected on it")
            .with_help("pipe the data in, or name a file; --help has examples"));
    }
    let read = read_all(&mut (&mut *io.stdin).take(MAX_INPUT + 1));
    let bytes =
        read.map_err(|error| Failure::new("io/read", format!("cannot read standard input: {error}")))?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(too_large("<stdin>", MAX_INPUT));
    }
    if !options.allow_empty && bytes.trim_ascii().is_empty() {
        return Err(Failure::new("io/empty", "nothing came on standard input")
            .with_help("the stage before it probably failed; --allow-empty accepts empty input"));
    }
    Ok(bytes)
}

/// What a stream holds. Its length is not known, and a buffer that grows by itself leaves copies behind of what may be
/// secret: here they are wiped.
fn read_all(stream: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; 64 << 10]);
    let mut length = 0;
    loop {
        match stream.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if length == bytes.len() {
            let mut larger = Zeroizing::new(vec![0; 2 * length]);
            larger[..length].copy_from_slice(&bytes);
            bytes = larger;
        }
    }
    bytes.truncate(length);
    Ok(std::mem::take(&mut *bytes))
}

/// Reads a file. It must be UTF-8 text of at most 256 MiB.
///
/// # Errors
/// `io/read` (with what to do when it is missing), `io/encoding`, `io/size`.
pub fn read_file(path: &Path) -> Outcome<Source> {
    decode(&path.display().to_string(), read_file_bytes(path)?)
}

/// As [`read_file`], for a regular file that is open, called `name`. Most likely it is `known`, a part of the program, which
/// is then not kept twice; and whether it is that. `room` is for whoever reads many: what is compared needs no memory of its
/// own.
///
/// # Errors
/// As [`read_file`].
pub fn read_open_file(
    mut file: File,
    name: &str,
    known: Option<&'static str>,
    room: &mut Vec<u8>,
) -> Outcome<(Source, bool)> {
    let failed = |error: std::io::Error| unreadable(Path::new(name), &error);
    if let Some(known) = known {
        // With room for a byte more, which would make it another file.
        if room.len() <= known.len() {
            room.resize(known.len() + 1, 0);
        }
        let count = file.read(&mut room[..=known.len()]).map_err(failed)?;
        if room[..count] == *known.as_bytes() {
            return Ok((Source::of_program(name, known), true));
        }
        file.rewind().map_err(failed)?;
    }
    let bytes = read_opened(file, MAX_INPUT).map_err(failed)?;
    Ok((decode(name, bytes)?, false))
}

/// As [`read_file`], for what need not be text.
///
/// # Errors
/// As [`read_file`], without `io/encoding`.
pub fn read_file_bytes(path: &Path) -> Outcome<Vec<u8>> {
    read_file_within(path, MAX_INPUT)
}

/// As [`read_file_bytes`], for files of at most `limit` bytes; of larger ones no more than that is read.
///
/// # Errors
/// As [`read_file_bytes`]; `io/size` for a larger one.
pub fn read_file_within(path: &Path, limit: u64) -> Outcome<Vec<u8>> {
    read_whole(path, limit).map_err(|error| unreadable_within(path, limit, &error))
}

/// What is said of a file that cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    unreadable_within(path, MAX_INPUT, error)
}

fn unreadable_within(path: &Path, limit: u64, error: &std::io::Error) -> Failure {
    let name = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new("io/missing", format!("{name}: no such file")),
        std::io::ErrorKind::FileTooLarge => too_large(&name.to_string(), limit),
        _ => Failure::new("io/read", format!("{name}: cannot be read: {error}")),
    }
}

/// The bytes of a file, at most `limit`.
///
/// # Errors
/// Those of reading, and `FileTooLarge`, after no more than `limit` bytes and one.
pub fn read_whole(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    read_opened(File::open(path)?, limit)
}

fn read_opened(mut file: File, limit: u64) -> std::io::Result<Vec<u8>> {
    let too_large = std::io::ErrorKind::FileTooLarge;
    let metadata = file.metadata()?;
    let size = metadata.len();
    if size > limit {
        return Err(too_large.into());
    }
    // Most files come whole in one read: with room for a byte more, a regular file that fills no more has ended.
    let mut bytes = vec![0; usize::try_from(size + 1).unwrap_or_default()];
    let count = match file.read(&mut bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => 0,
        read => read?,
    };
    bytes.truncate(count);
    if !metadata.is_file() || count as u64 != size {
        // Devices and pipes have no length of their own, and files may grow.
        file.take(limit + 1 - count as u64).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > limit { Err(too_large.into()) } else { Ok(bytes) }
}

fn too_large(name: &str, limit: u64) -> Failure {
    Failure::new("io/size", format!("{name}: larger than {} MiB", limit >> 20))
}

/// Bytes as a named text.
///
/// # Errors
/// `io/encoding` with the place.
pub fn decode(name: &str, bytes: Vec<u8>) -> Outcome<Source> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = String::from_utf8_lossy(&error.as_bytes()[..at]).matches('\n').count() + 1;
            error.into_bytes().zeroize();
            Err(Failure::new("io/encoding", format!("{name}:{line}: not UTF-8 text (byte {at})"))
                .with_help("save the file as UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_stdin(bytes: &[u8], terminal: bool, options: ReadOptions) -> Outcome<Source> {
        let (mut stdin, mut out, mut err) = (bytes, Vec::new(), Vec::new());
        let mut io = Io {
            stdin: &mut stdin,
            stdout: &mut out,
            stderr: &mut err,
            stdin_is_terminal: terminal,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
        };
        read_input(&mut io, Path::new("-"), options)
    }

    fn code(result: Outcome<Source>) -> &'static str {
        result.map_or_else(|failure| failure.diagnostics[0].code, |_| "ok")
    }

    #[test]
    fn standard_input() {
        assert_eq!(code(with_stdin(b"a: 1\n", false, ReadOptions::default())), "ok");
        assert_eq!(code(with_stdin(b"a: 1\n", true, ReadOptions::default())), "io/terminal");
        assert_eq!(code(with_stdin(b" \n", false, ReadOptions::default())), "io/empty");
        assert_eq!(code(with_stdin(b"", false, ReadOptions { allow_empty: true })), "ok");
        assert_eq!(code(with_stdin(b"a: \xff\n", false, ReadOptions::default())), "io/encoding");
    }

    #[test]
    fn files() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(code(read_file(&dir.path().join("no"))), "io/missing");
        assert_eq!(code(read_file(dir.path())), "io/read");
    }

    #[test]
    fn a_file_of_the_program() {
        let dir = tempfile::tempdir().unwrap();
        let (path, mut room) = (dir.path().join("f"), Vec::new());
        for (text, known, is) in [
            ("a", Some("a"), true),
            ("ab", Some("a"), false),
            ("", Some("a"), false),
            ("b", Some("a"), false),
            ("a", None, false),
        ] {
            std::fs::write(&path, text).unwrap();
            let (source, is_known) =
                read_open_file(File::open(&path).unwrap(), path.to_str().unwrap(), known, &mut room).unwrap();
            assert_eq!((source.text(), is_known, source.name()), (text, is, path.to_str().unwrap()));
        }
    }

    #[test]
    fn files_of_every_length() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        for length in [0, 1, 4096, 4097] {
            std::fs::write(&path, vec![b'x'; length]).unwrap();
            assert_eq!(read_whole(&path, 4096).is_ok(), length <= 4096, "{length}");
            assert_eq!(read_whole(&path, 8192).unwrap().len(), length);
        }
        assert_eq!(read_whole(&path, 4096).unwrap_err().kind(), std::io::ErrorKind::FileTooLarge);
    }

    /// They say that they have no length.
    #[cfg(target_os = "linux")]
    #[test]
    fn devices_and_files_of_the_kernel() {
        assert!(read_whole(Path::new("/proc/self/status"), 1 << 20).unwrap().starts_with(b"Name:"));
        let endless = read_whole(Path::new("/dev/zero"), 1 << 20);
        assert_eq!(endless.unwrap_err().kind(), std::io::ErrorKind::FileTooLarge);
    }
}

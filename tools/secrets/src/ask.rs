//! Questions to the person at the terminal. They are read from the terminal itself, so that data can be piped.

use std::io::{BufRead as _, BufReader, Write as _};

use cliutil::{Failure, Outcome};
use zeroize::Zeroizing;

/// Asks for yes or no; anything but yes is no.
pub(crate) fn yes(question: &str) -> Outcome<bool> {
    let answer = line(&format!("{question} (y/N) "))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes" | "YES"))
}

/// Asks for a line.
pub(crate) fn line(question: &str) -> Outcome<String> {
    let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|_| {
        Failure::new("usage/terminal", "a question must be answered, but there is no terminal")
            .with_help("--yes answers it")
    })?;
    let failed = |error| Failure::new("io/read", format!("the terminal cannot be read: {error}"));
    write!(terminal, "{question}").map_err(failed)?;
    let mut line = String::new();
    BufReader::new(terminal).read_line(&mut line).map_err(failed)?;
    Ok(line)
}

/// Asks for a line; none where there is no terminal, it went away, or `stopped` says meanwhile that no answer will come.
pub(crate) fn line_unless(question: &str, stopped: impl Fn() -> bool) -> Option<String> {
    let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    write!(terminal, "{question}").ok()?;
    let (told, heard) = std::sync::mpsc::channel();
    // Reading goes on after a signal, so it is left to a thread that ends with the process.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(terminal).read_line(&mut line);
        let _ = told.send(read.ok().filter(|count| *count > 0).map(|_| line));
    });
    loop {
        match heard.recv_timeout(std::time::Duration::from_millis(50)) {
            Ok(answer) => return answer,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) if stopped() => return None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Asks for a secret, which is not shown: not even what is typed before the question stands there.
pub(crate) fn secret(question: &str) -> Outcome<Zeroizing<String>> {
    let ask = || -> std::io::Result<String> {
        let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let _hidden = Hidden::new(&terminal);
        write!(terminal, "{question}")?;
        rpassword::read_password()
    };
    ask().map(Zeroizing::new).map_err(|_| {
        Failure::new("usage/terminal", "a secret must be typed in, but there is no terminal")
            .with_help("--from-file and --from-env take it from elsewhere")
    })
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden {
    terminal: Option<std::fs::File>,
    before: Option<rustix::termios::Termios>,
}

impl Hidden {
    fn new(terminal: &std::fs::File) -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(terminal).ok();
        if let Some(mut modes) = before.clone() {
            modes.local_modes.remove(LocalModes::ECHO);
            modes.local_modes.insert(LocalModes::ECHONL);
            let _ = tcsetattr(terminal, OptionalActions::Now, &modes);
        }
        Self { terminal: terminal.try_clone().ok(), before }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let (Some(terminal), Some(before)) = (&self.terminal, &self.before) {
            let _ = rustix::termios::tcsetattr(terminal, rustix::termios::OptionalActions::Now, before);
        }
    }
}

/// Lets the format crate ask for passphrases, and plugins for what they need.
pub(crate) fn answer_questions() {
    sops::set_ask(Box::new(Terminal));
}

struct Terminal;

impl sops::Ask for Terminal {
    fn secret(&self, question: &str) -> Option<Zeroizing<String>> {
        secret(question).ok()
    }

    fn line(&self, question: &str) -> Option<String> {
        line(question).ok()
    }

    fn say(&self, message: &str) {
        let terminal = std::fs::OpenOptions::new().write(true).open("/dev/tty");
        let _ = terminal.and_then(|mut terminal| writeln!(terminal, "{message}"));
    }
}

//! The connection to the child, and its life.

use std::io::{BufReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value as Json, json};

use super::BridgeError;

const SCRIPT: &str = include_str!("bridge.py");

/// One Python process.
pub(super) struct Line {
    inner: Mutex<Inner>,
}

struct Inner {
    reader: Option<BufReader<UnixStream>>,
    child: Child,
}

impl Line {
    /// Starts Python.
    pub(super) fn open(python: &Path, no_bytecode: bool) -> Result<Self, BridgeError> {
        let shown = python.display();
        let fail = |error: std::io::Error| BridgeError::Start(format!("{shown} cannot be started: {error}"));
        let (ours, theirs) = UnixStream::pair().map_err(fail)?;
        let mut command = Command::new(python);
        command.arg("-c").arg(SCRIPT).stdin(Stdio::from(OwnedFd::from(theirs)));
        // Standard output is for data; what plugins print are words.
        let words = std::io::stderr();
        let words = std::os::fd::AsFd::as_fd(&words).try_clone_to_owned().map_err(fail)?;
        command.stdout(Stdio::from(words));
        if no_bytecode {
            command.env("PYTHONDONTWRITEBYTECODE", "1");
        }
        let child = command.spawn().map_err(fail)?;
        Ok(Self { inner: Mutex::new(Inner { reader: Some(BufReader::new(ours)), child }) })
    }

    /// Sends a message and waits for its answer.
    pub(super) fn ask(&self, message: &Json) -> Result<Json, BridgeError> {
        self.ask_with(message, |_| json!({"!u": 1}))
    }

    /// As [`Line::ask`]; names that Python asks for meanwhile are given by `lookup`.
    pub(super) fn ask_with(
        &self,
        message: &Json,
        mut lookup: impl FnMut(&str) -> Json,
    ) -> Result<Json, BridgeError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = |_| BridgeError::Start("Python ended before it answered".to_owned());
        inner.send(message).map_err(gone)?;
        loop {
            let mut answer = inner.receive().map_err(gone)?;
            if let Some(name) = answer.get("lookup").and_then(Json::as_str) {
                let found = lookup(name);
                inner.send(&found).map_err(gone)?;
            } else if let Some(error) = answer.get("error") {
                return Err(described(error));
            } else {
                return Ok(answer["ok"].take());
            }
        }
    }
}

fn described(error: &Json) -> BridgeError {
    let text = |key: &str| error.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    match text("type").as_str() {
        "MissingModule" => BridgeError::Module { name: text("message"), at: text("where") },
        "MissingPlugin" => BridgeError::Plugin { name: text("message"), folders: text("where") },
        _ => BridgeError::Raised {
            kind: text("type"),
            message: text("message"),
            at: text("where"),
            doing: text("doing"),
        },
    }
}

impl Inner {
    fn stream(&mut self) -> std::io::Result<&mut BufReader<UnixStream>> {
        self.reader.as_mut().ok_or_else(|| std::io::ErrorKind::BrokenPipe.into())
    }

    fn send(&mut self, message: &Json) -> std::io::Result<()> {
        let body = serde_json::to_vec(message)?;
        let len = u32::try_from(body.len()).map_err(|_| std::io::ErrorKind::InvalidInput)?;
        let mut whole = Vec::with_capacity(body.len() + 4);
        whole.extend(len.to_be_bytes());
        whole.extend(body);
        self.stream()?.get_mut().write_all(&whole)
    }

    fn receive(&mut self) -> std::io::Result<Json> {
        let stream = self.stream()?;
        let mut len = [0; 4];
        stream.read_exact(&mut len)?;
        let mut body = Vec::new();
        let len = u64::from(u32::from_be_bytes(len));
        if stream.take(len).read_to_end(&mut body)? as u64 != len {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Drop for Inner {
    /// Python ends when the connection does.
    fn drop(&mut self) {
        self.reader = None;
        let _ = self.child.wait();
    }
}

//! Questions to the person: passphrases of protected identities, and what plugins want to know. Who asks is set once by
//! the program; without it every question stays unanswered.

use std::sync::OnceLock;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

/// How the person is asked. None means that nobody can be.
pub trait Ask: Send + Sync {
    /// A secret, typed without being shown.
    fn secret(&self, question: &str) -> Option<Zeroizing<String>>;
    /// A line of text.
    fn line(&self, question: &str) -> Option<String>;
    /// Something to know or to do.
    fn say(&self, message: &str);
}

static ASK: OnceLock<Box<dyn Ask>> = OnceLock::new();

/// Sets who asks; the first call counts.
pub fn set_ask(ask: Box<dyn Ask>) {
    let _ = ASK.set(ask);
}

/// Asks for a passphrase.
pub(super) fn passphrase(question: &str) -> Option<SecretString> {
    ASK.get()?.secret(question).map(|text| SecretString::from(text.as_str()))
}

/// What plugins are given to ask with.
#[derive(Clone, Copy)]
pub(super) struct ForPlugins;

impl age::Callbacks for ForPlugins {
    fn display_message(&self, message: &str) {
        if let Some(ask) = ASK.get() {
            ask.say(message);
        }
    }

    fn confirm(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let choices = no.map_or_else(|| format!("1: {yes}"), |no| format!("1: {yes}, 2: {no}"));
        let answer = ASK.get()?.line(&format!("{message} ({choices}) "))?;
        match answer.trim() {
            "1" => Some(true),
            _ => Some(false),
        }
    }

    fn request_public_string(&self, description: &str) -> Option<String> {
        ASK.get()?.line(&format!("{description} ")).map(|line| line.trim_end().to_owned())
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        passphrase(&format!("{description} "))
    }
}

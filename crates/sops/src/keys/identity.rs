//! Where identities come from. As in sops, all sources are read and merged; a broken one does not stop the others,
//! and is spoken of only when no identity fits.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, OnceLock};

use zeroize::Zeroizing;

use crate::cipher::DataKey;
use crate::keys::recipient::other_kind;
use crate::keys::{Environment, unwrap};
use crate::metadata::Metadata;
use crate::{Error, Result};

/// Identities, and what went wrong where they were looked for.
#[derive(Default)]
pub struct Identities {
    keys: Vec<Box<dyn age::Identity + Send + Sync>>,
    unused: Vec<String>,
    problems: Vec<String>,
}

impl Identities {
    /// Reads identities from a text: one a line, blank lines and `#` comments allowed.
    pub fn from_text(text: &str, origin: &str) -> Self {
        let mut identities = Self::default();
        identities.add_text(text, origin, false);
        identities
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn add_text(&mut self, text: &str, origin: &str, several_a_line: bool) {
        let before = (self.keys.len(), self.problems.len());
        for line in text.lines() {
            if line.starts_with('#') {
                continue;
            }
            let words: Vec<_> =
                if several_a_line { line.split_whitespace().collect() } else { vec![line.trim_end()] };
            for word in words.into_iter().filter(|word| !word.is_empty()) {
                self.add(word, origin);
            }
        }
        if before == (self.keys.len(), self.problems.len()) {
            self.unused.push(origin.to_owned());
        }
    }

    fn add(&mut self, word: &str, origin: &str) {
        let problem = if word.starts_with("AGE-SECRET-KEY-PQ-1") {
            "post-quantum identities (AGE-SECRET-KEY-PQ-1…) are not supported yet"
        } else if word.starts_with("AGE-PLUGIN-") {
            "plugin identities (AGE-PLUGIN-…) are not supported yet"
        } else if word.starts_with("-----BEGIN AGE ENCRYPTED FILE") {
            "passphrase-protected identities are not supported yet"
        } else {
            match age::x25519::Identity::from_str(word) {
                Ok(key) => {
                    self.keys.push(Box::new(key));
                    return;
                }
                Err(_) => "a line is not an age identity (AGE-SECRET-KEY-1…)",
            }
        };
        let problem = format!("{origin}: {problem}");
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn add_file(&mut self, path: &Path, origin: &str) {
        match std::fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => self.add_text(&text, origin, false),
            Err(error) => self.problems.push(format!("{origin}: {}: {error}", path.display())),
        }
    }
}

/// Opens files' data keys with the identities the environment names. Sources are read once; the command of
/// SOPS_AGE_KEY_CMD is run once for each recipient.
pub struct Keyring {
    environment: Environment,
    fixed: OnceLock<Identities>,
    by_command: Mutex<HashMap<String, Arc<Identities>>>,
}

impl Keyring {
    /// A keyring over these variables.
    pub fn new(environment: Environment) -> Self {
        Self { environment, fixed: OnceLock::new(), by_command: Mutex::default() }
    }

    /// A keyring over given identities alone.
    pub fn of(identities: Identities) -> Self {
        let keyring = Self::new(Environment::default());
        let _ = keyring.fixed.set(identities);
        keyring
    }

    /// The data key of a file.
    ///
    /// # Errors
    /// `sops/no-identity` when no identity fits, with the places that were looked at; `sops/metadata`.
    pub(crate) fn data_key(&self, metadata: &Metadata) -> Result<DataKey> {
        if metadata.age.is_empty() {
            return Err(no_age_keys(metadata));
        }
        let fixed = self.fixed.get_or_init(|| self.read_fixed());
        let mut broken = None;
        for entry in &metadata.age {
            let own = self.of_command(&entry.recipient);
            let all = own.iter().flat_map(|own| &own.keys).chain(&fixed.keys);
            let all = all.map(|key| &**key as &dyn age::Identity);
            match unwrap(entry, all) {
                Ok(Some(key)) => return Ok(key),
                Ok(None) => {}
                Err(error) => broken = Some(error),
            }
        }
        Err(broken.unwrap_or_else(|| self.no_identity(metadata, fixed)))
    }

    fn no_identity(&self, metadata: &Metadata, fixed: &Identities) -> Error {
        let commands =
            self.by_command.lock().map(|map| map.values().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let mut problems = fixed.problems.clone();
        problems.extend(commands.iter().flat_map(|own| own.problems.clone()));
        let kinds = metadata.recipients().filter_map(other_kind);
        problems.extend(kinds.map(|kind| format!("{kind} recipients are not supported yet")));
        problems.sort();
        problems.dedup();
        let found = fixed.keys.len() + commands.iter().map(|own| own.keys.len()).sum::<usize>();
        let recipients: Vec<_> = metadata.recipients().collect();
        let mut message =
            format!("no identity opens the file, which is encrypted for {}", recipients.join(", "));
        if found > 0 {
            let words = if found == 1 { "identity was" } else { "identities were" };
            let _ = write!(message, "; {found} {words} tried");
        }
        for problem in &problems {
            message.push_str("; ");
            message.push_str(problem);
        }
        let error = Error::new("sops/no-identity", message);
        let unused: Vec<_> = fixed.unused.iter().map(String::as_str).collect();
        error.with_help(if unused.is_empty() {
            "set SOPS_AGE_KEY_FILE to a key file with a fitting identity".to_owned()
        } else {
            format!(
                "set SOPS_AGE_KEY_FILE to a key file with a fitting identity; nothing was found in {}",
                unused.join(", ")
            )
        })
    }

    fn read_fixed(&self) -> Identities {
        let mut identities = Identities::default();
        self.note_ssh(&mut identities);
        match self.environment.get("SOPS_AGE_KEY").map(|text| text.to_str()) {
            Some(Some(text)) => identities.add_text(text, "SOPS_AGE_KEY", true),
            Some(None) => identities.problems.push("SOPS_AGE_KEY: not UTF-8 text".to_owned()),
            None => identities.unused.push("SOPS_AGE_KEY".to_owned()),
        }
        match self.environment.get("SOPS_AGE_KEY_FILE") {
            Some(path) => identities.add_file(Path::new(path), "SOPS_AGE_KEY_FILE"),
            None => identities.unused.push("SOPS_AGE_KEY_FILE".to_owned()),
        }
        if self.environment.get("SOPS_AGE_KEY_CMD").is_none() {
            identities.unused.push("SOPS_AGE_KEY_CMD".to_owned());
        }
        if let Some(path) = self.environment.default_key_file() {
            let name = path.display().to_string();
            if path.exists() {
                identities.add_file(&path, &name);
            } else {
                identities.unused.push(name);
            }
        }
        identities
    }

    /// SSH identities are another kind of key; that they were named must not pass in silence.
    fn note_ssh(&self, identities: &mut Identities) {
        for name in ["SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"] {
            if self.environment.get(name).is_some() {
                identities.problems.push(format!("{name}: SSH identities are not supported yet"));
            }
        }
    }

    fn of_command(&self, recipient: &str) -> Option<Arc<Identities>> {
        let command = self.environment.get("SOPS_AGE_KEY_CMD")?;
        let mut cache = self.by_command.lock().ok()?;
        let entry = cache.entry(recipient.to_owned());
        let run =
            || Arc::new(command.to_str().map_or_else(Identities::default, |command| run(command, recipient)));
        Some(Arc::clone(entry.or_insert_with(run)))
    }
}

/// Runs the key command: split into words, no shell.
fn run(command: &str, recipient: &str) -> Identities {
    const ORIGIN: &str = "SOPS_AGE_KEY_CMD";
    let mut identities = Identities::default();
    let mut fail = |problem: String| identities.problems.push(format!("{ORIGIN}: {problem}"));
    let Some(words) = shlex::split(command).filter(|words| !words.is_empty()) else {
        fail("cannot be split into words".to_owned());
        return identities;
    };
    // Neither what it printed nor its arguments are repeated: both may be secret.
    let Ok(program) = which::which(&words[0]) else {
        fail("its program was not found".to_owned());
        return identities;
    };
    let expression = duct::cmd(program, &words[1..]).env("SOPS_AGE_RECIPIENT", recipient).stdin_null();
    match expression.stdout_capture().unchecked().run() {
        Ok(output) if output.status.success() => match String::from_utf8(output.stdout).map(Zeroizing::new) {
            Ok(text) => identities.add_text(&text, ORIGIN, false),
            Err(_) => fail("it did not print text".to_owned()),
        },
        Ok(output) => fail(format!("it failed ({})", output.status)),
        Err(error) => fail(format!("it cannot be started: {error}")),
    }
    identities
}

fn no_age_keys(metadata: &Metadata) -> Error {
    let others = metadata.other_keys();
    if others.is_empty() {
        return Error::new("sops/metadata", "the sops block names no key");
    }
    Error::new(
        "sops/unsupported",
        format!("the file is encrypted with {} keys only, which are not built in", others.join(" and ")),
    )
    .with_help("use the sops program for this file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Recipient, generate_identity, wrap};
    use crate::{Selector, metadata::AgeEntry};

    fn metadata(age: Vec<AgeEntry>) -> Metadata {
        Metadata {
            age,
            last_modified: String::new(),
            mac: String::new(),
            selector: Selector::default(),
            mac_only_encrypted: false,
            shamir_threshold: None,
            version: String::new(),
            extra: yaml::Mapping::new(),
        }
    }

    fn setup() -> (Zeroizing<String>, Metadata, DataKey) {
        let (secret, public) = generate_identity();
        let (_, stranger) = generate_identity();
        let key = DataKey::generate().unwrap();
        let entry = |public: &str| wrap(&key, &Recipient::parse(public).unwrap()).unwrap();
        let metadata = metadata(vec![entry(&stranger), entry(&public)]);
        (secret, metadata, key)
    }

    #[test]
    fn every_source_is_read() {
        let (secret, metadata, key) = setup();
        let (other, _) = generate_identity();
        let dir = std::env::temp_dir().join(format!("clusterpipe-keys-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("sops/age")).unwrap();
        let file = dir.join("sops/age/keys.txt");
        std::fs::write(&file, format!("# created: now\n\n{}\n", secret.as_str())).unwrap();
        let cases: Vec<Vec<(&str, String)>> = vec![
            vec![("SOPS_AGE_KEY", secret.to_string())],
            vec![("SOPS_AGE_KEY", format!("{} {}", other.as_str(), secret.as_str()))],
            vec![("SOPS_AGE_KEY_FILE", file.display().to_string())],
            vec![("XDG_CONFIG_HOME", dir.display().to_string())],
            vec![("SOPS_AGE_KEY_CMD", format!("cat '{}'", file.display()))],
            // A broken source does not stop the others.
            vec![("SOPS_AGE_KEY_FILE", "/nonexistent".to_owned()), ("SOPS_AGE_KEY", secret.to_string())],
        ];
        for case in cases {
            let name = case[0].0;
            let opened =
                Keyring::new(Environment::of(case)).data_key(&metadata).map_err(|error| error.message);
            assert!(opened.is_ok_and(|opened| opened.bytes() == key.bytes()), "{name}");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn a_missing_identity_names_the_places() {
        let (secret, metadata, _) = setup();
        let (other, _) = generate_identity();
        let environment = Environment::of([
            ("SOPS_AGE_KEY", format!("{} AGE-SECRET-KEY-PQ-1X", other.as_str())),
            ("SOPS_AGE_KEY_FILE", "/nonexistent".to_owned()),
            ("SOPS_AGE_SSH_PRIVATE_KEY_FILE", "/nonexistent".to_owned()),
        ]);
        let error = Keyring::new(environment).data_key(&metadata).err().unwrap();
        assert_eq!(error.code, "sops/no-identity");
        for words in ["1 identity was tried", "post-quantum", "/nonexistent", "SSH identities"] {
            assert!(error.message.contains(words), "{}", error.message);
        }
        assert!(!error.message.contains(&secret[20..]) && !error.message.contains(&other[20..]));
    }
}

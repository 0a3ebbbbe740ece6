//! Where identities come from. As in sops, all sources are read and merged; a broken one does not stop the others,
//! and is spoken of only when no identity fits.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, OnceLock};

use zeroize::Zeroizing;

use crate::cipher::DataKey;
use crate::keys::Environment;
use crate::keys::ask::ForPlugins;
use crate::keys::pq;
use crate::keys::recipient::shorten;
use crate::keys::slow::{MAX_FILE, ProtectedFile, ProtectedSsh};
use crate::keys::wrap::{Unwrapped, unwrap};
use crate::metadata::Metadata;
use crate::{Error, Result};

/// An identity of any kind.
type Key = Box<dyn age::Identity + Send + Sync>;

/// Identities, and what went wrong where they were looked for.
#[derive(Default)]
pub struct Identities {
    /// Those that open at once.
    keys: Vec<Key>,
    /// Those that start a program or ask a person first: tried last.
    slow: Vec<Key>,
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
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.keys.len() + self.slow.len()
    }

    /// All of them, those that ask last.
    pub(super) fn all(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.keys.iter().chain(&self.slow).map(|key| &**key as &dyn age::Identity)
    }

    /// Takes what a source holds: identities one a line, or an age file with a passphrase that holds them.
    fn add_bytes(&mut self, contents: Zeroizing<Vec<u8>>, origin: &str, several_a_line: bool) {
        if contents.len() > MAX_FILE {
            return self.problem(origin, "too long");
        }
        if ProtectedFile::looks_like(&contents) {
            return self.slow.push(Box::new(ProtectedFile::new(contents, origin)));
        }
        match std::str::from_utf8(&contents) {
            Ok(text) => self.add_text(text, origin, several_a_line),
            Err(_) => self.problem(origin, "not UTF-8 text"),
        }
    }

    fn add_text(&mut self, text: &str, origin: &str, several_a_line: bool) {
        let before = (self.len(), self.problems.len());
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
        if before == (self.len(), self.problems.len()) {
            self.unused.push(origin.to_owned());
        }
    }

    fn add(&mut self, word: &str, origin: &str) {
        if word.starts_with(pq::IDENTITY) {
            match pq::Identity::parse(word) {
                Some(key) => self.keys.push(Box::new(key)),
                None => self.problem(origin, "a line is not a well-formed post-quantum identity"),
            }
        } else if word.starts_with("AGE-PLUGIN-") {
            self.add_plugin(word, origin);
        } else {
            match age::x25519::Identity::from_str(word) {
                Ok(key) => self.keys.push(Box::new(key)),
                Err(_) => self.problem(origin, "a line is not an age identity (AGE-SECRET-KEY-1…)"),
            }
        }
    }

    fn add_plugin(&mut self, word: &str, origin: &str) {
        let Ok(identity) = age::plugin::Identity::from_str(word) else {
            return self.problem(origin, "a line is not a well-formed plugin identity");
        };
        let name = identity.plugin().to_owned();
        match age::plugin::IdentityPluginV1::new(&name, &[identity], ForPlugins) {
            Ok(key) => self.slow.push(Box::new(key)),
            Err(_) => self.problem(origin, &format!("the plugin age-plugin-{name} was not found on PATH")),
        }
    }

    fn add_file(&mut self, path: &Path, origin: &str) {
        match read_bounded(path) {
            Ok(contents) => self.add_bytes(contents, origin, false),
            Err(error) => self.problem(origin, &format!("{}: {error}", path.display())),
        }
    }

    /// A private SSH key in PEM form.
    fn add_ssh(&mut self, pem: &[u8], origin: &str, may_ask: bool) {
        let unsupported = "not a private SSH key that age can use (Ed25519 or RSA)";
        let Ok(text) = std::str::from_utf8(pem) else { return self.problem(origin, unsupported) };
        match age::ssh::Identity::from_buffer(pem, Some(origin.to_owned())) {
            Ok(key @ age::ssh::Identity::Unencrypted(_)) => self.keys.push(Box::new(key)),
            Ok(age::ssh::Identity::Encrypted(key)) if may_ask => match ProtectedSsh::new(key, text, origin) {
                Some(key) => self.slow.push(Box::new(key)),
                None => self.problem(origin, unsupported),
            },
            Ok(age::ssh::Identity::Encrypted(_)) => {
                self.problem(origin, "a key with a passphrase cannot be used here");
            }
            Ok(age::ssh::Identity::Unsupported(_)) | Err(_) => self.problem(origin, unsupported),
        }
    }

    fn add_ssh_file(&mut self, path: &Path, origin: &str) {
        match read_bounded(path) {
            Ok(pem) => self.add_ssh(&pem, origin, true),
            Err(error) => self.problem(origin, &format!("{}: {error}", path.display())),
        }
    }

    fn problem(&mut self, origin: &str, what: &str) {
        let problem = format!("{origin}: {what}");
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// A file's content, wiped when dropped.
fn read_bounded(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    use std::io::Read as _;
    let file = std::fs::File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(MAX_FILE).min(MAX_FILE) + 1;
    let mut contents = Zeroizing::new(Vec::with_capacity(size));
    file.take(MAX_FILE as u64 + 1).read_to_end(&mut contents)?;
    Ok(contents)
}

/// Opens files' data keys with the identities the environment names. Sources are read once; the commands of
/// SOPS_AGE_KEY_CMD and SOPS_AGE_SSH_PRIVATE_KEY_CMD are run once for each recipient.
pub struct Keyring {
    environment: Environment,
    fixed: OnceLock<Identities>,
    by_command: Mutex<HashMap<String, Arc<Identities>>>,
    asks: bool,
}

impl Keyring {
    /// A keyring over these variables.
    pub fn new(environment: Environment) -> Self {
        Self { environment, fixed: OnceLock::new(), by_command: Mutex::default(), asks: true }
    }

    /// A keyring that leaves out identities that ask a person or start a plugin.
    pub fn that_never_asks(environment: Environment) -> Self {
        Self { asks: false, ..Self::new(environment) }
    }

    /// A keyring over given identities alone.
    pub fn of(identities: Identities) -> Self {
        let keyring = Self::new(Environment::default());
        let _ = keyring.fixed.set(identities);
        keyring
    }

    /// Whether any identity can be had at all, without asking anyone.
    pub fn is_empty(&self) -> bool {
        let commands = ["SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"];
        let fixed = self.fixed.get_or_init(|| self.read_fixed());
        (if self.asks { fixed.is_empty() } else { fixed.keys.is_empty() })
            && commands.iter().all(|name| self.environment.get(name).is_none())
    }

    /// The data key of a file.
    ///
    /// # Errors
    /// `sops/no-identity` when no identity fits, with the places that were looked at; `sops/metadata`;
    /// `sops/other-keys` when the file has no age key, or only a part of the data key for them.
    pub(crate) fn data_key(&self, metadata: &Metadata) -> Result<DataKey> {
        if metadata.age.is_empty() {
            return Err(no_age_keys(metadata));
        }
        let fixed = self.fixed.get_or_init(|| self.read_fixed());
        let (mut broken, mut refused) = (None, Vec::new());
        // What asks a person comes after everything that need not.
        for slow in [false, true].into_iter().filter(|slow| self.asks || !slow) {
            for entry in &metadata.age {
                let own = self.of_command(&entry.recipient);
                let keys = |from: &Identities| if slow { from.slow.len() } else { from.keys.len() };
                if keys(fixed) + own.as_deref().map_or(0, keys) == 0 {
                    continue;
                }
                let list = |from| -> &[Key] {
                    let from: &Identities = from;
                    if slow { &from.slow } else { &from.keys }
                };
                let all = own.iter().flat_map(|own| list(own)).chain(list(fixed));
                match unwrap(entry, all.map(|key| &**key as &dyn age::Identity)) {
                    Ok(Unwrapped::Key(key)) => return Ok(key),
                    Ok(Unwrapped::NoneFits) => {}
                    Ok(Unwrapped::Refused(reason)) => refused.push(reason),
                    Err(error) => broken = Some(error),
                }
            }
        }
        Err(broken.unwrap_or_else(|| self.no_identity(metadata, fixed, refused)))
    }

    fn no_identity(&self, metadata: &Metadata, fixed: &Identities, refused: Vec<String>) -> Error {
        let commands =
            self.by_command.lock().map(|map| map.values().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let mut problems = fixed.problems.clone();
        problems.extend(commands.iter().flat_map(|own| own.problems.clone()));
        problems.extend(refused);
        problems.sort();
        problems.dedup();
        let found = fixed.len() + commands.iter().map(|own| own.len()).sum::<usize>();
        let recipients: Vec<_> = metadata.recipients().map(shorten).collect();
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
        self.read_ssh(&mut identities);
        match self.environment.get("SOPS_AGE_KEY") {
            Some(text) => {
                let bytes = std::os::unix::ffi::OsStrExt::as_bytes(text).to_vec();
                identities.add_bytes(Zeroizing::new(bytes), "SOPS_AGE_KEY", true);
            }
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

    fn read_ssh(&self, identities: &mut Identities) {
        let name = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";
        match self.environment.get(name) {
            Some(path) => identities.add_ssh_file(Path::new(path), name),
            None => identities.unused.push(name.to_owned()),
        }
        if self.environment.get("SOPS_AGE_SSH_PRIVATE_KEY_CMD").is_none() {
            identities.unused.push("SOPS_AGE_SSH_PRIVATE_KEY_CMD".to_owned());
        }
        let home = self.environment.home();
        for path in
            ["id_ed25519", "id_rsa"].iter().filter_map(|key| Some(home.as_ref()?.join(".ssh").join(key)))
        {
            if path.exists() {
                identities.add_ssh_file(&path, &path.display().to_string());
            } else {
                identities.unused.push(path.display().to_string());
            }
        }
    }

    fn of_command(&self, recipient: &str) -> Option<Arc<Identities>> {
        let command = self.environment.get("SOPS_AGE_KEY_CMD");
        let ssh = self.environment.get("SOPS_AGE_SSH_PRIVATE_KEY_CMD");
        if command.is_none() && ssh.is_none() {
            return None;
        }
        let mut cache = self.by_command.lock().ok()?;
        let entry = cache.entry(recipient.to_owned());
        let run = || {
            let mut identities = Identities::default();
            if let Some(pem) =
                ssh.and_then(|ssh| output(ssh, "SOPS_AGE_SSH_PRIVATE_KEY_CMD", recipient, &mut identities))
            {
                identities.add_ssh(&pem, "SOPS_AGE_SSH_PRIVATE_KEY_CMD", false);
            }
            if let Some(text) =
                command.and_then(|command| output(command, "SOPS_AGE_KEY_CMD", recipient, &mut identities))
            {
                identities.add_bytes(text, "SOPS_AGE_KEY_CMD", false);
            }
            Arc::new(identities)
        };
        Some(Arc::clone(entry.or_insert_with(run)))
    }
}

/// What a key command prints: split into words, no shell.
fn output(
    command: &OsStr,
    origin: &str,
    recipient: &str,
    identities: &mut Identities,
) -> Option<Zeroizing<Vec<u8>>> {
    let words = command.to_str().and_then(shlex::split).filter(|words| !words.is_empty());
    let Some(words) = words else {
        identities.problem(origin, "cannot be split into words");
        return None;
    };
    // Neither what it printed nor its arguments are repeated: both may be secret.
    let Ok(program) = which::which(&words[0]) else {
        identities.problem(origin, "its program was not found");
        return None;
    };
    let expression = duct::cmd(program, &words[1..]).env("SOPS_AGE_RECIPIENT", recipient).stdin_null();
    match expression.stdout_capture().unchecked().run() {
        Ok(output) if output.status.success() => return Some(Zeroizing::new(output.stdout)),
        Ok(output) => identities.problem(origin, &format!("it failed ({})", output.status)),
        Err(error) => identities.problem(origin, &format!("it cannot be started: {error}")),
    }
    None
}

fn no_age_keys(metadata: &Metadata) -> Error {
    let others = metadata.other_keys();
    if others.is_empty() {
        return Error::new("sops/metadata", "the sops block names no key");
    }
    Error::new(
        "sops/other-keys",
        match others.as_slice() {
            ["key_groups"] => "the file's key is split over several key groups (Shamir's secret sharing), which is not built in".to_owned(),
            others => format!("the file is encrypted with {} keys only, which are not built in", others.join(" and ")),
        },
    )
    .with_help("install the sops program, to which such files are handed")
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
        for words in ["1 identity was tried", "post-quantum", "/nonexistent", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"]
        {
            assert!(error.message.contains(words), "{}", error.message);
        }
        assert!(!error.message.contains(&secret[20..]) && !error.message.contains(&other[20..]));
    }
}

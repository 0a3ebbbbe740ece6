//! Changing who can read a file: new recipients for the same data key, or a new data key.

use crate::block::{self, layout};
use crate::config::Rule;
use crate::format::{Format, read};
use crate::keys::{KeyGroup, Keyring, MasterKey, wrap};
use crate::metadata::Metadata;
use crate::open::metadata_of;
use crate::reuse::Previous;
use crate::seal::{Encrypted, encrypt_as, recipients};
use crate::splice::{Splices, Wiped};
use crate::{Error, Result};

/// What changing the recipients of a file would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientChange {
    /// Who can read it afterwards, but not now.
    pub added: Vec<String>,
    /// Who can read it now, but not afterwards.
    pub removed: Vec<String>,
    /// Whether anything changes: as in sops another order, or naming one twice, is no change.
    pub any: bool,
}

/// An encrypted file whose values stay closed: what is needed to change who can read it.
pub struct Envelope {
    text: String,
    stream: Wiped,
    metadata: Metadata,
}

impl Envelope {
    /// Reads an encrypted file.
    ///
    /// # Errors
    /// `sops/not-encrypted`, `sops/metadata`, and those of the reader.
    pub fn read(text: &str, format: Format) -> Result<Self> {
        let stream = read(text, format.encrypted())?;
        let metadata = metadata_of(&stream)?;
        Ok(Self { text: text.to_owned(), stream, metadata })
    }

    /// What its block says.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What [`Envelope::with_recipients`] would change.
    pub fn recipient_change(&self, group: &KeyGroup) -> RecipientChange {
        let now: Vec<_> = self.metadata.recipients().map(str::to_owned).collect();
        let then: Vec<_> = group.iter().filter_map(age_text).map(str::to_owned).collect();
        let without =
            |of: &[String], other: &[String]| of.iter().filter(|r| !other.contains(r)).cloned().collect();
        let (added, removed): (Vec<_>, Vec<_>) = (without(&then, &now), without(&now, &then));
        let any = then.len() != group.len() || !added.is_empty() || !removed.is_empty();
        RecipientChange { added, removed, any }
    }

    /// The file with its data key wrapped for other recipients. Values, integrity code and `lastmodified` stay.
    ///
    /// # Errors
    /// `sops/no-identity`, `sops/no-recipients`, `sops/other-keys`, `sops/recipient`.
    pub fn with_recipients(&self, rule: &Rule, keyring: &Keyring) -> Result<String> {
        only_age(&self.metadata)?;
        let key = keyring.data_key(&self.metadata)?;
        let mut metadata = self.metadata.clone();
        metadata.shamir_threshold = rule.shamir_threshold;
        metadata.age = recipients(rule)?
            .iter()
            .map(|recipient| {
                let known = self.metadata.age.iter().find(|entry| entry.recipient == recipient.text());
                known.map_or_else(|| wrap(&key, recipient), |entry| Ok(entry.clone()))
            })
            .collect::<Result<_>>()?;
        let mut splices = Splices::default();
        block::replace(&self.text, &self.stream, &metadata, &mut splices);
        let text =
            splices.apply(&self.text).ok_or_else(|| Error::new("sops/internal", "replacements overlap"))?;
        Ok(text.to_string())
    }
}

/// The recipients of a file with some added and some removed.
fn changed_group(metadata: &Metadata, add: &KeyGroup, remove: &KeyGroup) -> KeyGroup {
    let mut group: KeyGroup = metadata.recipients().map(|r| MasterKey::Age(r.to_owned())).collect();
    for key in add {
        if !group.contains(key) {
            group.push(key.clone());
        }
    }
    // As in sops, who is named twice is out.
    group.retain(|key| !remove.contains(key));
    group
}

impl crate::BinaryFile {
    /// The file under a new data key, as [`Previous::rotated`].
    ///
    /// # Errors
    /// `sops/no-recipients` when none is left, `sops/other-keys`, `sops/recipient`.
    pub fn rotated(&self, add: &KeyGroup, remove: &KeyGroup, now: &str) -> Result<String> {
        only_age(self.metadata())?;
        let rule = Rule {
            groups: vec![changed_group(self.metadata(), add, remove)],
            shamir_threshold: self.metadata().shamir_threshold,
            binary_indent: self.indent(),
            ..Rule::default()
        };
        crate::encrypt_binary(self.plain(), &rule, now)
    }
}

impl Previous {
    /// The file under a new data key, for its recipients with some added and some removed.
    ///
    /// # Errors
    /// As [`crate::encrypt`]; `sops/no-recipients` when none is left.
    pub fn rotated(&self, add: &KeyGroup, remove: &KeyGroup, now: &str) -> Result<Encrypted> {
        only_age(&self.metadata)?;
        let group = changed_group(&self.metadata, add, remove);
        let rule = Rule {
            groups: vec![group],
            shamir_threshold: self.metadata.shamir_threshold,
            selector: self.metadata.selector.clone(),
            mac_only_encrypted: self.metadata.mac_only_encrypted,
            indent: layout(&self.text, &self.stream).step,
            ..Rule::default()
        };
        encrypt_as(&self.plain, self.stream.format, &rule, now)
    }

    /// The data key, to compare it with another file's.
    #[cfg(test)]
    pub(crate) fn key(&self) -> &crate::cipher::DataKey {
        &self.key
    }
}

/// Keys that are not age keys cannot be wrapped for anew here.
fn only_age(metadata: &Metadata) -> Result<()> {
    let others = metadata.other_keys();
    if others.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        "sops/other-keys",
        format!("the file is also encrypted with keys that are not built in ({})", others.join(", ")),
    )
    .with_help("install the sops program, to which such files are handed"))
}

fn age_text(key: &MasterKey) -> Option<&str> {
    match key {
        MasterKey::Age(text) => Some(text),
        MasterKey::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::keys::{Environment, Keyring, generate_identity, parse_recipients};
    use crate::{Envelope, Format, Rule, Selector, decrypt, encrypt, open_to_change};

    const NOW: &str = "2026-11-21T00:00:00Z";

    fn rule(recipients: &str) -> Rule {
        Rule {
            groups: vec![parse_recipients(recipients)],
            shamir_threshold: None,
            selector: Selector::default(),
            mac_only_encrypted: false,
            indent: 3,
            binary_indent: None,
        }
    }

    #[test]
    fn recipients_come_and_go() {
        let (secret, first) = generate_identity();
        let (other_secret, second) = generate_identity();
        let keyring = |secret: &str| Keyring::new(Environment::of([("SOPS_AGE_KEY", secret)]));
        let text = encrypt("a: x\n---\nb: y\n", &rule(&first), NOW).unwrap().text;
        assert!(decrypt(&text, &keyring(&other_secret), false).is_err());
        let file = open_to_change(&text, Format::Yaml, &keyring(&secret), false).unwrap();
        let envelope = Envelope::read(&text, Format::Yaml).unwrap();
        let change = envelope.recipient_change(&parse_recipients(&second));
        assert_eq!(
            (change.added, change.removed, change.any),
            (vec![second.clone()], vec![first.clone()], true)
        );
        let own = keyring(&secret);
        assert_eq!(envelope.with_recipients(&rule(&first), &own).unwrap(), text);
        let both = envelope.with_recipients(&rule(&format!("{first},{second}")), &own).unwrap();
        for secret in [&secret, &other_secret] {
            assert_eq!(decrypt(&both, &keyring(secret), false).unwrap().text.as_str(), "a: x\n---\nb: y\n");
        }
        let values = |text: &str| {
            text.lines().filter(|line| line.contains(": ENC[")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(values(&both), values(&text));
        let (one, two) = (parse_recipients(&first), parse_recipients(&second));
        let neither = file.rotated(&two, &two, NOW).unwrap().text;
        assert!(neither.contains(&first) && !neither.contains(&second));
        let twice =
            file.rotated(&parse_recipients(&format!("{second},{second}")), &Vec::new(), NOW).unwrap().text;
        assert_eq!(twice.matches(&second).count(), 2, "once in each document");
        let rotated = file.rotated(&two, &one, NOW).unwrap().text;
        assert!(decrypt(&rotated, &keyring(&secret), false).is_err());
        let again = open_to_change(&rotated, Format::Yaml, &keyring(&other_secret), false).unwrap();
        assert_ne!(again.key().bytes(), file.key().bytes());
        assert_eq!(again.plain(), "a: x\n---\nb: y\n");
        assert!(rotated.contains("\n   age:\n"));
    }

    #[test]
    fn a_changed_text_keeps_what_did_not_change() {
        let (secret, public) = generate_identity();
        let keyring = Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())]));
        let text = encrypt("a: x\nb: y\n", &rule(&public), NOW).unwrap().text;
        let open = || open_to_change(&text, Format::Yaml, &keyring, false).unwrap();
        assert_eq!(open().encrypt_changed("a: x\nb: y\n", "2027-01-01T00:00:00Z").unwrap().text, text);
        let changed = open().encrypt_changed("a: x\nb: z\n", "2027-01-01T00:00:00Z").unwrap().text;
        assert_eq!(changed.lines().next(), text.lines().next());
        assert!(changed.contains("lastmodified: \"2027-01-01T00:00:00Z\""));
        assert_eq!(decrypt(&changed, &keyring, false).unwrap().text.as_str(), "a: x\nb: z\n");
        // Without a right integrity code only on request, and then it gets one.
        let kept: Vec<_> = text.lines().filter(|line| !line.starts_with("b: ")).collect();
        let broken = format!(
            "{}
",
            kept.join(
                "
"
            )
        );
        assert_eq!(
            open_to_change(&broken, Format::Yaml, &keyring, false).err().unwrap().code,
            "sops/mac-mismatch"
        );
        let mended = open_to_change(&broken, Format::Yaml, &keyring, true)
            .unwrap()
            .encrypt_changed("a: x\n", NOW)
            .unwrap()
            .text;
        assert_eq!(decrypt(&mended, &keyring, false).unwrap().text.as_str(), "a: x\n");
    }
}

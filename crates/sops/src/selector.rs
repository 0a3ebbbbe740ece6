//! Which values of a file are encrypted.

use regex::Regex;

use crate::{Error, Result, re2};

/// The suffix of keys whose values stay readable when a rule says nothing else.
pub const DEFAULT_UNENCRYPTED_SUFFIX: &str = "_unencrypted";

/// The rule that chooses values, as it is recorded in the file. Every key on the path is tested; list positions are not.
#[derive(Debug, Clone)]
pub struct Selector {
    kind: SelectorKind,
    text: String,
    pattern: Option<Regex>,
    given: bool,
    /// Whether the file says so: files of bytes do not.
    recorded: bool,
}

/// The six kinds of rule; at most one may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum SelectorKind {
    UnencryptedSuffix,
    EncryptedSuffix,
    UnencryptedRegex,
    EncryptedRegex,
    UnencryptedCommentRegex,
    EncryptedCommentRegex,
}

impl SelectorKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::UnencryptedSuffix,
        Self::EncryptedSuffix,
        Self::UnencryptedRegex,
        Self::EncryptedRegex,
        Self::UnencryptedCommentRegex,
        Self::EncryptedCommentRegex,
    ];

    /// The name in files and rules.
    pub fn key(self) -> &'static str {
        match self {
            Self::UnencryptedSuffix => "unencrypted_suffix",
            Self::EncryptedSuffix => "encrypted_suffix",
            Self::UnencryptedRegex => "unencrypted_regex",
            Self::EncryptedRegex => "encrypted_regex",
            Self::UnencryptedCommentRegex => "unencrypted_comment_regex",
            Self::EncryptedCommentRegex => "encrypted_comment_regex",
        }
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.text == other.text
    }
}

impl Default for Selector {
    fn default() -> Self {
        Self {
            kind: SelectorKind::UnencryptedSuffix,
            text: DEFAULT_UNENCRYPTED_SUFFIX.to_owned(),
            pattern: None,
            given: false,
            recorded: true,
        }
    }
}

impl Selector {
    /// The selector of these fields; empty texts count as not given, none given is the default.
    ///
    /// # Errors
    /// `sops/selector` for more than one, `sops/pattern`.
    pub fn from_fields(fields: &[(SelectorKind, String)]) -> Result<Self> {
        let mut given = fields.iter().filter(|(_, text)| !text.is_empty());
        let Some((kind, text)) = given.next() else { return Ok(Self::default()) };
        if let Some((other, _)) = given.next() {
            return Err(Error::new(
                "sops/selector",
                format!("{} and {} cannot be used together", kind.key(), other.key()),
            )
            .with_help("keep one of them"));
        }
        let pattern = match kind {
            SelectorKind::UnencryptedSuffix | SelectorKind::EncryptedSuffix => None,
            _ => Some(re2::compile(text)?),
        };
        Ok(Self { kind: *kind, text: text.clone(), pattern, given: true, recorded: true })
    }

    /// The default where a file does not record it.
    pub(crate) fn unrecorded() -> Self {
        Self { recorded: false, ..Self::default() }
    }

    /// Whether comments choose, not keys.
    pub(crate) fn by_comment(&self) -> bool {
        matches!(self.kind, SelectorKind::UnencryptedCommentRegex | SelectorKind::EncryptedCommentRegex)
    }

    /// Its kind.
    pub(crate) fn kind(&self) -> SelectorKind {
        self.kind
    }

    /// Its name and text where the file records it.
    pub(crate) fn recorded(&self) -> Option<(&'static str, &str)> {
        self.recorded.then(|| self.field())
    }

    /// Its kind and text where a rule gave it; none for the default.
    pub fn given(&self) -> Option<(SelectorKind, &str)> {
        self.given.then_some((self.kind, self.text.as_str()))
    }

    /// Its name in the file and its text.
    pub fn field(&self) -> (&'static str, &str) {
        (self.kind.key(), &self.text)
    }

    /// Whether the rule speaks of this key.
    pub(crate) fn hits(&self, key: &str) -> bool {
        match &self.pattern {
            Some(pattern) => !self.by_comment() && pattern.is_match(key),
            None => key.ends_with(&self.text),
        }
    }

    /// Whether a comment's text matches the pattern.
    pub(crate) fn matches(&self, comment: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(comment))
    }

    /// Whether a value is encrypted, given whether the rule spoke of a key on its path.
    pub(crate) fn chooses(&self, hit: bool) -> bool {
        match self.kind {
            SelectorKind::EncryptedSuffix
            | SelectorKind::EncryptedRegex
            | SelectorKind::EncryptedCommentRegex => hit,
            SelectorKind::UnencryptedSuffix
            | SelectorKind::UnencryptedRegex
            | SelectorKind::UnencryptedCommentRegex => !hit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chooses(kind: SelectorKind, text: &str, path: &[&str]) -> bool {
        let selector = Selector::from_fields(&[(kind, text.to_owned())]).unwrap();
        selector.chooses(path.iter().any(|key| selector.hits(key)))
    }

    #[test]
    fn one_key_on_the_path_is_enough() {
        use SelectorKind as K;
        assert!(chooses(K::EncryptedRegex, "^(data|stringData)$", &["data", "token"]));
        assert!(!chooses(K::EncryptedRegex, "^(data|stringData)$", &["metadata", "name"]));
        assert!(!chooses(K::EncryptedRegex, "^data$", &[]));
        assert!(!chooses(K::UnencryptedRegex, "name", &["metadata", "names"]));
        assert!(chooses(K::EncryptedSuffix, "_secret", &["a_secret", "b"]));
        assert!(!chooses(K::UnencryptedSuffix, "_unencrypted", &["a_unencrypted", "b"]));
        assert!(chooses(K::UnencryptedSuffix, "_unencrypted", &["b"]));
    }

    #[test]
    fn one_rule_at_most() {
        use SelectorKind as K;
        assert_eq!(
            Selector::from_fields(&[(K::EncryptedRegex, String::new())]).unwrap(),
            Selector::default()
        );
        let two = [(K::EncryptedRegex, "a".to_owned()), (K::EncryptedSuffix, "b".to_owned())];
        assert_eq!(Selector::from_fields(&two).unwrap_err().code, "sops/selector");
        let comment = [(K::EncryptedCommentRegex, "a(".to_owned())];
        assert_eq!(Selector::from_fields(&comment).unwrap_err().code, "sops/pattern");
    }
}

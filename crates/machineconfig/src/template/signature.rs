//! What functions take: Go refuses what has another type before it calls one.

use super::value::{Map, Val};
use std::rc::Rc;

/// What an argument must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Text,
    Int,
    Float,
    Bool,
    Dictionary,
}

/// The parameters of a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    /// A letter each; the last may be there any number of times.
    letters: &'static str,
    many: bool,
}

/// Functions by what they take: `a` is anything, `s` a text, `i` an int, `f` a float, `b` true or false, `m` a dictionary;
/// what stands behind `*` may come any number of times.
const TABLE: &[(&str, &str)] = &[
    ("", "hello"),
    (
        "s",
        "trim upper lower title untitle nospace initials swapcase snakecase camelcase kebabcase sha1sum sha256sum \
         sha512sum adler32sum atoi fromJson mustFromJson env expandenv base dir clean ext isAbs osBase osDir osClean \
         osExt osIsAbs b64enc b64dec b32enc b32dec semver fail regexQuoteMeta urlParse",
    ),
    (
        "ss",
        "trimall trimAll trimSuffix trimPrefix contains hasPrefix hasSuffix split splitList semverCompare regexMatch \
         mustRegexMatch regexFind mustRegexFind",
    ),
    ("sss", "replace regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral"),
    ("ssi", "plural regexFindAll mustRegexFindAll regexSplit mustRegexSplit"),
    ("sis", "splitn"),
    ("is", "abbrev trunc repeat wrap indent nindent"),
    ("iis", "abbrevboth substr"),
    ("iss", "wrapWith"),
    ("i", "until"),
    ("iii", "untilStep"),
    ("*i", "seq"),
    ("ia", "chunk mustChunk"),
    (
        "a",
        "not len toString int int64 float64 toDecimal toStrings add1 add1f ceil floor sortAlpha empty compact \
         mustCompact toJson mustToJson toPrettyJson mustToPrettyJson toRawJson mustToRawJson deepCopy mustDeepCopy \
         typeOf kindOf first mustFirst rest mustRest last mustLast initial mustInitial reverse mustReverse uniq mustUniq",
    ),
    (
        "*a",
        "html js print println urlquery quote squote cat add addf coalesce all any tuple list dict concat dig",
    ),
    (
        "a*a",
        "and or eq index mul subf divf mulf biggest max min maxf minf default without mustWithout slice mustSlice",
    ),
    (
        "aa",
        "ne lt le gt ge sub div mod deepEqual append mustAppend push mustPush prepend mustPrepend has mustHas",
    ),
    ("ai*f", "round"),
    ("aab", "ternary"),
    ("sa", "join typeIs typeIsLike kindIs"),
    ("s*a", "printf"),
    ("ms", "get unset hasKey"),
    ("msa", "set"),
    ("s*m", "pluck"),
    ("*m", "keys"),
    ("m*s", "pick omit"),
    ("m*m", "merge mustMerge mergeOverwrite mustMergeOverwrite"),
    ("m", "values urlJoin"),
    // What is not supported.
    (
        "*a",
        "call ago date date_in_zone date_modify dateInZone dateModify duration durationRound htmlDate htmlDateInZone \
         must_date_modify mustDateModify mustToDate now toDate unixEpoch randAlphaNum randAlpha randAscii randNumeric \
         shuffle randInt getHostByName bcrypt htpasswd genPrivateKey derivePassword buildCustomCert genCA genCAWithKey \
         genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey encryptAES decryptAES randBytes \
         uuidv4",
    ),
];

/// Whether there is such a function.
pub(super) fn known(name: &str) -> bool {
    of(name).is_some()
}

/// What the function takes.
pub(super) fn of(name: &str) -> Option<Signature> {
    let found = TABLE.iter().find(|(_, names)| names.split(' ').any(|known| known == name))?;
    Some(Signature { letters: found.0, many: found.0.contains('*') })
}

impl Signature {
    /// What the argument at `n` must be.
    pub(super) fn kind(self, n: usize) -> Kind {
        let mut letters = self.letters.bytes().filter(|letter| *letter != b'*');
        let last = letters.clone().next_back().unwrap_or(b'a');
        match letters.nth(n).unwrap_or(last) {
            b's' => Kind::Text,
            b'i' => Kind::Int,
            b'f' => Kind::Float,
            b'b' => Kind::Bool,
            b'm' => Kind::Dictionary,
            _ => Kind::Any,
        }
    }

    /// Whether a function may have so many arguments.
    pub(super) fn count(self, given: usize) -> Result<(), String> {
        let fixed = if self.many { self.letters.len() - 2 } else { self.letters.len() };
        match given {
            _ if given < fixed && self.many => Err(format!("it takes {fixed} values or more, not {given}")),
            _ if given != fixed && !self.many => Err(format!("it takes {fixed} values, not {given}")),
            _ => Ok(()),
        }
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Any => "value",
            Self::Text => "text",
            Self::Int => "int",
            Self::Float => "float64",
            Self::Bool => "bool",
            Self::Dictionary => "dictionary",
        }
    }

    /// A value that was calculated, as an argument of this kind: nothing is converted, but nil is an empty dictionary.
    pub(super) fn take(self, value: Val<'_>) -> Result<Val<'_>, String> {
        let fits = match (self, value.target()) {
            (Self::Any, _) => return Ok(value),
            (Self::Dictionary, Val::Nil) => {
                return Ok(Val::Map(Rc::new(Map { nil: true, ..Map::default() })));
            }
            (_, target) => self.fits(target),
        };
        match value {
            Val::Pointer(_) if fits => Ok(value.target().clone()),
            value if fits => Ok(value),
            value => Err(format!("a {} is needed, not a {}", self.name(), value.target().kind())),
        }
    }

    fn fits(self, value: &Val<'_>) -> bool {
        matches!(
            (self, value),
            (Self::Text, Val::Text(_))
                | (Self::Int, Val::Int(_))
                | (Self::Float, Val::Float(_))
                | (Self::Bool, Val::Bool(_))
                | (Self::Dictionary, Val::Map(_))
        )
    }

    /// A constant of the template as an argument of this kind: numbers fit wherever their value does.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "what does not fit is refused"
    )]
    pub(super) fn constant(self, value: Val<'_>) -> Result<Val<'_>, String> {
        match (self, value) {
            (Self::Int, Val::Float(float)) if float.abs() < 9.2e18 && float.fract() == 0.0 => {
                Ok(Val::Int(float as i64))
            }
            (Self::Float, Val::Int(int)) => Ok(Val::Float(int as f64)),
            (Self::Dictionary, value @ Val::Map(_)) => Ok(value),
            (_, value) => self.take(value),
        }
    }
}

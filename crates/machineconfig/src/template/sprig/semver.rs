//! Versions and what is asked of them, as Masterminds' semver does.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use super::text_at;
use crate::template::functions::Answer;
use crate::template::value::Val;

/// The longest constraint, and how many alternatives it may have.
const LONGEST: usize = 512;
const ALTERNATIVES: usize = 32;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    Some(match name {
        "semver" => text(0).and_then(|version| Ok(Version::parse(&version)?.value(&version))),
        "semverCompare" => text(0).and_then(|constraint| compare(&constraint, &text(1)?).map(Val::Bool)),
        _ => return None,
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    prerelease: String,
    metadata: String,
}

impl Version {
    /// One to three numbers, what stands behind `-`, what stands behind `+`. Only behind `-` a zero before a number is wrong.
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "this is no version".to_owned();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').map_or((text, None), |(text, part)| (text, Some(part)));
        let (core, prerelease) = text.split_once('-').map_or((text, None), |(text, part)| (text, Some(part)));
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let plain = |word: &str| word == "0" || !word.starts_with('0');
        let words = |part: Option<&str>| part.is_none_or(|part| part.split('.').all(word));
        let counted = prerelease.into_iter().flat_map(|part| part.split('.')).filter(|word| number(word));
        if !words(prerelease) || !words(metadata) || !counted.into_iter().all(plain) {
            return Err(wrong());
        }
        let mut numbers = [0; 3];
        for (n, word) in core.split('.').enumerate() {
            if !number(word) {
                return Err(wrong());
            }
            *numbers.get_mut(n).ok_or_else(wrong)? = word.parse().map_err(|_| wrong())?;
        }
        let own = |part: Option<&str>| part.unwrap_or_default().to_owned();
        Ok(Self { numbers, prerelease: own(prerelease), metadata: own(metadata) })
    }

    /// The parts that a template may ask for.
    fn value<'a>(&self, original: &str) -> Val<'a> {
        let [major, minor, patch] = self.numbers;
        let number = |number: u64| Val::Long(i64::try_from(number).unwrap_or(i64::MAX));
        let behind =
            |sign: char, part: &str| if part.is_empty() { String::new() } else { format!("{sign}{part}") };
        let (prerelease, metadata) = (behind('-', &self.prerelease), behind('+', &self.metadata));
        let text = format!("{major}.{minor}.{patch}{prerelease}{metadata}");
        let parts = vec![
            ("Major", number(major)),
            ("Minor", number(minor)),
            ("Patch", number(patch)),
            ("Prerelease", Val::text(&self.prerelease)),
            ("Metadata", Val::text(&self.metadata)),
            ("Original", Val::text(original)),
            ("String", Val::text(&text)),
        ];
        Val::shown(parts, text)
    }

    fn order(&self, other: &Self) -> Ordering {
        let released = self.prerelease.is_empty().cmp(&other.prerelease.is_empty());
        let prerelease = || prerelease_order(&self.prerelease, &other.prerelease);
        self.numbers.cmp(&other.numbers).then(released).then_with(prerelease)
    }
}

/// Word by word; numbers come before words, and what has more words comes later.
fn prerelease_order(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => left.cmp(right),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// One comparison of a constraint.
struct Term {
    operator: String,
    version: Version,
    /// How many of its numbers are given.
    given: usize,
}

/// Parts of a version of which some may be left open: `1.x`.
const PART: &str = r"v?([0-9|xX*]+)(?:\.([0-9|xX*]+))?(?:\.([0-9|xX*]+))?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?";

#[expect(clippy::unwrap_used, reason = "the expressions stand here, and a test compiles them")]
static TERM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"^\s*(!=|>=|=>|<=|=<|~>|=|>|<|~|\^|)\s*{PART}")).unwrap());

#[expect(clippy::unwrap_used, reason = "likewise")]
static RANGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"\s*({PART})\s+-\s+({PART})\s*")).unwrap());

/// Whether a version meets a constraint.
fn compare(constraint: &str, version: &str) -> Result<bool, String> {
    let wrong = || "this is no constraint".to_owned();
    if constraint.len() > LONGEST || constraint.split("||").count() > ALTERNATIVES {
        return Err(wrong());
    }
    let constraint = RANGE.replace_all(constraint, ">= $1, <= $7 ");
    let alternatives: Option<Vec<_>> = constraint.split("||").map(terms).collect();
    let alternatives = alternatives.ok_or_else(wrong)?;
    let version = Version::parse(version)?;
    Ok(alternatives.iter().any(|terms| {
        let prereleases = terms.iter().any(|term| !term.version.prerelease.is_empty());
        terms.iter().all(|term| (prereleases || version.prerelease.is_empty()) && term.holds(&version))
    }))
}

/// Terms with blanks or commas between them.
fn terms(text: &str) -> Option<Vec<Term>> {
    let (mut out, mut rest) = (Vec::new(), text);
    loop {
        let found = TERM.captures(rest)?;
        let part = |n: usize| found.get(n).map_or("", |part| part.as_str());
        let open = |text: &str| matches!(text, "" | "x" | "X" | "*");
        let given = (2..5).take_while(|n| !open(part(*n))).count();
        let numbers: Vec<&str> = (2..5).map(|n| if n < 2 + given { part(n) } else { "0" }).collect();
        let tail = if given == 3 { part(6) } else { "" };
        let version = Version::parse(&format!("{}{}{tail}", numbers.join("."), part(5))).ok()?;
        out.push(Term { operator: part(1).to_owned(), version, given });
        let behind = &rest[found.get(0)?.end()..];
        let trimmed = behind.trim_start();
        rest = match trimmed.strip_prefix(',') {
            _ if trimmed.is_empty() => return Some(out),
            Some(next) => next,
            None if trimmed.len() < behind.len() => trimmed,
            None => return None,
        };
    }
}

impl Term {
    fn holds(&self, version: &Version) -> bool {
        let order = version.order(&self.version);
        let (given, wanted) = (self.given, &self.version.numbers);
        let same = |count: usize| version.numbers[..count] == wanted[..count];
        match self.operator.as_str() {
            "!=" => match given {
                0 | 3 => order != Ordering::Equal,
                2 if same(2) && !(version.prerelease.is_empty() && self.version.prerelease.is_empty()) => {
                    prerelease_order(&version.prerelease, &self.version.prerelease) != Ordering::Equal
                }
                given => !same(given),
            },
            ">" if matches!(given, 1 | 2) => version.numbers[..given] > wanted[..given],
            ">" => order == Ordering::Greater,
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" if given == 1 => version.numbers[0] <= wanted[0],
            "<=" | "=<" if given < 3 => version.numbers[..2] <= wanted[..2],
            "<=" | "=<" => order != Ordering::Greater,
            "^" => order != Ordering::Less && self.caret(version),
            "" | "=" if given == 3 => order == Ordering::Equal,
            _ => order != Ordering::Less && self.tilde(version),
        }
    }

    /// The first number that is not 0 stays.
    fn caret(&self, version: &Version) -> bool {
        let wanted = self.version.numbers;
        let fixed = match (self.given, wanted) {
            (1, _) => 1,
            (_, [major, ..]) if major > 0 => 1,
            (2, _) => 2,
            (_, [_, minor, _]) if minor > 0 => 2,
            _ => 3,
        };
        version.numbers[..fixed] == wanted[..fixed]
    }

    /// The last number that is given may grow.
    fn tilde(&self, version: &Version) -> bool {
        let wanted = self.version.numbers;
        // Nothing but zeros leaves all open.
        if wanted == [0; 3] && matches!(self.given, 0 | 3) {
            return true;
        }
        let fixed = if self.given == 1 { 1 } else { 2 };
        version.numbers[..fixed] == wanted[..fixed]
    }
}

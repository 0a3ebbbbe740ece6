//! What a scalar is at last. kustomize writes its nodes as YAML, reads that text, makes JSON of it, reads the JSON as
//! YAML 1.1 and writes it again; this module is the sum of those steps for one scalar (go-yaml v3.0.3, v2.4.2 and
//! Go's encoding/json).

use std::borrow::Cow;

use base64::Engine as _;
use yaml::{Dialect, Scalar as Plain, resolve_plain};

use crate::fold;
use crate::node::{Scalar, Style, Tag};

/// A scalar's final value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Final<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(Cow<'a, str>),
}

/// Why a scalar has no final value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwritable {
    /// The text does not fit the tag, for example `!!int x`.
    Tag,
    /// `!!binary` that is no base64.
    Binary,
    /// `.inf` and `.nan` have no JSON form.
    NotFinite,
    /// A control character that YAML does not allow.
    Control,
}

impl Unwritable {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Tag => "this value does not fit its type",
            Self::Binary => "this !!binary value is not base64",
            Self::NotFinite => "infinity and not-a-number cannot be part of a Kubernetes object",
            Self::Control => "this text holds a control character that cannot be written",
        }
    }
}

/// The final value of a scalar; `flow`: it stands in braces or brackets, or is a key.
pub(crate) fn finish(scalar: &Scalar, flow: bool) -> Result<Final<'_>, Unwritable> {
    let text: &str = &scalar.text;
    let style = if flow && scalar.style == Style::Folded { Style::DoubleQuoted } else { scalar.style };
    let quoted = style != Style::Plain;
    match scalar.tag {
        Tag::Str | Tag::Other => string(text, style),
        Tag::Unset if quoted || !plain_allowed(text) || flow && !flow_allowed(text) => string(text, style),
        Tag::Unset => typed(text, None),
        Tag::Binary => binary(text),
        // A tag that the text has anyway is not written, and quotes make a string of it then.
        tag if !scalar.tagged && (quoted || flow && !flow_allowed(text)) && tag_of_plain(text) == tag => {
            string(text, style)
        }
        tag => typed(text, Some(tag)),
    }
}

/// Whether go-yaml writes a text, which it would write without quotes, so in braces or brackets, too.
fn flow_allowed(text: &str) -> bool {
    !text.is_empty() && !text.contains([',', '?', '[', ']', '{', '}', ':'])
}

fn typed(text: &str, tag: Option<Tag>) -> Result<Final<'_>, Unwritable> {
    let plain = resolve(text);
    let fits = matches!(
        (tag, plain),
        (None, _)
            | (Some(Tag::Int), Plain::Int(_))
            | (Some(Tag::Float), Plain::Float(_) | Plain::Int(_))
            | (Some(Tag::Bool), Plain::Bool(_))
            | (Some(Tag::Null), Plain::Null)
            | (Some(Tag::Timestamp), Plain::Timestamp)
    );
    if !fits {
        return Err(Unwritable::Tag);
    }
    match plain {
        Plain::Null => Ok(Final::Null),
        Plain::Bool(value) => Ok(Final::Bool(value)),
        Plain::Int(value) => Ok(Final::Int(value)),
        Plain::Float(value) => float(value),
        Plain::Timestamp => Ok(Final::Str(Cow::Owned(crate::time::parse(text).ok_or(Unwritable::Tag)?))),
        Plain::String => string(text, Style::Plain),
    }
}

/// What a plain text is to go-yaml v3.
pub(crate) fn resolve(text: &str) -> Plain {
    match resolve_plain(text, Dialect::GoYamlV3) {
        // Go reads a number beyond the largest float as text.
        Plain::Float(value) if value.is_infinite() && !text.ends_with(['f', 'F']) => Plain::String,
        Plain::Timestamp if crate::time::parse(text).is_none() => Plain::String,
        other => other,
    }
}

/// The tag go-yaml v3 gives a plain scalar it reads.
pub(crate) fn tag_of_plain(text: &str) -> Tag {
    match resolve(text) {
        Plain::Null => Tag::Null,
        Plain::Bool(_) => Tag::Bool,
        Plain::Int(_) => Tag::Int,
        Plain::Float(_) => Tag::Float,
        Plain::Timestamp => Tag::Timestamp,
        Plain::String => Tag::Str,
    }
}

/// A float's way through JSON: one without a fraction comes back as an integer where 64 bits hold it, made of its
/// shortest digits (1.2345678901234567e19 is 12345678901234567000 then).
pub(crate) fn float<'a>(value: f64) -> Result<Final<'a>, Unwritable> {
    if !value.is_finite() {
        return Err(Unwritable::NotFinite);
    }
    // JSON writes whole numbers as digits below 1e21 only.
    if value.fract() == 0.0 && value.abs() < 1e21 {
        let digits = format!("{value}");
        if let Ok(int) = digits.parse::<i128>()
            && (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&int)
        {
            return Ok(Final::Int(int));
        }
    }
    Ok(Final::Float(value))
}

fn binary(text: &str) -> Result<Final<'_>, Unwritable> {
    // Go's decoder skips line breaks, nothing else.
    let compact: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(compact).map_err(|_| Unwritable::Binary)?;
    string_owned(go_text(&bytes))
}

/// Bytes as Go's JSON writes them: each byte that is not UTF-8 becomes U+FFFD.
pub(crate) fn go_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n('\u{fffd}', chunk.invalid().len()));
    }
    out
}

fn string(text: &str, style: Style) -> Result<Final<'_>, Unwritable> {
    if style == Style::Folded
        && let Some(again) = fold::again(text)
    {
        return string_owned(again);
    }
    check(text)?;
    Ok(Final::Str(through_json(text)))
}

fn string_owned<'a>(text: String) -> Result<Final<'a>, Unwritable> {
    check(&text)?;
    let changed = match through_json(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed),
    };
    Ok(Final::Str(Cow::Owned(changed.unwrap_or(text))))
}

/// The characters JSON leaves as they are and YAML's reader refuses.
fn check(text: &str) -> Result<(), Unwritable> {
    let refused = |c: char| matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    // All of them have a byte from 0x7f up.
    if text.bytes().any(|b| b >= 0x7f) && text.chars().any(refused) {
        return Err(Unwritable::Control);
    }
    Ok(())
}

/// A next-line character inside of JSON's quotes is a line break to YAML: it and the blanks around it fold to one
/// blank, several of them to line feeds.
fn through_json(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.contains('\u{85}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut breaks = 0;
    for (n, piece) in text.split('\u{85}').enumerate() {
        let piece = if n > 0 { piece.trim_start_matches(' ') } else { piece };
        if n > 0 {
            breaks += 1;
        }
        if piece.is_empty() && n > 0 {
            continue;
        }
        push_breaks(&mut out, breaks);
        breaks = 0;
        out.push_str(piece);
    }
    push_breaks(&mut out, breaks);
    Cow::Owned(out)
}

fn push_breaks(out: &mut String, breaks: usize) {
    if breaks > 0 {
        out.truncate(out.trim_end_matches(' ').len());
        if breaks == 1 {
            out.push(' ');
        }
        out.extend(std::iter::repeat_n('\n', breaks - 1));
    }
}

/// Whether go-yaml writes this text without quotes when nothing else is asked for.
pub(crate) fn plain_allowed(text: &str) -> bool {
    !text.contains('\n') && crate::form::analyze(text).plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Final<'static> {
        let scalar = Scalar::tagged(text, tag_of_plain(text));
        match finish(&scalar, false).unwrap() {
            Final::Str(text) => Final::Str(Cow::Owned(text.into_owned())),
            Final::Null => Final::Null,
            Final::Bool(value) => Final::Bool(value),
            Final::Int(value) => Final::Int(value),
            Final::Float(value) => Final::Float(value),
        }
    }

    fn text(text: &str) -> Final<'_> {
        Final::Str(Cow::Borrowed(text))
    }

    /// Expectations from kustomize 5.8.1.
    #[test]
    fn numbers_go_through_json() {
        assert_eq!(plain("1.0"), Final::Int(1));
        assert_eq!(plain("1e3"), Final::Int(1000));
        assert_eq!(plain("1e20"), Final::Float(1e20));
        assert_eq!(plain("-0.0"), Final::Int(0));
        assert_eq!(plain("1.2345678901234567890e19"), Final::Int(12_345_678_901_234_567_000));
        assert_eq!(plain("18446744073709551615"), Final::Int(u64::MAX.into()));
        assert_eq!(plain("yes"), text("yes"));
        assert_eq!(plain("2020-01-01"), text("2020-01-01T00:00:00Z"));
        assert_eq!(plain("1e400"), text("1e400"));
        assert_eq!(finish(&Scalar::tagged(".inf", Tag::Float), false), Err(Unwritable::NotFinite));
    }

    #[test]
    fn a_changed_text_keeps_its_tag() {
        assert_eq!(finish(&Scalar::tagged("5", Tag::Str), false), Ok(text("5")));
        assert_eq!(finish(&Scalar::tagged("x", Tag::Int), false), Err(Unwritable::Tag));
        let quoted = Scalar { style: Style::DoubleQuoted, ..Scalar::tagged("3", Tag::Int) };
        assert_eq!(finish(&quoted, false), Ok(text("3")));
        assert_eq!(finish(&Scalar { tagged: true, ..quoted }, false), Ok(Final::Int(3)));
        assert_eq!(finish(&Scalar::untagged("0123"), false), Ok(Final::Int(83)));
        assert_eq!(finish(&Scalar::untagged("a: b"), false), Ok(text("a: b")));
    }

    #[test]
    fn braces_quote_more() {
        let time = Scalar::tagged("2001-12-14T21:59:43Z", Tag::Timestamp);
        assert_eq!(finish(&time, true), Ok(text("2001-12-14T21:59:43Z")));
        assert_eq!(finish(&Scalar::tagged("", Tag::Null), true), Ok(text("")));
        assert_eq!(finish(&Scalar::tagged("", Tag::Null), false), Ok(Final::Null));
        let folded = Scalar { style: Style::Folded, ..Scalar::string("a\n  b\n") };
        assert_eq!(finish(&folded, true), Ok(text("a\n  b\n")));
        assert_eq!(finish(&folded, false), Ok(text("a\n\n  b\n")));
    }

    #[test]
    fn next_line_characters_fold() {
        assert_eq!(through_json("a \u{85} b"), "a b");
        assert_eq!(through_json("a\u{85}\u{85}b"), "a\nb");
        assert_eq!(finish(&Scalar::string("\u{80}"), false), Err(Unwritable::Control));
    }

    #[test]
    fn binary_is_decoded() {
        assert_eq!(finish(&Scalar::tagged("aGVs\nbG8=", Tag::Binary), false), Ok(text("hello")));
        assert_eq!(go_text(b"a\xff\xfeb"), "a\u{fffd}\u{fffd}b");
    }
}

//! A scalar as sops types it: read from YAML with go-yaml v3's eyes, or from an opened value.

use base64::Engine as _;
use yaml::{Dialect, Kind as NodeKind, Node, ScalarStyle};
use zeroize::{Zeroize as _, Zeroizing};

use crate::cipher::Kind;
use crate::go_time::GoTime;
use crate::{Error, Result};

/// A typed scalar. Text is wiped when dropped; there is no `Debug`.
#[derive(Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Str(Zeroizing<String>),
    Int(i64),
    Float(f64),
    Bool(bool),
    Time(GoTime),
}

impl Scalar {
    /// What a scalar node (or an alias to one) is to sops.
    pub(crate) fn from_node(node: &Node) -> Result<Self> {
        let (text, style) = match &node.kind {
            NodeKind::Scalar(text, style) => (text, *style),
            NodeKind::Alias(target) => return Self::from_node(target),
            _ => return Err(Error::new("sops/internal", "a scalar was expected").at(node.span)),
        };
        let string = || Ok(Self::Str(Zeroizing::new(text.clone())));
        match node.tag.as_ref() {
            None if style == ScalarStyle::Plain => Self::from_plain(text, node),
            None => string(),
            Some(tag) => match tag.core() {
                Some("str") => string(),
                // The key `<<`, as sops writes it.
                Some("merge") if text == "<<" => string(),
                Some("binary") => from_base64(text, node),
                Some("int" | "float" | "bool" | "null" | "timestamp") => from_tagged(text, tag.core(), node),
                _ if tag.full == "!" => string(),
                _ => Err(Error::new("sops/tag", format!("values tagged {} are not known to sops", tag.full))
                    .at(tag.span)
                    .with_help("sops would drop the value without a word; remove the tag")),
            },
        }
    }

    fn from_plain(text: &str, node: &Node) -> Result<Self> {
        let string = || Self::Str(Zeroizing::new(text.to_owned()));
        if yaml::is_name(text) {
            return Ok(string());
        }
        if text.starts_with(|c: char| c.is_ascii_digit())
            && let Some(time) = GoTime::from_yaml(text)
        {
            return Ok(Self::Time(time));
        }
        Ok(match yaml::resolve_plain(text, Dialect::GoYamlV3) {
            yaml::Scalar::Null => Self::Null,
            yaml::Scalar::Bool(value) => Self::Bool(value),
            yaml::Scalar::Int(value) => Self::Int(i64::try_from(value).map_err(|_| too_large(node))?),
            // Go's ParseFloat fails where a number is out of range, and go-yaml falls back to text.
            yaml::Scalar::Float(value)
                if value.is_infinite() && !text.to_ascii_lowercase().ends_with(".inf") =>
            {
                string()
            }
            yaml::Scalar::Float(value) => Self::Float(value),
            yaml::Scalar::Timestamp | yaml::Scalar::String => string(),
        })
    }

    /// What an opened value is.
    pub(crate) fn from_sealed(kind: Kind, text: &Zeroizing<String>) -> Option<Self> {
        Some(match kind {
            Kind::Str | Kind::Bytes | Kind::Comment => Self::Str(text.clone()),
            Kind::Int => Self::Int(text.parse().ok()?),
            Kind::Float => Self::Float(parse_go_float(text)?),
            Kind::Bool => Self::Bool(match text.as_str() {
                "1" | "t" | "T" | "TRUE" | "true" | "True" => true,
                "0" | "f" | "F" | "FALSE" | "false" | "False" => false,
                _ => return None,
            }),
            Kind::Time => Self::Time(GoTime::from_rfc3339(text)?),
        })
    }

    /// The type tag; none for what is never encrypted: null and empty text.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Null => None,
            Self::Str(text) if text.is_empty() => None,
            Self::Str(_) => Some(Kind::Str),
            Self::Int(_) => Some(Kind::Int),
            Self::Float(_) => Some(Kind::Float),
            Self::Bool(_) => Some(Kind::Bool),
            Self::Time(_) => Some(Kind::Time),
        }
    }

    /// sops's own text for it: what the MAC is made over.
    pub(crate) fn canonical(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Null => String::new(),
            Self::Str(text) => return text.clone(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) if value.is_nan() => "NaN".to_owned(),
            Self::Float(value) if value.is_infinite() => {
                if *value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
            }
            // Like Go's 'f' with the fewest digits: never an exponent.
            Self::Float(value) => value.to_string(),
            Self::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            Self::Time(time) => time.to_rfc3339_nano(),
        })
    }

    /// How sops writes it in a variable: a float is told from an integer by its point or exponent, a time is in whole
    /// seconds. None for null.
    fn to_variable(&self) -> Option<Zeroizing<String>> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(value) => Zeroizing::new(value.to_string()),
            Self::Float(value) => Zeroizing::new(variable_float(*value)),
            Self::Time(time) => Zeroizing::new(time.to_rfc3339()),
            Self::Str(_) | Self::Int(_) => self.canonical(),
        })
    }

    /// The text that is sealed: as it was written where sops reads that back to the same value, so that it comes
    /// back as it was; else sops's own text.
    pub(crate) fn sealed_text(&self, kind: Kind, written: &str) -> Zeroizing<String> {
        // `True` is what sops seals for `true`; `T` means the same to it and keeps the two apart.
        let written = match (kind, written) {
            (Kind::Bool, "True") => "T",
            (Kind::Bool, "False") => "F",
            (_, written) => written,
        };
        let written = Zeroizing::new(written.to_owned());
        if kind != Kind::Str && Self::from_sealed(kind, &written).is_some_and(|read| read.same(self)) {
            return written;
        }
        self.canonical()
    }

    /// Equal to sops: bit for bit for floats, so that zero keeps its sign and NaN is itself.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            _ => self == other,
        }
    }

    /// Equal as data: a float without a fraction may have become an integer, as it does with sops.
    pub(crate) fn same_data(&self, other: &Self) -> bool {
        self.same(other) || self.same_number(other) || other.same_number(self)
    }

    /// How a value that is not text is written in YAML: as it was sealed where that reads as the same value.
    pub(crate) fn to_plain(&self, sealed: &str) -> String {
        if let Self::Bool(value) = self {
            return match sealed {
                "T" => "True".to_owned(),
                "F" => "False".to_owned(),
                "TRUE" | "FALSE" => sealed.to_owned(),
                _ => value.to_string(),
            };
        }
        let reads_same = plain(sealed).is_some_and(|read| read.same(self) || read.same_number(self));
        match self {
            _ if reads_same => sealed.to_owned(),
            Self::Null => "null".to_owned(),
            Self::Str(text) => text.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Float(value) if value.is_nan() => ".nan".to_owned(),
            Self::Float(value) if value.is_infinite() => {
                if *value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
            }
            // sops writes -0 here, which is read back as the integer 0.
            Self::Float(value) if *value == 0.0 && value.is_sign_negative() => "-0.0".to_owned(),
            Self::Int(_) | Self::Float(_) | Self::Time(_) => self.canonical().to_string(),
        }
    }

    /// How a value is written in JSON: as it was sealed where that is the same value there; none for what JSON lacks.
    pub(crate) fn to_json(&self, sealed: &str) -> Option<String> {
        Some(match self {
            Self::Null => "null".to_owned(),
            Self::Str(text) => crate::json::quoted(text),
            Self::Bool(value) => value.to_string(),
            Self::Time(_) => crate::json::quoted(&self.canonical()),
            Self::Float(value) if !value.is_finite() => return None,
            Self::Int(_) | Self::Float(_) if crate::json::is_number(sealed) => sealed.to_owned(),
            Self::Int(_) | Self::Float(_) => self.canonical().to_string(),
        })
    }

    /// A float that is sealed as `1` is written as `1`, as sops does.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rounded integer is not the float's text and does not compare equal"
    )]
    fn same_number(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Int(a), Self::Float(b)) if (*a as f64).to_bits() == b.to_bits())
    }
}

/// A YAML scalar (or an alias to one) as sops writes it in a variable; none for null.
///
/// # Errors
/// `sops/tag`, `sops/number-range`.
pub fn variable_text(node: &Node) -> Result<Option<Zeroizing<String>>> {
    Scalar::from_node(node).map(|value| value.to_variable())
}

/// Makes plain text of what only YAML has a type for, as sops does for other formats: times in RFC 3339, and what is packed
/// in base64.
pub fn for_other_formats(node: &mut Node) {
    match &mut node.kind {
        NodeKind::Mapping(pairs) => pairs.iter_mut().for_each(|pair| for_other_formats(&mut pair.value)),
        NodeKind::Sequence(items) => items.iter_mut().for_each(for_other_formats),
        NodeKind::Alias(target) => for_other_formats(target),
        NodeKind::Scalar(..) => {
            let packed = node.tag.as_ref().is_some_and(|tag| tag.core() == Some("binary"));
            let text = match Scalar::from_node(node) {
                Ok(Scalar::Str(text)) if packed => text,
                Ok(time @ Scalar::Time(_)) => time.canonical(),
                _ => return,
            };
            if let NodeKind::Scalar(written, style) = &mut node.kind {
                written.zeroize();
                written.push_str(&text);
                *style = ScalarStyle::DoubleQuoted;
            }
            node.tag = None;
        }
    }
}

/// A float as sops writes it in a variable: Go's format 'G' with the fewest digits, and a point or an exponent in every
/// case.
pub fn variable_float(value: f64) -> String {
    if !value.is_finite() {
        return Scalar::Float(value).canonical().to_string();
    }
    let scientific = format!("{value:E}");
    let (digits, exponent) = scientific.split_once('E').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return format!("{value:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}E{sign}{:02}", exponent.abs())
}

/// What an untagged plain scalar is.
pub(crate) fn plain(text: &str) -> Option<Scalar> {
    let node = Node {
        kind: NodeKind::Scalar(String::new(), ScalarStyle::Plain),
        span: yaml::Span::new(0, 0),
        tag: None,
        anchor: None,
        flow: false,
    };
    Scalar::from_plain(text, &node).ok()
}

fn too_large(node: &Node) -> Error {
    Error::new("sops/number-range", "an integer beyond 64 bits with sign cannot be encrypted by sops")
        .at(node.span)
        .with_help("put it in quotes to make it text")
}

fn from_tagged(text: &str, tag: Option<&str>, node: &Node) -> Result<Scalar> {
    // Every number is a float where its tag says so, however large.
    if tag == Some("float")
        && let Ok(value) = text.parse::<f64>()
        && value.is_finite()
    {
        return Ok(Scalar::Float(value));
    }
    let read = Scalar::from_plain(text, node)?;
    match (tag, &read) {
        (Some("int"), Scalar::Int(_))
        | (Some("float"), Scalar::Float(_))
        | (Some("bool"), Scalar::Bool(_))
        | (Some("null"), Scalar::Null)
        | (Some("timestamp"), Scalar::Time(_)) => Ok(read),
        #[expect(clippy::cast_precision_loss, reason = "go-yaml converts in the same way")]
        (Some("float"), Scalar::Int(value)) => Ok(Scalar::Float(*value as f64)),
        _ => Err(Error::new("sops/tag", "the value is not what its tag says").at(node.span)),
    }
}

fn from_base64(text: &str, node: &Node) -> Result<Scalar> {
    let packed: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(|text| Scalar::Str(Zeroizing::new(text)))
        .ok_or_else(|| Error::new("sops/tag", "a !!binary value must be base64 of UTF-8 text").at(node.span))
}

/// Go's ParseFloat: decimal forms, infinities and NaN; out of range is an error.
fn parse_go_float(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    let named = text.contains(['i', 'I', 'n', 'N']);
    (value.is_finite() || named).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Scalar {
        plain(text).unwrap()
    }

    /// Canonical texts as the peer's notes list them (peers/sops.md, section 3).
    #[test]
    fn canonical_texts() {
        for (text, kind, want) in [
            ("0x1F", Kind::Int, "31"),
            ("0o17", Kind::Int, "15"),
            ("017", Kind::Int, "15"),
            ("1_000", Kind::Int, "1000"),
            ("1.0", Kind::Float, "1"),
            ("1e3", Kind::Float, "1000"),
            ("1.10", Kind::Float, "1.1"),
            (".inf", Kind::Float, "+Inf"),
            ("-.inf", Kind::Float, "-Inf"),
            (".nan", Kind::Float, "NaN"),
            ("-0.0", Kind::Float, "-0"),
            ("1e21", Kind::Float, "1000000000000000000000"),
            ("1e-7", Kind::Float, "0.0000001"),
            ("TRUE", Kind::Bool, "True"),
            ("2020-01-01", Kind::Time, "2020-01-01T00:00:00Z"),
            ("yes", Kind::Str, "yes"),
            ("2020-13-01", Kind::Str, "2020-13-01"),
            ("1e400", Kind::Str, "1e400"),
        ] {
            let value = read(text);
            assert_eq!((value.kind().unwrap(), value.canonical().as_str()), (kind, want), "{text}");
        }
        assert!(read("~").kind().is_none() && read("").kind().is_none());
        assert!(plain("9223372036854775808").is_none());
    }

    /// As sops 3.13.3 gives them to a command.
    #[test]
    fn variables() {
        for (text, want) in [
            ("True", "true"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("1.50", "1.5"),
            ("1.0", "1.0"),
            ("123456.0", "123456.0"),
            ("1000000.0", "1E+06"),
            ("1234567.0", "1.234567E+06"),
            ("0.0001", "0.0001"),
            ("0.00001", "1E-05"),
            ("1e21", "1E+21"),
            ("-.inf", "-Inf"),
            ("2020-01-01", "2020-01-01T00:00:00Z"),
            ("2020-01-01T10:00:00.5+02:00", "2020-01-01T10:00:00+02:00"),
            ("yes", "yes"),
        ] {
            assert_eq!(read(text).to_variable().unwrap().as_str(), want, "{text}");
        }
        assert!(read("~").to_variable().is_none());
    }

    #[test]
    fn spelling_is_kept_where_sops_reads_it_back() {
        for text in [
            "1.10",
            "1e3",
            ".5",
            "007",
            "+5",
            "TRUE",
            "true",
            "False",
            "-0.0",
            "5.",
            "2001-12-14T01:02:03.50Z",
        ] {
            let value = read(text);
            let kind = value.kind().unwrap();
            let sealed = value.sealed_text(kind, text);
            assert_eq!(Scalar::from_sealed(kind, &sealed).unwrap().to_plain(&sealed), text);
        }
        for (text, sealed) in [
            ("017", "15"),
            ("0x1F", "31"),
            ("1_0.5", "10.5"),
            (".inf", "+Inf"),
            ("2020-01-01", "2020-01-01T00:00:00Z"),
        ] {
            let value = read(text);
            assert_eq!(value.sealed_text(value.kind().unwrap(), text).as_str(), sealed);
        }
    }

    #[test]
    fn what_sops_sealed_is_written_as_sops_writes_it() {
        for (kind, sealed, want) in [
            (Kind::Float, "1", "1"),
            (Kind::Float, "+Inf", ".inf"),
            (Kind::Float, "NaN", ".nan"),
            (Kind::Bool, "True", "true"),
            (Kind::Bool, "F", "False"),
            (Kind::Bool, "1", "true"),
            (Kind::Int, "15", "15"),
            (Kind::Int, "017", "17"),
        ] {
            let value = Scalar::from_sealed(kind, &Zeroizing::new(sealed.to_owned())).unwrap();
            assert_eq!(value.to_plain(sealed), want, "{sealed}");
        }
    }
}

//! `--extract '["a"]["b"][0]'`: one part of a decrypted file.

use cliutil::{Failure, Outcome};
use sops::Format;
use yaml::{Dialect, EmitOptions, Kind, Node, ScalarStyle, Value};
use zeroize::Zeroizing;

use crate::convert;
use crate::decrypt::utf8;
use crate::files::Job;

/// One step into a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A key of a mapping.
    Key(String),
    /// A position in a list, from 0.
    Index(usize),
}

/// Parses the path as sops writes it: each step in brackets, keys in single or double quotes.
pub(crate) fn parse(text: &str) -> Outcome<Vec<Step>> {
    let malformed = || {
        Failure::new("usage/path", "the path is malformed")
            .with_help("write each step in brackets: '[\"key\"][0]'")
    };
    let mut steps = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(malformed)?;
        let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (step, after) = if let Some(quote) = quote {
            let (key, after) = inner[1..].split_once(&format!("{quote}]")).ok_or_else(malformed)?;
            (Step::Key(key.to_owned()), after)
        } else {
            let (index, after) = inner.split_once(']').ok_or_else(malformed)?;
            (Step::Index(index.parse().map_err(|_| malformed())?), after)
        };
        steps.push(step);
        rest = after;
    }
    if steps.is_empty() { Err(malformed()) } else { Ok(steps) }
}

/// The part of a plain file at the path, in the format that its job asks for.
pub(crate) fn extract_from(plain: &[u8], job: &Job, path: &[Step]) -> Outcome<Zeroizing<Vec<u8>>> {
    if job.input == Format::Binary {
        if matches!(path, [Step::Key(key)] if key == "data") {
            return Ok(Zeroizing::new(plain.to_vec()));
        }
        return Err(Failure::new(
            "secrets/path",
            "the file is plain bytes, all of which stands at [\"data\"]",
        ));
    }
    if job.input == Format::Yaml && job.output == Format::Yaml {
        let mut part = extract(utf8(plain)?, path)?;
        return Ok(Zeroizing::new(std::mem::take(&mut *part).into_bytes()));
    }
    let documents = convert::documents(plain, job.input)?;
    let mut value = documents.first().unwrap_or(&Value::Null);
    for step in path {
        let inner = match (step, value) {
            (Step::Key(key), Value::Mapping(mapping)) => mapping.get(key),
            (Step::Index(index), Value::Sequence(items)) => items.get(*index),
            _ => None,
        };
        value = inner.ok_or_else(|| {
            Failure::new("secrets/path", format!("{}: nothing stands at this path", words(step)))
        })?;
    }
    let text = match (value, job.output) {
        (Value::String(text), _) => text.clone(),
        (value, Format::Yaml) => yaml::emit(value, EmitOptions::default()),
        (value @ Value::Mapping(_), Format::Dotenv) => convert::dotenv(value)?,
        // As in sops a mapping ends its line, and nothing else does.
        (value @ Value::Mapping(_), Format::Json) => format!("{}\n", convert::json(value)?),
        (value, _) => convert::json(value)?,
    };
    Ok(Zeroizing::new(text.into_bytes()))
}

/// The part of the first document at the path: text as it is and without a line break, anything else as YAML.
pub(crate) fn extract(text: &str, path: &[Step]) -> Outcome<Zeroizing<String>> {
    let stream = yaml::parse_secret(text).map_err(|error| Failure::new(error.code, error.message))?;
    let missing = || Failure::new("secrets/path", "nothing stands at this path");
    let mut node = &stream.documents.first().ok_or_else(missing)?.root;
    for step in path {
        node = enter(node, step).ok_or_else(|| {
            Failure::new("secrets/path", format!("{}: nothing stands at this path", words(step)))
        })?;
    }
    while let Kind::Alias(target) = &node.kind {
        node = target;
    }
    Ok(Zeroizing::new(match &node.kind {
        Kind::Scalar(value, style) if is_text(value, *style, node) => value.clone(),
        Kind::Scalar(value, _) => format!("{value}\n"),
        _ => part(text, node)?,
    }))
}

/// A step as it is written.
pub(crate) fn words(step: &Step) -> String {
    match step {
        Step::Key(key) => format!("[{key:?}]"),
        Step::Index(index) => format!("[{index}]"),
    }
}

fn enter<'n>(node: &'n Node, step: &Step) -> Option<&'n Node> {
    match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.as_sequence()?.get(*index),
    }
}

fn is_text(value: &str, style: ScalarStyle, node: &Node) -> bool {
    let tag = node.tag.as_deref().and_then(yaml::Tag::core);
    tag == Some("str")
        || tag.is_none()
            && (style != ScalarStyle::Plain
                || yaml::resolve_plain(value, Dialect::GoYamlV3) == yaml::Scalar::String)
}

/// A mapping or list as it is written, moved to the left edge; emitted anew where it cannot stand alone.
fn part(text: &str, node: &Node) -> Outcome<String> {
    let start = node.span.start;
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let column = text[line..start].chars().count();
    let mut out = String::new();
    for (number, line) in text[node.span.range()].split('\n').enumerate() {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        out.push_str(if number == 0 || node.flow { line } else { &line[blanks.min(column)..] });
        out.push('\n');
    }
    let data = |text: &str| yaml::load_one(text, Dialect::GoYamlV3).map(Zeroizing::new).ok();
    let value = yaml::to_value(node, Dialect::GoYamlV3).map(Zeroizing::new);
    let value = value.map_err(|e| Failure::new(e.code, e.message))?;
    Ok(if data(&out).as_ref() == Some(&value) { out } else { yaml::emit(&value, EmitOptions::default()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, path: &str) -> Result<String, &'static str> {
        parse(path)
            .and_then(|path| extract(text, &path))
            .map(|part| part.to_string())
            .map_err(|failure| failure.diagnostics[0].code)
    }

    #[test]
    fn parts() {
        let text = "a:\n  b:\n    - x\n    - k: |\n        l\n      # c\n      m: 1\n  \"c]d\": 'text'\nn: 1.0\nr: &r {z: 1}\ns: *r\n";
        assert_eq!(get(text, r#"["a"]["b"][0]"#).unwrap(), "x");
        assert_eq!(get(text, r#"["a"]["b"]"#).unwrap(), "- x\n- k: |\n    l\n  # c\n  m: 1\n");
        assert_eq!(get(text, r#"["a"]['c]d']"#).unwrap(), "text");
        assert_eq!(get(text, r#"["n"]"#).unwrap(), "1.0\n");
        assert_eq!(get(text, r#"["s"]"#).unwrap(), "{z: 1}\n");
        assert_eq!(get(text, r#"["a"]["x"]"#), Err("secrets/path"));
        assert_eq!(get(text, r#"["a"]["b"][9]"#), Err("secrets/path"));
        for path in ["", "a", "[a]", "[\"a", "[\"a\"]x", "[-1]"] {
            assert_eq!(get(text, path), Err("usage/path"), "{path}");
        }
    }
}

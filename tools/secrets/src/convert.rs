//! From one format to another, for `--input-type` and `--output-type`. A file that keeps its format is never touched.

use cliutil::{Failure, Outcome};
use sops::Format;
use yaml::{Dialect, EmitOptions, Mapping, Value};
use zeroize::{Zeroize as _, Zeroizing};

use crate::decrypt::utf8;

/// The bytes of a plain file in another format.
pub(crate) fn convert(
    bytes: Zeroizing<Vec<u8>>,
    input: Format,
    output: Format,
) -> Outcome<Zeroizing<Vec<u8>>> {
    if input == output {
        return Ok(bytes);
    }
    let documents = documents(&bytes, input)?;
    write(&documents, output).map(|text| Zeroizing::new(text.into_bytes()))
}

/// The data of a plain file; wiped when dropped. Bytes are one document with the key `data`.
pub(crate) fn documents(bytes: &[u8], format: Format) -> Outcome<Zeroizing<Vec<Value>>> {
    let text = utf8(bytes)?;
    let failed = |code, at: usize, message: String| {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        Failure::new(code, format!("line {line}: {message}"))
    };
    let read = match format {
        Format::Yaml => {
            yaml_documents(text).map_err(|error| failed(error.code, error.span.start, error.message))
        }
        // Its strings are moved into ours, which are wiped.
        Format::Json => serde_json::from_str::<serde_json::Value>(text)
            .map(|value| vec![Value::from(value)])
            .map_err(|error| {
                let place = format!("line {}, column {}", error.line(), error.column());
                Failure::new("sops/json", format!("the file is not JSON ({place})"))
            }),
        // A line that is no variable would be lost.
        Format::Dotenv => {
            sops::check_plain(text, Format::Dotenv).map(|()| vec![Value::Mapping(variables(text))]).map_err(
                |error| failed(error.code, error.span.map_or(0, |span| span.start), error.message.clone()),
            )
        }
        Format::Binary => Ok(vec![Value::Mapping([("data", Value::from(text))].into_iter().collect())]),
        Format::Ini => Err(Failure::new("sops/ini", "INI files are not read by secrets")
            .with_help("use the sops program for this file")),
    };
    read.map(Zeroizing::new)
}

fn yaml_documents(text: &str) -> yaml::Result<Vec<Value>> {
    let mut stream = yaml::parse_secret(text)?;
    if let Some(error) = yaml::check_duplicates(&stream, Dialect::GoYamlV3).into_iter().next() {
        return Err(error);
    }
    let roots = stream.documents.iter_mut().map(|document| &mut document.root);
    roots.for_each(sops::for_other_formats);
    stream.documents.iter().map(|document| yaml::to_value(&document.root, Dialect::GoYamlV3)).collect()
}

/// The variables of a dotenv file, as sops reads it.
pub(crate) fn variables(text: &str) -> Mapping {
    let lines = text.split('\n').filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key, Value::from(value.replace("\\n", "\n"))))
        .collect()
}

fn write(documents: &[Value], format: Format) -> Outcome<String> {
    let first = documents.first().unwrap_or(&Value::Null);
    match format {
        Format::Yaml => Ok(yaml::emit_stream(documents, EmitOptions::default())),
        Format::Json => one_document(documents).and_then(|()| json(first)).map(|text| format!("{text}\n")),
        Format::Dotenv => one_document(documents).and_then(|()| dotenv(first)),
        Format::Binary => match first {
            Value::Mapping(mapping) => match mapping.get("data") {
                Some(Value::String(text)) => Ok(text.clone()),
                _ => Err(unfit("only a text under the key `data` can be written as plain bytes")),
            },
            _ => Err(unfit("only a text under the key `data` can be written as plain bytes")),
        },
        Format::Ini => Err(unfit("INI files are not written by secrets")),
    }
}

/// sops drops the others without a word.
fn one_document(documents: &[Value]) -> Outcome<()> {
    if documents.len() > 1 {
        Err(unfit("the file has several documents, and the other format one"))
    } else {
        Ok(())
    }
}

fn unfit(what: &str) -> Failure {
    Failure::new("secrets/format", what)
}

/// As sops writes JSON: a tab for each level.
pub(crate) fn json(value: &Value) -> Outcome<String> {
    if !is_finite(value) {
        return Err(unfit("JSON has no infinity and no NaN"));
    }
    let mut value = serde_json::Value::from(value.clone());
    let mut length = Length(0);
    // Written twice: a buffer that grows by itself would leave copies behind.
    let text = write_json(&value, &mut length).and_then(|()| {
        let mut out = Vec::with_capacity(length.0);
        write_json(&value, &mut out).map(|()| out)
    });
    wipe(&mut value);
    let text = text.map_err(|error| unfit(&format!("the value cannot be written as JSON: {error}")))?;
    String::from_utf8(text).map_err(|_| unfit("the value cannot be written as JSON"))
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Float(value) => value.is_finite(),
        Value::Sequence(items) => items.iter().all(is_finite),
        Value::Mapping(mapping) => mapping.iter().all(|(_, value)| is_finite(value)),
        _ => true,
    }
}

fn write_json(value: &serde_json::Value, out: &mut impl std::io::Write) -> serde_json::Result<()> {
    use serde::Serialize as _;
    let tabs = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    value.serialize(&mut serde_json::Serializer::with_formatter(out, tabs))
}

/// Counts what is written.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn wipe(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => text.zeroize(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(wipe),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(wipe),
        _ => {}
    }
}

pub(crate) fn dotenv(value: &Value) -> Outcome<String> {
    let Value::Mapping(mapping) = value else {
        return Err(unfit("only a mapping can be written as variables"));
    };
    let mut out = String::new();
    for (key, value) in mapping.iter() {
        let key = key.as_str().ok_or_else(|| unfit("a key is no text"))?;
        let value = scalar(value)
            .ok_or_else(|| unfit(&format!("{key} holds a mapping or list, which is no variable")))?;
        out.extend([key, "=", &value.replace('\n', "\\n"), "\n"]);
    }
    Ok(out)
}

/// A scalar as sops writes it in a variable.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        // Told from an integer by its point, as sops does.
        Value::Float(value) => sops::variable_float(*value),
        Value::String(text) => text.clone(),
        Value::Sequence(_) | Value::Mapping(_) => return None,
    })
}

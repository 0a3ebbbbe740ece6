//! The data templates see: YAML as PyYAML reads it, JSON and TOML, merged shallowly, later ones winning.
//!
//! Data may be secret: what is shown of it in a message is masked.

mod json;
mod pyyaml;
mod time;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Failure, Io, Location, Mask, Outcome, ReadOptions, Source, unreadable};
use time::python_time;
use yaml::{Dialect, Mapping, Value};

/// Reads data files and folders, and `-` for standard input.
pub(crate) fn load(paths: &[PathBuf], io: &mut Io, allow_empty: bool) -> Outcome<Mapping> {
    let mut data = Mapping::new();
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::new("io/usage", "standard input can be given as data only once"));
    }
    for path in paths {
        if path.as_os_str() == "-" {
            let source = cliutil::read_input(io, path, ReadOptions { allow_empty })?;
            merge(&mut data, parse(source, Kind::Yaml)?);
        } else if path.is_dir() {
            for file in folder(path)? {
                merge_file(&mut data, &file, allow_empty)?;
            }
        } else {
            merge_file(&mut data, path, allow_empty)?;
        }
    }
    Ok(data)
}

/// Merges the variables of a command line: `KEY=VALUE`, dotted keys nest.
pub(crate) fn set_vars<'v>(
    data: &mut Mapping,
    vars: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Outcome<()> {
    for (key, value) in vars {
        let mut parts: Vec<&str> = key.split('.').collect();
        let Some(last) = parts.pop() else { continue };
        let mut at = &mut *data;
        for part in parts {
            if !at.contains_key(part) {
                at.insert(part, Mapping::new());
            }
            let Some(Value::Mapping(next)) = at.get_mut(part) else {
                return Err(Failure::new(
                    "render/usage",
                    format!("variable {key}: {part} is no mapping in the data"),
                ));
            };
            at = next;
        }
        at.insert(last, value);
    }
    Ok(())
}

/// `KEY=VALUE` apart.
pub(crate) fn split_var(text: &str) -> Outcome<(&str, &str)> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key, value)),
        // The text itself may hold a secret: only its form is told.
        _ => Err(Failure::new("render/usage", "a variable has no value").with_help("write it as KEY=VALUE")),
    }
}

/// The mappings of a file, merged; for files of a kind that holds no data, none (as makejinja, which skips them).
pub(crate) fn file(path: &Path) -> Outcome<Option<Mapping>> {
    let Some(kind) = kind(path) else { return Ok(None) };
    parse(read(path, kind)?, kind).map(Some)
}

/// What a data hook answered.
pub(crate) fn of_hook(source: Source) -> Outcome<Mapping> {
    parse(source, Kind::Yaml)
}

fn merge_file(data: &mut Mapping, path: &Path, allow_empty: bool) -> Outcome<()> {
    let name = path.display();
    let Some(kind) = kind(path) else {
        if !path.exists() {
            return Err(Failure::new("io/missing", format!("{name}: no such file")));
        }
        return Err(Failure::new("render/data", format!("{name}: this is no kind of data"))
            .with_help("name it .yaml, .yml, .json or .toml"));
    };
    let source = read(path, kind)?;
    if source.text().trim().is_empty() {
        if allow_empty {
            return Ok(());
        }
        return Err(Failure::new("io/empty", format!("{name}: the file is empty"))
            .with_help("--allow-empty accepts empty data"));
    }
    merge(data, parse(source, kind)?);
    Ok(())
}

/// The text of a data file. YAML and JSON may be UTF-16, as for PyYAML and Python's `json`: with a mark, and JSON by
/// its first bytes.
fn read(path: &Path, kind: Kind) -> Outcome<Source> {
    let bytes = cliutil::read_file_bytes(path)?;
    let name = path.display().to_string();
    let join: Option<fn([u8; 2]) -> u16> = match (kind, bytes.as_slice()) {
        (Kind::Yaml | Kind::Json, [0xff, 0xfe, ..]) | (Kind::Json, [_, 0, ..]) => Some(u16::from_le_bytes),
        (Kind::Yaml | Kind::Json, [0xfe, 0xff, ..]) | (Kind::Json, [0, _, ..]) => Some(u16::from_be_bytes),
        _ => None,
    };
    let Some(join) = join.filter(|_| bytes.len() % 2 == 0) else { return cliutil::decode(&name, bytes) };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) => Ok(Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(_) => cliutil::decode(&name, bytes),
    }
}

fn merge(data: &mut Mapping, more: Mapping) {
    for (key, value) in more {
        data.insert(key, value);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Yaml,
    Json,
    Toml,
}

fn kind(path: &Path) -> Option<Kind> {
    match path.extension()?.to_str()? {
        "yaml" | "yml" => Some(Kind::Yaml),
        "json" => Some(Kind::Json),
        "toml" => Some(Kind::Toml),
        _ => None,
    }
}

/// The data files of a folder and those below it, sorted by path; names that begin with a dot are left out.
fn folder(path: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let fail = |error| unreadable(&folder, &error);
        for entry in std::fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let path = entry.path();
            let kind = entry.file_type().map_err(fail)?;
            if kind.is_dir() {
                folders.push(path);
            } else if path.is_file()
                && !entry.file_name().to_string_lossy().starts_with('.')
                && self::kind(&path).is_some()
            {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn parse(source: Source, kind: Kind) -> Outcome<Mapping> {
    let source = Arc::new(source.with_mask(Mask::Except(Vec::new())));
    match kind {
        Kind::Yaml => parse_yaml(&source),
        Kind::Json => parse_json(&source),
        Kind::Toml => parse_toml(&source),
    }
}

fn parse_yaml(source: &Arc<Source>) -> Outcome<Mapping> {
    let mut stream =
        yaml::parse(source.text()).map_err(|error| cliutil::Diagnostic::from_yaml(source, error))?;
    let duplicates = yaml::check_duplicates(&stream, Dialect::PyYaml);
    if !duplicates.is_empty() {
        let all: Vec<_> =
            duplicates.into_iter().map(|error| cliutil::Diagnostic::from_yaml(source, error)).collect();
        return Err(all.into());
    }
    let mut data = Mapping::new();
    for document in &mut stream.documents {
        pyyaml::prepare(&mut document.root);
        let value = yaml::to_value(&document.root, Dialect::PyYaml)
            .map_err(|error| cliutil::Diagnostic::from_yaml(source, error))?;
        let Value::Mapping(mapping) = value else {
            let start = document.root.span.start;
            return Err(not_a_mapping(source, start));
        };
        merge(&mut data, mapping);
    }
    Ok(data)
}

fn not_a_mapping(source: &Arc<Source>, at: usize) -> Failure {
    Failure::new("render/data", "data must be a mapping of names to values").at(Location::new(source, at..at))
}

fn parse_json(source: &Arc<Source>) -> Outcome<Mapping> {
    let value = json::read(source.text()).map_err(|(at, early)| {
        let what = if early { "this JSON text ends too early" } else { "this is not valid JSON" };
        Failure::new("render/data", what).at(Location::new(source, at..at))
    })?;
    match value {
        Value::Mapping(mapping) => Ok(mapping),
        _ => Err(not_a_mapping(source, 0)),
    }
}

fn parse_toml(source: &Arc<Source>) -> Outcome<Mapping> {
    let table: toml::Table = toml::from_str(source.text()).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        Failure::new("render/data", "this is not valid TOML").at(Location::new(source, range))
    })?;
    Ok(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(n) => n.into(),
        toml::Value::Float(value) => Value::Float(value),
        toml::Value::Boolean(value) => value.into(),
        toml::Value::Datetime(time) => {
            let text = time.to_string();
            // A time alone has no date for `python_time` to begin with.
            python_time(&text).unwrap_or(text).into()
        }
        toml::Value::Array(items) => Value::Sequence(items.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => {
            Value::Mapping(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str, text: &str) -> Result<Value, String> {
        let source = Source::new(name, text);
        let kind = kind(Path::new(name)).unwrap();
        parse(source, kind).map(Value::Mapping).map_err(|failure| {
            let diagnostic = &failure.diagnostics[0];
            format!("{} {}", diagnostic.code, diagnostic.message)
        })
    }

    #[test]
    fn kinds_of_data() {
        let want = |text: &str| Ok(yaml::load_one(text, Dialect::Yaml12).unwrap());
        assert_eq!(parsed("a.yaml", "a: yes\nb: 0042\n---\nb: 1_000\n"), want("{a: true, b: 1000}"));
        assert_eq!(parsed("a.json", r#"{"b": 1, "a": [null]}"#), want("{b: 1, a: [null]}"));
        assert_eq!(
            parsed("a.toml", "a = 1\n[t]\nx = 'y'\nd = 2020-01-02T03:04:05Z\n"),
            want("{a: 1, t: {x: y, d: '2020-01-02 03:04:05+00:00'}}")
        );
        for (name, text, code) in [
            ("a.yaml", "- 1\n", "render/data"),
            ("a.yaml", "a: 1\na: 2\n", "yaml/duplicate-key"),
            ("a.yaml", "a: [\n", "yaml/syntax"),
            ("a.yaml", "---\n", "render/data"),
            ("a.json", "[1]", "render/data"),
            ("a.json", "{\"a\": ", "render/data"),
            ("a.toml", "a = ", "render/data"),
        ] {
            assert!(parsed(name, text).unwrap_err().starts_with(code), "{name} {text}");
        }
    }

    #[test]
    fn variables_nest() {
        let mut data = Mapping::new();
        set_vars(&mut data, [("a.b", "1"), ("a.c", "2"), ("d", "=")]).unwrap();
        let want = yaml::load_one("{a: {b: '1', c: '2'}, d: '='}", Dialect::Yaml12).unwrap();
        assert_eq!(Value::Mapping(data.clone()), want);
        assert!(set_vars(&mut data, [("d.x", "1")]).is_err());
    }
}

//! ConfigMaps and Secrets made from literals, files and env files.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::Diagnostic;

use crate::codes;
use crate::file::{File, Outcome, Problems};
use crate::kustomization::{Entry, Generator, GeneratorOptions};
use crate::loader::{Folder, Loader};
use crate::node::{Map, Node, Scalar, Style, Tag};
use crate::resource::{Behavior, Resource};

/// Go's line reader gives up on longer lines, silently.
const MAX_ENV_LINE: usize = 64 * 1024;

/// The object a generator makes.
pub(crate) fn generate(
    loader: &Loader<'_>,
    folder: &Folder,
    file: &Arc<File>,
    generator: &Generator,
    global: Option<&GeneratorOptions>,
) -> Outcome<Resource> {
    let mut problems = Problems::new();
    if generator.name.is_empty() {
        problems.push(
            file.error(codes::GENERATOR, "this generator has no name", generator.span)
                .with_help("add name: the name of what is generated"),
        );
    }
    let pairs = pairs(loader, folder, file, generator, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let options = options(generator.options.as_ref(), global);
    let mut resource = Resource::new(object(generator, pairs, &options), file, generator.span);
    resource.history.needs_hash = !options.disable_name_suffix_hash;
    resource.history.generated = true;
    resource.history.behavior = match generator.behavior.as_ref().map(|entry| entry.text.as_str()) {
        Some("replace") => Behavior::Replace,
        Some("merge") => Behavior::Merge,
        Some("create") => Behavior::Create,
        _ => Behavior::Unspecified,
    };
    Ok(resource)
}

fn object(generator: &Generator, pairs: Vec<(String, Vec<u8>)>, options: &GeneratorOptions) -> Node {
    let secret = generator.kind == "Secret";
    let mut object = Map::default();
    object.insert("apiVersion", Node::string("v1"));
    object.insert("kind", Node::string(generator.kind));
    object.insert("metadata", metadata(generator, options));
    if secret {
        let kind = if generator.secret_type.is_empty() { "Opaque" } else { &generator.secret_type };
        object.insert("type", Node::string(kind));
    }
    let (mut data, mut binary) = (Map::default(), Map::default());
    for (key, bytes) in pairs {
        match String::from_utf8(bytes) {
            Ok(text) if !secret => data.insert(&key, value(text)),
            Ok(text) => data.insert(&key, value(wrapped_base64(text.as_bytes()))),
            Err(error) if secret => data.insert(&key, value(wrapped_base64(error.as_bytes()))),
            Err(error) => binary.insert(&key, value(wrapped_base64(error.as_bytes()))),
        }
    }
    if secret || !data.is_empty() {
        object.insert("data", Node::map(data));
    }
    if !binary.is_empty() {
        object.insert("binaryData", Node::map(binary));
    }
    if options.immutable {
        object.insert("immutable", Node::Scalar(Scalar::tagged("true", Tag::Bool)));
    }
    Node::map(object)
}

fn metadata(generator: &Generator, options: &GeneratorOptions) -> Node {
    let mut metadata = Map::default();
    metadata.insert("name", Node::string(generator.name.as_str()));
    if !generator.namespace.is_empty() {
        metadata.insert("namespace", Node::string(generator.namespace.as_str()));
    }
    for (key, texts) in [("labels", &options.labels), ("annotations", &options.annotations)] {
        if texts.is_empty() {
            continue;
        }
        let mut map = Map::default();
        for (name, text) in texts {
            map.insert(name, Node::string(text.as_str()));
        }
        metadata.insert(key, Node::map(map));
    }
    Node::map(metadata)
}

fn value(text: String) -> Node {
    let style = if text.contains('\n') { Style::Literal } else { Style::Plain };
    Node::Scalar(Scalar { style, ..Scalar::string(text) })
}

/// Base64 in lines of 70, as kustomize writes it; one line has no line break.
pub(crate) fn wrapped_base64(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    if text.len() < 70 {
        return text;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 70 + 1);
    for (n, c) in text.chars().enumerate() {
        if n > 0 && n % 70 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out.push('\n');
    out
}

/// The options of a generator over those of the file; what the file switches on cannot be switched off.
fn options(local: Option<&GeneratorOptions>, global: Option<&GeneratorOptions>) -> GeneratorOptions {
    let mut options = local.cloned().unwrap_or_default();
    let Some(global) = global else { return options };
    for (own, all) in [(&mut options.labels, &global.labels), (&mut options.annotations, &global.annotations)]
    {
        for (key, text) in all {
            if !own.iter().any(|(known, _)| known == key) {
                own.push((key.clone(), text.clone()));
            }
        }
    }
    options.disable_name_suffix_hash |= global.disable_name_suffix_hash;
    options.immutable |= global.immutable;
    options
}

/// Keys and values in the order env files, literals, files. No value is ever part of a message.
fn pairs(
    loader: &Loader<'_>,
    folder: &Folder,
    file: &Arc<File>,
    generator: &Generator,
    problems: &mut Problems,
) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>, &Entry)> = Vec::new();
    for entry in &generator.envs {
        match loader.file(folder, file, entry).and_then(|env| env_lines(&env)) {
            Ok(lines) => found.extend(lines.into_iter().map(|(key, value)| (key, value, entry))),
            Err(more) => problems.extend(more),
        }
    }
    for entry in &generator.literals {
        match entry.text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                found.push((key.to_owned(), unquoted(value).as_bytes().to_vec(), entry));
            }
            _ => problems.push(
                file.error(codes::GENERATOR, "a literal must be key=value", entry.span).with_help(
                    "write the key, an equals sign and the value; quotes around the value are taken off",
                ),
            ),
        }
    }
    for entry in &generator.files {
        match file_source(&entry.text) {
            Ok((key, path)) => {
                let source = Entry { text: path.to_owned(), span: entry.span };
                match loader.file(folder, file, &source) {
                    Ok(content) => found.push((key.to_owned(), content.bytes().to_vec(), entry)),
                    Err(more) => problems.extend(more),
                }
            }
            Err(message) => problems
                .push(file.error(codes::GENERATOR, message, entry.span).with_help("write path, or key=path")),
        }
    }
    let mut pairs: Vec<(String, Vec<u8>)> = Vec::with_capacity(found.len());
    let mut seen = std::collections::HashSet::new();
    for (key, value, entry) in found {
        if !seen.insert(key.clone()) {
            problems.push(repeated(file, generator, entry, &key));
        }
        pairs.push((key, value));
    }
    pairs
}

fn repeated(file: &File, generator: &Generator, entry: &Entry, key: &str) -> Diagnostic {
    let what = if generator.kind == "Secret" { "secret" } else { "config map" };
    file.error(
        codes::GENERATOR,
        format!("the {what} {} would have the key {key} twice", generator.name),
        entry.span,
    )
    .with_help("a key may come from one source only")
}

/// `path` or `key=path`.
fn file_source(text: &str) -> Result<(&str, &str), &'static str> {
    match text.matches('=').count() {
        0 => Ok((text.rsplit('/').find(|part| !part.is_empty()).unwrap_or(text), text)),
        1 => match text.split_once('=').unwrap_or_default() {
            ("", _) => Err("the key before the equals sign is missing"),
            (_, "") => Err("the path behind the equals sign is missing"),
            pair => Ok(pair),
        },
        _ => Err("keys and paths of files cannot hold an equals sign"),
    }
}

/// Quotes are taken off when they stand at both ends.
fn unquoted(text: &str) -> &str {
    let mut inner = text.chars();
    match (inner.next(), inner.next_back()) {
        (Some(first @ ('"' | '\'')), Some(last)) if first == last => inner.as_str(),
        _ => text,
    }
}

/// The lines of an env file: `KEY=value`; blank lines and comments are left out.
fn env_lines(env: &Arc<File>) -> Outcome<Vec<(String, Vec<u8>)>> {
    let text = std::str::from_utf8(env.bytes()).map_err(|_| env.text().err().unwrap_or_default())?;
    let mut pairs = Vec::new();
    for (n, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.len() >= MAX_ENV_LINE {
            let message = format!("{}: line {} is longer than 64 KiB", env.name(), n + 1);
            return Err(vec![
                Diagnostic::error(codes::GENERATOR, message)
                    .in_file(env.name())
                    .with_help("kustomize ignores the rest of the file then; use files for long values"),
            ]);
        }
        let line = if n == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line }.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if !key.is_empty() {
            pairs.push((key.to_owned(), value.as_bytes().to_vec()));
        }
    }
    Ok(pairs)
}

/// Behavior merge: the entries of the old object under the new ones.
pub(crate) fn merge_data(new: &mut Node, old: &Node, key: &str) {
    let mut merged: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for node in [old, &*new] {
        for (name, value) in node.get(key).and_then(Node::as_map).into_iter().flat_map(Map::iter) {
            let text: Arc<str> = if value.is_null() { "".into() } else { value.text_or_empty().into() };
            match merged.iter_mut().find(|(known, _)| *known == name.text) {
                Some((_, known)) => *known = text,
                None => merged.push((Arc::clone(&name.text), text)),
            }
        }
    }
    let Some(object) = new.as_map_mut() else { return };
    object.remove(key);
    if merged.is_empty() {
        return;
    }
    merged.sort();
    let mut map = Map::default();
    for (name, text) in merged {
        map.insert(&name, value(text.to_string()));
    }
    object.insert(key, Node::map(map));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        assert_eq!(file_source("a/b.txt"), Ok(("b.txt", "a/b.txt")));
        assert_eq!(file_source("k=a/b.txt"), Ok(("k", "a/b.txt")));
        assert!(file_source("=a").is_err() && file_source("a=").is_err() && file_source("a=b=c").is_err());
        assert_eq!(unquoted("\"a\""), "a");
        assert_eq!(unquoted("'"), "'");
        assert_eq!(unquoted("\"a'"), "\"a'");
    }

    #[test]
    fn env_files() {
        let env = Arc::new(File::new("e".as_ref(), b"\xef\xbb\xbfA=1\r\n# c\n\n  B = x=y\nC\n=d\n".to_vec()));
        let lines = env_lines(&env).unwrap();
        let shown: Vec<_> =
            lines.iter().map(|(key, value)| (key.as_str(), std::str::from_utf8(value).unwrap())).collect();
        assert_eq!(shown, [("A", "1"), ("B ", " x=y"), ("C", "")]);
    }

    #[test]
    fn base64_wraps_at_70() {
        assert_eq!(wrapped_base64(b"hi"), "aGk=");
        let text = wrapped_base64(&[0; 60]);
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [70, 10]);
        assert!(text.ends_with('\n'));
    }
}

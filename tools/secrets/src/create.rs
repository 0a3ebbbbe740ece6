//! `secrets create`: a Kubernetes Secret, encrypted before it is written. No value is ever an argument.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, ReadOptions, Reporter, Source, WriteOptions};
use sops::{Environment, Selector, SelectorKind};
use yaml::{EmitOptions, Mapping, Value};
use zeroize::Zeroizing;

use crate::cli::CreateArgs;
use crate::{ask, encrypt, files, hand_over, rules};

/// The rule where the configuration has none for the file: what holds values in a Secret.
const SECRET_FIELDS: &str = "^(data|stringData)$";

/// Makes a Secret and prints or writes it encrypted.
pub(crate) fn run(args: &CreateArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    check_name("NAME", &args.name)?;
    check_name("NAMESPACE", &args.namespace)?;
    let file = args.output.clone().unwrap_or_else(|| format!("{}.sops.yaml", args.name).into());
    let name = args.filename_override.as_ref().unwrap_or(&file);
    if sops::Format::of_name(name) != sops::Format::Yaml {
        return Err(Failure::new(
            "usage/format",
            format!("{}: a Secret is written as YAML: name a .yaml file", name.display()),
        ));
    }
    if args.output.as_ref().is_some_and(|path| path.exists()) {
        return Err(Failure::new(
            "io/exists",
            format!("{}: exists already and is not overwritten", file.display()),
        )
        .with_help("change it with `secrets edit` or `secrets set`"));
    }
    let environment = Environment::of_process();
    let book = rules::Book::load(args.rules.config.as_deref(), &environment)?;
    let mut rule = book.rule(&args.rules, name)?;
    let mut rules = args.rules.clone();
    if rule.selector.given().is_none() {
        rules.encrypted_regex = Some(SECRET_FIELDS.to_owned());
        let fields = [(SelectorKind::EncryptedRegex, SECRET_FIELDS.to_owned())];
        rule.selector = Selector::from_fields(&fields).map_err(|e| Failure::new(e.code, e.message))?;
    }
    let entries = Entries::collect(args, &environment, io)?;
    if entries.0.is_empty() {
        return Err(Failure::new("usage/value", "no value is given")
            .with_help("--from-file, --from-env, --from-env-file or --prompt give values"));
    }
    let manifest = Zeroizing::new(manifest(args, &entries));
    let plain = Zeroizing::new(yaml::emit(&manifest, EmitOptions::default()));
    drop(manifest);
    if !common.quiet {
        reporter.show(book.notes(), true, io);
    }
    let source = files::secret(Source::new(file.display().to_string(), plain.as_str()));
    let made = if hand_over::is_needed(&rule) {
        let label = file.display().to_string();
        let text = hand_over::Text::new(&label, name, plain.as_bytes());
        files::utf8(hand_over::encrypt(&rules, &text)?)?
    } else {
        let made = sops::encrypt(&plain, &rule, &encrypt::now());
        made.map_err(|error| files::failure(&source, error))?.text
    };
    // A rule that chooses none of the values would give them away.
    let readable = sops::plain_secrets(&made).map_err(|e| Failure::new(e.code, e.message))?;
    if !readable.is_empty() {
        return Err(Failure::new(
            "secrets/plain-text",
            format!("{}: the rule for this file leaves its values readable", file.display()),
        )
        .with_help("let the rule's encrypted_regex be ^(data|stringData)$"));
    }
    match &args.output {
        None => io.write_out(&made)?,
        Some(path) => {
            let options = WriteOptions { create_new: true, ..WriteOptions::synced() };
            cliutil::write_atomic(path, made.as_bytes(), options)?;
        }
    }
    Ok(Exit::Yes)
}

/// A name as Kubernetes takes it (RFC 1123 subdomain).
fn check_name(what: &str, name: &str) -> Outcome<()> {
    let label = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    if name.len() <= 253 && name.split('.').all(label) {
        return Ok(());
    }
    Err(Failure::new("usage/name", format!("{what} {name:?} is not a name for Kubernetes"))
        .with_help("lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit"))
}

/// Keys and values, in the order they were given. Text is text; other bytes are kept as they are.
struct Entries(Vec<(String, Zeroizing<Vec<u8>>)>);

impl Entries {
    fn collect(args: &CreateArgs, environment: &Environment, io: &mut Io) -> Outcome<Self> {
        let mut entries = Self(Vec::new());
        for pair in &args.from_file {
            let (key, path) = split(pair, "--from-file")?;
            entries.add(key, read(path, io)?)?;
        }
        for pair in &args.from_env {
            let (key, name) = split(pair, "--from-env")?;
            let value = environment.text(name).ok_or_else(|| {
                Failure::new("usage/value", format!("--from-env: the variable {name} is not set"))
            })?;
            entries.add(key, Zeroizing::new(value.as_bytes().to_vec()))?;
        }
        for path in &args.from_env_file {
            let text = read(&path.to_string_lossy(), io)?;
            let text = std::str::from_utf8(&text)
                .map_err(|_| Failure::new("io/encoding", format!("{}: not UTF-8 text", path.display())))?;
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_start();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let (key, value) = line.split_once('=').ok_or_else(|| {
                    Failure::new(
                        "usage/value",
                        format!("{}:{}: KEY=VALUE is expected", path.display(), number + 1),
                    )
                })?;
                entries.add(key.trim_end(), Zeroizing::new(value.as_bytes().to_vec()))?;
            }
        }
        for key in &args.prompt {
            let value = ask::secret(&format!("{key}: "))?;
            entries.add(key, Zeroizing::new(value.as_bytes().to_vec()))?;
        }
        Ok(entries)
    }

    fn add(&mut self, key: &str, value: Zeroizing<Vec<u8>>) -> Outcome<()> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if key.is_empty() || key.len() > 253 || !key.bytes().all(fits) {
            return Err(Failure::new("usage/key", format!("{key:?} is not a key for a Secret"))
                .with_help("letters, digits, '-', '_' and '.'"));
        }
        if self.0.iter().any(|(known, _)| known == key) {
            return Err(Failure::new("usage/key", format!("{key} is given twice")));
        }
        self.0.push((key.to_owned(), value));
        Ok(())
    }
}

fn split<'p>(pair: &'p str, flag: &str) -> Outcome<(&'p str, &'p str)> {
    pair.split_once('=').filter(|(key, rest)| !key.is_empty() && !rest.is_empty()).ok_or_else(|| {
        // What was typed may be a secret.
        Failure::new("usage/value", format!("{flag} takes KEY=…")).with_help("see `secrets create --help`")
    })
}

fn read(path: &str, io: &mut Io) -> Outcome<Zeroizing<Vec<u8>>> {
    // Blanks may be a value; nothing at all is the silence of a program that failed.
    let bytes = cliutil::read_bytes(io, Path::new(path), ReadOptions { allow_empty: true })?;
    if path == "-" && bytes.is_empty() {
        return Err(Failure::new("io/empty", "nothing came on standard input"));
    }
    Ok(Zeroizing::new(bytes))
}

fn manifest(args: &CreateArgs, entries: &Entries) -> Value {
    let (mut texts, mut data) = (Mapping::new(), Mapping::new());
    for (key, bytes) in &entries.0 {
        match std::str::from_utf8(bytes) {
            Ok(text) => texts.insert(key.as_str(), text),
            Err(_) => data.insert(key.as_str(), STANDARD.encode(bytes)),
        };
    }
    let metadata: Mapping =
        [("name", args.name.as_str()), ("namespace", args.namespace.as_str())].into_iter().collect();
    let mut manifest = Mapping::new();
    manifest.insert("apiVersion", "v1");
    manifest.insert("kind", "Secret");
    manifest.insert("metadata", metadata);
    manifest.insert("type", args.kind.as_str());
    if !data.is_empty() {
        manifest.insert("data", data);
    }
    if !texts.is_empty() {
        manifest.insert("stringData", texts);
    }
    Value::Mapping(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["a", "app-1", "a.b"] {
            assert!(check_name("NAME", name).is_ok());
        }
        for name in ["", "A", "-a", "a-", "a..b", "a_b"] {
            assert!(check_name("NAME", name).is_err());
        }
    }
}

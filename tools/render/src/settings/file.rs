//! render.toml and makejinja.toml.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Failure, Location, Outcome, Source};
use toml::{Table, Value};

use super::Origin;
use super::keys::{Holds, MAKEJINJA, OURS};
use super::layer::{Layer, Setting};

/// The files a run reads when none is named: render.toml, else makejinja's.
pub(super) fn default_files() -> Vec<PathBuf> {
    let render = PathBuf::from("render.toml");
    if render.is_file() {
        return vec![render];
    }
    let mut files = vec![PathBuf::from("makejinja.toml")];
    if let Some(more) = std::env::var_os("MAKEJINJA_SETTINGS") {
        files.extend(std::env::split_paths(&more));
    }
    files.retain(|path| path.is_file());
    files
}

/// The settings of a file, and whose they are: its `[render]` table, else its `[makejinja]` table.
pub(super) fn read(path: &Path) -> Outcome<(Origin, Layer)> {
    let source = Arc::new(cliutil::read_file(path)?);
    let table: Table = toml::from_str(source.text()).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        Failure::new("render/settings", format!("not valid TOML: {}", error.message()))
            .at(Location::new(&source, range))
    })?;
    let file = File { source, folder: path.parent().unwrap_or(Path::new("")).to_path_buf() };
    let (origin, name) = if table.contains_key("render") {
        (Origin::Render, "render")
    } else {
        (Origin::Makejinja, "makejinja")
    };
    match table.get(name) {
        Some(Value::Table(table)) => Ok((origin, file.layer(origin, table)?)),
        None if path.file_name().is_some_and(|name| name == "makejinja.toml") => {
            Ok((origin, Layer::default()))
        }
        _ => Err(Failure::new(
            "render/settings",
            format!("{}: no table [render] or [makejinja]", path.display()),
        )),
    }
}

struct File {
    source: Arc<Source>,
    folder: PathBuf,
}

impl File {
    fn layer(&self, origin: Origin, table: &Table) -> Outcome<Layer> {
        let mut layer = Layer::default();
        for (name, value) in table {
            let key = name.replace('-', "_");
            if let (Value::Table(inner), true) = (value, is_table(&key)) {
                for (name, value) in inner {
                    self.set(&mut layer, origin, &format!("{key}.{}", name.replace('-', "_")), value)?;
                }
            } else {
                self.set(&mut layer, origin, &key, value)?;
            }
        }
        Ok(layer)
    }

    fn set(&self, layer: &mut Layer, origin: Origin, key: &str, value: &Value) -> Outcome<()> {
        let ours = if origin == Origin::Render { OURS.as_slice() } else { &[] };
        let known = || MAKEJINJA.iter().chain(ours);
        let Some((_, holds)) = known().find(|(name, _)| *name == key) else {
            let failure = self.fail(key, format!("{key} is no setting"));
            let near = cliutil::did_you_mean(key, known().map(|(name, _)| *name));
            return Err(match near {
                Some(near) => failure.with_help(format!("did you mean {near}?")),
                None => failure.with_help("docs/render.md lists the settings"),
            });
        };
        let setting = self.setting(*holds, value).ok_or_else(|| {
            let wanted = match holds {
                Holds::Flag => "true or false",
                Holds::Text | Holds::Path => "a string",
                Holds::Number => "a number",
                Holds::Map | Holds::PathMap => "a table",
                _ => "a list of strings",
            };
            self.fail(key, format!("{key} must be {wanted}"))
        })?;
        layer.set(key, setting);
        Ok(())
    }

    fn setting(&self, holds: Holds, value: &Value) -> Option<Setting> {
        Some(match holds {
            Holds::Text => Setting::Text(value.as_str()?.to_owned()),
            Holds::Number => Setting::Text(value.as_integer()?.to_string()),
            Holds::Flag => Setting::Flag(match value {
                Value::Boolean(flag) => *flag,
                Value::String(word) => super::layer::flag(word)?,
                Value::Integer(number) => super::layer::flag(&number.to_string())?,
                _ => return None,
            }),
            Holds::List => Setting::List(strings(value)?),
            Holds::Commands => Setting::List(match value {
                Value::String(command) => vec![command.clone()],
                _ => strings(value)?,
            }),
            Holds::Path => Setting::Paths(vec![self.path(value.as_str()?)]),
            Holds::Paths => Setting::Paths(strings(value)?.iter().map(|path| self.path(path)).collect()),
            Holds::Map => {
                let pairs = value.as_table()?.iter().map(|(key, value)| Some((key.clone(), plain(value)?)));
                Setting::Map(pairs.collect::<Option<_>>()?)
            }
            Holds::PathMap => {
                let paths = |value| Some(strings(value)?.iter().map(|path| self.path(path)).collect());
                let pairs = value.as_table()?.iter().map(|(key, value)| Some((key.clone(), paths(value)?)));
                Setting::PathMap(pairs.collect::<Option<_>>()?)
            }
        })
    }

    /// Paths resolve against the folder of the file.
    fn path(&self, text: &str) -> PathBuf {
        if self.folder.as_os_str().is_empty() { PathBuf::from(text) } else { self.folder.join(text) }
    }

    /// A failure at the line of a key.
    fn fail(&self, key: &str, message: String) -> Failure {
        let name = key.rsplit('.').next().unwrap_or(key);
        let text = self.source.text();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let word = line.trim_start();
            if word.replace('-', "_").trim_start_matches('"').starts_with(name) {
                let start = at + line.len() - word.len();
                return Failure::new("render/settings", message)
                    .at(Location::new(&self.source, start..start + name.len()));
            }
            at += line.len();
        }
        Failure::new("render/settings", format!("{}: {message}", self.source.name()))
    }
}

fn is_table(key: &str) -> bool {
    matches!(key, "delimiter" | "prefix" | "whitespace" | "internal" | "hooks")
}

/// A list of strings, or one text split on colons as makejinja does.
fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(text.split(':').map(str::to_owned).collect()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// The values of data_vars are strings.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(n) => Some(n.to_string()),
        Value::Boolean(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        Value::Float(value) => Some(value.to_string()),
        _ => None,
    }
}

//! One layer of settings (a file, the environment, the command line), and several of them as one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use cliutil::{Failure, Outcome};

use super::keys::{Holds, MAKEJINJA};

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setting {
    Text(String),
    List(Vec<String>),
    Paths(Vec<PathBuf>),
    Flag(bool),
    Map(Vec<(String, String)>),
    PathMap(Vec<(String, Vec<PathBuf>)>),
}

/// Settings by key.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(pub(super) BTreeMap<String, Setting>);

impl Layer {
    pub(super) fn set(&mut self, key: &str, setting: Setting) {
        self.0.insert(key.to_owned(), setting);
    }
}

/// Layers, the later before the earlier.
pub(super) struct Layers<'l>(pub(super) &'l [Layer]);

impl Layers<'_> {
    fn last(&self, key: &str) -> Option<&Setting> {
        self.0.iter().rev().find_map(|layer| layer.0.get(key))
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        match self.last(key)? {
            Setting::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn list(&self, key: &str) -> Option<Vec<String>> {
        match self.last(key)? {
            Setting::List(list) => Some(list.clone()),
            _ => None,
        }
    }

    pub(super) fn paths(&self, key: &str) -> Option<Vec<PathBuf>> {
        match self.last(key)? {
            Setting::Paths(paths) => Some(paths.clone()),
            _ => None,
        }
    }

    pub(super) fn flag(&self, key: &str, default: bool) -> bool {
        match self.last(key) {
            Some(Setting::Flag(flag)) => *flag,
            _ => default,
        }
    }

    pub(super) fn map(&self, key: &str) -> Option<Vec<(String, String)>> {
        match self.last(key)? {
            Setting::Map(map) => Some(map.clone()),
            _ => None,
        }
    }

    pub(super) fn path_map(&self, key: &str) -> Option<Vec<(String, Vec<PathBuf>)>> {
        match self.last(key)? {
            Setting::PathMap(map) => Some(map.clone()),
            _ => None,
        }
    }
}

/// `MAKEJINJA_<KEY>`, tables with `_`, lists split on colons.
pub(super) fn from_environment(vars: impl Iterator<Item = (OsString, OsString)>) -> Outcome<Layer> {
    let vars: BTreeMap<String, String> = vars
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(key, _)| key.starts_with("MAKEJINJA_"))
        .collect();
    let mut layer = Layer::default();
    for (key, holds) in MAKEJINJA {
        let name = format!("MAKEJINJA_{}", key.replace('.', "_").to_uppercase());
        if let Some(value) = vars.get(&name) {
            layer.set(key, from_text(&name, value, holds)?);
        }
    }
    Ok(layer)
}

/// A setting given as one text.
pub(super) fn from_text(name: &str, value: &str, holds: Holds) -> Outcome<Setting> {
    let parts = || value.split(':').map(str::to_owned);
    Ok(match holds {
        Holds::Text | Holds::Number => Setting::Text(value.to_owned()),
        Holds::List | Holds::Commands => Setting::List(parts().collect()),
        Holds::Path => Setting::Paths(vec![value.into()]),
        Holds::Paths => Setting::Paths(parts().map(PathBuf::from).collect()),
        Holds::Flag => Setting::Flag(
            flag(value)
                .ok_or_else(|| Failure::new("render/settings", format!("{name} must be true or false")))?,
        ),
        Holds::Map | Holds::PathMap => {
            return Err(Failure::new(
                "render/settings",
                format!("{name} cannot be given in the environment"),
            ));
        }
    })
}

/// A word for yes or no, as makejinja takes them.
pub(super) fn flag(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "on" => Some(true),
        "no" | "n" | "false" | "f" | "0" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_layer_wins_and_replaces() {
        let mut first = Layer::default();
        first.set("inputs", Setting::Paths(vec!["a".into(), "b".into()]));
        first.set("force", Setting::Flag(true));
        let vars = [("MAKEJINJA_INPUTS", "c:d"), ("MAKEJINJA_DELIMITER_BLOCK_START", "<%"), ("OTHER", "x")];
        let second = from_environment(vars.into_iter().map(|(k, v)| (k.into(), v.into()))).unwrap();
        let layers = [first, second];
        let all = Layers(&layers);
        assert_eq!(all.paths("inputs").unwrap(), [PathBuf::from("c"), PathBuf::from("d")]);
        assert_eq!(all.text("delimiter.block_start").as_deref(), Some("<%"));
        assert!(all.flag("force", false));
        assert_eq!([flag("YES"), flag("f"), flag("")], [Some(true), Some(false), None]);
        let bad = [("MAKEJINJA_FORCE", "maybe")];
        assert!(from_environment(bad.into_iter().map(|(k, v)| (k.into(), v.into()))).is_err());
    }
}

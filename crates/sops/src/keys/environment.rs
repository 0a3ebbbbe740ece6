//! The variables this crate reads, taken once, so that tests and callers decide what is seen.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// A snapshot of environment variables.
#[derive(Clone, Default)]
pub struct Environment {
    vars: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        Self { vars: std::env::vars_os().collect() }
    }

    /// These variables and no others.
    pub fn of<K: Into<OsString>, V: Into<OsString>>(vars: impl IntoIterator<Item = (K, V)>) -> Self {
        Self { vars: vars.into_iter().map(|(key, value)| (key.into(), value.into())).collect() }
    }

    /// A variable; an empty one counts as set, as it does for sops.
    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// A variable as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// A variable that is set to something.
    fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The home folder.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.path("HOME")
    }

    /// The default key file, `sops/age/keys.txt` in the user's configuration folder.
    pub fn default_key_file(&self) -> Option<PathBuf> {
        let fallback = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        let folder = self.path("XDG_CONFIG_HOME").or_else(|| Some(self.home()?.join(fallback)))?;
        Some(folder.join("sops/age/keys.txt"))
    }
}

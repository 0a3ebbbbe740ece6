//! Commands of other programs, as data: made first, shown or run later.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use yaml::Mapping;

/// A command that is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    /// The program's name.
    pub(crate) program: &'static str,
    /// Its arguments.
    pub(crate) args: Vec<OsString>,
    /// After this time it is ended.
    pub(crate) timeout: Duration,
    /// A variable of its environment, for programs that take a file no other way.
    pub(crate) variable: Option<(&'static str, OsString)>,
}

impl Command {
    /// A talosctl command with its access file.
    pub(crate) fn talosctl(verb: &str, talosconfig: &Path, timeout: Duration) -> Self {
        Self::new("talosctl", verb, timeout).path_arg("--talosconfig", talosconfig)
    }

    /// A kubectl command with its access file.
    pub(crate) fn kubectl(verb: &str, kubeconfig: &Path, timeout: Duration) -> Self {
        Self::new("kubectl", verb, timeout).path_arg("--kubeconfig", kubeconfig)
    }

    fn new(program: &'static str, verb: &str, timeout: Duration) -> Self {
        Self { program, args: vec![verb.into()], timeout, variable: None }
    }

    /// A command without anything yet.
    pub(crate) fn bare(program: &'static str, timeout: Duration) -> Self {
        Self { program, args: Vec::new(), timeout, variable: None }
    }

    /// Sets a variable to a path, made absolute, for the program may change its folder.
    #[must_use]
    pub(crate) fn variable(mut self, name: &'static str, path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        self.variable = Some((name, path.into()));
        self
    }

    /// Adds arguments.
    #[must_use]
    pub(crate) fn args<I: Into<OsString>>(mut self, args: impl IntoIterator<Item = I>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Adds a flag and its value as one argument, so that no value can be taken for a flag.
    #[must_use]
    pub(crate) fn flag(self, name: &str, value: &str) -> Self {
        self.args([format!("{name}={value}")])
    }

    /// Adds a flag and a path as one argument.
    #[must_use]
    pub(crate) fn path_arg(self, name: &str, path: &Path) -> Self {
        let mut arg = OsString::from(name);
        arg.push("=");
        arg.push(path);
        self.args([arg])
    }

    /// Program and arguments, for people.
    pub(crate) fn argv(&self) -> Vec<String> {
        let args = self.args.iter().map(|arg| arg.to_string_lossy().into_owned());
        std::iter::once(self.program.to_owned()).chain(args).collect()
    }

    /// Adds `argv` to a result.
    pub(crate) fn describe(&self, result: &mut Mapping) {
        result.insert("argv", self.argv());
    }
}

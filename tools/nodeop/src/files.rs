//! Where the credentials are. Their content is only for the programs that are given the paths.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};

use crate::cli::FileArgs;

/// The talosconfig that `talosgen genconfig` and talhelper write.
const TALOSCONFIG: &str = "talos/clusterconfig/talosconfig";

/// The kubeconfig in the repository's root.
const KUBECONFIG: &str = "kubeconfig";

/// Variables of the environment, so that tests give their own.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<OsString>;

/// The talosconfig: as given, of the environment, or where the repository has it.
pub(crate) fn talosconfig(args: &FileArgs, environment: Environment) -> PathBuf {
    let given = args.talosconfig.clone().or_else(|| variable(environment, "TALOSCONFIG"));
    given.unwrap_or_else(|| PathBuf::from(TALOSCONFIG))
}

/// The kubeconfig, if there is to be one: where nobody gave it, it counts only when it is there, for a cluster has none
/// before it is bootstrapped. KUBECONFIG may be a list of files; the first that is there counts.
pub(crate) fn kubeconfig(args: &FileArgs, environment: Environment) -> Option<PathBuf> {
    let listed = variable(environment, "KUBECONFIG").unwrap_or_else(|| PathBuf::from(KUBECONFIG));
    args.kubeconfig.clone().or_else(|| std::env::split_paths(&listed).find(|path| path.is_file()))
}

/// The kubeconfig, also where it is yet to be written.
pub(crate) fn kubeconfig_path(args: &FileArgs, environment: Environment) -> PathBuf {
    kubeconfig(args, environment).unwrap_or_else(|| PathBuf::from(KUBECONFIG))
}

/// Where the kubeconfig is written: as given, else in the repository. Never where KUBECONFIG says, for that may be a
/// person's own file with other clusters in it.
pub(crate) fn kubeconfig_target(args: &FileArgs) -> PathBuf {
    args.kubeconfig.clone().unwrap_or_else(|| PathBuf::from(KUBECONFIG))
}

fn variable(environment: Environment, name: &str) -> Option<PathBuf> {
    environment(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Checks that a file is there.
///
/// # Errors
/// `io/missing`, with `hint` as the help.
pub(crate) fn expect(path: &Path, hint: &str) -> Outcome<()> {
    if path.is_file() {
        return Ok(());
    }
    Err(Failure::new("io/missing", format!("{}: no such file", path.display())).with_help(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(talosconfig: Option<&str>) -> FileArgs {
        FileArgs {
            talconfig: PathBuf::new(),
            talenv: None,
            talosconfig: talosconfig.map(PathBuf::from),
            kubeconfig: None,
        }
    }

    #[test]
    fn the_flag_wins_over_the_environment() {
        let set = |name: &str| (name == "TALOSCONFIG").then(|| OsString::from("env"));
        assert_eq!(talosconfig(&args(Some("flag")), &set), Path::new("flag"));
        assert_eq!(talosconfig(&args(None), &set), Path::new("env"));
        assert_eq!(talosconfig(&args(None), &|_| Some(OsString::new())), Path::new(TALOSCONFIG));
        assert_eq!(kubeconfig(&args(None), &set), None);
        let list = |name: &str| (name == "KUBECONFIG").then(|| OsString::from("/none:/dev/null:Cargo.toml"));
        assert_eq!(kubeconfig(&args(None), &list), Some(PathBuf::from("Cargo.toml")));
    }
}

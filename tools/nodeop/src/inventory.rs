//! The machines an operation is about: those of the talconfig, or the ones a person names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Failure, Outcome, did_you_mean};
use talos::{Document, Inventory, Machine, Talenv};

use crate::cli::FileArgs;

/// Reads the machines of the talconfig.
///
/// # Errors
/// What is wrong with the talconfig or the talenv; `io/missing`.
pub(crate) fn read(args: &FileArgs) -> Outcome<Inventory> {
    let source = Arc::new(cliutil::read_file(&args.talconfig).map_err(|failure| {
        failure.with_help("run this in the cluster's repository, after configure, or give --talconfig")
    })?);
    let folder = args.talconfig.parent().map(Path::to_path_buf).unwrap_or_default();
    let beside = ["talenv.yaml", "talenv.yml"].iter().map(|name| folder.join(name));
    let talenv = args.talenv.clone().or_else(|| beside.into_iter().find(|path: &PathBuf| path.is_file()));
    let env = match talenv {
        Some(path) => Talenv::parse(&Arc::new(cliutil::read_file(&path)?))?,
        None => Talenv::default(),
    };
    Ok(Inventory::read(&Document::read(&source, &env)?)?)
}

/// The machines that `names` call, each once and in the configuration's order; all when there is no name.
///
/// # Errors
/// `nodeop/unknown-node` for every name that is none.
pub(crate) fn select<'i>(inventory: &'i Inventory, names: &[String]) -> Outcome<Vec<&'i Machine>> {
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| inventory.find(name).is_none())
        .flat_map(|name| unknown(inventory, name).diagnostics)
        .collect();
    if !unknown.is_empty() {
        return Err(unknown.into());
    }
    let wanted = |machine: &Machine| names.is_empty() || names.iter().any(|name| machine.is_called(name));
    Ok(inventory.machines.iter().filter(|machine| wanted(machine)).collect())
}

fn unknown(inventory: &Inventory, name: &str) -> Failure {
    let names: Vec<_> = inventory
        .machines
        .iter()
        .flat_map(|machine| {
            std::iter::once(machine.hostname.as_str()).chain(machine.addresses.iter().map(String::as_str))
        })
        .collect();
    let help = did_you_mean(name, names.iter().copied()).map_or_else(
        || {
            let hosts: Vec<_> = inventory.machines.iter().map(|machine| machine.hostname.as_str()).collect();
            format!("the configuration has {}", hosts.join(", "))
        },
        |near| format!("did you mean {near}?"),
    );
    Failure::new("nodeop/unknown-node", format!("no node of the configuration is called {name}"))
        .with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory() -> Inventory {
        let machine = |hostname: &str, address: &str| Machine {
            hostname: hostname.to_owned(),
            addresses: vec![address.to_owned()],
            control_plane: true,
        };
        Inventory {
            cluster: "kubernetes".to_owned(),
            machines: vec![machine("cp-0", "10.0.0.11"), machine("cp-1", "10.0.0.12")],
        }
    }

    #[test]
    fn by_name_or_address_in_order() {
        let inventory = inventory();
        let hosts = |names: &[&str]| -> Vec<String> {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            select(&inventory, &names).unwrap().iter().map(|machine| machine.hostname.clone()).collect()
        };
        assert_eq!(hosts(&[]), ["cp-0", "cp-1"]);
        assert_eq!(hosts(&["10.0.0.12", "cp-0", "cp-1"]), ["cp-0", "cp-1"]);
    }

    #[test]
    fn unknown_names_are_all_reported() {
        let names = ["cp-2".to_owned(), "elsewhere".to_owned()];
        let failure = select(&inventory(), &names).unwrap_err();
        let help: Vec<_> = failure.diagnostics.iter().filter_map(|one| one.help.as_deref()).collect();
        assert_eq!(help, ["did you mean cp-0?", "the configuration has cp-0, cp-1"]);
    }
}

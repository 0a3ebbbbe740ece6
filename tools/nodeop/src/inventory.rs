//! The machines an operation is about: those of the talconfig, or the ones a person names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Failure, Outcome, did_you_mean};
use talos::{Document, Inventory, Machine, Talenv};
use yaml::Node;

use crate::cli::FileArgs;

/// The cluster that the talconfig describes.
pub(crate) struct Cluster {
    /// Its name and machines.
    pub(crate) inventory: Inventory,
    /// `endpoint`
    pub(crate) endpoint: String,
    /// `talosVersion`, with its v.
    pub(crate) talos_version: String,
    /// `kubernetesVersion`, with its v.
    pub(crate) kubernetes_version: String,
    /// `talosImageURL` of each machine, in their order: its own, else that of its role.
    images: Vec<Option<String>>,
    /// The files it was read from: talconfig, talenv.
    pub(crate) files: Vec<PathBuf>,
    /// Where the machines' configurations are.
    pub(crate) clusterconfig: PathBuf,
}

impl Cluster {
    /// The installer's image of a machine, without its tag.
    pub(crate) fn image(&self, machine: &Machine) -> Option<&str> {
        let at = self.inventory.machines.iter().position(|one| one == machine)?;
        self.images.get(at)?.as_deref()
    }

    /// The file with a machine's configuration, as talosgen and talhelper name it.
    pub(crate) fn configuration(&self, machine: &Machine) -> PathBuf {
        self.clusterconfig.join(format!("{}-{}.yaml", self.inventory.cluster, machine.hostname))
    }

    /// The machine that is asked where any controller would do.
    ///
    /// # Errors
    /// `talos/no-controller`.
    pub(crate) fn first_controller(&self) -> Outcome<&Machine> {
        self.inventory.controllers().next().ok_or_else(|| {
            Failure::new("talos/no-controller", "no node of the configuration is a controller")
                .with_help("give at least one of them controlPlane: true")
        })
    }
}

/// Reads the cluster of the talconfig.
///
/// # Errors
/// What is wrong with the talconfig or the talenv; `io/missing`.
pub(crate) fn cluster(args: &FileArgs) -> Outcome<Cluster> {
    let source = Arc::new(cliutil::read_file(&args.talconfig).map_err(|failure| {
        failure.with_help("run this in the cluster's repository, after configure, or give --talconfig")
    })?);
    let folder = args.talconfig.parent().map(Path::to_path_buf).unwrap_or_default();
    let beside = ["talenv.yaml", "talenv.yml"].iter().map(|name| folder.join(name));
    let talenv = args.talenv.clone().or_else(|| beside.into_iter().find(|path: &PathBuf| path.is_file()));
    let env = match &talenv {
        Some(path) => Talenv::parse(&Arc::new(cliutil::read_file(path)?))?,
        None => Talenv::default(),
    };
    let document = Document::read(&source, &env)?;
    let inventory = Inventory::read(&document)?;
    let text = |key: &str| document.root().get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    Ok(Cluster {
        images: images(document.root()),
        endpoint: text("endpoint"),
        talos_version: with_v(&text("talosVersion")),
        kubernetes_version: with_v(&text("kubernetesVersion")),
        files: std::iter::once(args.talconfig.clone()).chain(talenv).collect(),
        clusterconfig: folder.join("clusterconfig"),
        inventory,
    })
}

/// Versions are written with and without a v; ours have one.
fn with_v(version: &str) -> String {
    if version.is_empty() || version.starts_with('v') { version.to_owned() } else { format!("v{version}") }
}

fn images(root: &Node) -> Vec<Option<String>> {
    const KEY: &str = "talosImageURL";
    let text =
        |node: &Node| node.get(KEY).and_then(Node::as_str).filter(|url| !url.is_empty()).map(str::to_owned);
    let nodes = root.get("nodes").and_then(Node::as_sequence).unwrap_or_default();
    let controller = |node: &Node| {
        let value = node.get("controlPlane").and_then(Node::as_str).unwrap_or("false");
        matches!(yaml::resolve_plain(value, yaml::Dialect::GoYamlV3), yaml::Scalar::Bool(true))
    };
    let role =
        |node: &Node| root.get(if controller(node) { "controlPlane" } else { "worker" }).and_then(text);
    nodes.iter().map(|node| text(node).or_else(|| role(node))).collect()
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

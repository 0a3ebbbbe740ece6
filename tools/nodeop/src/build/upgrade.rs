//! Plans for new versions: Talos machine by machine, Kubernetes at once; and the question for health.

use cliutil::{Failure, Outcome};
use talos::Machine;
use talos::compatibility::{Talos, Version};

use super::Builder;
use crate::operations::{HealthArgs, UpgradeArgs, WholeArgs};
use crate::plan::{Action, Plan};

/// The installer of a machine whose configuration names no image.
const INSTALLER: &str = "ghcr.io/siderolabs/installer";

impl Builder {
    pub(super) fn upgrade(&self, args: &UpgradeArgs) -> Outcome<Plan> {
        let words = args.selectors.words(false)?;
        let machines = self.selected(&args.selectors, &words.nodes)?;
        let version = version("talosVersion", &self.cluster.talos_version)?;
        fit(version, &self.cluster.kubernetes_version)?;
        let maker = self.maker();
        let mut steps = Vec::new();
        let mut problems = Vec::new();
        for machine in machines {
            match image(machine, self.cluster.image(machine)) {
                Ok(url) => {
                    let action = Action::Upgrade {
                        image: format!("{url}:{version}"),
                        version: version.to_owned(),
                        schematic: schematic(url).map(str::to_owned),
                        accept_etcd_outage: args.accept_etcd_outage,
                    };
                    let reason = format!("to Talos {version}; it restarts");
                    steps.push(maker.on(machine, action, reason).within(args.limits.timeout, &self.access));
                }
                Err(failure) => problems.extend(failure.diagnostics),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        self.finish("upgrade", args.limits.parallel, steps)
    }

    pub(super) fn upgrade_k8s(&self, _args: &WholeArgs) -> Outcome<Plan> {
        let to = version("kubernetesVersion", &self.cluster.kubernetes_version)?;
        fit(&self.cluster.talos_version, to)?;
        let reason = format!("to Kubernetes {to} on all machines");
        let first = self.cluster.first_controller()?;
        let step = self.maker().on(first, Action::UpgradeK8s { to: to.to_owned() }, reason);
        self.finish("upgrade-k8s", 1, vec![step])
    }

    pub(super) fn health(&self, args: &HealthArgs) -> Outcome<Plan> {
        let addresses = |controllers: bool| {
            let machines = self.cluster.inventory.machines.iter();
            let wanted = machines.filter(|machine| machine.control_plane == controllers);
            wanted.map(|machine| machine.address().to_owned()).collect::<Vec<_>>()
        };
        let action = Action::Health {
            controllers: addresses(true),
            workers: addresses(false),
            wait: args.wait_timeout,
        };
        let first = self.cluster.first_controller()?;
        let step = self.maker().on(first, action, "ask for the whole cluster's health");
        self.finish("health", 1, vec![step])
    }
}

/// A version of the configuration.
fn version<'v>(key: &str, version: &'v str) -> Outcome<&'v str> {
    if version.is_empty() {
        return Err(Failure::new("nodeop/no-version", format!("the configuration gives no {key}"))
            .with_help("it stands in talos/talenv.yaml"));
    }
    Ok(version)
}

/// Whether a version of Talos runs one of Kubernetes, by Talos's own list. What the list does not know is let through:
/// `validate versions` says so.
fn fit(talos: &str, kubernetes: &str) -> Outcome<()> {
    let row = Version::parse(talos).and_then(Talos::of);
    let (Some(row), Some(version)) = (row, Version::parse(kubernetes)) else { return Ok(()) };
    if row.runs(version) {
        return Ok(());
    }
    let message = format!("Talos {talos} does not run Kubernetes {kubernetes}");
    let (first, last) = row.kubernetes;
    Err(Failure::new("nodeop/versions", message)
        .with_help(format!("it runs Kubernetes 1.{first} to 1.{last}; change talos/talenv.yaml")))
}

/// The image of a machine, without its tag.
fn image<'u>(machine: &Machine, url: Option<&'u str>) -> Outcome<&'u str> {
    let url = url.unwrap_or(INSTALLER);
    let last = url.rsplit('/').next().unwrap_or_default();
    if last.contains(':') || last.contains('@') {
        let message = format!("{}: talosImageURL has a tag of its own", machine.hostname);
        return Err(
            Failure::new("nodeop/image-tag", message).with_help("leave it out: talosVersion is the tag")
        );
    }
    Ok(url)
}

/// The schematic that an image of the factory names.
fn schematic(url: &str) -> Option<&str> {
    let last = url.rsplit('/').next()?;
    (last.len() == 64 && last.chars().all(|c| c.is_ascii_hexdigit())).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schematics_are_64_hex_digits() {
        let id = "a".repeat(64);
        assert_eq!(schematic(&format!("factory.talos.dev/installer-secureboot/{id}")), Some(id.as_str()));
        assert_eq!(schematic("ghcr.io/siderolabs/installer"), None);
    }

    #[test]
    fn tags_are_refused_and_ports_are_not() {
        let machine = Machine { hostname: "a".to_owned(), addresses: vec![], control_plane: false };
        assert_eq!(image(&machine, None).unwrap(), INSTALLER);
        assert!(image(&machine, Some("registry.example:5000/installer")).is_ok());
        assert!(image(&machine, Some("registry.example/installer:v1")).is_err());
    }
}

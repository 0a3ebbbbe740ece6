//! What a machine says of itself: name, stage, version, configuration.

use std::path::Path;

use cliutil::Outcome;
use talos::compatibility::{Talos, Version};
use yaml::Value;

use super::{Observer, Verdict, documents, heard};
use crate::command::Command;
use crate::plan::Stage;
use crate::runner::{Ending, Said};

/// A machine's stage and whether it is ready.
struct Status {
    stage: String,
    ready: bool,
    /// Names and reasons of what it waits for.
    unmet: Vec<String>,
}

impl Observer<'_> {
    pub(super) fn hostname_matches(&self, address: &str, hostname: &str) -> Outcome<Verdict> {
        let said = self.talosctl(&["get", "hostname", "--output=yaml"], address)?;
        let names = documents(&said)
            .map(|all| all.iter().filter_map(|one| text(one.get("spec")?, "hostname")).collect::<Vec<_>>());
        Ok(match names.as_deref() {
            None | Some([]) => Verdict::Unknown(heard(&said, "talosctl")),
            Some(names) if names.iter().any(|name| same_host(name, hostname)) => Verdict::Yes,
            Some(names) => Verdict::No(format!("{address} is {}, not {hostname}", names.join(", "))),
        })
    }

    pub(super) fn machine_stage(&self, address: &str, stage: Stage) -> Outcome<Verdict> {
        let (said, wanted) = match stage {
            Stage::Maintenance => (self.maintenance_status(address)?, "maintenance"),
            Stage::Running => (self.machine_status(address)?, "running"),
        };
        Ok(match status(&said) {
            None => Verdict::Unknown(heard(&said, "talosctl")),
            Some(status) => {
                Verdict::of(status.stage == wanted, || format!("its stage is {}, not {wanted}", status.stage))
            }
        })
    }

    pub(super) fn machine_ready(&self, address: &str) -> Outcome<Verdict> {
        let said = self.machine_status(address)?;
        Ok(match status(&said) {
            None => Verdict::Unknown(heard(&said, "talosctl")),
            Some(status) if status.stage != "running" => {
                Verdict::No(format!("its stage is {}, not running", status.stage))
            }
            Some(status) => Verdict::of(status.ready, || format!("not ready: {}", status.unmet.join(", "))),
        })
    }

    pub(super) fn machine_configured(&self, address: &str) -> Outcome<Verdict> {
        let said = self.machine_status(address)?;
        Ok(match status(&said) {
            None => Verdict::Unknown(heard(&said, "talosctl")),
            Some(status) => {
                Verdict::of(status.stage != "maintenance", || "it is in maintenance mode".to_owned())
            }
        })
    }

    pub(super) fn controllers_configured(&self, controllers: &[String]) -> Outcome<Verdict> {
        for address in controllers {
            let verdict = self.machine_configured(address)?;
            if !verdict.holds() {
                return Ok(Verdict::No(format!("{address}: {}", verdict.why())));
            }
        }
        Ok(Verdict::Yes)
    }

    /// Sends the configuration as a dry run. Its answer holds secrets: only whether it says that nothing would change
    /// is looked at.
    pub(super) fn configuration_applied(&self, address: &str, file: &Path) -> Outcome<Verdict> {
        let command = Command::talosctl("apply-config", &self.access.talosconfig, self.question)
            .flag("--nodes", address)
            .path_arg("--file", file)
            .args(["--dry-run"]);
        let said = self.ask(&command)?;
        if said.ending != Ending::Well {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        }
        let words = said.output.iter().chain(&said.messages);
        let same = words.into_iter().any(|line| line.trim().ends_with("No changes."));
        Ok(Verdict::of(same, || "the machine's configuration is another one".to_owned()))
    }

    pub(super) fn talos_version(
        &self,
        address: &str,
        version: &str,
        schematic: Option<&str>,
    ) -> Outcome<Verdict> {
        let said = self.talosctl(&["version", "--short"], address)?;
        let Some(running) = server_version(&said) else {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        };
        if running != version {
            return Ok(Verdict::No(format!("it runs Talos {running}, not {version}")));
        }
        let Some(wanted) = schematic else { return Ok(Verdict::Yes) };
        let said = self.talosctl(&["get", "extensions", "--output=yaml"], address)?;
        Ok(match documents(&said) {
            None => Verdict::Unknown(heard(&said, "talosctl")),
            Some(all) => {
                let running = all.iter().find_map(schematic_of);
                Verdict::of(running.as_deref() == Some(wanted), || "it runs another schematic".to_owned())
            }
        })
    }

    pub(super) fn talos_minor_step(&self, address: &str, version: &str) -> Outcome<Verdict> {
        let said = self.talosctl(&["version", "--short"], address)?;
        Ok(match server_version(&said) {
            None => Verdict::Unknown(heard(&said, "talosctl")),
            Some(running) => minor_step("Talos", &running, version),
        })
    }

    /// The kubelet's image names the Kubernetes of the machine. Where it cannot be had, the versions of the
    /// configuration were compared when the plan was made.
    pub(super) fn kubernetes_fits(&self, address: &str, talos: &str) -> Outcome<Verdict> {
        let Some(row) = Version::parse(talos).and_then(Talos::of) else { return Ok(Verdict::Yes) };
        let said = self.talosctl(&["get", "kubeletspecs.kubernetes.talos.dev", "--output=yaml"], address)?;
        let image = documents(&said).and_then(|all| text(all.first()?.get("spec")?, "image"));
        let running = image.as_deref().and_then(|image| Version::parse(image.rsplit_once(':')?.1));
        Ok(match running {
            Some(running) if !row.runs(running) => Verdict::No(format!(
                "it runs Kubernetes {}.{}, but Talos {talos} runs 1.{} to 1.{}",
                running.major, running.minor, row.kubernetes.0, row.kubernetes.1
            )),
            _ => Verdict::Yes,
        })
    }

    pub(super) fn talos_fits(&self, machines: &[String], kubernetes: &str) -> Outcome<Verdict> {
        let Some(wanted) = Version::parse(kubernetes) else { return Ok(Verdict::Yes) };
        let said = self.talosctl(&["version", "--short"], &machines.join(","))?;
        if said.ending != Ending::Well {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        }
        let tags = said.output.iter().filter_map(|line| line.trim().strip_prefix("Tag:").map(str::trim));
        for tag in tags {
            let row = Version::parse(tag).and_then(Talos::of);
            if let Some(row) = row.filter(|row| !row.runs(wanted)) {
                let (first, last) = row.kubernetes;
                return Ok(Verdict::No(format!("Talos {tag} runs Kubernetes 1.{first} to 1.{last}")));
            }
        }
        Ok(Verdict::Yes)
    }

    /// Whether its node is cordoned, as the machine itself sees it; none where it does not say.
    ///
    /// # Errors
    /// As [`Observer::look`].
    pub(crate) fn is_cordoned(&self, address: &str) -> Outcome<Option<bool>> {
        let said = self.talosctl(&["get", "nodestatuses.kubernetes.talos.dev", "--output=yaml"], address)?;
        let of_spec = |all: Vec<Value>| all.first()?.get("spec")?.get("unschedulable")?.as_bool();
        Ok(documents(&said).and_then(of_spec))
    }

    fn machine_status(&self, address: &str) -> Outcome<Said> {
        self.talosctl(&["get", "machinestatus", "--output=yaml"], address)
    }

    /// Without credentials: a machine in maintenance mode knows none.
    fn maintenance_status(&self, address: &str) -> Outcome<Said> {
        let command = Command::bare("talosctl", self.question)
            .args(["get", "machinestatus", "--insecure", "--output=yaml"])
            .flag("--nodes", address);
        self.ask(&command)
    }
}

/// Whether no minor version is left out, up or down.
pub(super) fn minor_step(what: &str, running: &str, to: &str) -> Verdict {
    match (minors(running), minors(to)) {
        (Some(from), Some(into)) => Verdict::of(from.0 == into.0 && from.1.abs_diff(into.1) <= 1, || {
            format!("from {what} {running} to {to} would leave out a minor version: go step by step")
        }),
        _ => Verdict::No(format!("{what} {running} or {to} is no version")),
    }
}

/// Major and minor of `v1.11.5`.
fn minors(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Names are one when the part before the first dot is, for a machine may give its domain too.
fn same_host(one: &str, other: &str) -> bool {
    one == other || one.split('.').next() == other.split('.').next()
}

/// The machine's part of `talosctl version`: the tag after `Server:`.
fn server_version(said: &Said) -> Option<String> {
    if said.ending != Ending::Well {
        return None;
    }
    let mut server = said.output.iter().skip_while(|line| line.trim() != "Server:");
    server.find_map(|line| line.trim().strip_prefix("Tag:").map(|tag| tag.trim().to_owned()))
}

fn status(said: &Said) -> Option<Status> {
    let documents = documents(said)?;
    let spec = documents.first()?.get("spec")?;
    let conditions = spec.get("status").and_then(|status| status.get("unmetConditions"));
    let unmet = conditions.and_then(Value::as_sequence).unwrap_or_default();
    Some(Status {
        stage: text(spec, "stage")?,
        ready: spec.get("status").and_then(|status| status.get("ready")?.as_bool()).unwrap_or(false),
        unmet: unmet
            .iter()
            .map(|one| {
                let part = |key| text(one, key).unwrap_or_default();
                format!("{} ({})", part("name"), part("reason"))
            })
            .collect(),
    })
}

/// Talos lists the schematic it was built from among its extensions.
fn schematic_of(extension: &Value) -> Option<String> {
    let metadata = extension.get("spec")?.get("metadata")?;
    (text(metadata, "name")? == "schematic").then(|| text(metadata, "version")).flatten()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minors_go_step_by_step() {
        for (from, to, fine) in [
            ("v1.11.4", "v1.11.5", true),
            ("v1.10.9", "v1.11.0", true),
            ("v1.11.0", "v1.10.9", true),
            ("v1.9.0", "v1.11.0", false),
            ("v1.11.0", "v2.0.0", false),
            ("garbage", "v1.11.0", false),
        ] {
            assert_eq!(minor_step("Talos", from, to).holds(), fine, "{from} {to}");
        }
    }

    #[test]
    fn hosts() {
        assert!(same_host("cp-0", "cp-0") && same_host("cp-0.lan", "cp-0") && !same_host("cp-1", "cp-0"));
    }
}

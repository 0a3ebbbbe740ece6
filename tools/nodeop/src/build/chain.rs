//! The phases of `bootstrap/chain.yaml`, where a system has one: what is installed before Flux reads the repository, each
//! phase when the one before is ready. The OLM system's templates write it; its form is theirs and ours.

use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};
use serde::Deserialize;

use super::Builder;
use crate::known::known;
use crate::plan::{Action, Object, Plan, Step};

/// The file.
pub(super) const CHAIN: &str = "bootstrap/chain.yaml";

/// How long a phase may take to become ready when it does not say, in seconds.
const TIMEOUT: u64 = 600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chain {
    phases: Vec<Phase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phase {
    name: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    namespaces: Vec<String>,
    #[serde(default)]
    secrets: Vec<PathBuf>,
    #[serde(default)]
    manifests: Vec<String>,
    #[serde(default)]
    helmfile: Option<PathBuf>,
    #[serde(default)]
    release: Option<String>,
    #[serde(default)]
    kustomize: Option<PathBuf>,
    #[serde(default)]
    timeout: Option<String>,
    #[serde(default)]
    ready: Vec<Object>,
}

impl Builder {
    /// The plan of a chain.
    ///
    /// # Errors
    /// `nodeop/chain` for a file that is no chain; what is missing of the files it names.
    pub(super) fn chain(&self) -> Outcome<Plan> {
        let source = cliutil::read_file(Path::new(CHAIN))?;
        let chain: Chain = serde_yaml::from_str(source.text()).map_err(|error| {
            let message = format!("{CHAIN}: {error}");
            Failure::new("nodeop/chain", message.trim_end().to_owned())
                .with_help("configure writes it; its phases are those of the system's components")
        })?;
        if chain.phases.is_empty() {
            return Err(Failure::new("nodeop/chain", format!("{CHAIN}: it has no phases")));
        }
        let mut steps = vec![self.maker().whole(Action::WaitForNodes, "wait until every node is registered")];
        let mut files = vec![PathBuf::from(CHAIN)];
        for phase in chain.phases {
            if let Some(folder) = &phase.kustomize {
                files.extend(below(folder)?);
            }
            steps.extend(self.phase(phase)?);
        }
        self.finish_with("bootstrap apps", 1, steps, &files)
    }

    fn phase(&self, phase: Phase) -> Outcome<Vec<Step>> {
        let maker = self.maker();
        let mut steps = Vec::new();
        for name in phase.namespaces {
            let reason = format!("{}: make namespace {name}", phase.name);
            steps.push(maker.whole(Action::Namespace { name }, reason));
        }
        // A public repository needs no credentials to be read. Where they name no namespace they go to Flux.
        let namespace = &known().bootstrap.namespace;
        for file in phase.secrets.into_iter().filter(|file| file.is_file()) {
            let reason = format!("{}: decrypt {} into a pipe and apply it", phase.name, file.display());
            steps.push(maker.whole(Action::ApplySecret { file, namespace: namespace.clone() }, reason));
        }
        for source in phase.manifests {
            let reason = format!("{}: apply {source}", phase.name);
            steps.push(maker.whole(Action::ApplyManifest { phase: phase.name.clone(), source }, reason));
        }
        match (phase.helmfile, phase.release) {
            (Some(file), Some(release)) => {
                let reason = format!("{}: install release {release}", phase.name);
                steps.push(maker.whole(Action::SyncRelease { file, release }, reason));
            }
            (None, None) => {}
            _ => {
                let message = format!("{CHAIN}: phase {}: helmfile and release belong together", phase.name);
                return Err(Failure::new("nodeop/chain", message));
            }
        }
        if let Some(folder) = phase.kustomize {
            let reason = format!("{}: apply {}", phase.name, folder.display());
            steps.push(maker.whole(Action::ApplyFolder { folder }, reason));
        }
        if !phase.ready.is_empty() {
            let seconds = phase.timeout.as_deref().map_or(Some(TIMEOUT), seconds).ok_or_else(|| {
                Failure::new(
                    "nodeop/chain",
                    format!("{CHAIN}: phase {}: its timeout is no duration", phase.name),
                )
            })?;
            let reason = phase.reason.unwrap_or_else(|| "what comes next needs it".to_owned());
            let reason = format!("wait until it is ready: {reason}");
            let action = Action::WaitFor { phase: phase.name, objects: phase.ready, seconds };
            steps.push(maker.whole(action, reason));
        }
        Ok(steps)
    }
}

/// Seconds of a duration as Go writes it.
fn seconds(text: &str) -> Option<u64> {
    let nanoseconds = u64::try_from(machineconfig::parse_duration(text)?).ok()?;
    Some(nanoseconds / 1_000_000_000).filter(|seconds| (1..=crate::cli::MAX_SECONDS).contains(seconds))
}

/// The files below a folder, sorted.
fn below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let fail = |error: std::io::Error| {
        Failure::new("io/missing", format!("{}: cannot be read: {error}", folder.display()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            files.extend(below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations() {
        assert_eq!((seconds("10m"), seconds("90s"), seconds("1h")), (Some(600), Some(90), Some(3600)));
        assert_eq!((seconds("soon"), seconds("-1m"), seconds("100h")), (None, None, None));
    }
}

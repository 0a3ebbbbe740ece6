//! Plans for what runs on Kubernetes: the first apps, Flux, and a look at all of it.

use std::path::Path;

use cliutil::{Failure, Outcome};

use super::Builder;
use crate::known::known;
use crate::plan::{Action, Plan};

impl Builder {
    pub(super) fn bootstrap_apps(&self) -> Outcome<Plan> {
        if Path::new(super::chain::CHAIN).is_file() {
            return self.chain();
        }
        let wanted = &known().bootstrap;
        let maker = self.maker();
        let mut steps = vec![maker.whole(Action::WaitForNodes, "wait until every node is registered")];
        for name in namespaces(&wanted.namespaces)? {
            let reason = format!("make namespace {name}");
            steps.push(maker.whole(Action::Namespace { name }, reason));
        }
        for file in wanted.secrets.iter().filter(|file| file.is_file()).cloned() {
            let reason = format!("decrypt {} into a pipe and apply it", file.display());
            steps
                .push(maker.whole(Action::ApplySecret { file, namespace: wanted.namespace.clone() }, reason));
        }
        let reason = "apply the CustomResourceDefinitions";
        steps.push(maker.whole(Action::ApplyCrds { file: wanted.crds.clone() }, reason));
        steps.push(
            maker.whole(Action::SyncReleases { file: wanted.releases.clone() }, "install CNI, DNS, Flux"),
        );
        self.finish("bootstrap apps", 1, steps)
    }

    pub(super) fn reconcile(&self) -> Outcome<Plan> {
        let step = self.maker().whole(Action::Reconcile, "have Flux read the repository now");
        self.finish("reconcile", 1, vec![step])
    }

    pub(super) fn debug(&self) -> Outcome<Plan> {
        let maker = self.maker();
        let list =
            |kind: &String| maker.whole(Action::List { kind: kind.clone() }, format!("list all {kind}"));
        let steps = known().debug.iter().map(list);
        self.finish("debug", 1, steps.collect())
    }
}

/// The names of the folders, sorted.
fn namespaces(apps: &Path) -> Outcome<Vec<String>> {
    let read = std::fs::read_dir(apps).map_err(|error| {
        let message = format!("{}: cannot be read: {error}", apps.display());
        Failure::new("io/missing", message).with_help("run this in the cluster's repository, after configure")
    })?;
    let mut names: Vec<_> = read
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    Ok(names)
}

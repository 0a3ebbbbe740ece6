//! Plans for what runs on Kubernetes: the first apps, Flux, and a look at all of it.

use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};

use super::Builder;
use crate::plan::{Action, Plan};

/// A folder for each namespace.
const APPS: &str = "kubernetes/apps";

/// What Flux needs before it can read the repository, in this order. A public repository has no deploy key, and not
/// every cluster has secrets of its own.
const SECRETS: [&str; 3] = [
    "bootstrap/github-deploy-key.sops.yaml",
    "bootstrap/sops-age.sops.yaml",
    "kubernetes/components/sops/cluster-secrets.sops.yaml",
];

/// Where those go.
const FLUX: &str = "flux-system";

/// The CustomResourceDefinitions.
const CRDS: &str = "bootstrap/helmfile.d/00-crds.yaml";

/// The releases.
const RELEASES: &str = "bootstrap/helmfile.d/01-apps.yaml";

/// The kinds that `task template:debug` lists.
const KINDS: [&str; 9] = [
    "certificates",
    "certificaterequests",
    "gitrepositories",
    "helmrepositories",
    "helmreleases",
    "httproutes",
    "kustomizations",
    "nodes",
    "pods",
];

impl Builder {
    pub(super) fn bootstrap_apps(&self) -> Outcome<Plan> {
        if Path::new(super::chain::CHAIN).is_file() {
            return self.chain();
        }
        let maker = self.maker();
        let mut steps = vec![maker.whole(Action::WaitForNodes, "wait until every node is registered")];
        for name in namespaces(Path::new(APPS))? {
            let reason = format!("make namespace {name}");
            steps.push(maker.whole(Action::Namespace { name }, reason));
        }
        for file in SECRETS.iter().map(PathBuf::from).filter(|file| file.is_file()) {
            let reason = format!("decrypt {} into a pipe and apply it", file.display());
            steps.push(maker.whole(Action::ApplySecret { file, namespace: FLUX.to_owned() }, reason));
        }
        let reason = "apply the CustomResourceDefinitions";
        steps.push(maker.whole(Action::ApplyCrds { file: CRDS.into() }, reason));
        steps.push(maker.whole(Action::SyncReleases { file: RELEASES.into() }, "install CNI, DNS, Flux"));
        self.finish("bootstrap apps", 1, steps)
    }

    pub(super) fn reconcile(&self) -> Outcome<Plan> {
        let step = self.maker().whole(Action::Reconcile, "have Flux read the repository now");
        self.finish("reconcile", 1, vec![step])
    }

    pub(super) fn debug(&self) -> Outcome<Plan> {
        let maker = self.maker();
        let steps = KINDS
            .iter()
            .map(|kind| maker.whole(Action::List { kind: (*kind).to_owned() }, format!("list all {kind}")));
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

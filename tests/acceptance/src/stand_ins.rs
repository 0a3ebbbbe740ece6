//! A repository with machines: stand-ins for talosctl, kubectl, helmfile and flux that record how they are called. The
//! first two are those of nodeop's own tests, which play a cluster.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, LazyLock};

use pipeline::{Repository, command, just, root};
use yaml::Value;

use crate::image::Image;
use crate::once::Once;
use crate::{Configuration, Look, yaml};

/// The repositories with a bundle of secrets and machine configurations, by the configuration's text.
static GENERATED: LazyLock<Once<Arc<Image>>> = LazyLock::new(Once::default);

/// A generated repository and the machines it describes.
pub struct Machines {
    /// The repository; its machine configurations are made.
    pub repository: Repository,
    temp: PathBuf,
    nodes: Vec<(String, String, bool)>,
}

/// Records its call, and is content.
const RECORDER: &str = "#!/bin/sh\nprintf '%s\\n' \"@NAME@ $*\" >>@DIR@/calls\n";

/// What helmfile makes of the charts that bring definitions.
const CRDS: &str =
    "case $* in *template*) printf 'kind: CustomResourceDefinition\\nmetadata: {name: x}\\n' ;; esac\n";

impl Machines {
    /// Machines that run what the repository says.
    pub fn running(configuration: &Configuration) -> Self {
        let generate = || {
            let repository = configuration.configured();
            for recipe in ["gen-secret", "generate-config"] {
                let made = repository.just(&["talos", recipe]);
                assert!(made.status.success(), "{}", pipeline::text(&made));
            }
            repository.write("kubeconfig", "THROWAWAY\n");
            Arc::new(Image::of(&repository))
        };
        let key = format!("{}\n---\n{}", configuration.cluster, configuration.nodes);
        let machines = Self::around(GENERATED.get(&key, generate).restore());
        machines.set("running");
        machines
    }

    /// Machines in maintenance mode, before there is a bundle of secrets.
    pub fn waiting(configuration: &Configuration) -> Self {
        let machines = Self::around(configuration.configured());
        machines.set("maintenance");
        machines
    }

    fn around(repository: Repository) -> Self {
        let talconfig = yaml(&repository.read("talos/talconfig.yaml"));
        let node = |node: &Value| {
            let controller = node.at("controlPlane").as_bool().unwrap();
            (node.text("hostname").to_owned(), node.text("ipAddress").to_owned(), controller)
        };
        let nodes = talconfig.list("nodes").iter().map(node).collect();
        let temp = repository.path().parent().unwrap().join("cluster");
        let machines = Self { repository, temp, nodes };
        for folder in ["bin", "etcd", "faults", "namespaces"] {
            std::fs::create_dir_all(machines.temp.join(folder)).unwrap();
        }
        let support = root().join("tools/nodeop/tests/support");
        for name in ["talosctl", "kubectl"] {
            machines.program(name, &std::fs::read_to_string(support.join(format!("{name}.sh"))).unwrap());
        }
        for name in ["helm", "flux", "helmfile"] {
            let more = if name == "helmfile" { CRDS } else { "" };
            machines.program(name, &format!("{}{more}", RECORDER.replace("@NAME@", name)));
        }
        machines
    }

    /// Puts a program in front of the others.
    pub fn program(&self, name: &str, script: &str) {
        let path = self.temp.join("bin").join(name);
        std::fs::write(&path, script.replace("@DIR@", self.temp.to_str().unwrap())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn set(&self, stage: &str) {
        let running = stage == "running";
        for (hostname, address, controller) in &self.nodes {
            let folder = self.temp.join("nodes").join(address);
            std::fs::create_dir_all(&folder).unwrap();
            let role = if *controller { "controlplane" } else { "worker" };
            for (fact, value) in [
                ("hostname", hostname.as_str()),
                ("version", "v1.11.4"),
                ("schematic", "0000"),
                ("stage", stage),
                ("ready", if running { "true" } else { "false" }),
                ("role", role),
                ("config", "old\n"),
            ] {
                std::fs::write(folder.join(fact), value).unwrap();
            }
            if *controller && running {
                std::fs::write(self.temp.join("etcd").join(address), hostname).unwrap();
            }
        }
    }

    /// The addresses of all machines, in the order of the configuration.
    pub fn addresses(&self) -> Vec<&str> {
        self.nodes.iter().map(|(_, address, _)| address.as_str()).collect()
    }

    /// Runs a recipe, without a terminal to ask at.
    pub fn just(&self, args: &[&str]) -> Output {
        let mut detached = command("setsid", &self.temp);
        let path =
            std::env::join_paths([self.temp.join("bin"), pipeline::bin(), "/usr/bin".into(), "/bin".into()]);
        detached.env("PATH", path.unwrap()).current_dir(self.repository.path());
        detached.arg("--wait").arg(just()).args(args).output().unwrap()
    }

    /// How the stand-ins were called, one a line.
    pub fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.temp.join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// The calls that would change something.
    pub fn changes(&self) -> Vec<String> {
        let reads = ["get", "version", "etcd", "health", "diff"];
        let is_read = |call: &str| call.split(' ').nth(1).is_some_and(|verb| reads.contains(&verb));
        self.calls().into_iter().filter(|call| !is_read(call) && !call.contains("--dry-run")).collect()
    }
}

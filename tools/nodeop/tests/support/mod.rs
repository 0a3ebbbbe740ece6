//! A repository, and stand-ins for the programs nodeop works through: small scripts that record their arguments and
//! play a cluster, whose machines are folders of files. Faults are scripts of their own, read at a named call.

#![allow(dead_code, reason = "every test binary uses a part of this")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A cluster of stand-ins and a repository that describes it.
pub(crate) struct Bench {
    dir: tempfile::TempDir,
}

/// The stand-in for talosctl. `@DIR@` is the cluster's folder.
const TALOSCTL: &str = include_str!("talosctl.sh");

/// The stand-in for kubectl.
const KUBECTL: &str = include_str!("kubectl.sh");

/// A machine: host name, address, whether it is a controller.
pub(crate) type Node = (&'static str, &'static str, bool);

/// Three controllers and two workers.
pub(crate) const FIVE: [Node; 5] = [
    ("cp-0", "10.0.0.11", true),
    ("cp-1", "10.0.0.12", true),
    ("cp-2", "10.0.0.13", true),
    ("worker-0", "10.0.0.21", false),
    ("worker-1", "10.0.0.22", false),
];

/// The schematic of all machines.
pub(crate) const SCHEMATIC: &str = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d608b4ba";

impl Bench {
    pub(crate) fn new(nodes: &[Node]) -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap() };
        bench.write("repo/talos/talenv.yaml", "talosVersion: v1.11.5\nkubernetesVersion: v1.34.2\n");
        bench.write("repo/talos/talconfig.yaml", &talconfig(nodes));
        bench.write("repo/talos/clusterconfig/talosconfig", "THROWAWAY-key\n");
        bench.write("repo/kubeconfig", "THROWAWAY-key\n");
        for (hostname, address, controller) in nodes {
            bench.write(&format!("repo/talos/clusterconfig/kubernetes-{hostname}.yaml"), "THROWAWAY: new\n");
            let role = if *controller { "controlplane" } else { "worker" };
            let facts = [
                ("hostname", *hostname),
                ("version", "v1.11.5"),
                ("schematic", SCHEMATIC),
                ("stage", "running"),
                ("ready", "true"),
                ("role", role),
                ("config", "THROWAWAY: old\n"),
            ];
            for (name, text) in facts {
                bench.write(&format!("nodes/{address}/{name}"), text);
            }
            if *controller {
                bench.write(&format!("etcd/{address}"), hostname);
            }
        }
        std::fs::create_dir_all(bench.path("faults")).unwrap();
        std::fs::create_dir_all(bench.path("namespaces")).unwrap();
        bench.program("talosctl", TALOSCTL).program("kubectl", KUBECTL)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Sets a fact of a machine.
    pub(crate) fn set(&self, address: &str, fact: &str, text: &str) {
        self.write(&format!("nodes/{address}/{fact}"), text);
    }

    pub(crate) fn fact(&self, address: &str, fact: &str) -> String {
        self.read(&format!("nodes/{address}/{fact}"))
    }

    /// What happens when `verb` is called for a machine: lines of shell, which may exit.
    pub(crate) fn fault(&self, verb: &str, address: &str, script: &str) {
        self.write(&format!("faults/{verb}@{address}"), script);
    }

    pub(crate) fn program(self, name: &str, script: &str) -> Self {
        let path = self.path("bin").join(name);
        self.write(&format!("bin/{name}"), &script.replace("@DIR@", self.dir.path().to_str().unwrap()));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nodeop"));
        command
            .args(args)
            .current_dir(self.path("repo"))
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// All calls, one a line.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.read("calls").lines().map(str::to_owned).collect()
    }

    /// The calls that change something, without the talosconfig.
    pub(crate) fn changes(&self) -> Vec<String> {
        let reads = ["talosctl get", "talosctl version", "talosctl etcd", "kubectl get", "talosctl health"];
        let is_change =
            |call: &String| !reads.iter().any(|read| call.starts_with(read)) && !call.contains("--dry-run");
        let short = |call: String| call.replace(" --talosconfig=talos/clusterconfig/talosconfig", "");
        self.calls().into_iter().filter(is_change).map(short).collect()
    }

    pub(crate) fn forget(&self) {
        let _ = std::fs::remove_file(self.path("calls"));
    }
}

fn talconfig(nodes: &[Node]) -> String {
    let mut text = String::from(
        "clusterName: kubernetes\ntalosVersion: ${talosVersion}\nkubernetesVersion: ${kubernetesVersion}\nendpoint: https://10.0.0.10:6443\nnodes:\n",
    );
    for (hostname, address, controller) in nodes {
        let node = format!(
            "  - hostname: {hostname}\n    ipAddress: {address}\n    controlPlane: {controller}\n    installDisk: /dev/sda\n    talosImageURL: factory.talos.dev/installer/{SCHEMATIC}\n"
        );
        text.push_str(&node);
    }
    text
}

pub(crate) fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn documents(output: &Output) -> Vec<yaml::Value> {
    yaml::load(&out(output), yaml::Dialect::GoYamlV3).unwrap()
}

/// `step: state` of each result.
pub(crate) fn states(output: &Output) -> Vec<String> {
    let text = |one: &yaml::Value, key: &str| one.get(key).and_then(|v| v.as_str().map(str::to_owned));
    let state = |one: &yaml::Value| Some(format!("{}: {}", text(one, "step")?, text(one, "state")?));
    documents(output).iter().filter_map(state).collect()
}

/// Whether nothing secret stands in what was said.
pub(crate) fn leaks(bench: &Bench, output: &Output) -> bool {
    let plan = bench.read("calls");
    [out(output), words(output), plan].iter().any(|text| text.contains("THROWAWAY"))
}

/// Whether a path is there.
pub(crate) fn exists(path: &Path) -> bool {
    path.exists()
}

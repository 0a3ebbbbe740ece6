//! A repository that describes a cluster, and the programs nodeop works through: the real talosctl where the peers are
//! installed, else stand-ins that speak the same commands.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::{Cluster, Disk, SCHEMATIC, configuration};

/// Which talosctl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talosctl {
    /// Ours.
    StandIn,
    /// That of Talos 1.13.0, of the peers.
    Real,
}

impl Talosctl {
    /// The real one, when CLUSTERPIPE_PEERS names a folder that has it.
    pub fn real() -> Option<PathBuf> {
        let folder = PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS")?);
        Some(folder.join("bin/talosctl-1.13.0")).filter(|path| path.is_file())
    }
}

/// A repository and programs.
pub struct Bench {
    dir: tempfile::TempDir,
    plain: bool,
}

impl Bench {
    /// A repository that describes a cluster that runs.
    pub fn new(cluster: &Cluster, talosctl: Talosctl) -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap(), plain: false };
        bench.write("repo/talos/talenv.yaml", "talosVersion: v1.13.0\nkubernetesVersion: v1.34.2\n");
        bench.write("repo/talos/talconfig.yaml", &talconfig(cluster));
        bench.write("repo/talos/clusterconfig/talosconfig", &cluster.talosconfig());
        bench.write("repo/kubeconfig", &cluster.kubeconfig());
        for machine in cluster.look(|state| state.machines.clone()) {
            let path = format!("repo/talos/clusterconfig/kubernetes-{}.yaml", machine.hostname);
            bench.write(&path, &configuration(&machine.hostname, machine.controller));
        }
        bench.programs(talosctl);
        bench
    }

    /// The programs alone.
    pub fn empty(talosctl: Talosctl) -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap(), plain: false };
        bench.programs(talosctl);
        bench
    }

    fn programs(&self, talosctl: Talosctl) {
        let bin = self.path("bin");
        std::fs::create_dir_all(&bin).unwrap();
        let standin = pipeline_bin().join("standin");
        let real = (talosctl == Talosctl::Real).then(Talosctl::real).flatten();
        std::os::unix::fs::symlink(real.as_ref().unwrap_or(&standin), bin.join("talosctl")).unwrap();
        for name in ["kubectl", "helmfile", "flux"] {
            std::os::unix::fs::symlink(&standin, bin.join(name)).unwrap();
        }
    }

    /// The stand-in for talosctl comes without TLS: for tests that start it very often, and are about nodeop's steps.
    #[must_use]
    pub fn plain(self) -> Self {
        Self { plain: true, ..self }
    }

    /// A file or folder here.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file here.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Reads a file here; nothing when it is not there.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// nodeop in the repository, with nothing of this machine's settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(pipeline_bin().join("nodeop"));
        command.args(args).current_dir(self.path("repo"));
        self.clean(command)
    }

    /// The same on a small disk that holds its journal and its lock, and what is written to `disk`.
    pub fn command_on(&self, disk: &Disk, args: &[&str]) -> Command {
        let mut command = disk.command(&pipeline_bin().join("nodeop"), &self.path("repo"));
        command.args(args);
        let mut command = self.clean(command);
        command.env("XDG_STATE_HOME", self.path("disk/state")).env("TMPDIR", self.path("disk"));
        command
    }

    /// A small disk on the folder `disk`; none where this machine does not let us mount one.
    pub fn disk(&self) -> Option<Disk> {
        std::fs::create_dir_all(self.path("disk")).unwrap();
        Disk::on(&self.path("disk"))
    }

    fn clean(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .env("STANDIN_CALLS", self.path("calls"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .stdin(Stdio::null());
        if self.plain {
            command.env("STANDIN_PLAIN", "1");
        }
        command
    }

    /// Runs nodeop.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Waits until no nodeop is at work here and nothing that one started: they hold its lock.
    ///
    /// # Panics
    /// When they do not end within two minutes.
    pub fn settle(&self) {
        let folder = self.path("home/.local/state/clusterpipe");
        let locks = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for lock in locks.filter(|path| path.extension().is_some_and(|end| end == "lock")) {
            let file = std::fs::File::open(&lock).unwrap();
            let begun = std::time::Instant::now();
            while file.try_lock().is_err() {
                assert!(begun.elapsed() < Duration::from_mins(2), "what a run started does not end");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// Starts nodeop.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// The folder of the built programs.
fn pipeline_bin() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let bin = std::env::var_os("CLUSTERPIPE_BIN").map_or_else(|| root.join("target/debug"), PathBuf::from);
    assert!(
        bin.join("nodeop").exists() && bin.join("standin").exists(),
        "no nodeop in {}: run the tests with ./justw test",
        bin.display()
    );
    bin
}

fn talconfig(cluster: &Cluster) -> String {
    let mut text = format!(
        "clusterName: kubernetes\ntalosVersion: ${{talosVersion}}\nkubernetesVersion: ${{kubernetesVersion}}\nendpoint: https://{}.10:6443\nnodes:\n",
        cluster.network()
    );
    for machine in cluster.look(|state| state.machines.clone()) {
        let node = format!(
            "  - hostname: {}\n    ipAddress: {}\n    controlPlane: {}\n    installDisk: /dev/sda\n    talosImageURL: factory.talos.dev/installer/{SCHEMATIC}\n",
            machine.hostname, machine.address, machine.controller
        );
        text.push_str(&node);
    }
    text
}

/// What was said on standard error.
pub fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What was said on standard output.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The documents of the results.
pub fn documents(output: &Output) -> Vec<yaml::Value> {
    yaml::load(&out(output), yaml::Dialect::GoYamlV3)
        .unwrap_or_else(|error| panic!("{error}: {}", out(output)))
}

/// `step: state` of each result.
pub fn states(output: &Output) -> Vec<String> {
    let text = |one: &yaml::Value, key: &str| one.get(key).and_then(|v| v.as_str().map(str::to_owned));
    let state = |one: &yaml::Value| Some(format!("{}: {}", text(one, "step")?, text(one, "state")?));
    documents(output).iter().filter_map(state).collect()
}

//! The second and third recipe of a first cluster against a real API server: `just bootstrap apps`, `just reconcile`, with
//! the real kubectl. helmfile and flux are stand-ins that do through kubectl what counts here: helmfile prints real
//! definitions and installs what the Flux instance would, flux asks for a reconciliation.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use pipeline::{Repository, text};
use serde_json::{Value, json};

use super::server::Server;

/// What the stand-in for helmfile prints beside the definitions; it must not reach the cluster.
const NO_DEFINITION: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: not-a-definition\n  namespace: default\n";

/// The objects that Flux reads the repository by, as the Flux instance makes them.
const FLUX: &str = "apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, url: 'https://example.invalid/repository.git', ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, path: ./kubernetes/flux/cluster, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
";

/// A configured repository whose kubeconfig is the server's, and the programs.
struct Bench {
    server: Server,
    repository: Repository,
    programs: tempfile::TempDir,
}

impl Bench {
    fn new() -> Option<Self> {
        let [Some(etcd), Some(apiserver), Some(kubectl)] =
            ["etcd", "kube-apiserver", "kubectl"].map(pipeline::peer)
        else {
            return None;
        };
        let repository = Repository::example("cluster-template");
        repository.configure();
        let server = Server::start(&etcd, &apiserver, &kubectl);
        repository.write("kubeconfig", &server.kubeconfig());
        let bench = Self { server, repository, programs: tempfile::tempdir().unwrap() };
        std::os::unix::fs::symlink(kubectl, bench.programs.path().join("kubectl")).unwrap();
        let crds = PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS").unwrap()).join("crds");
        bench.write("crds.yaml", &definitions(&crds));
        bench.write("flux.yaml", FLUX);
        let folder = bench.programs.path().display();
        bench.program(
            "helmfile",
            &format!(
                "case $* in\n*template*) cat '{folder}/crds.yaml' ;;\n*) exec kubectl --kubeconfig \"$KUBECONFIG\" apply --server-side --filename '{folder}/flux.yaml' ;;\nesac\n"
            ),
        );
        bench.program(
            "flux",
            "exec kubectl \"$1\" \"$2\" annotate --overwrite gitrepository/flux-system kustomization/flux-system \"reconcile.fluxcd.io/requestedAt=$(date +%s.%N)\"\n",
        );
        Some(bench)
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.programs.path().join(name), content).unwrap();
    }

    fn program(&self, name: &str, script: &str) {
        self.write(name, &format!("#!/bin/sh\n{script}"));
        let path = self.programs.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn recipe(&self, args: &[&str]) -> Output {
        let mut command = self.repository.recipe(args);
        let path = std::env::var_os("PATH").unwrap();
        let mut folders = vec![self.programs.path().to_path_buf(), pipeline::bin()];
        folders.extend(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders).unwrap()).output().unwrap()
    }

    fn well(&self, args: &[&str]) -> String {
        let done = self.recipe(args);
        assert_eq!(done.status.code(), Some(0), "{args:?}: {}", text(&done));
        text(&done)
    }

    /// An object of the cluster, with its field managers.
    fn get(&self, words: &[&str]) -> Value {
        let args = [&["get", "--output=json", "--show-managed-fields"], words].concat();
        let done = self.server.run(&args, None);
        assert!(done.status.success(), "{words:?}: {}", text(&done));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn is_there(&self, words: &[&str]) -> bool {
        self.server.run(&[&["get"], words].concat(), None).status.success()
    }

    /// The key that the cluster has.
    fn age_key(&self) -> Value {
        self.get(&["secret", "sops-age", "--namespace=flux-system"])
    }
}

/// The definitions of Flux's own kinds, and something that is none.
fn definitions(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut wanted: Vec<_> =
        files.filter(|path| path.to_str().is_some_and(|name| name.contains(".toolkit.fluxcd.io"))).collect();
    wanted.sort();
    assert!(wanted.len() >= 5, "{wanted:?}");
    let texts = wanted.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.fold(NO_DEFINITION.to_owned(), |all, text| format!("{all}---\n{text}\n"))
}

/// Whether an object was applied by the server, by kubectl, not written as a whole.
fn is_applied(object: &Value) -> bool {
    let managers = object["metadata"]["managedFields"].as_array().unwrap();
    managers.iter().any(|one| one["operation"] == "Apply" && one["manager"] == "kubectl")
}

#[test]
fn bootstrap_apps_and_reconcile_land_in_an_api_server() {
    if !super::super::full() {
        println!("SKIPPED: only in `just conformance full`");
        return;
    }
    let Some(bench) = Bench::new() else { return };
    let key = bench.repository.read("age.key");
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();

    // Credentials that the server does not know end it at once, and nothing lands.
    let kubeconfig = bench.repository.read("kubeconfig");
    bench.repository.write("kubeconfig", &kubeconfig.replace("token: ", "token: not-"));
    let refused = bench.recipe(&["bootstrap", "apps"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    assert!(text(&refused).contains("You must be logged in to the server"), "{}", text(&refused));
    assert!(!bench.is_there(&["namespace", "flux-system"]));
    bench.repository.write("kubeconfig", &kubeconfig);

    // Nodes that are registered and not ready, as they are before there is a network.
    let node = |name: &str| {
        let text = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}).to_string();
        yaml::load_one(&text, yaml::Dialect::Yaml12).unwrap()
    };
    assert_eq!(bench.server.apply(&["cp-0", "cp-1", "worker-0"].map(node)), Vec::<String>::new());

    let said = bench.well(&["bootstrap", "apps"]);
    assert!(!said.contains(key), "{said}");
    let folders = std::fs::read_dir(bench.repository.path().join("kubernetes/apps")).unwrap().flatten();
    for folder in folders.filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        assert!(bench.is_there(&["namespace", &name]), "{name}");
    }
    let secret = bench.age_key();
    let held = secret["data"].as_object().unwrap().values().map(|value| value.as_str().unwrap());
    let held: Vec<_> = held.map(base64).collect();
    assert!(held.iter().any(|value| value.contains(key)), "the cluster has the key its files are made for");
    assert!(is_applied(&secret), "{secret}");
    let crd = bench.get(&["crd", "kustomizations.kustomize.toolkit.fluxcd.io"]);
    assert!(is_applied(&crd), "{crd}");
    assert!(!bench.is_there(&["configmap", "not-a-definition"]), "only definitions are applied");

    // Again: what is there stays as it is.
    let version = |object: &Value| object["metadata"]["resourceVersion"].clone();
    let again = bench.well(&["bootstrap", "apps"]);
    assert!(again.contains("namespace-flux-system: skipped"), "{again}");
    assert_eq!(version(&bench.age_key()), version(&secret), "nothing was written");
    // What somebody else changed comes back: the repository is the truth.
    let patch = json!({"stringData": {"age.agekey": "somebody else's"}}).to_string();
    let patched = bench.server.run(
        &[
            "patch",
            "secret",
            "sops-age",
            "--namespace=flux-system",
            "--field-manager=somebody",
            "--patch",
            &patch,
        ],
        None,
    );
    assert!(patched.status.success(), "{}", text(&patched));
    bench.well(&["bootstrap", "apps"]);
    assert_eq!(bench.age_key()["data"], secret["data"]);

    let asked = |kind: &str| {
        let object = bench.get(&[kind, "flux-system", "--namespace=flux-system"]);
        object["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"].clone()
    };
    assert_eq!((asked("gitrepository"), asked("kustomization")), (Value::Null, Value::Null));
    bench.well(&["reconcile"]);
    let first = (asked("gitrepository"), asked("kustomization"));
    assert!(first.0.is_string() && first.1.is_string(), "{first:?}");
    bench.well(&["reconcile"]);
    assert_ne!((asked("gitrepository"), asked("kustomization")), first);

    // And a look at all of it: kinds that no operator has defined yet are named, the rest is shown.
    let debug = bench.repository.run("nodeop", &["debug"]);
    assert_ne!(debug.status.code(), Some(101), "{}", text(&debug));
}

/// Text out of base64.
fn base64(text: &str) -> String {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<_> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let number =
            four.iter().fold(0_u32, |all, one| (all << 6) | u32::from(*one)) << (6 * (4 - four.len()));
        number.to_be_bytes()[1..four.len()].to_vec()
    });
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}

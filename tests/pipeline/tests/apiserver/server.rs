//! An API server with its store, on the loopback interface, for the time of a test.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use yaml::Value;

use super::{named, stream};

/// The longest that a server runs: it ends by itself even when the test is killed.
const LIFETIME: &str = "1200";
/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_mins(3);
/// A token for this server alone, which lives for a test. THROWAWAY
const TOKEN: &str = "THROWAWAY-0000-not-a-token";

/// A running server; everything of it is gone when this is dropped.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    kubectl: std::path::PathBuf,
    port: u16,
    /// The API server before its store.
    processes: Vec<Process>,
}

/// A process that is told to end when this is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // `timeout` passes the signal on to what it runs.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let end = Instant::now() + Duration::from_mins(1);
        while Instant::now() < end {
            match self.0.try_wait() {
                Ok(Some(_)) => return,
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Starts both and waits until the API is ready.
    pub(crate) fn start(etcd: &Path, apiserver: &Path, kubectl: &Path) -> Self {
        let mut last = String::new();
        // Somebody else may take a port between the look for a free one and its use.
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let [client, peer, port] = free_ports();
            let mut server = Self { folder, kubectl: kubectl.to_owned(), port, processes: Vec::new() };
            let begun = server.start_etcd(etcd, client, peer);
            match begun.and_then(|()| server.start_apiserver(apiserver, client)) {
                Ok(()) => return server,
                Err(why) if why.contains("address already in use") => last = why,
                Err(why) => panic!("{why}"),
            }
        }
        panic!("{last}")
    }

    fn start_etcd(&mut self, program: &Path, client: u16, peer: u16) -> Result<(), String> {
        let (client_url, peer_url) =
            (format!("http://127.0.0.1:{client}"), format!("http://127.0.0.1:{peer}"));
        let args = [
            format!("--data-dir={}", self.path("etcd")),
            format!("--listen-client-urls={client_url}"),
            format!("--advertise-client-urls={client_url}"),
            format!("--listen-peer-urls={peer_url}"),
            format!("--initial-advertise-peer-urls={peer_url}"),
            format!("--initial-cluster=default={peer_url}"),
            "--unsafe-no-fsync".to_owned(),
            "--log-level=error".to_owned(),
        ];
        self.spawn(program, &args, "etcd");
        self.wait("etcd", |_| TcpStream::connect(("127.0.0.1", client)).is_ok())
    }

    fn start_apiserver(&mut self, program: &Path, etcd: u16) -> Result<(), String> {
        let key = pki::service_account_key(pki::ServiceAccountKey::EcdsaP256).unwrap();
        std::fs::write(self.folder.path().join("sa.key"), key.expose()).unwrap();
        std::fs::write(self.folder.path().join("tokens.csv"), format!("{TOKEN},admin,1,system:masters\n"))
            .unwrap();
        let args = [
            format!("--etcd-servers=http://127.0.0.1:{etcd}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={}", self.port),
            // It makes its own certificate there.
            format!("--cert-dir={}", self.path("certificates")),
            format!("--service-account-key-file={}", self.path("sa.key")),
            format!("--service-account-signing-key-file={}", self.path("sa.key")),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            "--service-cluster-ip-range=10.43.0.0/16".to_owned(),
            format!("--token-auth-file={}", self.path("tokens.csv")),
            "--authorization-mode=AlwaysAllow".to_owned(),
            // Nobody makes service accounts here.
            "--disable-admission-plugins=ServiceAccount".to_owned(),
            "--allow-privileged=true".to_owned(),
            "--v=0".to_owned(),
        ];
        self.spawn(program, &args, "kube-apiserver");
        self.wait("kube-apiserver", |server| server.run(&["get", "--raw", "/readyz"], None).status.success())
    }

    fn spawn(&mut self, program: &Path, args: &[String], name: &str) {
        let log = std::fs::File::create(self.folder.path().join(name).with_extension("log")).unwrap();
        let mut command = Command::new("timeout");
        command.args(["--kill-after=10", LIFETIME]).arg(program).args(args);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path());
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.processes.insert(0, Process(command.spawn().unwrap()));
    }

    fn wait(&mut self, name: &str, is_ready: impl Fn(&Self) -> bool) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        while !is_ready(self) {
            let ended = self.processes[0].0.try_wait().unwrap().is_some();
            if ended || Instant::now() > end {
                let log =
                    std::fs::read(self.folder.path().join(name).with_extension("log")).unwrap_or_default();
                let log = String::from_utf8_lossy(&log);
                let last: Vec<_> = log.lines().rev().take(20).collect();
                let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
                return Err(format!("{name} did not become ready:\n{last}"));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The access file of kubectl.
    pub(crate) fn kubeconfig(&self) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters:\n  - name: test\n    cluster:\n      server: https://127.0.0.1:{}\n      certificate-authority: {}\ncontexts:\n  - name: test\n    context: {{cluster: test, user: admin}}\nusers:\n  - name: admin\n    user:\n      token: {TOKEN}\n",
            self.port,
            self.path("certificates/apiserver.crt")
        )
    }

    /// Runs kubectl; `input` is its standard input.
    pub(crate) fn run(&self, args: &[&str], input: Option<&str>) -> Output {
        let mut kubectl = Command::new("timeout");
        kubectl.args(["--kill-after=10", "600"]).arg(&self.kubectl);
        kubectl
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        kubectl.args(["--server", &format!("https://127.0.0.1:{}", self.port)]);
        kubectl.args(["--certificate-authority", &self.path("certificates/apiserver.crt"), "--token", TOKEN]);
        kubectl.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        kubectl.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = kubectl.spawn().unwrap();
        if let (Some(mut pipe), Some(text)) = (child.stdin.take(), input) {
            let text = text.to_owned();
            // Beside reading its output, which could fill its pipe meanwhile.
            std::thread::spawn(move || pipe.write_all(text.as_bytes()));
        }
        child.wait_with_output().unwrap()
    }

    /// Defines the custom resources of a folder.
    pub(crate) fn define(&self, crds: &Path) {
        let folder = crds.to_str().unwrap();
        let applied = self.run(&["apply", "--server-side", "--force-conflicts", "-f", folder], None);
        assert!(applied.status.success(), "{}", pipeline::text(&applied));
        let wait = ["wait", "crd", "--all", "--for=condition=Established", "--timeout=120s"];
        let established = self.run(&wait, None);
        assert!(established.status.success(), "{}", pipeline::text(&established));
    }

    pub(crate) fn create_namespace(&self, name: &str) {
        let namespace = format!("{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}}}}}");
        let done = self.run(&["apply", "--server-side", "-f", "-"], Some(&namespace));
        assert!(done.status.success(), "{}", pipeline::text(&done));
    }

    /// Applies objects, and says which were rejected and why.
    pub(crate) fn apply(&self, objects: &[Value]) -> Vec<String> {
        let apply = ["apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", "-"];
        if self.run(&apply, Some(&stream(objects))).status.success() {
            return Vec::new();
        }
        // Some are rejected: one by one, so that each is named.
        let one = |object: &Value| {
            let done = self.run(&apply, Some(&stream(std::slice::from_ref(object))));
            let words = String::from_utf8_lossy(&done.stderr).trim().replace('\n', " ");
            (!done.status.success()).then(|| format!("{}: {words}", named(object)))
        };
        objects.iter().filter_map(one).collect()
    }
}

/// Ports that nobody listens on now.
fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

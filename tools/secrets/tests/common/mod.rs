//! A folder of its own for each test, and the tool run in it with nothing of the caller's environment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]
#![allow(dead_code, reason = "each test file uses a part")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A temporary folder with an age key (`age.key`) and a `.sops.yaml` for it.
pub(crate) struct Sandbox {
    dir: tempfile::TempDir,
    /// The recipient of `age.key`.
    pub(crate) recipient: String,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut sandbox = Self { dir, recipient: String::new() };
        let made = sandbox.run(&["keygen", "-o", "age.key"], "");
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        made.stderr.trim().strip_prefix("Public key: ").unwrap().clone_into(&mut sandbox.recipient);
        let config = format!(
            "stores: {{yaml: {{indent: 2}}}}\ncreation_rules:\n  - path_regex: talos/.*\\.sops\\.ya?ml\n    mac_only_encrypted: true\n    age: {0}\n  - path_regex: (bootstrap|kubernetes)/.*\\.sops\\.ya?ml\n    encrypted_regex: ^(data|stringData)$\n    mac_only_encrypted: true\n    age: {0}\n",
            sandbox.recipient
        );
        sandbox.write(".sops.yaml", &config);
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    /// The tool, ready to run in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_secrets"));
        command.args(args).current_dir(self.folder()).env_clear();
        command.env("HOME", self.folder()).env("SOPS_AGE_KEY_FILE", self.path("age.key"));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    pub(crate) fn run(&self, args: &[&str], stdin: &str) -> Ended {
        Ended::of(self.command(args), stdin)
    }

    /// Runs and expects success; what was printed.
    pub(crate) fn ok(&self, args: &[&str], stdin: &str) -> String {
        let ended = self.run(args, stdin);
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.stderr);
        ended.stdout
    }

    pub(crate) fn git(&self, args: &[&str]) {
        let mut command = Command::new("git");
        command
            .args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"])
            .args(args);
        let output = command.current_dir(self.folder()).env("HOME", self.folder()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Ended {
    pub(crate) fn of(mut command: Command, stdin: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // A tool that fails early does not read it.
        let _ = input.write_all(stdin.as_bytes());
        drop(input);
        Self::from_output(&child.wait_with_output().unwrap())
    }

    pub(crate) fn from_output(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

/// A Secret as the catalogue renders them.
pub(crate) const SECRET: &str = "---\n# the one secret\napiVersion: v1\nkind: Secret\nmetadata:\n    name: cluster-secrets\nstringData:\n    SECRET_DOMAIN: \"example.com\" # shown everywhere\n\n    TOKEN: s3cr3t-t0ken\n    LINES: |\n        one\n        two\n";
/// Its name in the sandbox.
pub(crate) const SECRET_FILE: &str = "kubernetes/components/cluster-secrets.sops.yaml";

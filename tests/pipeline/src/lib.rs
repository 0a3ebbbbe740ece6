//! What the tests that cross tools share: a cluster repository in a temporary folder, the recipes run in it with a
//! clean environment, and looks at what they left behind.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Text that stands in the example's configuration and keys as a secret; it may be in the user's own files only.
pub const EXAMPLE_TOKEN: &str = "THROWAWAY-0000-not-a-token";

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The folder of the built tools.
///
/// # Panics
/// When they are not built: run the tests with `./justw test`.
pub fn bin() -> PathBuf {
    let bin = std::env::var_os("CLUSTERPIPE_BIN").map_or_else(|| root().join("target/debug"), PathBuf::from);
    assert!(bin.join("render").exists(), "no tools in {}: run the tests with ./justw test", bin.display());
    bin
}

/// The `just` that runs the recipes.
pub fn just() -> PathBuf {
    let private = root().join(".just/bin/just");
    match std::env::var_os("JUST") {
        Some(just) => just.into(),
        None if private.exists() => private,
        None => "just".into(),
    }
}

/// A command with a clean environment: nothing of the machine's keys, settings or colours has a say.
pub fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs = vec![bin()];
    dirs.extend(std::env::split_paths(&path));
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::join_paths(dirs).unwrap())
        .env("CLUSTERPIPE_BIN", bin())
        .env("HOME", home)
        .env("LC_ALL", "C")
        .env("JUST", just())
        .stdin(std::process::Stdio::null());
    command
}

/// A cluster repository in a temporary folder of its own.
pub struct Repository {
    temp: tempfile::TempDir,
}

impl Default for Repository {
    fn default() -> Self {
        Self::new()
    }
}

impl Repository {
    /// A new repository as `just new` makes it: no configuration, no keys.
    pub fn new() -> Self {
        let repository = Self { temp: tempfile::tempdir().unwrap() };
        let made = command(just(), repository.temp.path())
            .arg("--justfile")
            .arg(root().join("Justfile"))
            .arg("new")
            .arg(repository.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", text(&made));
        repository
    }

    /// A new repository with an example's configuration, keys, and a throwaway tunnel: ready for `configure`.
    pub fn example(name: &str) -> Self {
        let repository = Self::new();
        for file in ["cluster.yaml", "nodes.yaml"] {
            std::fs::copy(root().join("examples").join(name).join(file), repository.path().join(file))
                .unwrap();
        }
        let tunnel = r#"{"AccountTag":"THROWAWAY","TunnelID":"0000","TunnelSecret":"VEhST1dBV0FZ"}"#;
        repository.write("cloudflare-tunnel.json", tunnel);
        let init = repository.just(&["init"]);
        assert!(init.status.success(), "{}", text(&init));
        repository
    }

    /// An empty folder in place of a repository, to be filled by the caller.
    pub fn empty() -> Self {
        let repository = Self { temp: tempfile::tempdir().unwrap() };
        std::fs::create_dir(repository.path()).unwrap();
        repository
    }

    /// Its folder.
    pub fn path(&self) -> PathBuf {
        self.temp.path().join("repo")
    }

    /// A recipe, ready to run in it.
    pub fn recipe(&self, args: &[&str]) -> Command {
        let mut command = command(just(), self.temp.path());
        command.current_dir(self.path()).args(args);
        command
    }

    /// Runs a recipe in it, in a session of its own: there is no terminal to ask at, wherever the tests run.
    pub fn just(&self, args: &[&str]) -> Output {
        let mut detached = command("setsid", self.temp.path());
        detached.current_dir(self.path()).arg("--wait").arg(just()).args(args);
        detached.output().unwrap()
    }

    /// Runs a program in it, one of ours or a peer, with the repository's key.
    pub fn run(&self, program: impl AsRef<OsStr>, args: &[&str]) -> Output {
        let mut command = command(program, self.temp.path());
        command.env("SOPS_AGE_KEY_FILE", self.path().join("age.key"));
        command.current_dir(self.path()).args(args).output().unwrap()
    }

    /// Runs `configure --yes`, which must succeed.
    pub fn configure(&self) -> Output {
        let done = self.just(&["configure", "--yes"]);
        assert!(done.status.success(), "{}", text(&done));
        done
    }

    /// Writes a file in it.
    pub fn write(&self, file: &str, content: &str) {
        std::fs::write(self.path().join(file), content).unwrap();
    }

    /// Reads a file in it.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Changes a file in it.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let old = self.read(file);
        assert!(old.contains(from), "{file} does not hold {from:?}");
        self.write(file, &old.replacen(from, to, 1));
    }

    /// Every file in it, with its bytes.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.path())
    }

    /// Every generated file whose name marks it as secret.
    pub fn secret_files(&self) -> Vec<PathBuf> {
        let all = self.snapshot();
        all.into_keys().filter(|path| is_secret_file(path)).collect()
    }

    /// What stands in plain text where it must not: plain values in secret files, and known secrets in any file but
    /// the user's own. Files that vanish while this looks are fine.
    pub fn leaks(&self) -> Vec<String> {
        let mut secrets = vec![EXAMPLE_TOKEN.to_owned()];
        // Every secret of an example is marked so.
        let configuration = std::fs::read_to_string(self.path().join("cluster.yaml")).unwrap_or_default();
        let words = configuration.split(|c: char| c.is_whitespace() || "\"',{}[]".contains(c));
        secrets.extend(words.filter(|word| word.contains("THROWAWAY-")).map(str::to_owned));
        for file in ["github-push-token.txt", "age.key", "github-deploy.key"] {
            let content = std::fs::read_to_string(self.path().join(file)).unwrap_or_default();
            let lines = content.lines().filter(|line| !line.starts_with(['#', '-']) && line.len() > 20);
            secrets.extend(lines.map(str::to_owned));
        }
        let own = ["cluster.yaml", "nodes.yaml", "age.key", "github-push-token.txt", "github-deploy.key"];
        let mut found = Vec::new();
        for (path, bytes) in self.snapshot() {
            let content = String::from_utf8_lossy(&bytes);
            // A run that is killed between making a file and writing it leaves an empty one.
            if is_secret_file(&path) && !content.is_empty() && !is_encrypted(&content) {
                found.push(format!("{}: not encrypted", path.display()));
            }
            let is_own = own.iter().any(|name| path == Path::new(name)) || path.starts_with("samples");
            if !is_own && secrets.iter().any(|secret| content.contains(secret)) {
                found.push(format!("{}: holds a secret", path.display()));
            }
        }
        found
    }
}

/// The names of all examples.
pub fn examples() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("examples")).unwrap().flatten();
    let mut names: Vec<_> = folders
        .filter(|entry| entry.path().join("cluster.yaml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Every file below a folder by its path there, with its bytes. Files that vanish meanwhile are left out.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = found.filter(|entry| entry.file_type().is_file());
    files
        .filter_map(|entry| {
            let bytes = std::fs::read(entry.path()).ok()?;
            Some((entry.path().strip_prefix(folder).ok()?.to_path_buf(), bytes))
        })
        .collect()
}

/// Whether a path is that of a `*.sops.*` file (`.sops.yaml` itself and temporary names beside it are none).
pub fn is_secret_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with(".sops.") && name.contains(".sops.") && !name.ends_with(".j2")
}

/// Whether a YAML text is a SOPS file: metadata with a MAC, and nothing plain below `data` and `stringData`.
pub fn is_encrypted(content: &str) -> bool {
    let Ok(documents) = yaml::load(content, yaml::Dialect::GoYamlV3) else { return false };
    !documents.is_empty()
        && documents.iter().all(|document| {
            let sops = document.get("sops");
            let sealed = ["data", "stringData"].iter().filter_map(|key| document.get(key)).all(all_sealed);
            sops.is_some_and(|sops| sops.get("mac").is_some() && sops.get("version").is_some()) && sealed
        })
}

fn all_sealed(value: &yaml::Value) -> bool {
    match value {
        yaml::Value::Mapping(mapping) => mapping.iter().all(|(_, value)| all_sealed(value)),
        yaml::Value::Sequence(items) => items.iter().all(all_sealed),
        yaml::Value::String(text) => text.is_empty() || text.starts_with("ENC["),
        yaml::Value::Null => true,
        _ => false,
    }
}

/// What a program said, for messages.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether the slow peers are asked for: `just conformance full`.
pub fn full() -> bool {
    std::env::var("CLUSTERPIPE_CONFORMANCE").is_ok_and(|set| set == "full")
}

/// A peer's program, or none when there are no peers here.
pub fn peer(name: &str) -> Option<PathBuf> {
    let Some(peers) = std::env::var_os("CLUSTERPIPE_PEERS") else {
        println!("SKIPPED: no CLUSTERPIPE_PEERS; run `just conformance`");
        return None;
    };
    let program = Path::new(&peers).join("bin").join(name);
    assert!(program.exists(), "{} is missing: run `just conformance`", program.display());
    Some(program)
}

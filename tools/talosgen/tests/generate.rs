//! `gensecret` and `genconfig` as programs: files, modes, all or nothing, encrypted bundles.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

const TALCONFIG: &str = "\
clusterName: lab
talosVersion: v1.11.5
kubernetesVersion: ${kubernetesVersion}
endpoint: https://10.0.0.10:6443
nodes:
  - hostname: cp
    ipAddress: 10.0.0.1
    controlPlane: true
    installDisk: /dev/sda
  - hostname: wk
    ipAddress: 10.0.0.2
    installDisk: /dev/sda
    patches: ['@patches/wk.yaml']
";

/// The bundle of all of them: the service account's key takes a while.
static BUNDLE: OnceLock<String> = OnceLock::new();

/// A folder with a talconfig; the bundle is there unless taken away.
struct Lab {
    folder: TempDir,
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Lab {
    fn new() -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(lab.path("patches")).unwrap();
        lab.write("talconfig.yaml", TALCONFIG);
        lab.write("talenv.yaml", "kubernetesVersion: v1.34.2\n");
        lab.write("patches/wk.yaml", "machine: {sysctls: {a.b: '1'}}\n");
        lab.write("talsecret.yaml", BUNDLE.get_or_init(|| lab.ok(&["gensecret"])));
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    fn run(&self, args: &[&str], env: &[(&str, &Path)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_talosgen"));
        command.args(args).current_dir(self.folder.path());
        for name in ["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"]
        {
            command.env_remove(name);
        }
        let output = command.env("HOME", self.folder.path()).envs(env.iter().copied()).output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args, &[]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    }

    /// A run that is refused and writes nothing.
    fn refused(&self, args: &[&str]) -> String {
        let ran = self.run(args, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        assert!(!self.path("clusterconfig").exists());
        ran.stderr
    }
}

#[test]
fn private_files_and_what_git_ignores() {
    let lab = Lab::new();
    lab.ok(&["gensecret", "--output", "new.yaml"]);
    assert_eq!(lab.mode("new.yaml"), 0o600);
    assert_eq!(lab.run(&["gensecret", "--output", "new.yaml"], &[]).code, Some(2));
    lab.ok(&["genconfig"]);
    assert_eq!(lab.mode("clusterconfig"), 0o700);
    for name in ["lab-cp.yaml", "lab-wk.yaml", "talosconfig"] {
        assert_eq!(lab.mode(&format!("clusterconfig/{name}")), 0o600, "{name}");
    }
    let first = lab.read("clusterconfig/lab-wk.yaml");
    assert!(first.contains("a.b: \"1\"") && first.contains("kubelet:v1.34.2"), "{first}");
    assert_eq!(lab.read("clusterconfig/.gitignore"), "lab-cp.yaml\nlab-wk.yaml\ntalosconfig\n");
    // Once more: the same machine configurations, and no name twice.
    lab.ok(&["genconfig"]);
    assert_eq!(lab.read("clusterconfig/lab-wk.yaml"), first);
    assert_eq!(lab.read("clusterconfig/.gitignore"), "lab-cp.yaml\nlab-wk.yaml\ntalosconfig\n");
    lab.ok(&["genconfig", "--no-gitignore", "--out-dir", "other/deep"]);
    assert!(!lab.path("other/deep/.gitignore").exists() && lab.mode("other/deep") == 0o700);
}

#[test]
fn no_bundle_no_configuration() {
    let lab = Lab::new();
    std::fs::remove_file(lab.path("talsecret.yaml")).unwrap();
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("secrets/missing") && said.contains("talosgen gensecret"), "{said}");
}

#[test]
fn one_wrong_node_and_nothing_is_written() {
    let lab = Lab::new();
    lab.write("patches/wk.yaml", "# a remark\n\nmachine:\n  # another\n  sysctl: {a.b: hidden-word}\n");
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("patches/wk.yaml:5:3: ") && said.contains("sysctl is no key"), "{said}");
    assert!(!said.contains("hidden-word"), "{said}");
    lab.write("talenv.yaml", "other: x\n");
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("kubernetesVersion is not set"), "{said}");
}

#[test]
fn a_damaged_bundle_is_not_quoted() {
    let lab = Lab::new();
    let bundle = lab.read("talsecret.yaml");
    let token = bundle.lines().find_map(|line| line.trim().strip_prefix("bootstraptoken: ")).unwrap();
    lab.write("talsecret.yaml", &bundle.replace("bootstraptoken:", "bootstrapToken:"));
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("bootstraptoken") && !said.contains(token), "{said}");
}

/// The bundle with one of its pairs replaced, and with lines left out.
fn changed(bundle: &str, name: &str, pair: Option<&pki::KeyPair>) -> String {
    let mut bundle = yaml::load_one(bundle, yaml::Dialect::GoYamlV3).unwrap();
    let yaml::Value::Mapping(root) = &mut bundle else { panic!("no mapping") };
    let Some(yaml::Value::Mapping(certs)) = root.get_mut("certs") else { panic!("no certs") };
    match pair {
        Some(pair) => {
            let encode = |text: &str| STANDARD.encode(text);
            let pair = [("crt", encode(&pair.certificate)), ("key", encode(pair.key.expose()))];
            certs.insert(name, pair.into_iter().collect::<yaml::Mapping>());
        }
        None => drop(certs.remove(name).unwrap()),
    }
    yaml::emit(&bundle, yaml::EmitOptions::default())
}

#[test]
fn an_expired_bundle_says_what_expired_and_when() {
    let lab = Lab::new();
    // Ten years of 365 days from 2001-09-09.
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = pki::talos_authority(then).unwrap();
    let text = changed(&lab.read("talsecret.yaml"), "os", Some(&old));
    lab.write("talsecret.yaml", &text);
    let line = 1 + text.lines().position(|line| line == "  os:").unwrap();
    let said = lab.refused(&["genconfig"]);
    let place = format!("talsecret.yaml:{}:", line + 1);
    assert!(said.contains(&place) && said.contains("error[secrets/expired]"), "{place} {said}");
    assert!(said.contains("certs.os: the certificate expired on 2011-09-07"), "{said}");
    assert!(said.contains("talosgen gensecret --from-configfile"), "{said}");
}

#[test]
fn an_incomplete_bundle_names_all_that_is_missing() {
    let lab = Lab::new();
    let bundle = lab.read("talsecret.yaml");
    let text = changed(&changed(&bundle, "etcd", None), "k8sserviceaccount", None);
    let text: String = text.split_inclusive('\n').filter(|line| !line.contains("token:")).collect();
    lab.write("talsecret.yaml", &text);
    let said = lab.refused(&["genconfig"]);
    for missing in ["certs.etcd.crt", "certs.etcd.key", "certs.k8sserviceaccount.key", "trustdinfo.token"] {
        assert!(said.contains(&format!("{missing} is missing")), "{missing}: {said}");
    }
    assert!(said.contains("talsecret.yaml:") && said.contains("talosgen gensecret"), "{said}");
    // A key that belongs to another certificate is not missing, but no pair either.
    let other = pki::talos_authority(SystemTime::now()).unwrap();
    let own = pki::talos_authority(SystemTime::now()).unwrap();
    let torn = pki::KeyPair { certificate: own.certificate, key: other.key };
    lab.write("talsecret.yaml", &changed(&bundle, "os", Some(&torn)));
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("secrets/invalid") && said.contains("certs.os"), "{said}");
}

#[test]
fn the_wrong_age_key_is_named_and_nothing_else() {
    let lab = Lab::new();
    let (own, recipient) = sops::generate_identity();
    let (other, _) = sops::generate_identity();
    let config = format!("creation_rules:\n  - age: {recipient}\n");
    let config = sops::Config::parse(&config, &lab.path(".sops.yaml")).unwrap();
    let rule = config.rule_for(&lab.path("talsecret.sops.yaml")).unwrap().unwrap();
    let plain = lab.read("talsecret.yaml");
    let text = sops::encrypt(&plain, &rule, "2026-01-01T00:00:00Z").unwrap().text;
    lab.write("talsecret.sops.yaml", &text);
    std::fs::remove_file(lab.path("talsecret.yaml")).unwrap();
    lab.write("other.key", other.as_str());
    let key = lab.path("other.key");
    let ran = lab.run(&["genconfig"], &[("SOPS_AGE_KEY_FILE", &key)]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    assert!(!lab.path("clusterconfig").exists());
    // Which file, whose key is asked for, and that the one at hand is another.
    let said = ran.stderr;
    assert!(said.contains("talsecret.sops.yaml") && said.contains("sops/no-identity"), "{said}");
    assert!(said.contains(recipient.as_str()), "{said}");
    assert!(!said.contains(other.as_str().trim()) && !said.contains("AGE-SECRET-KEY"), "{said}");
    lab.write("own.key", own.as_str());
    let key = lab.path("own.key");
    assert_eq!(lab.run(&["genconfig"], &[("SOPS_AGE_KEY_FILE", &key)]).code, Some(0));
}

#[test]
fn one_stream_or_what_would_change() {
    let lab = Lab::new();
    let stream = lab.ok(&["genconfig", "--stdout"]);
    assert!(stream.starts_with("---\n# lab-cp.yaml\nversion: v1alpha1\n"), "{stream}");
    let documents = yaml::load(&stream, yaml::Dialect::GoYamlV3).unwrap();
    assert_eq!(documents.len(), 2);
    assert_eq!(
        lab.ok(&["genconfig", "--dry-run"]),
        "./clusterconfig/lab-cp.yaml: new\n./clusterconfig/lab-wk.yaml: new\n"
    );
    assert!(!lab.path("clusterconfig").exists());
    lab.ok(&["genconfig"]);
    std::fs::remove_file(lab.path("talsecret.yaml")).unwrap();
    lab.ok(&["gensecret", "--output", "talsecret.yaml"]);
    lab.write("talenv.yaml", "kubernetesVersion: v1.34.3\n");
    let changes = lab.ok(&["genconfig", "--dry-run"]);
    assert!(changes.contains("v1.34.2") && changes.contains("v1.34.3"), "{changes}");
    // Every secret has changed, none is shown.
    let bundle = lab.read("talsecret.yaml");
    assert!(changes.contains("cluster.secret") && changes.contains("machine.ca.key"), "{changes}");
    for secret in bundle.lines().filter_map(|line| line.split_once(": ")).map(|(_, value)| value.trim()) {
        assert!(!changes.contains(secret), "{secret}\n{changes}");
    }
}

#[test]
fn an_encrypted_bundle_and_encrypted_variables() {
    let lab = Lab::new();
    let plain = lab.ok(&["genconfig", "--stdout"]);
    let (identity, recipient) = sops::generate_identity();
    lab.write("age.key", identity.as_str());
    let config = format!("creation_rules:\n  - age: {recipient}\n");
    let config = sops::Config::parse(&config, &lab.path(".sops.yaml")).unwrap();
    for (plain, encrypted) in [("talsecret.yaml", "talsecret.sops.yaml"), ("talenv.yaml", "talenv.sops.yaml")]
    {
        let rule = config.rule_for(&lab.path(encrypted)).unwrap().unwrap();
        let text = sops::encrypt(&lab.read(plain), &rule, "2026-01-01T00:00:00Z").unwrap().text;
        lab.write(encrypted, &text);
    }
    std::fs::remove_file(lab.path("talsecret.yaml")).unwrap();
    std::fs::remove_file(lab.path("talenv.yaml")).unwrap();
    let key = lab.path("age.key");
    let opened = lab.run(&["genconfig", "--stdout"], &[("SOPS_AGE_KEY_FILE", &key)]);
    assert_eq!((opened.code, opened.stdout), (Some(0), plain), "{}", opened.stderr);
    let said = lab.refused(&["genconfig"]);
    assert!(said.contains("talenv.sops.yaml"), "{said}");
}

#[test]
fn a_bundle_out_of_a_control_plane() {
    let lab = Lab::new();
    lab.ok(&["genconfig"]);
    let again = lab.ok(&["gensecret", "--from-configfile", "clusterconfig/lab-cp.yaml"]);
    assert_eq!(again, lab.read("talsecret.yaml"));
    let ran = lab.run(&["gensecret", "--from-configfile", "clusterconfig/lab-wk.yaml"], &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
}

/// As in talhelper 3.1.16: Talos takes a patch without blanks for the name of a file, from the current folder, and what is
/// in it neither for a template nor for a place of variables.
#[test]
fn a_patch_file_without_its_at_sign() {
    let lab = Lab::new();
    lab.write("talconfig.yaml", &TALCONFIG.replace("'@patches/wk.yaml'", "./patches/wk.yaml"));
    lab.write("patches/wk.yaml", "machine: {sysctls: {a.b: '${kubernetesVersion}{{ x }}'}}\n");
    lab.ok(&["genconfig", "--no-gitignore"]);
    assert!(lab.read("clusterconfig/lab-wk.yaml").contains("${kubernetesVersion}{{ x }}"));
    lab.write("talconfig.yaml", &TALCONFIG.replace("'@patches/wk.yaml'", "./none.yaml"));
    let ran = lab.run(&["genconfig", "--no-gitignore"], &[]);
    assert!(ran.code == Some(2) && ran.stderr.contains("put @ before the name"), "{}", ran.stderr);
}

/// The last line of an inline patch has no line break, and neither has the text that ends there.
#[test]
fn a_text_at_the_end_of_an_inline_patch() {
    let lab = Lab::new();
    let patch = "\n      - |-\n        machine:\n          files:\n            - path: /var/x\n              op: create\n              content: |\n                one\n                two\n";
    lab.write("talconfig.yaml", &TALCONFIG.replace(" ['@patches/wk.yaml']\n", patch));
    lab.ok(&["genconfig", "--no-gitignore"]);
    let written = lab.read("clusterconfig/lab-wk.yaml");
    assert!(written.contains("content: |-\n        one\n        two\n"), "{written}");
}

/// talhelper hands it on, and Talos then takes any disk.
#[test]
fn a_disk_selector_that_selects_nothing() {
    for selector in ["{transport: usb}", "{}", "{model: ''}"] {
        let lab = Lab::new();
        let talconfig =
            TALCONFIG.replacen("installDisk: /dev/sda", &format!("installDiskSelector: {selector}"), 1);
        lab.write("talconfig.yaml", &talconfig);
        let words = lab.refused(&["genconfig"]);
        let message = "nodes[0].installDiskSelector: the selector has no key that selects anything";
        assert!(words.contains(message), "{selector}: {words}");
    }
    let lab = Lab::new();
    let both =
        TALCONFIG.replacen("installDisk: /dev/sda", "installDisk: /dev/sda\n    installDiskSelector: {}", 1);
    lab.write("talconfig.yaml", &both);
    lab.ok(&["genconfig"]);
}

/// Too large for a float, so a text to go-yaml; but another reader might take it for infinity.
#[test]
fn a_serial_number_like_a_huge_float() {
    let lab = Lab::new();
    lab.write("talenv.yaml", "kubernetesVersion: v1.34.2\nserial: 2244E6801787\n");
    let node = "installDiskSelector: {serial: '${serial}'}\n    nodeAnnotations: {a: ${serial}}\n    patches:\n      - 'machine: {kubelet: {extraConfig: {k: 1E4_00}}}'\n";
    lab.write(
        "talconfig.yaml",
        &TALCONFIG
            .replacen("installDisk: /dev/sda\n", node, 1)
            .replace("{a: ${serial}}", "\n      a: ${serial}"),
    );
    lab.ok(&["genconfig"]);
    let written = lab.read("clusterconfig/lab-cp.yaml");
    for line in ["serial: \"2244E6801787\"\n", "a: \"2244E6801787\"\n", "k: 1E4_00\n"] {
        assert!(written.contains(line), "{line}: {written}");
    }
}

/// What is wrong with the file of a patch is shown in that file, once for all nodes, and nothing of it is quoted.
#[test]
fn a_damaged_patch_file() {
    let lab = Lab::new();
    lab.write("talenv.yaml", "kubernetesVersion: v1.34.2\nV: '[1'\n");
    lab.write(
        "talconfig.yaml",
        &TALCONFIG.replace("    patches: ['@patches/wk.yaml']", "patches: ['@patches/wk.yaml']"),
    );
    for (patch, place, words) in [
        ("# c\nmachine:\n  sysctls:\n    a: hush\n   c: d\n", "5:4: error[yaml/syntax]", "does not go on"),
        (
            "# c\nmachine:\n  sysctls:\n    a: \"{{ 1 }}\"\n   c: hush\n",
            "5:1: error[yaml/syntax]",
            "does not go on",
        ),
        (
            "# c\nmachine:\n  sysctls:\n    a: hush ${A^^}\n",
            "4:13: error[talos/variable-syntax]",
            "no expression",
        ),
        (
            "# ${NO}\nmachine:\n  sysctls:\n    a: \"hush ${NO}\"\n",
            "4:14: error[talos/variable-unset]",
            "NO is not set",
        ),
        ("# c\nmachine:\n  sysctls:\n    a: ${V}\n", "4:8: error[yaml/syntax]", "never closed"),
        (
            "# c\nmachine:\n  sysctls:\n    a: \"{{ nope }}\"\n",
            "4:12: error[template/failed]",
            "nope: this function",
        ),
        ("# c\nmachine:\n  sysctls:\n    a: *y\n", "4:8: error[yaml/unknown-anchor]", "no anchor"),
        ("# c\nmachine:\n  nope: ${kubernetesVersion}\n", "3:3: error[config/unknown-key]", "nope is no key"),
    ] {
        lab.write("patches/wk.yaml", patch);
        let said = lab.refused(&["genconfig"]);
        assert!(said.starts_with(&format!("patches/wk.yaml:{place}: cp, wk: ")), "{patch}: {said}");
        assert!(
            said.contains(words) && said.matches("error[").count() == 1 && !said.contains("hush"),
            "{said}"
        );
    }
}

/// Talos takes 0.0.0.0/0 for no network, and a route without a destination for the default one.
#[test]
fn a_default_route_has_no_destination() {
    let lab = Lab::new();
    let talconfig = TALCONFIG.replace("v1.11.5", "v1.13.0");
    lab.write("talconfig.yaml", &talconfig);
    let bond = |route: &str| {
        let head = "apiVersion: v1alpha1\nkind: BondConfig\nname: bond0\nlinks: [eth0]\nbondMode: 802.3ad\n";
        lab.write("patches/wk.yaml", &format!("{head}routes: [{{{route}}}]\n"));
    };
    for destination in ["0.0.0.0/0", "'::/0'"] {
        bond(&format!("destination: {destination}, gateway: 10.0.0.1"));
        let said = lab.refused(&["genconfig"]);
        assert!(said.contains("routes[0].destination: leave it out for a default route"), "{said}");
    }
    bond("gateway: 10.0.0.1");
    lab.ok(&["genconfig"]);
}

#[test]
fn what_this_talos_cannot_read_yet() {
    let lab = Lab::new();
    lab.write(
        "patches/wk.yaml",
        "machine: {kubelet: {extraArgs: {v: ['1', '2']}}}\n---\napiVersion: v1alpha1\nkind: OOMConfig\n",
    );
    let ran = lab.run(&["genconfig", "--format", "json"], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for words in [
        "wk: machine.kubelet.extraArgs.v: Talos v1.11 takes one text here and no list; v1.13 is the first that does",
        "wk: OOMConfig: Talos v1.11 does not know this kind of document; v1.12 is the first that does",
    ] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    // It is a warning, at the version, for talhelper writes the same.
    assert_eq!(ran.stderr.matches("\"talos/later\"").count(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("\"line\":2") || ran.stderr.contains("\"line\": 2"), "{}", ran.stderr);
    assert!(lab.read("clusterconfig/lab-wk.yaml").contains("OOMConfig"));
    let validated = lab.run(&["validate", "clusterconfig/lab-wk.yaml"], &[]);
    assert_eq!(validated.code, Some(0), "{}", validated.stderr);
    assert!(
        validated.stderr.contains("lab-wk.yaml:") && validated.stderr.contains("warning[talos/later]"),
        "{}",
        validated.stderr
    );
    assert!(!lab.run(&["genconfig", "--quiet"], &[]).stderr.contains("talos/later"));
}

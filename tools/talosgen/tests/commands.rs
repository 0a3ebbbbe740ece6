//! `patch`, `image`, `diff`, `schema` and `validate` of machine configurations, as programs.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use tempfile::TempDir;

const WORKER: &str = "version: v1alpha1\nmachine:\n  type: worker\n  token: hunter2\n  certSANs: []\n  install: {disk: /dev/sda, wipe: false}\ncluster: null\n";
const VALID: &str = "version: v1alpha1\nmachine:\n  type: worker\n  token: abcdef.0123456789abcdef\n  acceptedCAs: [{crt: aGVsbG8=}]\n  install: {disk: /dev/sda, wipe: false}\ncluster:\n  controlPlane: {endpoint: 'https://10.0.0.10:6443'}\n";
const ID: &str = "f683308f6e49ec36d715bd41c90d800910552d8cbc015c8363ec350594535fa1";
const EMPTY_ID: &str = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

struct Lab(TempDir);

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Lab {
    fn new(files: &[(&str, &str)]) -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = lab.0.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        lab
    }

    fn run(&self, args: &[&str], input: &str) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_talosgen"))
            .args(args)
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A child that does not read its input is no failure.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args, "");
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.err);
        ran.out
    }

    /// A run that cannot do it, and what it says.
    fn refused(&self, args: &[&str]) -> String {
        let ran = self.run(args, "");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {}", ran.err);
        ran.err
    }
}

#[test]
fn patches_of_all_forms_in_order() {
    let lab = Lab::new(&[
        ("worker.yaml", WORKER),
        ("sysctl.yaml", "machine: {sysctls: {net.core.somaxconn: 65535}}\n"),
        (
            "several.yaml",
            "machine: {certSANs: [a]}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: w\n",
        ),
    ]);
    let out = lab.ok(&[
        "patch",
        "worker.yaml",
        "--patch",
        "@sysctl.yaml",
        "-p",
        "[{op: replace, path: /machine/install/disk, value: /dev/vda}]",
        "-p",
        "several.yaml",
    ]);
    assert!(out.contains("net.core.somaxconn: \"65535\"") && out.contains("disk: /dev/vda"), "{out}");
    assert!(out.contains("---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: w\n"), "{out}");
    let piped =
        lab.run(&["patch", "-", "-p", "machine: {$patch: delete}"], "machine: {type: worker}\ndebug: true\n");
    assert_eq!((piped.code, piped.out.contains("worker")), (Some(0), false), "{}", piped.err);
    lab.ok(&["patch", "worker.yaml", "-p", "@sysctl.yaml", "-o", "new/folder/out.yaml"]);
    let mode = std::fs::metadata(lab.0.path().join("new/folder/out.yaml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn patches_that_do_not_fit_are_named_and_nothing_is_quoted() {
    let lab = Lab::new(&[("worker.yaml", WORKER), ("bad.yaml", "machine:\n  sysctl: {a: hunter2}\n")]);
    let said = lab.refused(&["patch", "worker.yaml", "-p", "@bad.yaml"]);
    assert!(said.contains("bad.yaml:2:3") && said.contains("did you mean sysctls?"), "{said}");
    let said = lab.refused(&["patch", "worker.yaml", "-p", "[{op: remove, path: /machine/nothing}]"]);
    assert!(said.contains("patch/json-path") && said.contains("/machine/nothing"), "{said}");
    let said = lab.refused(&["patch", "worker.yaml", "-p", "none.yaml"]);
    assert!(said.contains("none.yaml: no such file"), "{said}");
    for nothing in ["", "@"] {
        let said = lab.refused(&["patch", "worker.yaml", "-p", nothing]);
        assert!(said.contains("patch/empty") && said.contains("--patch 1 is empty"), "{said}");
    }
    let said = lab.refused(&["patch", "worker.yaml", "-p", "machine: {sysctls: {x: {$patch: delete}}}"]);
    assert!(said.contains("patch/delete-missing") && !said.contains("hunter2"), "{said}");
}

#[test]
fn differences_of_files_and_folders() {
    let other = WORKER.replace("hunter2", "hunter3").replace("/dev/sda", "/dev/vda");
    let lab = Lab::new(&[
        ("a/x.yaml", WORKER),
        ("a/gone.yaml", WORKER),
        ("b/x.yaml", &other),
        ("b/s/new.yaml", WORKER),
    ]);
    let ran = lab.run(&["diff", "a/x.yaml", "b/x.yaml"], "");
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "~ v1alpha1.Config machine.token: (not shown) -> (not shown)\n~ v1alpha1.Config machine.install.disk: /dev/sda -> /dev/vda\n"
    );
    let ran = lab.run(&["diff", "a", "b"], "");
    assert!(ran.out.starts_with("- gone.yaml\n+ s/new.yaml\nx.yaml:\n  ~ "), "{}", ran.out);
    assert_eq!((ran.code, lab.ok(&["diff", "a", "a"])), (Some(1), String::new()));
    assert!(lab.refused(&["diff", "a", "b/x.yaml"]).contains("folder"));
}

// The ID is the factory's for these parts; URLs are those of its documentation.
#[test]
fn images_without_a_talconfig() {
    let lab = Lab::new(&[(
        "schematic.yaml",
        "customization:\n  systemExtensions: {officialExtensions: [siderolabs/qemu-guest-agent]}\n  extraKernelArgs: [net.ifnames=0]\n",
    )]);
    let parts = ["-e", "siderolabs/qemu-guest-agent", "-k", "net.ifnames=0"];
    let image = |args: &[&str]| lab.ok(&[&["image"], args].concat());
    assert_eq!(image(&[&["id"], &parts[..]].concat()), format!("{ID}\n"));
    assert_eq!(image(&["id", "--schematic", "schematic.yaml"]), format!("{ID}\n"));
    let schematic = image(&["schematic", "-k", "-init_on_alloc", "--kernel-arg", "", "-e", ""]);
    assert_eq!(schematic, "customization:\n    extraKernelArgs:\n        - -init_on_alloc\n");
    let ran = lab.run(&["image", "id", "--schematic", "-"], "customization: {extraKernelArg: [a]}\n");
    assert_eq!((ran.code, ran.out), (Some(0), format!("{EMPTY_ID}\n")), "{}", ran.err);
    assert!(ran.err.contains("warning") && ran.err.contains("did you mean extraKernelArgs?"), "{}", ran.err);
    let disk =
        ["disk", "--schematic", "schematic.yaml", "--suffix", "qcow2", "-v", "1.12.0", "-m", "nocloud"];
    assert_eq!(image(&disk), format!("https://factory.talos.dev/image/{ID}/v1.12.0/nocloud-amd64.qcow2\n"));
    let sb = ["installer", "--secure-boot", "-r", "factory.lan", "-v", "v1.13.0"];
    assert_eq!(image(&sb), format!("factory.lan/metal-installer-secureboot/{EMPTY_ID}:v1.13.0\n"));
    let schematic = image(&["schematic", "--schematic", "schematic.yaml", "--meta", "0x0a=addresses: []"]);
    assert!(
        schematic.contains("    meta:\n        - key: 10\n          value: 'addresses: []'\n"),
        "{schematic}"
    );
    assert!(lab.refused(&["image", "meta"]).contains("talos/meta-network"));
}

const TALCONFIG: &str = "\
clusterName: lab
talosVersion: v1.12.0
kubernetesVersion: v1.34.2
endpoint: https://10.0.0.10:6443
nodes:
  - hostname: cp
    ipAddress: 10.0.0.1
    controlPlane: true
    installDisk: /dev/sda
    nameservers: [1.1.1.1]
    networkInterfaces:
      - deviceSelector: {hardwareAddr: '52:54:00:00:00:01'}
        addresses: [10.0.0.1/16]
        routes: [{network: 0.0.0.0/0, gateway: 10.0.0.254}]
        vlans: [{vlanId: 20, addresses: ['fd00::1/64']}]
  - hostname: wk
    ipAddress: 10.0.0.2
    installDisk: /dev/sda
    talosImageURL: registry.lan/installer
";

#[test]
fn images_of_the_nodes_of_a_talconfig() {
    let lab = Lab::new(&[("talconfig.yaml", TALCONFIG)]);
    let installers = lab.ok(&["image", "installer", "-q"]);
    assert_eq!(
        installers,
        format!(
            "cp: factory.talos.dev/metal-installer/{EMPTY_ID}:v1.12.0\nwk: registry.lan/installer:v1.12.0\n"
        )
    );
    assert!(lab.refused(&["image", "meta", "--node", "cp"]).contains("--link eth0"));
    let meta = lab.ok(&["image", "meta", "--node", "10.0.0.1", "--link", "eth0"]);
    for want in [
        "  - address: 10.0.0.1/16\n    linkName: eth0\n    family: inet4\n    scope: global\n    flags: permanent\n    layer: platform\n",
        "    dst: \"\"\n    src: \"\"\n    gateway: 10.0.0.254\n    outLinkName: eth0\n    table: main\n    priority: 1024\n",
        "  - address: fd00::1/64\n    linkName: eth0.20\n    family: inet6\n",
        "hostnames:\n  - hostname: cp\n",
        "resolvers:\n  - dnsServers:\n      - 1.1.1.1\n    layer: platform\n",
    ] {
        assert!(meta.contains(want), "{want}\n{meta}");
    }
    let with = lab.ok(&["image", "id", "-n", "cp", "--network-meta", "--link", "eth0"]);
    assert_ne!(with, format!("{EMPTY_ID}\n"));
    let all = lab.ok(&["image"]);
    assert!(all.starts_with("cp:\n  id: ") && all.contains("\nwk:\n  id: "), "{all}");
    assert!(lab.refused(&["image", "id", "-n", "nobody"]).contains("there are: cp, wk"));
}

#[test]
fn a_schematic_is_registered_and_the_answer_checked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let talconfig = format!("{TALCONFIG}imageFactory: {{registryURL: '{address}', protocol: http}}\n");
    let lab = Lab::new(&[("talconfig.yaml", &talconfig)]);
    let server = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for id in [EMPTY_ID, ID] {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
            let (mut text, mut buffer) = (String::new(), [0; 4096]);
            while !text.contains("customization: {}") {
                let n = stream.read(&mut buffer).unwrap();
                assert!(n > 0, "{text}");
                text.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
            let body = format!("{{\"id\":\"{id}\"}}");
            let head = format!(
                "HTTP/1.1 201 Created\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            asked.push(text);
        }
        asked
    });
    let ran = lab.run(&["image", "id", "-n", "cp", "--register"], "");
    assert_eq!((ran.code, ran.out), (Some(0), format!("{EMPTY_ID}\n")), "{}", ran.err);
    assert!(ran.err.contains(&format!("registered {EMPTY_ID}")), "{}", ran.err);
    let said = lab.refused(&["image", "id", "-n", "cp", "--register"]);
    assert!(said.contains("talos/factory") && said.contains(ID), "{said}");
    let asked = server.join().unwrap();
    assert!(asked[0].starts_with("POST /schematics "), "{}", asked[0]);
    assert!(lab.refused(&["image", "id", "-n", "cp", "--register"]).contains("talos/factory"));
}

#[test]
fn machine_configurations_are_checked() {
    let broken = WORKER.replace("certSANs", "certSans");
    let lab = Lab::new(&[
        ("out/a.yaml", WORKER),
        ("broken.yaml", &broken),
        (
            "schema.json",
            "{\"properties\": {\"machine\": {\"properties\": {\"token\": {\"type\": \"integer\"}}}}}",
        ),
    ]);
    let ran = lab.run(&["validate", "out"], "");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("out/a.yaml") && ran.err.contains("machine.ca"), "{}", ran.err);
    // As talosctl 1.13.0, with and without --strict.
    let deprecated = VALID
        .replace("type: worker", "type: join")
        .replace("wipe: false", "wipe: false, extensions: [{image: a}]");
    for (text, plain, strict, words) in [
        (VALID.to_owned(), 0, 0, ""),
        (deprecated.clone(), 0, 1, "warning[talos/deprecated]"),
        (deprecated.replace("{image: a}", "{image: a}, {image: a}"), 1, 1, "an image is given twice"),
        (VALID.replace("type: worker", "type: x"), 1, 1, "must be controlplane or worker"),
    ] {
        for (args, code) in [(&["validate", "-"][..], plain), (&["validate", "-", "--strict"], strict)] {
            let ran = lab.run(args, &text);
            assert_eq!(ran.code, Some(code), "{args:?}: {}", ran.err);
            assert!(ran.err.contains(words), "{}", ran.err);
        }
    }
    let ran = lab.run(&["validate", "broken.yaml", "--format", "json"], "");
    assert!(ran.out.contains("did you mean certSANs?") && !ran.out.contains("hunter2"), "{}", ran.out);
    let ran = lab.run(&["validate", "-", "--schema", "schema.json"], WORKER);
    assert!(ran.err.contains("<stdin>:4:10") && ran.err.contains("machine.token"), "{}", ran.err);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[test]
fn schemas_are_json() {
    let lab = Lab::new(&[]);
    for what in ["talconfig", "machine"] {
        let text = lab.ok(&["schema", what]);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let validator = jsonschema::validator_for(&json).unwrap();
        let document = if what == "talconfig" { TALCONFIG } else { WORKER };
        let value = yaml::load_one(document, yaml::Dialect::GoYamlV3).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value.into()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}");
        assert!(!validator.is_valid(&serde_json::json!({"machine": {"typo": 1}, "nodez": 1})));
    }
}

//! What we write beside what others made: findings as SARIF against SARIF's own schema, and cue on the corpus.
//! Runs with the full set of peers (`just conformance full`).

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use cliutil::{CommonArgs, Format, Io, Reporter, Severity};
use support::{base, check, root, test_model};

/// A peer of the full set; none where only the quick one was asked for. One that is missing then is a failure.
fn peer(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS")?);
    if std::env::var("CLUSTERPIPE_CONFORMANCE").as_deref() != Ok("full") {
        return None;
    }
    let path = folder.join("bin").join(name);
    assert!(path.exists(), "{} is missing: tests/conformance/install-peers.sh full", path.display());
    Some(path)
}

fn corpus() -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("crates/cluster/tests/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn findings_are_valid_sarif() {
    let Some(schema) = peer("sarif-schema") else { return eprintln!("skipped: no full set of peers") };
    let mut schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    // A pattern with a stray bracket, which only ECMAScript reads; we write no `language`.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let io = Io {
        stdin: &mut stdin,
        stdout: &mut out,
        stderr: &mut err,
        stdin_is_terminal: false,
        stdout_is_terminal: false,
        stderr_is_terminal: false,
    };
    let common = CommonArgs { color: clap::ColorChoice::Never, quiet: false, format: Format::Sarif };
    let reporter = Reporter::new("validate", &common, &io);
    let model = test_model();
    let mut findings = Vec::new();
    for (name, text) in corpus() {
        let checked = check(&model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        let log: serde_json::Value = serde_json::from_str(&reporter.render(&checked.findings)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), checked.findings.len(), "{name}");
        findings.extend(checked.findings);
    }
    assert!(findings.len() > 150);
    // A name that is no URI as it stands.
    let odd = cliutil::Diagnostic::error("x/y", "m").in_file("<my> files/ä:1.yaml");
    let log = serde_json::from_str(&reporter.render(&[odd])).unwrap();
    assert!(validator.is_valid(&log), "{log}");
    // The judge judges.
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!validator.is_valid(&wrong));
}

/// What we take although cue refuses it, each with its reason.
const TAKEN: [(&str, &str); 14] = [
    ("ok-bgp-addresses-elsewhere", "AS numbers as numbers"),
    ("ok-bgp-large-asn", "AS numbers as numbers"),
    ("ok-bgp-router-is-the-derived-gateway", "AS numbers as numbers"),
    ("ok-mac-forms", "every common form of a MAC address"),
    ("ok-everything-empty-in-a-node", "nothing behind a key is not given"),
    ("ok-image-url", "an image in place of a schematic"),
    ("ok-schematic-inline", "an image in place of a schematic"),
    ("ok-interfaces", "fields under talhelper's names"),
    ("ok-kernel-modules", "fields under talhelper's names"),
    ("ok-machine-fields", "fields under talhelper's names"),
    ("ok-node-fields", "fields under talhelper's names"),
    ("ok-taint-without-value", "fields under talhelper's names"),
    ("ok-vlan-of-one-node", "a VLAN for one node"),
    ("ok-volumes", "fields under talhelper's names"),
];

#[test]
fn what_cue_refuses_is_refused() {
    let Some(cue) = peer("cue") else { return eprintln!("skipped: no full set of peers") };
    let rules = root().join("tests/bench/config");
    let model = test_model();
    let temp = tempfile::tempdir().unwrap();
    let mut differs = Vec::new();
    let mut refused = 0;
    for (name, text) in corpus() {
        let inputs = [base("cluster.yaml"), base("nodes.yaml"), text.clone()];
        let Some(mut data) = merged(&inputs) else { continue };
        let nodes = data.remove("nodes").unwrap_or_default();
        let files = [
            ("cluster.cue", yaml::Value::Mapping(data)),
            ("nodes.cue", [("nodes", nodes)].into_iter().collect::<yaml::Mapping>().into()),
        ];
        let theirs = files.iter().all(|(schema, value)| {
            let file = temp.path().join("data.yaml");
            std::fs::write(&file, yaml::emit(value, yaml::EmitOptions::default())).unwrap();
            let mut vet = Command::new(&cue);
            vet.args(["vet", "-c"])
                .arg(&file)
                .arg(rules.join(schema))
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            vet.stderr(Stdio::null()).status().unwrap().success()
        });
        let texts: Vec<_> = inputs.iter().map(String::as_str).collect();
        let ours = check(&model, &texts).findings.iter().all(|finding| finding.severity != Severity::Error);
        refused += usize::from(!theirs);
        if ours && !theirs && TAKEN.iter().all(|(taken, _)| *taken != name) {
            differs.push(name);
        }
    }
    eprintln!("cue refused {refused} of the corpus");
    assert!(differs.is_empty(), "cue refuses and we do not: {differs:?}");
}

/// The inputs as one mapping of keys that the bench's rules of cue know; none where others are in it, or one is no
/// plain data.
fn merged(inputs: &[String]) -> Option<yaml::Mapping> {
    let known = std::fs::read_to_string(root().join("tests/bench/config/cluster.cue")).unwrap();
    let mut merged = yaml::Mapping::new();
    for text in inputs {
        for document in yaml::load(text, yaml::Dialect::GoYamlV3).ok()? {
            for (key, value) in document.as_mapping()?.iter() {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    // The bench's rules know the list only.
    if let Some(domain) =
        merged.remove("cloudflare_domain").filter(|_| merged.get("cloudflare_domains").is_none())
    {
        let list = if domain.as_str().is_some() { yaml::Value::Sequence(vec![domain]) } else { domain };
        merged.insert("cloudflare_domains", list);
    }
    let is_known = |key: &yaml::Value| {
        key.as_str().is_some_and(|key| key == "nodes" || known.contains(&format!("\t{key}")))
    };
    let all = merged.iter().all(|(key, _)| is_known(key));
    all.then_some(merged)
}

//! `validate config` beside cue, with what a schema can say of the two files (tests/conformance/config): values of every
//! kind for every key, where both give the same verdict, and the corpus of crates/cluster, where ours may know more.

use std::path::Path;

use acceptance::Configuration;
use pipeline::{Repository, full, peer, root, text};
use yaml::{Dialect, EmitOptions, Mapping, Value};

/// Values for each kind of key: right ones and wrong ones, as YAML. Which is which, the two programs say.
const ADDRESS: &[&str] = &[
    "192.168.42.60",
    "\"192.168.42.61\"",
    "192.168.42.256",
    "192.168.42",
    "192.168.42.060",
    "fe80::1",
    "host.example.com",
    "192.168.42.60/24",
    "\" 192.168.42.60\"",
    "5",
    "true",
    "[192.168.42.60]",
    "{a: b}",
];
const NETWORK: &[&str] =
    &["10.99.0.0/16", "10.99.0.0", "10.99.0.0/33", "10.99.0.0/", "fd00::/64", "net", "16", "[10.99.0.0/16]"];
const ADDRESSES: &[&str] = &[
    "[]",
    "[1.1.1.1]",
    "[1.1.1.1, 9.9.9.9]",
    "[1.1.1.1, 1.1.1.1]",
    "[1.1.1]",
    "[dns.example.com]",
    "1.1.1.1",
    "[1]",
    "[null]",
    "{a: 1.1.1.1}",
    "[[1.1.1.1]]",
];
const NAMES: &[&str] = &[
    "[]",
    "[k8s.example.com]",
    "[10.0.0.1, k8s.example.com]",
    "[k8s_api.example.com]",
    "[k8s]",
    "[K8S.example.com]",
    "k8s.example.com",
    "[-a.example.com]",
    "[a..example.com]",
    "[5]",
];
const DOMAIN: &[&str] = &[
    "example.org",
    "a.b.example.org",
    "example",
    "Example.org",
    "example.org.",
    "-example.org",
    "exa_mple.org",
    "5",
    "\"*.example.org\"",
    "[example.org, example.net]",
    "[]",
    "[example]",
    "{a: b}",
];
const DOMAINS: &[&str] = &[
    "[example.org]",
    "[example.org, example.net]",
    "[example.org, example.org]",
    "[example]",
    "example.org",
    "[5]",
    "[null]",
];
const SWITCH: &[&str] = &["true", "false", "\"true\"", "1", "maybe", "[true]"];
const TEXT: &[&str] = &["some-text", "\"5\"", "[a]", "{a: b}"];
const REPOSITORY: &[&str] =
    &["a/b", "a.b/c_d-e", "a", "a/b/c", "/b", "a/", "a b/c", "https://github.com/a/b", "[a/b]"];
const ASN: &[&str] =
    &["64512", "\"64512\"", "4294967295", "0", "-1", "1.5", "abc", "\"12345678901\"", "[1]", "true"];
const VLAN: &[&str] =
    &["100", "\"100\"", "4094", "1", "0", "4095", "\"9999\"", "\"\\xb9\"", "-5", "1.5", "abc", "[100]"];
const MODE: &[&str] = &["dsr", "snat", "DSR", "hybrid", "1", "[dsr]"];
const VISIBILITY: &[&str] = &["public", "private", "pubic", "Public", "true", "[public]"];
const EMPTY: &[&str] = &["null", "\"\""];

/// The keys of cluster.yaml and the values tried for each.
const CLUSTER: &[(&str, &[&str])] = &[
    ("node_cidr", &["192.168.42.0/24", "192.168.42.0", "192.168.42.0/64", "fd00::/64", "net", "5"]),
    ("node_dns_servers", ADDRESSES),
    ("node_ntp_servers", ADDRESSES),
    ("node_default_gateway", ADDRESS),
    ("node_vlan_tag", VLAN),
    ("cluster_pod_cidr", NETWORK),
    ("cluster_svc_cidr", NETWORK),
    ("cluster_api_addr", ADDRESS),
    ("cluster_api_tls_sans", NAMES),
    ("cluster_dns_gateway_addr", ADDRESS),
    ("cluster_gateway_addr", ADDRESS),
    ("cloudflare_gateway_addr", ADDRESS),
    ("k8s_gateway_fallback_dns", ADDRESSES),
    ("repository_name", REPOSITORY),
    ("repository_branch", TEXT),
    ("repository_visibility", VISIBILITY),
    ("cloudflare_domain", DOMAIN),
    ("cloudflare_domains", DOMAINS),
    ("cloudflare_token", TEXT),
    ("cilium_loadbalancer_mode", MODE),
    ("cilium_bgp_router_addr", &["10.0.0.1", "router", "5", "[10.0.0.1]", "10.0.0.1/32"]),
    ("cilium_bgp_router_asn", ASN),
    ("cilium_bgp_node_asn", ASN),
    ("allow_scheduling_on_control_planes", SWITCH),
    // Unknown keys, also near ones
    ("node_cird", &["192.168.42.0/24"]),
    ("nothing", &["1", "null"]),
];

/// The fields of a node: the line of the example's first one, and what stands in its place.
const NODE: &[(&str, &[&str])] = &[
    (
        "name: cp-0",
        &[
            "name: a",
            "name: a-1",
            "name: A",
            "name: a_b",
            "name: -a",
            "name: a-",
            "name: global",
            "name: controller",
            "name: worker",
            "name: cp-1",
            "name: 5",
            "name: \"\"",
            "",
        ],
    ),
    (
        "address: 192.168.42.11",
        &[
            "address: 192.168.42.99",
            "address: 192.168.42.12",
            "address: 192.168.42.300",
            "address: host",
            "address: 5",
            "address: \"\"",
            "",
        ],
    ),
    (
        "controller: true",
        &[
            "controller: false",
            "controller: \"true\"",
            "controller: 1",
            "controller: yes please",
            "controller: null",
            "",
        ],
    ),
    ("disk: /dev/sda", &["disk: /dev/nvme0n1", "disk: SERIAL01", "disk: \"\"", "disk: 5", "disk: [a]", ""]),
    (
        "mac_addr: \"02:00:c0:a8:2a:0b\"",
        &[
            "mac_addr: \"02:00:c0:a8:2a:ff\"",
            "mac_addr: \"02:00:C0:A8:2A:FF\"",
            "mac_addr: \"02-00-c0-a8-2a-ff\"",
            "mac_addr: \"0200.c0a8.2aff\"",
            "mac_addr: \"02:00:c0:a8:2a\"",
            "mac_addr: \"02:00:c0:a8:2a:fg\"",
            "mac_addr: \"02:00:c0:a8:2a:0c\"",
            "mac_addr: 5",
            "",
        ],
    ),
    (
        "schematic_id: dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29",
        &[
            "schematic_id: dee35a37",
            "schematic_id: zee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29",
            "schematic_id: 5",
            "",
        ],
    ),
    (
        "controller: true",
        &[
            "controller: true\n    mtu: 1500",
            "controller: true\n    mtu: 1449",
            "controller: true\n    mtu: 9001",
            "controller: true\n    mtu: \"1500\"",
            "controller: true\n    secureboot: true",
            "controller: true\n    secureboot: 1",
            "controller: true\n    encrypt_disk: maybe",
            "controller: true\n    kernel_modules: [nbd]",
            "controller: true\n    kernel_modules: nbd",
            "controller: true\n    kernel_modules: [5]",
            "controller: true\n    nothing: 1",
        ],
    ),
];

/// cue, which is in the full set.
fn cue() -> Option<std::path::PathBuf> {
    if full() {
        return peer("cue");
    }
    println!("SKIPPED: cue is in the full set; run `just conformance full`");
    None
}

/// Whether both programs of a side accept the two files.
fn verdicts(repository: &Repository, cue: &Path) -> (bool, bool, String) {
    let schemas = root().join("tests/conformance/config");
    let vet = |file: &str, schema: &str| {
        let schema = schemas.join(schema);
        repository.run(cue, &["vet", "-c", file, schema.to_str().unwrap()])
    };
    let theirs = [vet("cluster.yaml", "cluster.cue"), vet("nodes.yaml", "nodes.cue")];
    let ours = repository.run("validate", &["config", "--check"]);
    assert!(matches!(ours.status.code(), Some(0 | 1)), "{}", text(&ours));
    let said = format!("{}\n{}{}", text(&ours), text(&theirs[0]), text(&theirs[1]));
    (ours.status.success(), theirs.iter().all(|one| one.status.success()), said)
}

#[test]
fn cue_says_the_same_of_every_configuration_that_a_schema_can_judge() {
    let Some(cue) = cue() else { return };
    // Without what is only right together with something else.
    let bgp = ["cilium_bgp_router_addr", "cilium_bgp_router_asn", "cilium_bgp_node_asn"];
    let base = Configuration::example("cluster-template").without(&["node_default_gateway"]);
    let repository = base.repository();
    let mut cases = vec![("as it is".to_owned(), base.clone())];
    for (key, values) in CLUSTER {
        let here = base.has(key);
        if here && !bgp.contains(key) && *key != "cloudflare_domains" {
            cases.push((format!("no {key}"), base.clone().without(&[key])));
        }
        let empty = if bgp.contains(key) || *key == "cloudflare_domains" { &[] } else { EMPTY };
        for value in values.iter().chain(empty) {
            let mut one = base.clone().with(&format!("{key}: {value}"));
            // The list wins over the other key.
            if *key == "cloudflare_domain" {
                one = one.without(&["cloudflare_domains"]);
            }
            cases.push((format!("{key}: {value}"), one));
        }
    }
    for (line, others) in NODE {
        for other in *others {
            let (from, to) = if line.starts_with("name") {
                (
                    format!("- {line}\n    "),
                    if other.is_empty() { "- ".into() } else { format!("- {other}\n    ") },
                )
            } else {
                (
                    format!("    {line}\n"),
                    if other.is_empty() { String::new() } else { format!("    {other}\n") },
                )
            };
            cases.push((format!("{line} -> {other}"), base.clone().nodes(&from, &to)));
        }
    }
    let (mut differences, mut accepted) = (Vec::new(), 0);
    for (name, configuration) in &cases {
        configuration.write(&repository);
        let (ours, theirs, said) = verdicts(&repository, &cue);
        accepted += usize::from(ours);
        if ours != theirs {
            differences.push(format!("{name}: ours {ours}, cue {theirs}\n{said}"));
        }
    }
    println!("{} configurations, {accepted} accepted by both", cases.len());
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n"));
    assert!(accepted > 40 && cases.len() - accepted > 120, "{accepted} of {}", cases.len());
}

/// What a node may have besides what cluster-template knows.
const FIELDS: &str = "fields of talhelper that a node may have";

/// Of the corpus, what cue refuses and ours takes, each with its reason.
const TAKEN: &[(&str, &str)] = &[
    ("ok-everything-empty-in-a-node", FIELDS),
    ("ok-image-url", FIELDS),
    ("ok-interfaces", FIELDS),
    ("ok-kernel-modules", FIELDS),
    ("ok-mac-forms", "a hardware address without separators; it is written with them"),
    ("ok-machine-fields", FIELDS),
    ("ok-node-fields", FIELDS),
    ("ok-schematic-inline", FIELDS),
    ("ok-taint-without-value", FIELDS),
    ("ok-vlan-of-one-node", "a VLAN of its own for a node"),
    ("ok-vlan-per-node", "a VLAN of its own for a node"),
    ("ok-volumes", FIELDS),
];

#[test]
fn what_cue_refuses_of_the_corpus_is_refused() {
    let Some(cue) = cue() else { return };
    let repository = Configuration::example("cluster-template").repository();
    let folder = root().join("crates/cluster/tests");
    let base = ["cluster.yaml", "nodes.yaml"].map(|name| read(&folder.join("base").join(name)));
    let mut files: Vec<_> =
        std::fs::read_dir(folder.join("corpus")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut judged, mut refused, mut differences) = (0, 0, Vec::new());
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Some((cluster, nodes)) = merged(&[&base[0], &base[1], &read(&path)]) else { continue };
        repository.write("cluster.yaml", &cluster);
        repository.write("nodes.yaml", &nodes);
        let (ours, theirs, said) = verdicts(&repository, &cue);
        judged += 1;
        refused += usize::from(!theirs);
        let is_known = TAKEN.iter().any(|(taken, _)| *taken == name);
        if (ours && !theirs) != is_known {
            differences.push(format!("{name}: ours {ours}, cue {theirs}\n{said}"));
        }
    }
    println!("{judged} files of the corpus, {refused} refused by cue");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(judged > 150 && refused > 60, "{judged} judged, {refused} refused");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Texts as one cluster.yaml and one nodes.yaml; none where other keys than cue's are in them, or one is no plain data.
fn merged(texts: &[&str]) -> Option<(String, String)> {
    let known = read(&root().join("tests/conformance/config/cluster.cue"));
    let mut merged = Mapping::new();
    for text in texts {
        for document in yaml::load(text, Dialect::GoYamlV3).ok()? {
            for (key, value) in document.as_mapping()?.iter() {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    let nodes: Mapping = [("nodes", merged.remove("nodes").unwrap_or_default())].into_iter().collect();
    let is_known = |key: &Value| key.as_str().is_some_and(|key| known.contains(&format!("\t{key}")));
    let text = |mapping: Mapping| yaml::emit(&Value::Mapping(mapping), EmitOptions::default());
    let all_known = merged.iter().all(|(key, _)| is_known(key));
    all_known.then(|| (text(merged), text(nodes)))
}

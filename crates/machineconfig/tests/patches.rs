//! Patches against what Talos makes of them: each expectation is what its configpatcher (pkg/machinery 1.13.0, of which
//! talosctl 1.13.0 is built; 1.14.0-alpha.2 where 1.13.0 does not know the document) answered to the same texts.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use machineconfig::{Patch, Patched};
use yaml::{Dialect, Value};

const WORKER: &str = "version: v1alpha1\nmachine: {type: worker, token: t, certSANs: [a], sysctls: {a: '1', b/c: x, 'd~e': z}}\ncluster: {clusterName: name}\n";

/// The documents, or the codes of what is wrong.
fn patched(config: &str, patches: &[&str]) -> Result<Vec<Value>, Vec<&'static str>> {
    let codes = |problems: Vec<machineconfig::Problem>| problems.iter().map(|problem| problem.code).collect();
    let run = || {
        let patches = patches.iter().map(|text| Patch::load(text)).collect::<Result<Vec<_>, _>>()?;
        let start = Patched::load(config, patches.first().is_some_and(Patch::is_json))?;
        Ok(patches.iter().try_fold(start, |state, patch| patch.apply(state))?.to_values())
    };
    run().map_err(codes)
}

fn document(kind: &str, rest: &str) -> String {
    format!("apiVersion: v1alpha1\nkind: {kind}\n{rest}")
}

/// What a document of a kind is after a patch of the same kind.
fn merged(kind: &str, old: &str, new: &str) -> Result<Value, Vec<&'static str>> {
    Ok(patched(&document(kind, old), &[&document(kind, new)])?.remove(0))
}

fn data(text: &str) -> Value {
    yaml::load_one(text, Dialect::GoYamlV3).unwrap()
}

/// The sysctls of [`WORKER`] after operations.
fn sysctls(operations: &str) -> Result<Value, Vec<&'static str>> {
    let documents = patched(WORKER, &[operations])?;
    Ok(documents[0].get("machine").and_then(|machine| machine.get("sysctls")).cloned().unwrap_or_default())
}

#[test]
fn bytes_that_are_none_take_the_place_of_others() {
    for kind in ["DummyLinkConfig", "BridgeConfig", "VRFConfig", "BondConfig"] {
        let old = "name: x\nhardwareAddr: 00:11:22:33:44:55\n";
        assert_eq!(
            merged(kind, old, "name: x\nhardwareAddr: ''\n").unwrap().get("hardwareAddr"),
            None,
            "{kind}"
        );
        let kept = merged(kind, old, "name: x\nhardwareAddr: null\n").unwrap();
        assert_eq!(kept.get("hardwareAddr"), Some(&Value::from("00:11:22:33:44:55")), "{kind}");
    }
    let registry = |ca| format!("machine: {{registries: {{config: {{r: {{tls: {{ca: {ca}}}}}}}}}}}\n");
    let documents = patched(&registry("aGk="), &[&registry("''")]).unwrap();
    let registries = documents[0].get("machine").and_then(|machine| machine.get("registries")).unwrap();
    assert_eq!(registries, &data("{config: {r: {tls: {}}}}"));
}

#[test]
fn false_in_a_map_is_false() {
    let found = merged(
        "EthernetConfig",
        "name: e\nfeatures: {a: true, b: true}\n",
        "name: e\nfeatures: {a: false}\n",
    );
    assert_eq!(found.unwrap().get("features"), Some(&data("{a: false, b: true}")));
}

#[test]
fn rules_for_images_replace_those_that_were_there() {
    let found = merged(
        "ImageVerificationConfig",
        "rules: [{image: a, skip: true}, {image: a, deny: true}]\n",
        "rules: [{image: a}, {image: b, deny: true}, {image: b, skip: true}]\n",
    );
    let want = data("[{image: a, skip: true}, {image: a}, {image: b, deny: true}, {image: b, skip: true}]");
    assert_eq!(found.unwrap().get("rules"), Some(&want));
}

#[test]
fn the_users_of_two_urls_are_not_merged() {
    let url = |old: &str, new: &str| {
        let text = |url: &str| format!("name: k\nurl: {url}\n");
        merged("KmsgLogConfig", &text(old), &text(new)).map(|found| found.get("url").cloned())
    };
    assert_eq!(url("tcp://u:p@a:1/x", "tcp://b:2/y"), Ok(Some("tcp://u:p@b:2/y".into())));
    assert_eq!(url("tcp://a:1", "tcp://u:p@b:2"), Ok(Some("tcp://u:p@b:2".into())));
    assert_eq!(url("tcp://u:p@a:1", "tcp://v@b:2"), Err(vec!["patch/merge"]));
}

#[test]
fn words_and_durations() {
    let bond = |word: &str| {
        let bond = document("BondConfig", &format!("name: b\nfailOverMac: {word}\n"));
        patched(WORKER, &[&bond]).map(|documents| documents[1].get("failOverMac").cloned())
    };
    for (word, want) in [("follow", "follow"), ("2", "follow"), ("''", "none"), ("0", "none")] {
        assert_eq!(bond(word), Ok(Some(want.into())), "{word}");
    }
    for word in ["FOLLOW", "3", "None"] {
        assert_eq!(bond(word), Err(vec!["config/type"]), "{word}");
    }
    let time = |new: &str| merged("TimeSyncConfig", "bootTimeout: 5s\n", &format!("bootTimeout: {new}\n"));
    assert_eq!(time("0").unwrap().get("bootTimeout"), Some(&Value::from("5s")));
    assert_eq!(time("1"), Err(vec!["config/type"]));
}

#[test]
fn deletions_find_documents_of_their_version_only() {
    let config = format!("{WORKER}---\n{}", document("HostnameConfig", "hostname: h\n"));
    let count = |patch: &str| patched(&config, &[patch]).map(|documents| documents.len());
    assert_eq!(count("apiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete\n"), Ok(1));
    assert_eq!(count("apiVersion: v2\nkind: HostnameConfig\n$patch: delete\n"), Ok(2));
    for patch in ["- {$patch: delete}\n", "- {a: b, $patch: delete}\n"] {
        assert_eq!(count(patch), Err(vec!["patch/json-operation"]), "{patch}");
    }
    assert_eq!(count("[[{a: b, $patch: delete}]]\n"), Err(vec!["patch/delete-place"]));
}

/// talosctl 1.13.0 leaves an empty document, for which it refuses the file, or crashes.
#[test]
fn a_deletion_within_a_document_that_is_not_there_leaves_the_rest_of_the_patch() {
    for (kind, patch) in [
        ("HostnameConfig", "auto: stable\nhostname: {$patch: delete}\n"),
        ("UserVolumeConfig", "name: x\nprovisioning: {$patch: delete}\n"),
    ] {
        let documents = patched(WORKER, &[&document(kind, patch)]).unwrap();
        assert_eq!(documents.len(), 2, "{kind}");
        assert_eq!(documents[1].get("kind"), Some(&Value::from(kind)));
    }
}

#[test]
fn a_configuration_without_documents_is_refused() {
    for config in ["", "# nothing\n", "---\n", "null\n"] {
        assert_eq!(patched(config, &["machine: {}\n"]), Err(vec!["config/empty"]), "{config:?}");
    }
    assert_eq!(patched("", &["[]"]), Err(vec!["config/empty"]));
    assert_eq!(patched("x\n", &["[]"]), Err(vec!["config/not-a-document"]));
    assert_eq!(patched(&format!("---\n---\n{WORKER}"), &["[]"]), Err(vec!["patch/json-multi-document"]));
}

#[test]
fn pointers_begin_with_a_slash() {
    for operation in [
        "{op: add, path: machine, value: {}}",
        "{op: replace, path: machine, value: {}}",
        "{op: test, path: machine, value: {}}",
        "{op: remove, path: machine}",
        "{op: move, from: machine, path: /x}",
        "{op: copy, from: /machine, path: x}",
        // The whole document.
        "{op: add, path: '', value: {}}",
        "{op: remove, path: ''}",
        "{op: copy, from: '', path: /x}",
        "{op: copy, from: /machine, path: ''}",
        "{op: move, from: /machine, path: ''}",
        "{op: replace, path: '', value: x}",
    ] {
        assert_eq!(sysctls(&format!("[{operation}]")), Err(vec!["patch/json-operation"]), "{operation}");
    }
    let whole = "[{op: test, path: '', value: {version: v1alpha1, cluster: {clusterName: name}, machine: {type: worker, token: t, certSANs: [a], sysctls: {a: '1', b/c: x, d~e: z}}}}, {op: replace, path: '', value: {machine: {sysctls: {z: '1'}}}}]";
    assert_eq!(sysctls(whole), Ok(data("{z: '1'}")));
    assert_eq!(
        sysctls("[{op: remove, path: '#/machine/sysctls/a'}, {op: remove, path: /machine/sysctls/b~1c}]"),
        Ok(data("{'d~e': z}"))
    );
}

#[test]
fn values_go_through_json() {
    let value = |text: &str, typed: bool| {
        let operation = format!("[{{op: add, path: /machine/sysctls, value: {{n: {text}}}}}]");
        let patches =
            if typed { vec![operation.as_str(), "machine: {}\n"] } else { vec![operation.as_str()] };
        let documents = patched(WORKER, &patches)?;
        let machine = documents[0].get("machine").cloned().unwrap_or_default();
        Ok::<_, Vec<_>>(
            machine.get("sysctls").and_then(|sysctls| sysctls.get("n")).cloned().unwrap_or_default(),
        )
    };
    for (text, raw, typed) in [
        ("1.0", "1", "1"),
        ("1e3", "1000", "1000"),
        ("1.50", "1.5", "1.5"),
        ("1e21", "1e+21", "1e+21"),
        ("1e-7", "1e-07", "1e-07"),
        ("2001-01-01", "'2001-01-01T00:00:00Z'", "2001-01-01T00:00:00Z"),
        ("!!binary aGk=", "hi", "hi"),
    ] {
        assert_eq!(value(text, false), Ok(data(raw)), "{text}");
        assert_eq!(value(text, true), Ok(Value::from(typed)), "{text}");
    }
    assert_eq!(value(".inf", false), Err(vec!["config/type"]));
}

#[test]
fn a_configuration_goes_through_json() {
    let sysctls = |text: &str| {
        let config = format!("version: v1alpha1\nmachine: {{sysctls: {text}}}\n");
        let documents = patched(&config, &["[{op: test, path: /version, value: v1alpha1}]"])?;
        Ok::<_, Vec<_>>(documents[0].get("machine").and_then(|machine| machine.get("sysctls")).cloned())
    };
    assert_eq!(sysctls("{a: 1.0, b: 1e3, c: 1.5}"), Ok(Some(data("{a: 1, b: 1000, c: 1.5}"))));
    assert_eq!(
        sysctls("{1: a, on: b, 1.5: c, 0x10: d, 1e3: e}"),
        Ok(Some(data("{'1': a, 'true': b, '1.5': c, '16': d, '1000': e}")))
    );
    for text in ["{a: .inf}", "{a: .nan}", "{~: a}"] {
        assert_eq!(sysctls(text), Err(vec!["config/type"]), "{text}");
    }
}

//! What the examples generate before the last judge there is: a real API server with the components' own
//! definitions. Every object is applied server-side with strict validation, which also runs the rules (CEL) that the
//! definitions carry and Kubernetes' own validation, that no schema says.

mod first;
mod server;

use std::path::PathBuf;

use pipeline::{Repository, text};
use server::Server;
use yaml::{Dialect, EmitOptions, Value};

/// Objects of kgateway 2.1.1 (document 000), whose definitions are in no registry and which those of 2.2.0 refuse: kind,
/// group and, where it is not all of them, name.
const EXEMPT: [(&str, &str, &str); 4] = [
    ("Backend", "agentgateway.dev", ""),
    ("BackendConfigPolicy", "gateway.kgateway.dev", "azure-cohere-embed"),
    ("BackendConfigPolicy", "gateway.kgateway.dev", "azure-cohere-rerank"),
    ("GatewayParameters", "gateway.kgateway.dev", "agentgateway-params"),
];

/// Kinds of operators whose definitions are in no registry.
const UNDEFINED: [(&str, &str); 2] =
    [("Terraform", "infra.contrib.fluxcd.io"), ("Keycloak", "k8s.keycloak.org")];

#[test]
fn an_api_server_takes_every_object_of_every_example() {
    if !super::full() {
        println!("SKIPPED: only in `just conformance full`");
        return;
    }
    let [Some(etcd), Some(apiserver), Some(kubectl)] = ["etcd", "kube-apiserver", "kubectl"].map(super::peer)
    else {
        return;
    };
    let crds = PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS").unwrap()).join("crds");
    let server = Server::start(&etcd, &apiserver, &kubectl);
    server.define(&crds);
    let mut rejected = Vec::new();
    let mut judged = 0;
    for name in pipeline::examples() {
        let objects = objects_of(&name);
        assert!(objects.len() > 20, "{name}: only {} objects", objects.len());
        for namespace in namespaces(&objects) {
            server.create_namespace(&namespace);
        }
        let (exempt, objects): (Vec<_>, Vec<_>) = objects.into_iter().partition(is_exempt);
        println!("{name}: {} objects, {} cannot be judged", objects.len(), exempt.len());
        judged += objects.len();
        rejected.extend(server.apply(&objects).into_iter().map(|words| format!("{name}: {words}")));
    }
    println!("{judged} objects were applied");
    assert!(rejected.is_empty(), "{} rejected:\n{}", rejected.len(), rejected.join("\n"));
}

/// The judge judges.
#[test]
fn an_api_server_refuses_what_is_wrong() {
    if !super::full() {
        println!("SKIPPED: only in `just conformance full`");
        return;
    }
    let [Some(etcd), Some(apiserver), Some(kubectl)] = ["etcd", "kube-apiserver", "kubectl"].map(super::peer)
    else {
        return;
    };
    let server = Server::start(&etcd, &apiserver, &kubectl);
    let object = |data: &str| {
        yaml::load_one(
            &format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: default}}\n{data}"),
            Dialect::Yaml12,
        )
        .unwrap()
    };
    assert_eq!(server.apply(&[object("data: {a: b}\n")]), Vec::<String>::new());
    for wrong in ["dat: {a: b}\n", "data: {a: 1}\n"] {
        assert_eq!(server.apply(&[object(wrong)]).len(), 1, "{wrong}");
    }
}

/// Everything that Flux would apply of an example, with its secrets decrypted.
fn objects_of(example: &str) -> Vec<Value> {
    let repository = Repository::example(example);
    repository.configure();
    for path in repository.secret_files() {
        let plain = repository.run("secrets", &["decrypt", "--in-place", path.to_str().unwrap()]);
        assert!(plain.status.success(), "{}", text(&plain));
    }
    // As the recipe `configure` has it for each system.
    let entry = match example {
        "proxmox" => "k8s/flux",
        "olm" => "kubernetes/clusters/main",
        _ => "kubernetes/flux/cluster",
    };
    let built = repository.run("validate", &["build", "--flux", "--entry", entry]);
    assert!(built.status.success(), "{example}: {}", text(&built));
    yaml::load(&String::from_utf8_lossy(&built.stdout), Dialect::Kubernetes).unwrap()
}

fn namespaces(objects: &[Value]) -> std::collections::BTreeSet<String> {
    let used = objects.iter().filter_map(|object| object.get("metadata")?.get("namespace")?.as_str());
    used.map(str::to_owned).collect()
}

fn is_exempt(object: &Value) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let (kind, version) = (text("kind"), text("apiVersion"));
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let name = object.get("metadata").and_then(|metadata| metadata.get("name")?.as_str()).unwrap_or_default();
    EXEMPT.iter().any(|(k, g, n)| (*k, *g) == (kind, group) && (n.is_empty() || *n == name))
        || UNDEFINED.contains(&(kind, group))
}

/// An object as a message names it.
fn named(object: &Value) -> String {
    let metadata = |key: &str| object.get("metadata").and_then(|m| m.get(key)?.as_str()).unwrap_or_default();
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
    format!("{kind} {}/{}", metadata("namespace"), metadata("name"))
}

fn stream(objects: &[Value]) -> String {
    objects
        .iter()
        .fold(String::new(), |all, object| all + "---\n" + &yaml::emit(object, EmitOptions::default()))
}

//! The client configuration of a cluster (`talosconfig`): its endpoints, its nodes, and a fresh client certificate.

use std::time::{Duration, SystemTime};

use pki::CLIENT_LIFETIME;
use yaml::{Mapping, Value};

use crate::{Secrets, pem64};

/// What a client configuration holds beside its addresses.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The role its certificate gives: `os:admin`, `os:operator`, `os:reader`, `os:etcd:backup`.
    pub role: String,
    /// How long the certificate lives.
    pub lifetime: Duration,
    /// Whether the nodes are listed, so that commands go to all of them when none is named.
    pub nodes: bool,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { role: "os:admin".to_owned(), lifetime: CLIENT_LIFETIME, nodes: true }
    }
}

/// The client configuration of the cluster `name`.
pub(crate) fn client(
    name: &str,
    endpoints: &[&str],
    nodes: &[&str],
    secrets: &Secrets,
    options: &ClientOptions,
    now: SystemTime,
) -> pki::Result<Value> {
    let made = pki::talos_client(&secrets.os, &options.role, options.lifetime, now)?;
    let mut context = Mapping::new();
    context.insert("endpoints", endpoints.to_vec());
    if options.nodes && !nodes.is_empty() {
        context.insert("nodes", nodes.to_vec());
    }
    context.insert("ca", pem64::encode(&secrets.os.certificate));
    context.insert("crt", pem64::encode(&made.certificate));
    context.insert("key", pem64::encode(made.key.expose()));
    let contexts: Mapping = [(name, context)].into_iter().collect();
    let all: [(&str, Value); 2] = [("context", name.into()), ("contexts", contexts.into())];
    Ok(Value::Mapping(all.into_iter().collect()))
}

//! The client configuration of a cluster (`talosconfig`): its endpoints, its nodes, and a fresh client certificate.

use std::time::{Duration, SystemTime};

use pki::KeyPair;
use yaml::{Mapping, Value};

use crate::{Secrets, pem64};

/// A fresh client certificate with its key.
pub struct Client(KeyPair);

impl Secrets {
    /// Makes a client certificate for a role (`os:admin`, `os:operator`, `os:reader`, `os:etcd:backup`).
    ///
    /// # Errors
    /// When the cluster's own authority cannot sign it.
    pub fn client(&self, role: &str, lifetime: Duration, now: SystemTime) -> pki::Result<Client> {
        pki::talos_client(&self.os, role, lifetime, now).map(Client)
    }
}

/// The client configuration of the cluster `name`.
pub(crate) fn client(
    name: &str,
    endpoints: &[&str],
    nodes: &[&str],
    list_nodes: bool,
    secrets: &Secrets,
    Client(made): &Client,
) -> Value {
    let mut context = Mapping::new();
    context.insert("endpoints", endpoints.to_vec());
    if list_nodes && !nodes.is_empty() {
        context.insert("nodes", nodes.to_vec());
    }
    context.insert("ca", pem64::encode(&secrets.os.certificate));
    context.insert("crt", pem64::encode(&made.certificate));
    context.insert("key", pem64::encode(made.key.expose()));
    let contexts: Mapping = [(name, context)].into_iter().collect();
    let all: [(&str, Value); 2] = [("context", name.into()), ("contexts", contexts.into())];
    Value::Mapping(all.into_iter().collect())
}

//! What a plan was made for: the cluster, its versions and its configuration.

use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome, hex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::inventory::Cluster;

/// The cluster, its versions and its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Identity {
    /// `clusterName`
    pub(crate) name: String,
    /// `endpoint`: the address of the API server.
    pub(crate) endpoint: String,
    /// `talosVersion`, with its v.
    pub(crate) talos_version: String,
    /// `kubernetesVersion`, with its v.
    pub(crate) kubernetes_version: String,
    /// The files it was made from.
    pub(crate) configuration: Vec<FileHash>,
}

/// A file and its content's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileHash {
    /// The file.
    pub(crate) path: PathBuf,
    /// SHA-256 of its bytes, hexadecimal.
    pub(crate) sha256: String,
}

impl FileHash {
    /// The hash of a file.
    ///
    /// # Errors
    /// `io/missing`, `io/read`.
    pub(crate) fn of(path: &Path) -> Outcome<Self> {
        let bytes = std::fs::read(path).map_err(|error| {
            let code = if error.kind() == std::io::ErrorKind::NotFound { "io/missing" } else { "io/read" };
            Failure::new(code, format!("{}: cannot be read: {error}", path.display()))
        })?;
        Ok(Self { path: path.to_path_buf(), sha256: hex(Sha256::digest(&bytes)) })
    }
}

impl Identity {
    /// The identity of a cluster whose plan also uses `files`.
    ///
    /// # Errors
    /// Those of [`FileHash::of`], for every file.
    pub(crate) fn of(cluster: &Cluster, files: &[PathBuf]) -> Outcome<Self> {
        let mut configuration = Vec::new();
        let mut problems = Vec::new();
        for path in cluster.files.iter().chain(files) {
            match FileHash::of(path) {
                Ok(hash) => configuration.push(hash),
                Err(failure) => problems.extend(failure.diagnostics),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        Ok(Self {
            name: cluster.inventory.cluster.clone(),
            endpoint: cluster.endpoint.clone(),
            talos_version: cluster.talos_version.clone(),
            kubernetes_version: cluster.kubernetes_version.clone(),
            configuration,
        })
    }

    /// A short name that no other cluster of this person has.
    pub(crate) fn key(&self) -> String {
        let digest = hex(Sha256::digest(format!("{}\n{}", self.name, self.endpoint)));
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = self.name.chars().take(40).map(safe).collect();
        format!("{name}-{}", digest.get(..12).unwrap_or_default())
    }
}

//! Schemas of Kubernetes and of the custom resources of the catalogue, embedded, and the check of objects against them:
//! [`Schemas::bundled`], then [`Schemas::validate`] for each object. No network, no cluster.
//!
//! Strict, as the API server is to a server-side apply: unknown fields, wrong types, missing fields, enumerations,
//! patterns, limits, formats, combinations, items of a list that are the same. Not checked are the rules that stand in
//! code or CEL. What has no schema is said to have none.
//!
//! Of values it knows null (as good as nothing, unless the field must be there), what SOPS encrypted (`ENC[…]` is a
//! value of its type, and the `sops` block is not there), and, where asked to, what Flux substitutes (`${…}`).

mod bundle;
mod check;
mod crd;
mod data;
mod external;
mod finding;
mod format;
mod lifecycle;
mod location;
mod name;
mod node;
mod read;
mod schemas;
mod template;
mod unknown;
mod version;

pub use check::StandIns;
pub use crd::{CustomKind, custom_kinds};
pub use data::{DataEntries, Entries, Items, Key, Tree, Value, Yaml};
pub use finding::{Finding, Type, Verdict};
pub use location::LocationError;
pub use schemas::{NotBundled, Schemas, VersionError};
pub use template::TemplateError;
pub use version::{KubernetesVersion, NoVersion};

/// The version of Kubernetes that the catalogue pins.
const PINNED: &str = "1.34";

//! Talos as talhelper describes it: the `talconfig.yaml` we write ([`Talconfig`]), the one we read ([`Document`],
//! with `talenv.yaml` substituted as talhelper does), and the nodes in it ([`Inventory`]).
//!
//! Facts follow talhelper 3.1.16. Machine configurations are not made here.

pub mod compatibility;
mod document;
mod envsubst;
pub mod fields;
mod inventory;
mod talconfig;
mod talenv;

pub use document::{Document, Place, first_document};
pub use envsubst::{Substituted, Unresolved, substitute};
pub use inventory::{Inventory, Machine};
pub use talconfig::{InstallDisk, Interface, Node, Talconfig};
pub use talenv::Talenv;

//! A cluster to test nodeop against: machines that answer Talos's Machine API on loopback, as the real talosctl 1.13
//! asks it, with etcd, a small Kubernetes API, and faults on demand. It is no dependency of the tools.
//!
//! The messages and calls are written by hand, as far as the commands nodeop uses need them. What the machines do is a
//! sketch of Talos: stages, boots, etcd members, configurations. What they answer is what its server answers.
#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod api;
mod bench;
mod calls;
mod cluster;
mod disk;
mod fault;
mod identity;
mod kubernetes;
mod machine;
pub mod message;
mod resources;
mod serve;
pub mod standin;
mod state;
mod streams;

pub use bench::{Bench, Talosctl, documents, out, states, words};
pub use cluster::{Cluster, FIVE, Node, configuration};
pub use disk::Disk;
pub use fault::{Fault, Rule};
pub use machine::{Machine, Member, SCHEMATIC, Stage, System, TALOS, Wiping};
pub use serve::PORT;
pub use state::{Deed, State};

//! The model of `cluster.yaml` and `nodes.yaml`: what is declared ([`Model`]), what was given ([`Inputs`]), and the
//! check that turns one into the [`Context`] every other tool reads, or says everything that is wrong.
//!
//! One declaration per key holds its type, default, condition and text: `core.yaml` and `nodes.yaml` beside this
//! file, those of a system in `systems/`, and a `component.yaml` for each component of the catalogue. JSON Schemas are made from the same
//! declarations ([`schema`]).

mod catalogue;
mod check;
mod codes;
mod config;
mod context;
mod declaration;
mod entries;
mod explain;
mod expression;
mod findings;
mod fix;
mod fleet;
mod input;
mod link;
mod map;
mod mask;
mod model;
mod nodes;
mod pin;
mod provided;
pub mod reference;
mod rules;
pub mod sample;
pub mod schema;
mod shipped;
mod systems;
mod values;
mod verify;
mod walk;

pub use codes::CODES;
pub use config::{Checked, PlainSecret, check};
pub use context::{CONTEXT_VERSION, Context};
pub use declaration::{AddressRole, Declaration, Declarations, Format, Type, Types};
pub use explain::explain;
pub use fix::{Rename, Renamed, renames};
pub use input::Inputs;
pub use map::IndexMap;
pub use model::Model;
pub use pin::Pin;

/// How plain scalars of cluster.yaml and nodes.yaml are read: as go-yaml v3 does, so `yes` is text, and `0123` is told
/// apart from 123.
pub(crate) const DIALECT: yaml::Dialect = yaml::Dialect::GoYamlV3;

/// The system of a configuration that does not name one.
pub const DEFAULT_SYSTEM: &str = "cluster-template";

/// The systems there are.
pub const SYSTEMS: [&str; 3] = [DEFAULT_SYSTEM, "proxmox", "olm"];

#[cfg(test)]
mod tests {
    #[test]
    fn the_systems_are_those_that_are_declared() {
        let model = crate::Model::core(crate::DEFAULT_SYSTEM).ok().unwrap();
        assert_eq!(model.options()["system"].choices, crate::SYSTEMS);
    }
}

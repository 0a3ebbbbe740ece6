//! What must be true: of a talconfig before anything is generated (talhelper's checks), and of a finished machine
//! configuration (Talos's own, as far as they need no running machine).

mod cel;
mod cluster;
mod conflicts;
mod devices;
mod documents;
mod images;
mod later;
mod machine;
mod names;
mod notes;
mod talconfig;

use crate::Problem;

/// What machines run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Talos is installed to a disk.
    Metal,
    /// The disk image is Talos already.
    Cloud,
    /// Talos runs in a container.
    Container,
}

impl Mode {
    /// The mode of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "metal" => Some(Self::Metal),
            "cloud" => Some(Self::Cloud),
            "container" => Some(Self::Container),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metal => "metal",
            Self::Cloud => "cloud",
            Self::Container => "container",
        }
    }
}

/// Collects problems.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem::new("talos/invalid", message).on(path));
    }

    fn required(&mut self, path: impl Into<String>) {
        self.0.push(Problem::new("talos/required", "this is required").on(path));
    }

    /// What Talos only warns of, unless it is told to be strict (as when configurations are generated).
    fn deprecated(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem::new("talos/deprecated", message).on(path));
    }

    fn require(&mut self, holds: bool, path: &str, message: impl Into<String>) {
        if !holds {
            self.add(path, message);
        }
    }

    fn all(&mut self, path: &str, messages: impl IntoIterator<Item = String>) {
        self.0.extend(messages.into_iter().map(|message| Problem::new("talos/invalid", message).on(path)));
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.0
    }
}

pub(crate) use later::later;
pub(crate) use machine::check_values;

//! `--dry-run`: what would change in the output folder, path by path, without anything secret.

use std::fmt::Write as _;
use std::path::Path;

use machineconfig::{Machine, diff};
use yaml::Dialect;

/// A line for every file and every change in it.
pub(super) fn describe(folder: &Path, machines: &[Machine]) -> String {
    let mut out = String::new();
    for machine in machines {
        let path = folder.join(&machine.file_name);
        let name = path.display();
        let old =
            std::fs::read_to_string(&path).ok().and_then(|text| yaml::load(&text, Dialect::GoYamlV3).ok());
        // What is compared is what a reader would get.
        let new = yaml::load(&machine.yaml, Dialect::GoYamlV3).unwrap_or_default();
        match old.map(|old| diff(&old, &new)) {
            None => drop(writeln!(out, "{name}: new")),
            Some(changes) if changes.is_empty() => drop(writeln!(out, "{name}: no changes")),
            Some(changes) => {
                let _ = writeln!(out, "{name}:");
                for change in changes {
                    let _ = writeln!(out, "  {change}");
                }
            }
        }
    }
    out
}

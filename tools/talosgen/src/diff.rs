//! `talosgen diff`: what differs between two machine configurations, or two folders of them. Secrets are not shown.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::{Diagnostic, Exit, Failure, Io, Mask, Outcome, unreadable};
use yaml::{Dialect, Value};

use crate::cli::DiffArgs;

pub(crate) fn run(args: &DiffArgs, io: &mut Io) -> Outcome<Exit> {
    let mut out = String::new();
    match (args.old.is_dir(), args.new.is_dir()) {
        (true, true) => folders(&args.old, &args.new, &mut out)?,
        (false, false) => {
            for change in machineconfig::diff(&read(&args.old)?, &read(&args.new)?) {
                let _ = writeln!(out, "{change}");
            }
        }
        _ => {
            return Err(Failure::new("io/read", "one is a folder and the other is not")
                .with_help("compare two of a kind"));
        }
    }
    let same = out.is_empty();
    io.write_out(out)?;
    Ok(if same { Exit::Yes } else { Exit::No })
}

fn folders(old: &Path, new: &Path, out: &mut String) -> Outcome<()> {
    let (left, right) = (names(old)?, names(new)?);
    for name in left.union(&right) {
        let shown = name.display();
        match (left.contains(name), right.contains(name)) {
            (true, false) => drop(writeln!(out, "- {shown}")),
            (false, _) => drop(writeln!(out, "+ {shown}")),
            (true, true) => {
                let changes = machineconfig::diff(&read(&old.join(name))?, &read(&new.join(name))?);
                if !changes.is_empty() {
                    let _ = writeln!(out, "{shown}:");
                }
                for change in changes {
                    let _ = writeln!(out, "  {change}");
                }
            }
        }
    }
    Ok(())
}

/// The names of YAML files below a folder, in order.
pub(crate) fn names(folder: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(part) = open.pop() {
        let path = folder.join(&part);
        let wrong = |error| unreadable(&path, &error);
        for entry in std::fs::read_dir(&path).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = part.join(entry.file_name());
            // A link is not followed: it may lead back.
            let kind = entry.file_type().map_err(wrong)?;
            if kind.is_dir() {
                open.push(name);
            } else if name.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                found.insert(name);
            }
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Outcome<Vec<Value>> {
    let source = std::sync::Arc::new(cliutil::read_file(path)?.with_mask(Mask::Except(Vec::new())));
    yaml::load(source.text(), Dialect::GoYamlV3).map_err(|error| Diagnostic::from_yaml(&source, error).into())
}

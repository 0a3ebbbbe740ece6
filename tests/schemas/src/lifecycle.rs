//! When kinds came, were deprecated and are gone: what `prerelease-lifecycle-gen` wrote beside the types.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;

use crate::{Outcome, pins};

/// Introduced, deprecated, removed (`1.22`, or empty) and the replacement (`apps/v1 Deployment`, or empty).
pub(crate) type Facts = [String; 4];

/// The facts by `apps/v1beta1/Deployment`, of kinds that are deprecated or younger than a version that the bundle has.
pub(crate) fn read(folder: &Path) -> Outcome<BTreeMap<String, Facts>> {
    let group = Regex::new(r#"const GroupName = "([^"]*)""#)?;
    let mut found = BTreeMap::new();
    for file in pins::files(folder)? {
        let is_facts = file.ends_with("zz_generated.prerelease-lifecycle.go");
        let Some(package) = file.parent().filter(|_| is_facts) else { continue };
        let register = std::fs::read_to_string(package.join("register.go"))?;
        let group = group.captures(&register).map(|group| group[1].to_owned()).unwrap_or_default();
        let version = package.file_name().unwrap_or_default().to_string_lossy();
        for (kind, facts) in of_package(&std::fs::read_to_string(&file)?)? {
            if !kind.ends_with("List") {
                let api = if group.is_empty() { version.to_string() } else { format!("{group}/{version}") };
                found.insert(format!("{api}/{kind}"), facts);
            }
        }
    }
    Ok(found)
}

fn of_package(text: &str) -> Outcome<BTreeMap<String, Facts>> {
    let release = Regex::new(
        r"func \(in \*(\w+)\) APILifecycle(Introduced|Deprecated|Removed)\(\) \(major, minor int\) \{\s+return (\d+), (\d+)",
    )?;
    let replacement = Regex::new(
        r#"func \(in \*(\w+)\) APILifecycleReplacement\(\) schema.GroupVersionKind \{\s+return schema.GroupVersionKind\{Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"\}"#,
    )?;
    let mut found: BTreeMap<String, Facts> = BTreeMap::new();
    for part in release.captures_iter(text) {
        let at = match &part[2] {
            "Introduced" => 0,
            "Deprecated" => 1,
            _ => 2,
        };
        found.entry(part[1].to_owned()).or_default()[at] = format!("{}.{}", &part[3], &part[4]);
    }
    for part in replacement.captures_iter(text) {
        let api = if part[2].is_empty() { part[3].to_owned() } else { format!("{}/{}", &part[2], &part[3]) };
        found.entry(part[1].to_owned()).or_default()[3] = format!("{api} {}", &part[4]);
    }
    Ok(found)
}

//! Volumes: what of provisioning, encryption and names goes together.

use yaml::Value;

use super::cel;
use crate::cluster::Fields as _;
use crate::typed::parse_bytes;

/// Longest name of a user volume: its partition label has a prefix of two characters.
const LONGEST_NAME: usize = 34;

/// What is wrong with a user volume.
pub(super) fn user_volume(volume: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    name(volume.text("name"), &mut wrong);
    let none = Value::Null;
    let provisioning = volume.get("provisioning").unwrap_or(&none);
    let given = |key| volume.get(key).and_then(Value::as_mapping).is_some_and(|mapping| !mapping.is_empty());
    match volume.text("volumeType") {
        "directory" => {
            for key in ["provisioning", "encryption", "filesystem", "mount"] {
                if given(key) {
                    wrong.push(format!("{key} is not possible for a volume of type directory"));
                }
            }
        }
        kind @ ("" | "partition" | "disk") => {
            provisioned(provisioning, true, kind != "disk", &mut wrong);
            filesystem(volume, &mut wrong);
            encryption(volume, &mut wrong);
        }
        kind => wrong.push(format!("a user volume cannot be of type {kind}")),
    }
    wrong
}

fn name(name: &str, wrong: &mut Vec<String>) {
    let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if name.is_empty() || name.len() > LONGEST_NAME || !fits {
        wrong.push(format!("a name of 1 to {LONGEST_NAME} letters, digits and hyphens is needed"));
    }
}

fn filesystem(volume: &Value, wrong: &mut Vec<String>) {
    let kind = volume.get("filesystem").map_or("", |filesystem| filesystem.text("type"));
    if !matches!(kind, "" | "xfs" | "ext4" | "btrfs") {
        wrong.push(format!("filesystem.type cannot be {kind}"));
    }
}

/// What is wrong with a system volume.
pub(super) fn system_volume(volume: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let none = Value::Null;
    let provisioning = volume.get("provisioning").unwrap_or(&none);
    match volume.text("name") {
        "STATE" if provisioning.as_mapping().is_some_and(|mapping| !mapping.is_empty()) => {
            wrong.push("provisioning is not allowed for the volume STATE".to_owned());
        }
        "STATE" | "EPHEMERAL" | "IMAGECACHE" => {}
        _ => wrong.push("only the volumes STATE, EPHEMERAL and IMAGECACHE exist".to_owned()),
    }
    provisioned(provisioning, false, true, &mut wrong);
    encryption(volume, &mut wrong);
    wrong
}

/// A volume on a disk: raw and swap volumes too.
pub(super) fn disk_volume(volume: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    name(volume.text("name"), &mut wrong);
    provisioned(volume.get("provisioning").unwrap_or(&Value::Null), true, true, &mut wrong);
    encryption(volume, &mut wrong);
    wrong
}

fn provisioned(provisioning: &Value, required: bool, sizes: bool, wrong: &mut Vec<String>) {
    let selector = provisioning.get("diskSelector").map_or("", |selector| selector.text("match"));
    if !selector.is_empty() {
        if let Err(why) = cel::check(selector) {
            wrong.push(format!("provisioning.diskSelector.match is no expression: {why}"));
        }
    } else if required {
        wrong.push("provisioning.diskSelector.match is required".to_owned());
    }
    let (least, most) = (provisioning.text("minSize"), provisioning.text("maxSize"));
    if !sizes {
        if !least.is_empty() || !most.is_empty() || provisioning.get("grow").is_some() {
            wrong.push("minSize, maxSize and grow are not possible for a whole disk".to_owned());
        }
        return;
    }
    if required && least.is_empty() && most.is_empty() {
        wrong.push("provisioning.minSize or provisioning.maxSize is required".to_owned());
    }
    if least.starts_with('-') {
        wrong.push("provisioning.minSize is negative".to_owned());
    }
    if let (Some(least), Some(most)) = (parse_bytes(least), parse_bytes(most))
        && least > most
    {
        wrong.push("provisioning.minSize is greater than provisioning.maxSize".to_owned());
    }
}

fn encryption(volume: &Value, wrong: &mut Vec<String>) {
    let Some(encryption) = volume.get("encryption") else { return };
    let keys = encryption.items("keys");
    if encryption.text("provider").is_empty() && keys.is_empty() {
        return;
    }
    if encryption.text("provider") != "luks2" {
        wrong.push("encryption.provider must be luks2".to_owned());
    }
    if keys.is_empty() {
        wrong.push("encryption.keys is empty".to_owned());
    }
    let mut slots = Vec::new();
    for key in keys {
        let slot = key.number("slot");
        if slots.contains(&slot) {
            wrong.push(format!("the key slot {slot} is used twice"));
        }
        slots.push(slot);
        if !["static", "nodeID", "kms", "tpm"].iter().any(|kind| key.get(kind).is_some()) {
            wrong.push(format!("the key in slot {slot} is of no kind (static, nodeID, kms, tpm)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    fn user(text: &str) -> String {
        user_volume(&load_one(text, Dialect::GoYamlV3).unwrap()).join("; ")
    }

    #[test]
    fn user_volumes() {
        let disk = "diskSelector: {match: system_disk}";
        assert_eq!(user(&format!("{{name: data, provisioning: {{{disk}, minSize: 1GB}}}}")), "");
        assert_eq!(user("{name: dir, volumeType: directory}"), "");
        for (text, want) in [
            ("{name: a_b, volumeType: directory}".to_owned(), "letters, digits"),
            ("{name: x}".to_owned(), "match is required"),
            (format!("{{name: x, provisioning: {{{disk}}}}}"), "minSize or"),
            (format!("{{name: x, provisioning: {{{disk}, minSize: 5GB, maxSize: 4GB}}}}"), "greater"),
            (format!("{{name: x, volumeType: disk, provisioning: {{{disk}, minSize: 5GB}}}}"), "whole disk"),
            (
                "{name: x, provisioning: {diskSelector: {match: 'disk.size >'}, minSize: 1GB}}".to_owned(),
                "no expression",
            ),
            ("{name: x, volumeType: directory, filesystem: {type: ext4}}".to_owned(), "not possible"),
            (
                format!(
                    "{{name: x, provisioning: {{{disk}, minSize: 1GB}}, encryption: {{provider: luks2, keys: [{{slot: 0}}, {{slot: 0, tpm: {{}}}}]}}}}"
                ),
                "used twice",
            ),
        ] {
            assert!(user(&text).contains(want), "{text}: {}", user(&text));
        }
    }
}

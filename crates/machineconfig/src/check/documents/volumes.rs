//! Volumes: what of provisioning, encryption and names goes together.

use yaml::Value;

use super::super::cel::Scope;
use super::Wrong;
use crate::cluster::Fields as _;
use crate::typed::parse_bytes;

/// Longest name of a volume: its partition label has a prefix of two characters.
const LONGEST_NAME: usize = 34;

/// Longest name of a group or a volume of LVM.
const LONGEST_LVM_NAME: usize = 63;

/// Checks a document when it is about volumes.
pub(super) fn check(kind: &str, value: &Value, wrong: &mut Wrong) -> bool {
    match kind {
        "UserVolumeConfig" => user_volume(value, wrong),
        "VolumeConfig" => system_volume(value, wrong),
        "RawVolumeConfig" | "SwapVolumeConfig" => {
            name(value, LONGEST_NAME, "-", wrong);
            provisioned(value.within("provisioning"), true, true, wrong);
            encryption(value, wrong);
        }
        "ExistingVolumeConfig" => {
            name(value, usize::MAX, "-", wrong);
            let selector = value.within("discovery").within("volumeSelector");
            wrong.expression("discovery.volumeSelector.match", selector.text("match"), Scope::Volume, true);
            trim(value, wrong);
        }
        "ExternalVolumeConfig" => {
            name(value, LONGEST_NAME, "-", wrong);
            wrong.require(value.text("filesystemType") == "virtiofs", "filesystemType must be virtiofs");
            let tag = value.within("mount").within("virtiofs").text("tag");
            wrong.require(!tag.is_empty(), "mount.virtiofs.tag is required");
        }
        "FilesystemTrimConfig" => {
            wrong.require(!value.text("interval").starts_with('-'), "interval is negative");
        }
        "ZswapConfig" => {
            let fits = (0..=100).contains(&value.number("maxPoolPercent"));
            wrong.require(fits, "maxPoolPercent must be from 0 to 100");
        }
        "LVMVolumeGroupConfig" => {
            name(value, LONGEST_LVM_NAME, "-_", wrong);
            let selector = value.within("provisioning").within("volumeSelector");
            wrong.expression(
                "provisioning.volumeSelector.match",
                selector.text("match"),
                Scope::Volume,
                true,
            );
        }
        "LVMLogicalVolumeConfig" => logical_volume(value, wrong),
        _ => return false,
    }
    true
}

fn name(volume: &Value, longest: usize, signs: &str, wrong: &mut Wrong) {
    let name = volume.text("name");
    let fits = name.len() <= longest && name.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    wrong.require(
        fits,
        format!("name may have letters, digits and {signs} only, at most {LONGEST_NAME} of them"),
    );
}

fn trim(volume: &Value, wrong: &mut Wrong) {
    wrong.require(!volume.within("trim").text("interval").starts_with('-'), "trim.interval is negative");
}

fn user_volume(volume: &Value, wrong: &mut Wrong) {
    name(volume, LONGEST_NAME, "-", wrong);
    let given = |key| volume.within(key).as_mapping().is_some_and(|mapping| !mapping.is_empty());
    match volume.text("volumeType") {
        "directory" => {
            for key in ["provisioning", "encryption", "filesystem", "mount"] {
                wrong.require(!given(key), format!("{key} is not possible for a volume of type directory"));
            }
        }
        kind @ ("" | "partition" | "disk") => {
            provisioned(volume.within("provisioning"), true, kind != "disk", wrong);
            filesystem(volume.within("filesystem"), wrong);
            encryption(volume, wrong);
        }
        kind => wrong.add(format!("a user volume cannot be of type {kind}")),
    }
    trim(volume, wrong);
}

fn filesystem(filesystem: &Value, wrong: &mut Wrong) {
    let kind = filesystem.text("type");
    let known = matches!(kind, "" | "none" | "xfs" | "ext4" | "btrfs");
    wrong.require(known, format!("filesystem.type cannot be {kind}"));
    let quotas = !filesystem.flag("projectQuotaSupport") || matches!(kind, "" | "none" | "xfs");
    wrong.require(quotas, "filesystem.projectQuotaSupport is for xfs only");
}

fn system_volume(volume: &Value, wrong: &mut Wrong) {
    let name = volume.text("name");
    if !matches!(name, "STATE" | "EPHEMERAL" | "IMAGECACHE") {
        wrong.add("only the volumes STATE, EPHEMERAL and IMAGECACHE exist");
        return;
    }
    let given = |key| volume.within(key).as_mapping().is_some_and(|mapping| !mapping.is_empty());
    if name == "STATE" {
        wrong.require(!given("provisioning"), "provisioning is not allowed for the volume STATE");
        let locked = volume.within("encryption").items("keys").iter().any(|key| key.flag("lockToState"));
        wrong.require(!locked, "the keys of the volume STATE cannot be locked to it");
    }
    let mounted = name == "EPHEMERAL" || !given("mount");
    wrong.require(mounted, format!("mount is not allowed for the volume {name}"));
    provisioned(volume.within("provisioning"), false, true, wrong);
    encryption(volume, wrong);
    trim(volume, wrong);
}

fn logical_volume(volume: &Value, wrong: &mut Wrong) {
    name(volume, LONGEST_LVM_NAME, "-_", wrong);
    let kind = if volume.text("type").is_empty() { "linear" } else { volume.text("type") };
    for (key, kinds, least) in [("mirrors", ["raid1", "raid10"], 1), ("stripes", ["raid0", "raid10"], 2)] {
        if volume.get(key).is_some() {
            wrong.require(kinds.contains(&kind), format!("{key} is for {} only", kinds.join(" and ")));
            wrong.require(volume.number(key) >= least, format!("{key} must be at least {least}"));
        }
    }
    let provisioning = volume.within("provisioning");
    wrong.require(!provisioning.text("volumeGroup").is_empty(), "provisioning.volumeGroup is required");
    let most = provisioning.text("maxSize");
    wrong.require(!most.is_empty() && !most.starts_with('-'), "provisioning.maxSize is required");
    sizes(provisioning, wrong);
}

fn provisioned(provisioning: &Value, required: bool, sized: bool, wrong: &mut Wrong) {
    let selector = provisioning.within("diskSelector").text("match");
    wrong.expression("provisioning.diskSelector.match", selector, Scope::Disk, required);
    let (least, most) = (provisioning.text("minSize"), provisioning.text("maxSize"));
    if !sized {
        let given = !least.is_empty() || !most.is_empty() || provisioning.get("grow").is_some();
        wrong.require(!given, "minSize, maxSize and grow are not possible for a whole disk");
        return;
    }
    let given = !required || !least.is_empty() || !most.is_empty();
    wrong.require(given, "provisioning.minSize or provisioning.maxSize is required");
    wrong.require(!least.starts_with('-'), "provisioning.minSize is negative");
    sizes(provisioning, wrong);
}

/// Sizes in bytes have an order.
fn sizes(provisioning: &Value, wrong: &mut Wrong) {
    if let (Some(least), Some(most)) =
        (parse_bytes(provisioning.text("minSize")), parse_bytes(provisioning.text("maxSize")))
    {
        wrong.require(least <= most, "provisioning.minSize is greater than provisioning.maxSize");
    }
}

fn encryption(volume: &Value, wrong: &mut Wrong) {
    let Some(encryption) = volume.get("encryption") else { return };
    let keys = encryption.items("keys");
    if encryption.text("provider").is_empty() && keys.is_empty() {
        return;
    }
    if encryption.text("provider") != "luks2" {
        wrong.add("encryption.provider must be luks2");
    }
    if keys.is_empty() {
        wrong.add("encryption.keys is empty");
    }
    let mut slots = Vec::new();
    for key in keys {
        let slot = key.number("slot");
        if slots.contains(&slot) {
            wrong.add(format!("the key slot {slot} is used twice"));
        }
        slots.push(slot);
        let registers = key.within("tpm").within("options").items("pcrs");
        let fits = registers.iter().all(|pcr| pcr.as_int().is_some_and(|pcr| (0..24).contains(&pcr)));
        wrong.require(fits, format!("the TPM registers of slot {slot} must be from 0 to 23"));
        if !["static", "nodeID", "kms", "tpm"].iter().any(|kind| key.get(kind).is_some()) {
            wrong.add(format!("the key in slot {slot} is of no kind (static, nodeID, kms, tpm)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    fn user(text: &str) -> String {
        let mut wrong = Wrong::default();
        user_volume(&load_one(text, Dialect::GoYamlV3).unwrap(), &mut wrong);
        wrong.0.join("; ")
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
                "is no expression",
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

    #[test]
    fn other_volumes() {
        let disk = "{diskSelector: {match: system_disk}, minSize: 1GB}";
        for (text, want) in [
            (
                "kind: VolumeConfig\nname: EPHEMERAL\nprovisioning: {maxSize: 50%}\nmount: {secure: false}\n",
                "",
            ),
            ("kind: VolumeConfig\nname: STATE\nmount: {secure: false}\n", "mount is not allowed"),
            ("kind: VolumeConfig\nname: META\n", "only the volumes"),
            (&format!("kind: SwapVolumeConfig\nname: a_b\nprovisioning: {disk}\n"), "letters, digits"),
            ("kind: ExistingVolumeConfig\nname: e\n", "volumeSelector.match is required"),
            (
                "kind: ExistingVolumeConfig\nname: e\ndiscovery: {volumeSelector: {match: volume.label == 'x'}}\n",
                "",
            ),
            ("kind: ExternalVolumeConfig\nname: e\nfilesystemType: xfs\n", "virtiofs; mount.virtiofs.tag"),
            ("kind: ZswapConfig\nmaxPoolPercent: 101\n", "0 to 100"),
            (
                "kind: LVMLogicalVolumeConfig\nname: l\ntype: raid1\nstripes: 2\n",
                "stripes is for raid0 and raid10",
            ),
            (
                "kind: LVMLogicalVolumeConfig\nname: l\ntype: raid0\nstripes: 1\nprovisioning: {volumeGroup: g, minSize: 2GB, maxSize: 1GB}\n",
                "at least 2; provisioning.minSize is greater",
            ),
            ("kind: LVMVolumeGroupConfig\nname: g\n", "volumeSelector.match is required"),
        ] {
            let found = super::super::problems(&format!("apiVersion: v1alpha1\n{text}"));
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }
}

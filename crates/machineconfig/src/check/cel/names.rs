//! What an expression may name, by what it is for.

use super::types::Type::{self, Bool, Bytes, Double, Duration, Dyn, Int, Message, Text, Uint};

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum Scope {
    /// Choosing a disk.
    Disk,
    /// Choosing a volume.
    Volume,
    /// Choosing a network link.
    Link,
    /// Whether memory is short.
    OomTrigger,
    /// Which group is ended when memory is short.
    OomRanking,
}

const UNITS: [&str; 12] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "kB", "MB", "GB", "TB", "PB", "EB"];
const CLASSES: [&str; 5] = ["Besteffort", "Burstable", "Guaranteed", "Podruntime", "System"];
const PRESSURES: [&str; 8] = [
    "memory_some_avg10",
    "memory_some_avg60",
    "memory_some_avg300",
    "memory_some_total",
    "memory_full_avg10",
    "memory_full_avg60",
    "memory_full_avg300",
    "memory_full_total",
];

impl Scope {
    /// The type of a variable or a constant.
    pub(super) fn variable(self, name: &str) -> Option<Type> {
        if UNITS.contains(&name) && self != Self::Link {
            return Some(Uint);
        }
        match (self, name) {
            (Self::Disk | Self::Volume, "disk") => Some(Message("disk")),
            (Self::Disk, "system_disk") => Some(Bool),
            (Self::Volume, "volume") => Some(Message("volume")),
            (Self::Link, "link") => Some(Message("link")),
            (Self::OomTrigger | Self::OomRanking, name) if CLASSES.contains(&name) => Some(Int),
            (Self::OomTrigger, name) => trigger(name),
            (Self::OomRanking, "memory_max" | "memory_current" | "memory_peak") => Some(Type::optional(Uint)),
            (Self::OomRanking, "path") => Some(Text),
            (Self::OomRanking, "class") => Some(Int),
            _ => kind(name).then_some(Type::Kind),
        }
    }

    /// Whether values may be optional.
    pub(super) fn has_optional(self) -> bool {
        matches!(self, Self::OomTrigger | Self::OomRanking)
    }
}

fn kind(name: &str) -> bool {
    matches!(
        name,
        "bool" | "bytes" | "double" | "int" | "list" | "map" | "null_type" | "string" | "type" | "uint"
    )
}

fn trigger(name: &str) -> Option<Type> {
    if name == "time_since_trigger" {
        return Some(Duration);
    }
    let bare = name.strip_prefix("d_").unwrap_or(name);
    if let Some(group) = bare.strip_prefix("qos_") {
        let known =
            PRESSURES.contains(&group) || matches!(group, "memory_current" | "memory_peak" | "memory_max");
        return known.then(|| Type::map(Int, Double));
    }
    if PRESSURES.contains(&bare) {
        return Some(Double);
    }
    kind(name).then_some(Type::Kind)
}

/// The type of a field.
#[expect(clippy::match_same_arms, reason = "fields, structure by structure")]
pub(super) fn field(message: &str, name: &str) -> Option<Type> {
    let kind = match (message, name) {
        ("disk" | "volume", "size" | "io_size" | "sector_size") => Uint,
        ("disk", "readonly" | "rotational" | "cdrom") => Bool,
        ("disk", "secondary_disks" | "symlinks") | ("link", "alt_names") => Type::list(Text),
        ("disk", "model" | "serial" | "modalias" | "wwid" | "bus_path" | "sub_system" | "transport") => Text,
        ("disk", "dev_path" | "pretty_size" | "uuid" | "firmware_version") => Text,
        ("volume", "block_size" | "filesystem_block_size" | "probed_size" | "partition_index" | "offset") => {
            Uint
        }
        ("volume", "name" | "uuid" | "label" | "type" | "parent" | "pretty_size") => Text,
        ("volume", "partition_uuid" | "partition_type" | "partition_label") => Text,
        ("volume", "device_path" | "dev_path" | "parent_dev_path") => Text,
        ("link", "index" | "link_index" | "flags" | "mtu" | "master_index") => Uint,
        ("link", "type" | "operational_state" | "speed_megabits" | "port" | "duplex") => Int,
        ("link", "hardware_addr" | "broadcast_addr" | "permanent_addr") => Bytes,
        (
            "link",
            "queue_disc" | "kind" | "slave_kind" | "bus_path" | "pciid" | "driver" | "driver_version",
        ) => Text,
        ("link", "firmware_version" | "product_id" | "vendor_id" | "product" | "vendor" | "alias") => Text,
        ("link", "link_state") => Bool,
        // What depends on the kind of a link.
        ("link", "vlan" | "bridge_master" | "bond_master" | "wireguard" | "vrf_master") => Dyn,
        _ => return None,
    };
    Some(kind)
}

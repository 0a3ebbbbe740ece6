//! The word codes of this crate's findings: stable names that scripts, CI and the documentation rely on.
//!
//! Rules that a component declares have codes of their own, in its component.yaml.

/// Declares the codes and the table of their meanings together.
macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)+) => {
        $(#[doc = $meaning] pub(crate) const $name: &str = $code;)+
        /// Every code with its meaning, in the order of the file.
        pub const CODES: &[(&str, &str)] = &[$(($code, $meaning)),+];
    };
}

codes! {
    // The input as a whole: exit code 2.
    EMPTY = "config/empty", "A file, or all of the input, holds nothing";
    NOT_A_MAPPING = "config/not-a-mapping", "A document is not a mapping of keys to values";
    // Keys.
    KEY_NOT_TEXT = "config/key-not-text", "A key is not a name";
    UNKNOWN_KEY = "config/unknown-key", "No such key; the schema is closed so that a misspelled key is not ignored";
    MISPLACED_KEY = "config/misplaced-key", "The key exists, but belongs to another level (a node, or the top of cluster.yaml)";
    RENAMED_KEY = "config/renamed-key", "The key has another name here";
    REQUIRED = "config/required", "A key that must be given is missing or empty";
    EMPTY_VALUE = "config/empty-value", "An empty text was given; it counts as not given";
    // Types and forms of one value.
    TYPE = "config/type", "The value has another type than the key takes";
    CHOICE = "config/choice", "The value is none of those the key takes";
    RANGE = "config/range", "A number is too small or too large";
    LENGTH = "config/length", "A text or list is too short";
    LISTED_TWICE = "config/listed-twice", "A value stands in a list twice";
    PATTERN = "config/pattern", "A text does not have the form the key takes";
    AMBIGUOUS_NUMBER = "config/ambiguous-number", "A number is written so that YAML readers take it for another one";
    AMBIGUOUS_TEXT = "config/ambiguous-text", "A text is written so that YAML readers take it for true or false";
    IPV4 = "config/ipv4", "Not an IPv4 address";
    IPV6 = "config/ipv6", "An IPv6 address or network, where only IPv4 is supported for now";
    CIDR = "config/cidr", "Not an IPv4 network";
    CIDR_HOST_BITS = "config/cidr-host-bits", "A network is written with the address of a host in it";
    HOST_NAME = "config/host-name", "Not a domain or host name";
    ASN = "config/asn", "Not an AS number";
    VLAN = "config/vlan", "Not a VLAN id";
    PORT = "config/port", "Not a port";
    MAC = "config/mac", "Not the MAC address of one network interface";
    QUANTITY = "config/quantity", "Not a Kubernetes quantity";
    DURATION = "config/duration", "Not a duration";
    URI = "config/uri", "Not a URL";
    VERSION = "config/version", "Not a version";
    NODE_NAME = "config/node-name", "Not a name a node may have";
    RESERVED_NAME = "config/reserved-name", "A node is named like a folder of patches";
    REPOSITORY_NAME = "config/repository-name", "Not owner/name of a repository";
    SCHEMATIC = "config/schematic", "Not the id of an Image Factory schematic";
    LABEL = "config/label", "Not a Kubernetes label";
    PLACEHOLDER = "config/placeholder", "A value looks like one that was meant to be replaced";
    // Networks and addresses together.
    CIDR_OVERLAP = "config/cidr-overlap", "Two of the networks for nodes, pods and services overlap";
    CIDR_TOO_SMALL = "config/cidr-too-small", "A network has no room for what must lie in it";
    ADDRESS_TWICE = "config/address-used-twice", "One address has several owners";
    ADDRESS_OUTSIDE = "config/address-outside", "An address lies outside the network it must be in";
    ADDRESS_RESERVED = "config/address-reserved", "The network address or the broadcast address of the nodes' network is used";
    ADDRESS_UNUSABLE = "config/address-unusable", "An address that no host can have, such as loopback or multicast";
    ADDRESS_IN_CLUSTER = "config/address-in-cluster-network", "A load-balancer address lies in the network of pods or services";
    // Nodes.
    NO_NODES = "config/no-nodes", "There is no node";
    NAME_TWICE = "config/node-name-twice", "Two nodes have one name";
    MAC_TWICE = "config/mac-twice", "Two nodes have one MAC address";
    DISK_TWICE = "config/disk-serial-twice", "Two nodes install to a disk of one serial number";
    VM_TWICE = "config/vm-id-twice", "Two nodes are one virtual machine";
    DISK_NAME = "config/disk-name", "A disk is named by the order in which disks are found";
    NO_CONTROLLER = "config/no-controller", "No node is a controller";
    CONTROLLERS_EVEN = "config/controllers-even", "An even number of controllers stands no more failures than one less";
    NO_WORKER = "config/no-worker", "Nothing could run anywhere: no worker, and controllers are closed to it";
    // Domains, components, computed values.
    NO_DOMAIN = "config/no-domain", "Neither cloudflare_domains nor cloudflare_domain names a domain";
    DOMAINS_DIFFER = "config/domains-differ", "cloudflare_domain and cloudflare_domains are both given and differ";
    REQUIRES = "config/requires", "A component is on that needs another one, which is off";
    COMPUTED_DIFFERS = "config/computed-differs", "A value that is computed was given with another value";
    CONTEXT_VERSION = "config/context-version", "A context of another version than this program's";
    // The catalogue: exit code 2.
    CATALOGUE_MISSING = "catalogue/missing", "There is no catalogue for this system";
    CATALOGUE_FILE = "catalogue/file", "A component.yaml is not one";
    CATALOGUE_NAME = "catalogue/name", "A component's rule, expression or requirement names something that does not exist";
    CATALOGUE_TWICE = "catalogue/declared-twice", "Two files of the catalogue declare one key";
    CATALOGUE_CYCLE = "catalogue/cycle", "Computed values need each other";
    CATALOGUE_EXPRESSION = "catalogue/expression", "An expression cannot be read, or fails";
    CATALOGUE_DEFAULT = "catalogue/default", "A default or an example is no value that the key takes";
    CATALOGUE_RULE = "catalogue/rule", "A rule does not say exactly one thing";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_words_and_unique() {
        let mut seen = std::collections::HashSet::new();
        for (code, meaning) in CODES {
            let (area, word) = code.split_once('/').unwrap();
            assert!(["config", "catalogue"].contains(&area), "{code}");
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit()), "{code}");
            assert!(!meaning.ends_with('.') && seen.insert(code), "{code}");
        }
    }
}

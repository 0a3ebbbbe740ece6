//! The structure of machine configuration documents and of talconfig.yaml: which fields there are, of which type, and
//! what becomes of them when they are empty or merged. Read from `schema/talos.types` (see the NOTICE beside it): what there
//! is at once, each structure when it is first asked for. A run needs few of them.
//!
//! Fields of structures that Go embeds stand directly in their parent here, as they do in YAML.

mod parse;

use std::sync::OnceLock;

/// Everything there is.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// By name.
    structs: Vec<Entry>,
    documents: Vec<DocumentType>,
    /// Name and words of each set, as the table has them, and as they were read.
    enums: Vec<(&'static str, &'static str, OnceLock<Enum>)>,
}

/// A structure as the table has it, and as it was read.
#[derive(Debug)]
struct Entry {
    name: &'static str,
    /// The lines of its fields.
    lines: &'static str,
    read: OnceLock<Struct>,
}

/// A structure by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StructId(usize);

/// A structure.
#[derive(Debug)]
pub(crate) struct Struct {
    /// Its name in Go, with the package: `v1alpha1.MachineConfig`.
    pub(crate) name: &'static str,
    /// Its fields, in order.
    pub(crate) fields: Vec<Field>,
}

/// A field of a structure.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Its key in YAML.
    pub(crate) key: &'static str,
    /// Its name in Go, which templates use.
    pub(crate) go_name: &'static str,
    /// What it holds.
    pub(crate) kind: Type,
    /// Left out when empty.
    pub(crate) omit_empty: bool,
    /// Replaced as a whole in a merge.
    pub(crate) replace: bool,
    /// The minor of Talos 1 that brought it to a structure that was there before; 0 when it came with that.
    pub(crate) since: u8,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Bool,
    /// A whole number between these bounds.
    Int(i128, i128),
    /// Nanoseconds; written as `1m30s`.
    Duration,
    /// Anything.
    Any,
    /// A mapping of anything.
    Object,
    Pointer(Box<Type>),
    List(Box<Type>, ListMerge),
    Map(Box<Type>),
    Struct(StructId),
    Scalar(Scalar),
}

/// How two lists become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMerge {
    /// The second behind the first.
    Append,
    /// Items with the same value of this key are merged.
    ByKey(&'static str),
    /// Network interfaces: by name, else by selector.
    ByDevice,
    /// Items with the same value of this key are replaced.
    ReplaceByKey(&'static str),
}

/// Scalars with a form of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// One of a set of words.
    Enum(&'static str),
    /// `100GiB`, kept as written.
    ByteSize,
    /// As before, or a percentage.
    Size,
    /// An expression, kept as written.
    Cel,
    Addr,
    AddrPort,
    Prefix,
    /// A text or a list of texts.
    ArgValue,
    /// A URL; may be empty.
    Url,
    /// A URL behind a pointer.
    Endpoint,
    /// A hardware address.
    HardwareAddr,
    /// A routing table: a name or a number.
    RoutingTable,
    /// A port or two with a dash between.
    PortRange,
    /// Bytes in base64.
    Base64,
    /// Bytes as a number; written as `100 GB` where that is exact.
    DiskSize,
    /// Permissions; written in octal.
    FileMode,
    /// `>= 100GB`.
    DiskSizeMatcher,
    /// Mappings with `crt` and `key`, in base64.
    Certificate,
    CertificateAndKey,
    Key,
}

/// A set of words and their numbers.
#[derive(Debug)]
pub(crate) struct Enum(Vec<Word>);

/// A word of a set.
#[derive(Debug)]
struct Word {
    name: &'static str,
    number: u32,
    /// The minor of Talos 1 that brought it to the set; 0 when it came with that.
    since: u8,
}

/// A kind of document.
#[derive(Debug)]
pub(crate) struct DocumentType {
    /// Its kind; empty for the v1alpha1 document.
    pub(crate) kind: &'static str,
    /// What it holds.
    pub(crate) id: StructId,
    /// There may be several, told apart by name.
    pub(crate) named: bool,
    /// Kinds that must not be there under the same name, with commas between.
    conflicts: &'static str,
    /// The minor of Talos 1 that brought it; 0 for what 1.8 has.
    pub(crate) since: u8,
}

impl Schema {
    /// The schema.
    pub(crate) fn get() -> &'static Self {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| parse::schema(include_str!("../../schema/talos.types")))
    }

    /// A structure by number.
    pub(crate) fn structure(&self, id: StructId) -> &Struct {
        let entry = &self.structs[id.0];
        let fields = || parse::fields(entry.lines, self);
        entry.read.get_or_init(|| Struct { name: entry.name, fields: fields() })
    }

    /// The number of a structure by name; the name is one that the table has.
    pub(crate) fn id(&self, name: &str) -> StructId {
        let found = parse::id(name, &self.structs);
        debug_assert!(found.is_some(), "{name} is not in the table");
        found.unwrap_or(StructId(0))
    }

    /// The kind of document; the empty kind is the v1alpha1 document.
    pub(crate) fn document(&self, kind: &str) -> Option<&DocumentType> {
        self.documents.iter().find(|document| document.kind == kind)
    }

    /// The kinds of documents there are.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.documents.iter().map(|document| document.kind).filter(|kind| !kind.is_empty())
    }

    /// A set of words by name.
    pub(crate) fn words(&self, name: &str) -> &Enum {
        static NONE: Enum = Enum(Vec::new());
        let found = self.enums.iter().find(|(known, ..)| *known == name);
        found.map_or(&NONE, |(_, words, read)| read.get_or_init(|| parse::enumeration(words)))
    }
}

impl DocumentType {
    /// Kinds that must not be there under the same name.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = &'static str> {
        self.conflicts.split(',').filter(|kind| !kind.is_empty())
    }
}

impl Struct {
    /// The field with this key.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl Enum {
    /// The word as Talos writes it, whatever its case.
    pub(crate) fn canonical(&self, word: &str) -> Option<&'static str> {
        self.word(word).map(|word| word.name)
    }

    /// The minor of Talos 1 that brought a word, whatever its case; 0 where it came with the set.
    pub(crate) fn since(&self, word: &str) -> u8 {
        self.word(word).map_or(0, |word| word.since)
    }

    fn word(&self, name: &str) -> Option<&Word> {
        let exact = self.0.iter().find(|word| word.name == name);
        let lower = name.to_lowercase();
        exact.or_else(|| self.0.iter().find(|word| word.name.to_lowercase() == lower))
    }

    /// The word for zero.
    pub(crate) fn zero(&self) -> Option<&'static str> {
        self.0.iter().find(|word| word.number == 0).map(|word| word.name)
    }

    /// The words.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|word| word.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_table_is_known() {
        let schema = Schema::get();
        assert_eq!((schema.structs.len(), schema.enums.len()), (211, 22));
        assert!(schema.structs.is_sorted_by(|one, next| one.name < next.name));
        assert_eq!(schema.kinds().count(), 63);
        // Reading them asserts that each line is understood.
        let fields = (0..schema.structs.len()).map(|n| schema.structure(StructId(n)).fields.len());
        assert!(fields.sum::<usize>() > 800);
        for (name, ..) in &schema.enums {
            assert_ne!(schema.words(name).names().count(), 0, "{name}");
        }
        let config = schema.structure(schema.document("").unwrap().id);
        assert_eq!(config.name, "v1alpha1.Config");
        let Type::Pointer(machine) = &config.field("machine").unwrap().kind else { panic!() };
        let Type::Struct(machine) = **machine else { panic!() };
        let machine = schema.structure(machine);
        assert!(machine.field("ca").unwrap().omit_empty && !machine.field("certSANs").unwrap().omit_empty);
    }

    #[test]
    fn embedded_fields_stand_in_the_parent() {
        let schema = Schema::get();
        let link = schema.structure(schema.document("LinkConfig").unwrap().id);
        let keys: Vec<_> = link.fields.iter().map(|field| field.key).collect();
        assert_eq!(keys, ["apiVersion", "kind", "name", "up", "mtu", "addresses", "routes", "multicast"]);
    }

    /// As reflection over the published modules has it (see the table's head).
    #[test]
    fn what_came_when() {
        let schema = Schema::get();
        let since = |kind| schema.document(kind).unwrap().since;
        assert_eq!(
            ["", "VolumeConfig", "UserVolumeConfig", "LinkConfig", "SysctlConfig"].map(since),
            [0, 0, 10, 12, 14]
        );
        let later = schema.documents.iter().filter(|document| document.since > 0).count();
        assert_eq!(later, 53);
        let fields = (0..schema.structs.len()).flat_map(|n| &schema.structure(StructId(n)).fields);
        assert_eq!(fields.filter(|field| field.since > 0).count(), 32);
        let words = schema.words("block.FilesystemType");
        assert_eq!((words.since("BTRFS"), words.since("xfs"), words.since("none")), (14, 0, 0));
    }

    #[test]
    fn words_are_found_in_any_case() {
        let words = Schema::get().words("nethelpers.DNSProtocol");
        assert_eq!(words.canonical("DOT"), Some("DoT"));
        assert_eq!(words.canonical("nope"), None);
        assert_eq!(words.zero(), Some("Do53"));
    }
}

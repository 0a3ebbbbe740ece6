//! `matrix.yaml` read: products, their rows, and what goes with each.

use std::fmt;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};

use super::Version;

/// The file as MessagePack, which the build made of it (build.rs): every `validate config` asks, and YAML is read more slowly.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/matrix.bin"));

/// Something with versions.
#[derive(Debug, Clone)]
pub struct Product {
    /// What other products call it in the file.
    pub name: &'static str,
    /// What people call it, within a sentence.
    pub title: &'static str,
    /// The variable of talenv.yaml that pins it.
    pub variable: Option<&'static str>,
    /// The names that pins of it have in a catalogue.
    pub pins: Vec<&'static str>,
    /// What is known, oldest first.
    pub rows: Vec<Row>,
}

/// A minor version and what goes with it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The minor.
    pub version: Version,
    /// What goes with it.
    pub relations: Vec<Relation>,
    /// The oldest version that upgrades to it, where that is known.
    pub upgrade_from: Option<Version>,
}

/// What goes with a version of another product; at least one of the two ranges is there.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The other product's name.
    pub with: &'static str,
    /// Outside of this it does not work.
    pub needs: Option<Range>,
    /// What its project builds, tests or supports it with.
    pub tested: Option<Range>,
    /// Where that is written.
    pub source: &'static str,
}

/// Minors from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub from: Option<Version>,
    /// The last.
    pub to: Option<Version>,
}

impl Range {
    /// Whether a version is in it.
    pub fn holds(self, version: Version) -> bool {
        self.from.is_none_or(|from| from <= version) && self.to.is_none_or(|to| version <= to)
    }

    /// Reads `1.30 - 1.33`, `>= 1.32` or `1.3`.
    fn parse(text: &str) -> Option<Self> {
        if let Some(from) = text.strip_prefix(">=") {
            return Some(Self { from: Some(Version::minor(from.trim())?), to: None });
        }
        let (from, to) = text.split_once(" - ").unwrap_or((text, text));
        let (from, to) = (Version::minor(from)?, Version::minor(to)?);
        (from <= to).then_some(Self { from: Some(from), to: Some(to) })
    }
}

/// In words: `1.30 to 1.33`, `1.32 or newer`, `1.3`.
impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(formatter, "{from}"),
            (Some(from), Some(to)) => write!(formatter, "{from} to {to}"),
            (Some(from), None) => write!(formatter, "{from} or newer"),
            (None, Some(to)) => write!(formatter, "{to} or older"),
            (None, None) => formatter.write_str("any version"),
        }
    }
}

/// Every product of the file, in its order.
///
/// # Panics
/// Never in a build whose tests pass: the file is part of the program.
pub fn products() -> &'static [Product] {
    static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
        read(PACKED).expect("matrix.yaml is right")
    });
    &PRODUCTS
}

/// A product as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'f> {
    product: &'f str,
    title: Option<&'f str>,
    variable: Option<&'f str>,
    #[serde(default)]
    pins: Vec<&'f str>,
    #[serde(default, borrow)]
    sources: IndexMap<&'f str, &'f str>,
    #[serde(default, borrow)]
    rows: IndexMap<&'f str, EntryRow<'f>>,
}

/// The content of a row: other products, and one key that is none.
#[derive(Default)]
struct EntryRow<'f> {
    upgrade_from: Option<&'f str>,
    relations: Vec<(&'f str, EntryRelation<'f>)>,
}

/// As `#[serde(flatten)]` would, which reads everything twice.
impl<'de: 'f, 'f> Deserialize<'de> for EntryRow<'f> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = EntryRow<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row of products")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EntryRow<'de>, A::Error> {
                let mut row = EntryRow::default();
                while let Some(key) = map.next_key()? {
                    if key == "upgradeFrom" {
                        row.upgrade_from = map.next_value()?;
                    } else {
                        row.relations.push((key, map.next_value()?));
                    }
                }
                Ok(row)
            }
        }
        deserializer.deserialize_map(Row)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryRelation<'f> {
    needs: Option<&'f str>,
    tested: Option<&'f str>,
}

fn read(packed: &'static [u8]) -> Result<Vec<Product>, String> {
    let entries = rmp_serde::from_slice::<Vec<Entry>>(packed).map_err(|error| error.to_string())?;
    entries.into_iter().map(product).collect()
}

fn product(entry: Entry<'static>) -> Result<Product, String> {
    let name = entry.product;
    let mut rows = Vec::with_capacity(entry.rows.len());
    for (key, row) in entry.rows {
        let version = Version::minor(key).ok_or_else(|| format!("{name}: {key:?} is no minor"))?;
        let relations = row.relations.into_iter().map(|(with, ranges)| {
            let source = entry.sources.get(with).copied();
            relation(name, with, &ranges, source)
        });
        let upgrade_from = row.upgrade_from.and_then(Version::minor);
        rows.push(Row { version, relations: relations.collect::<Result<_, _>>()?, upgrade_from });
    }
    if !rows.is_sorted_by_key(|row| row.version) {
        return Err(format!("{name}: the rows are not sorted"));
    }
    Ok(Product { title: entry.title.unwrap_or(name), variable: entry.variable, pins: entry.pins, rows, name })
}

fn relation(
    product: &str,
    with: &'static str,
    ranges: &EntryRelation,
    source: Option<&'static str>,
) -> Result<Relation, String> {
    let wrong = |what: &str| format!("{product}: {with}: {what}");
    let range = |text: Option<&str>, what: &str| {
        text.map(|text| Range::parse(text).ok_or_else(|| wrong(what))).transpose()
    };
    let needs = range(ranges.needs, "needs is no range")?;
    let tested = range(ranges.tested, "tested is no range")?;
    if needs.is_none() && tested.is_none() {
        return Err(wrong("no range"));
    }
    Ok(Relation { with, needs, tested, source: source.ok_or_else(|| wrong("no source"))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_right() {
        let all = read(PACKED).unwrap();
        for product in &all {
            for relation in product.rows.iter().flat_map(|row| &row.relations) {
                let other = all.iter().find(|other| other.name == relation.with);
                assert!(other.is_some(), "{}: {} is no product", product.name, relation.with);
            }
            let known = product.variable.is_some() || !product.pins.is_empty();
            assert!(known, "{}: nothing pins it", product.name);
        }
        for name in ["talos", "kubernetes", "cilium", "flux", "gateway-api", "cert-manager", "olm"] {
            assert!(all.iter().any(|product| product.name == name), "{name}");
        }
    }

    #[test]
    fn ranges() {
        let range = |text| Range::parse(text).unwrap();
        let version = |text| Version::minor(text).unwrap();
        assert!(range("1.30 - 1.33").holds(version("1.30")) && !range("1.30 - 1.33").holds(version("1.34")));
        assert!(range(">= 1.9").holds(version("1.10")) && !range(">= 1.9").holds(version("1.8")));
        assert!(range("1.3").holds(version("1.3")) && !range("1.3").holds(version("1.4")));
        for (text, words) in [("1.30 - 1.33", "1.30 to 1.33"), (">= 1.32", "1.32 or newer"), ("1.3", "1.3")] {
            assert_eq!(range(text).to_string(), words);
        }
        for text in ["", "1", "1.33 - 1.30", "> 1.3", "1.3.2", "1.2 -"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let product = |rest: &str| {
            let text = format!("- product: a\n  pins: [a]\n{rest}");
            let value = yaml::load_one(&text, yaml::Dialect::Yaml12).unwrap();
            let packed = rmp_serde::to_vec(&serde_json::Value::from(value)).unwrap();
            read(packed.leak()).unwrap_err()
        };
        assert!(product("  row: {}\n").contains("unknown field `row`"));
        assert!(product("  rows: { \"1\": {} }\n").contains("no minor"));
        assert!(product("  rows: { \"1.2\": { b: { needs: 1.0 to 1.2 } } }\n").contains("is no range"));
        assert!(product("  rows: { \"1.2\": { b: { needs: \">= 1.0\" } } }\n").contains("no source"));
        assert!(product("  rows: { \"1.10\": {}, \"1.9\": {} }\n").contains("not sorted"));
    }
}

//! What `validate versions` prints: the matrix as data, with what the catalogue pins of it.

use cluster::Model;
use talos::compatibility::{Product, Relation, Row, Talos, products};
use yaml::{Mapping, Value};

/// `talos` (minors with the Kubernetes minors they run), `components` (every pin) and `compatibility`.
pub(super) fn all(model: &Model) -> Value {
    let mut all = Mapping::new();
    all.insert("talos", list(talos::compatibility::matrix().iter().map(talos_row)));
    all.insert("components", model.versions());
    let known = products().iter().filter(|product| !product.rows.is_empty());
    all.insert("compatibility", list(known.map(|product| entry(product, model))));
    Value::Mapping(all)
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::Sequence(items.collect())
}

fn talos_row(row: &Talos) -> Value {
    let minors: Vec<_> = (row.kubernetes.0..=row.kubernetes.1).map(|minor| format!("1.{minor}")).collect();
    let mut mapping = Mapping::new();
    mapping.insert("version", format!("1.{}", row.minor));
    mapping.insert("kubernetes", minors.iter().map(String::as_str).collect::<Vec<_>>());
    mapping.insert("upgradeFrom", format!("1.{}", row.upgrade_from));
    Value::Mapping(mapping)
}

fn entry(product: &Product, model: &Model) -> Value {
    let mut mapping = Mapping::new();
    mapping.insert("product", product.name);
    let pins = model.pins();
    let mut pinned: Vec<_> = pins
        .iter()
        .filter(|pin| product.pins.contains(&pin.name.as_str()))
        .map(|pin| pin.version.as_str())
        .collect();
    pinned.sort_unstable();
    pinned.dedup();
    if !pinned.is_empty() {
        mapping.insert("pinned", pinned);
    }
    mapping.insert("versions", list(product.rows.iter().map(row)));
    Value::Mapping(mapping)
}

fn row(row: &Row) -> Value {
    let mut mapping = Mapping::new();
    mapping.insert("version", row.version.to_string());
    mapping.insert("with", list(row.relations.iter().map(relation)));
    Value::Mapping(mapping)
}

fn relation(relation: &Relation) -> Value {
    let mut mapping = Mapping::new();
    mapping.insert("product", relation.with);
    if let Some(needs) = relation.needs {
        mapping.insert("needs", needs.to_string());
    }
    if let Some(tested) = relation.tested {
        mapping.insert("tested", tested.to_string());
    }
    mapping.insert("source", relation.source);
    Value::Mapping(mapping)
}

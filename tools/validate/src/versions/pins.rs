//! Whether what the catalogue pins goes together, as far as the matrix knows the products: each pin is held against the
//! versions of what its product goes with, in talenv.yaml or in other pins.

use cliutil::{Diagnostic, Location};
use cluster::{Model, Pin};
use talos::compatibility::{Product, Relation, Version, products};

use super::talenv::Given;

/// A version that is pinned, in whichever file.
struct Pinned {
    version: Version,
    /// `namespace/app`; none in talenv.yaml.
    component: Option<String>,
    place: Option<Location>,
}

/// What does not go together (errors), what nobody tests together, and of which version nothing is known (notes).
pub(super) fn findings(model: &Model, env: &[Given]) -> Vec<Diagnostic> {
    let pins = model.pins();
    let mut findings = Vec::new();
    for pin in &pins {
        let Some(product) = product_of(pin).filter(|product| !product.rows.is_empty()) else { continue };
        let Some(version) = Version::pinned(&pin.version) else { continue };
        let Some(row) = product.rows.iter().find(|row| row.version == version) else {
            findings.push(unknown(product, version, pin));
            continue;
        };
        for relation in &row.relations {
            let other = products().iter().find(|other| other.name == relation.with);
            let Some(other) = other else { continue };
            let others = pinned(other, pin, &pins, env);
            findings.extend(
                others
                    .into_iter()
                    .filter_map(|found| apart(&Side { product, version, pin }, other, relation, found)),
            );
        }
    }
    findings
}

fn product_of(pin: &Pin) -> Option<&'static Product> {
    products().iter().find(|product| product.pins.contains(&pin.name))
}

/// The versions of a product that concern a pin: what is pinned in the same namespace, if anything, else everywhere. The
/// catalogue has the same product twice where one system excludes the other.
fn pinned(product: &Product, beside: &Pin, pins: &[Pin], env: &[Given]) -> Vec<Pinned> {
    let given = env.iter().filter(|given| product.variable.as_deref() == Some(given.variable));
    let mut all: Vec<_> = given
        .map(|given| Pinned { version: given.version, component: None, place: given.place.clone() })
        .collect();
    let named = pins.iter().filter(|pin| product.pins.contains(&pin.name));
    all.extend(named.filter_map(|pin| {
        let version = Version::pinned(&pin.version)?;
        Some(Pinned { version, component: Some(pin.component.clone()), place: pin.place() })
    }));
    let here = |one: &Pinned| {
        one.component.as_deref().is_some_and(|id| namespace(id) == namespace(&beside.component))
    };
    if all.iter().any(here) {
        all.retain(here);
    }
    all
}

fn namespace(component: &str) -> &str {
    component.split('/').next().unwrap_or_default()
}

/// The pin that a finding is about.
struct Side<'a> {
    product: &'a Product,
    version: Version,
    pin: &'a Pin,
}

/// The finding where a version lies outside of a relation's ranges.
fn apart(side: &Side, other: &Product, relation: &Relation, found: Pinned) -> Option<Diagnostic> {
    let title = capital(&side.product.title);
    let (version, with) = (side.version, &other.title);
    let finding = if let Some(needs) = relation.needs.filter(|range| !range.holds(found.version)) {
        let message = format!("{title} {version} needs {with} {needs}, and {} is pinned", found.version);
        Diagnostic::error("versions/unsupported", message)
    } else {
        let tested = relation.tested.filter(|range| !range.holds(found.version))?;
        let message = format!("{title} {version} is tested with {with} {tested}, not with {}", found.version);
        Diagnostic::new(cliutil::Severity::Note, "versions/untested", message)
    };
    let finding = placed(finding, side.pin).with_help(format!("known from: {}", relation.source));
    Some(match found.place {
        Some(place) => finding.with_related(place, format!("the version of {with}")),
        None => finding,
    })
}

fn unknown(product: &Product, version: Version, pin: &Pin) -> Diagnostic {
    let known: Vec<_> = product.rows.iter().map(|row| row.version.to_string()).collect();
    let message = format!("nothing is known of what {} {version} goes with", product.title);
    let finding = Diagnostic::new(cliutil::Severity::Note, "versions/unknown", message);
    placed(finding, pin).with_help(format!("the matrix has {}", known.join(", ")))
}

fn placed(finding: Diagnostic, pin: &Pin) -> Diagnostic {
    match pin.place() {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// A title at the beginning of a sentence.
fn capital(title: &str) -> String {
    match title.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => title.to_owned(),
    }
}

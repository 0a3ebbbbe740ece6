//! Whether what the catalogue pins goes together, as far as the matrix knows the products: each pin is held against the
//! versions of what its product goes with, in talenv.yaml or in other pins.

use cliutil::{Diagnostic, Location};
use cluster::{Model, Pin};
use talos::compatibility::{Product, Relation, Version, products};

use super::talenv::Given;

/// A version that is pinned.
struct Pinned<'a> {
    version: Version,
    by: By<'a>,
}

/// Who pins it. Where that stands costs a reading of the file: only a finding asks.
#[derive(Clone, Copy)]
enum By<'a> {
    /// talenv.yaml
    Env(&'a Given),
    /// A component of the catalogue
    Catalogue(&'a Pin),
}

impl By<'_> {
    fn place(self) -> Option<Location> {
        match self {
            Self::Env(given) => given.place.clone(),
            Self::Catalogue(pin) => pin.place(),
        }
    }
}

/// What does not go together (errors), and with `notes` what nobody tests together, and of which version nothing is known.
pub(super) fn findings(model: &Model, env: &[Given], notes: bool) -> Vec<Diagnostic> {
    let pins = model.pins();
    let mut findings = Vec::new();
    for pin in &pins {
        let Some(product) = product_of(pin).filter(|product| !product.rows.is_empty()) else { continue };
        let Some(version) = Version::pinned(&pin.version) else { continue };
        let Some(row) = product.rows.iter().find(|row| row.version == version) else {
            findings.extend(notes.then(|| unknown(product, version, pin)));
            continue;
        };
        for relation in &row.relations {
            let other = products().iter().find(|other| other.name == relation.with);
            let Some(other) = other else { continue };
            let others = pinned(other, pin, &pins, env);
            let side = Side { product, version, pin, notes };
            findings.extend(others.iter().filter_map(|found| apart(&side, other, relation, found)));
        }
    }
    findings
}

fn product_of(pin: &Pin) -> Option<&'static Product> {
    products().iter().find(|product| product.pins.contains(&pin.name.as_str()))
}

/// The versions of a product that concern a pin: what is pinned in the same namespace, if anything, else everywhere. The
/// catalogue has the same product twice where one system excludes the other.
fn pinned<'a>(product: &Product, beside: &Pin, pins: &'a [Pin], env: &'a [Given]) -> Vec<Pinned<'a>> {
    let given = env.iter().filter(|given| product.variable == Some(given.variable));
    let mut all: Vec<_> = given.map(|given| Pinned { version: given.version, by: By::Env(given) }).collect();
    let named = pins.iter().filter(|pin| product.pins.contains(&pin.name.as_str()));
    all.extend(
        named.filter_map(|pin| {
            Some(Pinned { version: Version::pinned(&pin.version)?, by: By::Catalogue(pin) })
        }),
    );
    let here = |one: &Pinned| match one.by {
        By::Catalogue(pin) => namespace(&pin.component) == namespace(&beside.component),
        By::Env(_) => false,
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
    notes: bool,
}

/// The finding where a version lies outside of a relation's ranges.
fn apart(side: &Side, other: &Product, relation: &Relation, found: &Pinned) -> Option<Diagnostic> {
    let title = capital(side.product.title);
    let (version, with) = (side.version, &other.title);
    let finding = if let Some(needs) = relation.needs.filter(|range| !range.holds(found.version)) {
        let message = format!("{title} {version} needs {with} {needs}, and {} is pinned", found.version);
        Diagnostic::error("versions/unsupported", message)
    } else {
        let tested = relation.tested.filter(|range| side.notes && !range.holds(found.version))?;
        let message = format!("{title} {version} is tested with {with} {tested}, not with {}", found.version);
        Diagnostic::new(cliutil::Severity::Note, "versions/untested", message)
    };
    let finding = placed(finding, side.pin).with_help(format!("known from: {}", relation.source));
    Some(match found.by.place() {
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

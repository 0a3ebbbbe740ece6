//! Names of objects, which the API server checks in code: most are domain names.

use yaml::Span;

use crate::data::{Key, Tree, Value};
use crate::finding::{Finding, Type};
use crate::format::{is_subdomain, is_subdomain_part};

/// Kinds whose names may be more than domain names.
const FREE: [&str; 3] = ["CertificateSigningRequest", "ClusterTrustBundle", "ComponentStatus"];

/// Groups whose kinds have such names.
const FREE_GROUPS: [&str; 1] = ["rbac.authorization.k8s.io"];

/// Kinds whose names are one part of a domain name.
const LABELS: [&str; 2] = ["Namespace", "Service"];

/// The finding for a name that the API server refuses.
pub(crate) fn finding<'a, T: Tree<'a>>(
    what: &Type,
    mut entries: impl Iterator<Item = (Key<'a>, T)>,
    stands_for_another: impl Fn(&str) -> bool,
) -> Option<Finding> {
    let metadata = entries.find(|(key, _)| key.text == "metadata").map(|(_, value)| value.value());
    let Some(Value::Map(mut fields)) = metadata else { return None };
    let (_, value) = fields.find(|(key, _)| key.text == "name")?;
    match value.value() {
        // An empty name is none, which is said with the shape of objects.
        Value::Text(name) if !(name.is_empty() || stands_for_another(name)) => {
            of_name(what, name, value.span())
        }
        _ => None,
    }
}

fn of_name(what: &Type, name: &str, span: Span) -> Option<Finding> {
    let kind = what.kind.as_str();
    // OpenShift's API server has kinds of its own, with names of images and users.
    if FREE.contains(&kind) || FREE_GROUPS.contains(&what.group()) || what.group().ends_with(".openshift.io")
    {
        return None;
    }
    let is_label = what.api_version == "v1" && LABELS.contains(&kind);
    let fits = |name: &str| {
        if is_label { name.len() <= 63 && is_subdomain_part(name) } else { is_subdomain(name) }
    };
    if fits(name) {
        return None;
    }
    let words = if is_label {
        "up to 63 lower-case letters, digits and -"
    } else {
        "up to 253 lower-case letters, digits, - and ."
    };
    let message =
        format!("metadata.name of {kind} must be {words}, the first and the last a letter or digit");
    let steps = vec!["metadata".to_owned(), "name".to_owned()];
    let finding = Finding { path: steps.join("."), steps, ..Finding::error("schema/name", message, span) };
    let near = name.to_lowercase().replace(['_', ' '], "-");
    Some(if fits(&near) { finding.with_help(format!("did you mean {near}?")) } else { finding })
}

//! kubeconform's templates of paths: `schemas/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json`.

use std::path::PathBuf;

use crate::finding::Type;

/// The fields that a template may name.
const FIELDS: &[(&str, Field)] = &[
    ("NormalizedKubernetesVersion", Field::Version),
    ("StrictSuffix", Field::Strict),
    ("ResourceKind", Field::Kind),
    ("ResourceAPIVersion", Field::ApiVersion),
    ("Group", Field::Group),
    ("KindSuffix", Field::KindSuffix),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Version,
    Strict,
    Kind,
    ApiVersion,
    Group,
    KindSuffix,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Field(Field),
}

/// What is wrong with a template.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("a {{{{ has no }}}}")]
    Open,
    /// A field that there is not.
    #[error(
        "unknown field {0}; there are .NormalizedKubernetesVersion, .StrictSuffix, .ResourceKind, .ResourceAPIVersion, .Group and .KindSuffix"
    )]
    Field(String),
}

/// A template of paths.
#[derive(Debug)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Unknown fields, braces that are not closed.
    pub(crate) fn new(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            parts.push(Part::Text(before.to_owned()));
            let (name, after) = after.split_once("}}").ok_or(TemplateError::Open)?;
            let name = name.trim();
            let known = FIELDS.iter().find(|(known, _)| name.strip_prefix('.') == Some(*known));
            let (_, field) = known.ok_or_else(|| TemplateError::Field(name.to_owned()))?;
            parts.push(Part::Field(*field));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The path for a kind, with the version of Kubernetes as kubeconform normalises it (`v1.34.2`, `master`); none for
    /// names that are no part of a path.
    pub(crate) fn path(&self, what: &Type, version: &str) -> Option<PathBuf> {
        let fits = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
                && !text.contains("..")
        };
        if ![what.group(), what.version(), &what.kind].iter().all(|text| fits(text)) {
            return None;
        }
        let mut path = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Field(field) => path.push_str(&value(*field, what, version)),
            }
        }
        Some(path.into())
    }
}

fn value(field: Field, what: &Type, version: &str) -> String {
    match field {
        Field::Version => version.to_owned(),
        Field::Strict => "-strict".to_owned(),
        Field::Kind => what.kind.to_lowercase(),
        Field::ApiVersion => what.version().to_owned(),
        // For the core group kubeconform has the version here.
        Field::Group if what.group().is_empty() => what.version().to_owned(),
        Field::Group => what.group().to_owned(),
        Field::KindSuffix => {
            let first = what.api_version.split(['/', '.']).next().unwrap_or_default().to_lowercase();
            match what.api_version.split_once('/') {
                Some((_, version)) => format!("-{first}-{}", version.to_lowercase()),
                None => format!("-{first}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(template: &str, api_version: &str, kind: &str) -> Option<String> {
        let what = Type { api_version: api_version.to_owned(), kind: kind.to_owned() };
        let path = Template::new(template).unwrap().path(&what, "v1.34.0")?;
        Some(path.display().to_string())
    }

    /// As `schemaPath` of kubeconform 0.8.0 has it.
    #[test]
    fn fields() {
        let catalogue = "s/{{.Group}}/{{.ResourceKind}}_{{ .ResourceAPIVersion }}.json";
        assert_eq!(
            path(catalogue, "cert-manager.io/v1", "Issuer").unwrap(),
            "s/cert-manager.io/issuer_v1.json"
        );
        assert_eq!(path(catalogue, "v1", "Pod").unwrap(), "s/v1/pod_v1.json");
        let set =
            "{{ .NormalizedKubernetesVersion }}{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json";
        assert_eq!(path(set, "apps/v1", "Deployment").unwrap(), "v1.34.0-strict/deployment-apps-v1.json");
        let rbac = path(set, "rbac.authorization.k8s.io/v1", "Role").unwrap();
        assert_eq!(rbac, "v1.34.0-strict/role-rbac-v1.json");
        assert_eq!(path(set, "v1", "Pod").unwrap(), "v1.34.0-strict/pod-v1.json");
    }

    #[test]
    fn names_stay_names() {
        assert_eq!(path("s/{{.Group}}.json", "../../x/v1", "Pod"), None);
        assert_eq!(path("s/{{.ResourceKind}}.json", "v1", "a/b"), None);
        assert_eq!(Template::new("{{.X}}").unwrap_err(), TemplateError::Field(".X".to_owned()));
        assert_eq!(Template::new("{{").unwrap_err(), TemplateError::Open);
    }
}

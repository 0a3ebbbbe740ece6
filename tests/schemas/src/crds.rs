//! CustomResourceDefinitions in files of YAML.

use std::path::Path;

use serde_json::Value as Json;
use yaml::Dialect;

use crate::{Outcome, Source, pins};

/// Adds the kinds that the files at a place define.
pub(crate) fn read(place: &Path, source: &mut Source) -> Outcome<()> {
    let before = source.kinds.len();
    for file in pins::files(place)? {
        if file.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&file)?;
        // In a chart's folder, the template lines around a document are not part of it.
        let plain: String = text.split_inclusive('\n').filter(|line| !line.starts_with("{{")).collect();
        let documents = yaml::load(&plain, Dialect::Kubernetes)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        for document in documents {
            for kind in schema::custom_kinds(&Json::from(document)) {
                add(kind, source)?;
            }
        }
    }
    if source.kinds.len() == before {
        return Err(format!("no CustomResourceDefinition in {}", place.display()).into());
    }
    Ok(())
}

fn add(kind: schema::CustomKind, source: &mut Source) -> Outcome<()> {
    let key = format!("{}/{}", kind.api_version, kind.kind);
    let scope = if kind.namespaced { "Namespaced" } else { "Cluster" };
    let mut flags = Vec::new();
    if kind.deprecated {
        flags.push("deprecated");
    }
    if !kind.served {
        flags.push("unserved");
    }
    source.definitions.insert(key.replace('/', "."), kind.schema);
    match source.kinds.insert(key.clone(), [scope.to_owned(), flags.join(",")]) {
        Some(_) => Err(format!("{key} is defined twice").into()),
        None => Ok(()),
    }
}

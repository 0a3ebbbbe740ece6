//! The values of Kubernetes' enumerations. The swagger says only "string"; the Go types are marked `+enum`, and name
//! their values as constants.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::{Outcome, Source, pins};

/// The enumerations and struct fields of one package, such as `core.v1`.
#[derive(Default)]
struct Package {
    enums: BTreeMap<String, Vec<String>>,
    /// Struct, field in JSON, type without `*`; a list's begins with `[]`.
    fields: Vec<[String; 3]>,
}

/// Gives the definitions of a source the values of their enumerations.
pub(crate) fn add_values(folder: &Path, source: &mut Source) -> Outcome<()> {
    let packages = packages(folder)?;
    for (name, package) in &packages {
        for [owner, field, kind] in &package.fields {
            let (kind, is_list) = kind.strip_prefix("[]").map_or((kind.as_str(), false), |kind| (kind, true));
            let Some(values) = values(kind, package, &packages) else { continue };
            for definition in [format!("{name}.{owner}"), kind_name(name, owner, source)] {
                let Some(schema) = source.definitions.get_mut(&definition) else { continue };
                let target = &mut schema["properties"][field];
                let target = if is_list { &mut target["items"] } else { target };
                if target["type"] == "string" {
                    // Empty is as good as left out.
                    target["enum"] = values.iter().map(String::as_str).chain([""]).collect();
                }
            }
        }
    }
    // Indexing made nulls of what is not there.
    source.definitions.values_mut().for_each(prune);
    Ok(())
}

/// What a struct is named when it is a kind: with its group in place of its package.
fn kind_name(package: &str, owner: &str, source: &Source) -> String {
    let version = package.rsplit('.').next().unwrap_or_default();
    let suffix = format!("/{version}/{owner}");
    let first = package.split('.').next().unwrap_or_default();
    let fits = |key: &&String| {
        let group = key.strip_suffix(&suffix).unwrap_or("-");
        group == first || group.starts_with(&format!("{first}."))
    };
    source.kinds.keys().find(fits).map_or_else(String::new, |key| key.replace('/', "."))
}

fn values<'p>(
    kind: &str,
    package: &'p Package,
    packages: &'p HashMap<String, Package>,
) -> Option<&'p Vec<String>> {
    match kind.split_once('.') {
        None => package.enums.get(kind),
        Some(("v1" | "corev1" | "core", name)) => packages.get("core.v1")?.enums.get(name),
        Some(_) => None,
    }
}

fn packages(folder: &Path) -> Outcome<HashMap<String, Package>> {
    let mut packages: HashMap<String, Package> = HashMap::new();
    let mut texts = Vec::new();
    for file in pins::files(folder)?.iter().filter(|file| file.ends_with("types.go")) {
        let parts: Vec<_> = file.iter().rev().map(|part| part.to_string_lossy().into_owned()).collect();
        texts.push((format!("{}.{}", parts[2], parts[1]), std::fs::read_to_string(file)?));
    }
    for (name, text) in &texts {
        packages.entry(name.clone()).or_default().enums = enums(text)?;
    }
    for (name, text) in &texts {
        packages.entry(name.clone()).or_default().fields = fields(text)?;
    }
    Ok(packages)
}

/// Types marked `+enum`, with the values of their constants.
fn enums(text: &str) -> Outcome<BTreeMap<String, Vec<String>>> {
    let marked = Regex::new(r"(?m)^// \+enum\n(?://.*\n)*type (\w+) string$")?;
    let constant = Regex::new(r#"(?m)^\s+\w+\s+(\w+)\s+= "([^"]*)""#)?;
    let mut found: BTreeMap<_, Vec<_>> =
        marked.captures_iter(text).map(|type_| (type_[1].to_owned(), Vec::new())).collect();
    for value in constant.captures_iter(text) {
        if let Some(values) = found.get_mut(&value[1]) {
            values.push(value[2].to_owned());
        }
    }
    found.retain(|_, values| !values.is_empty());
    for values in found.values_mut() {
        values.retain(|value| !value.is_empty());
        values.sort_unstable();
        values.dedup();
    }
    Ok(found)
}

fn fields(text: &str) -> Outcome<Vec<[String; 3]>> {
    let head = Regex::new(r"^type (\w+) struct \{$")?;
    let field = Regex::new(r#"^\t\w+\s+(\S+)\s+`json:"([^",]+)"#)?;
    let mut owner = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(head) = head.captures(line) {
            owner = Some(head[1].to_owned());
        } else if line == "}" {
            owner = None;
        } else if let (Some(owner), Some(field)) = (&owner, field.captures(line)) {
            found.push([owner.clone(), field[2].to_owned(), field[1].replace('*', "")]);
        }
    }
    Ok(found)
}

fn prune(schema: &mut Json) {
    match schema {
        Json::Object(fields) => {
            fields.retain(|_, value| !value.is_null() && *value != json!({ "items": null }));
            fields.values_mut().for_each(prune);
        }
        Json::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_marked_types() {
        let text = "// words\n// +enum\ntype P string\n\nconst (\n\t// words\n\tA P = \"b\"\n\tB P = \"a\"\n\tC Q = \"c\"\n)\n\ntype S struct {\n\tX *P `json:\"x,omitempty\"`\n\tY []P `json:\"y\"`\n}\n";
        assert_eq!(
            enums(text).unwrap(),
            BTreeMap::from([("P".to_owned(), vec!["a".to_owned(), "b".to_owned()])])
        );
        let shown: Vec<_> = fields(text).unwrap().iter().map(|field| field.join(" ")).collect();
        assert_eq!(shown, ["S x P", "S y []P"]);
    }
}

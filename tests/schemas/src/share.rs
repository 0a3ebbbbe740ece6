//! Parts that stand in several places of a source become definitions of their own. They are named by their content, so
//! that a raised version changes the lines of what changed only.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

/// Shorter parts are repeated.
const LEAST: usize = 160;

/// Keywords whose value is a schema.
const ONE: [&str; 3] = ["items", "additionalProperties", "not"];
/// Keywords whose value is a list of schemas.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Moves what definitions have in common into definitions of its own.
pub(crate) fn share(definitions: &mut BTreeMap<String, Json>) {
    let mut uses = HashMap::new();
    for schema in definitions.values() {
        count(schema, &mut uses);
    }
    let mut shared = BTreeMap::new();
    for schema in definitions.values_mut() {
        *schema = parts(schema, &uses, &mut shared);
    }
    definitions.extend(shared);
}

/// How often each schema is used, the places in a schema that is itself repeated counted once.
fn count(schema: &Json, uses: &mut HashMap<String, usize>) {
    let used = uses.entry(schema.to_string()).or_default();
    *used += 1;
    if *used == 1 {
        for part in inner(schema) {
            count(part, uses);
        }
    }
}

/// The schemas right below a schema.
fn inner(schema: &Json) -> Vec<&Json> {
    let mut found: Vec<&Json> = schema["properties"].as_object().into_iter().flat_map(Map::values).collect();
    found.extend(ONE.iter().filter_map(|key| schema.get(key)).filter(|value| value.is_object()));
    found.extend(LISTS.iter().filter_map(|key| schema[key].as_array()).flatten());
    found
}

/// A schema whose shared parts are references.
fn parts(schema: &Json, uses: &HashMap<String, usize>, shared: &mut BTreeMap<String, Json>) -> Json {
    let mut out = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "properties" => {
                let one = |(name, schema): (&String, &Json)| (name.clone(), part(schema, uses, shared));
                Json::Object(value.as_object().into_iter().flatten().map(one).collect())
            }
            key if ONE.contains(&key) && value.is_object() => part(value, uses, shared),
            key if LISTS.contains(&key) => {
                value.as_array().into_iter().flatten().map(|schema| part(schema, uses, shared)).collect()
            }
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    Json::Object(out)
}

fn part(schema: &Json, uses: &HashMap<String, usize>, shared: &mut BTreeMap<String, Json>) -> Json {
    let text = schema.to_string();
    if text.len() < LEAST || uses.get(&text).is_none_or(|uses| *uses < 2) {
        return parts(schema, uses, shared);
    }
    let name = format!("shared.{}", &crate::write::hex(&Sha256::digest(&text))[..10]);
    if !shared.contains_key(&name) {
        let schema = parts(schema, uses, shared);
        shared.insert(name.clone(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_written_once() {
        let long =
            |name: &str| json!({ "type": "object", "properties": { name: { "enum": ["x".repeat(200)] } } });
        let mut definitions = BTreeMap::from([
            (
                "a".to_owned(),
                json!({ "properties": { "one": long("p"), "two": long("p"), "three": long("q") } }),
            ),
            ("b".to_owned(), json!({ "items": long("p") })),
        ]);
        share(&mut definitions);
        let shared: Vec<_> = definitions.keys().filter(|name| name.starts_with("shared.")).cloned().collect();
        // "x…" is used by p's and q's schema, and p's schema by three places.
        assert_eq!(shared.len(), 2, "{definitions:?}");
        let reference = &definitions["b"]["items"]["$ref"];
        assert_eq!(reference, &definitions["a"]["properties"]["one"]["$ref"]);
        assert!(definitions["a"]["properties"]["three"]["properties"]["q"]["$ref"].is_string());
    }
}

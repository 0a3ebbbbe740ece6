//! Kubernetes' own kinds: `swagger.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::{Outcome, Source};

/// What the names of definitions begin with and is left out of them.
const PREFIXES: [&str; 5] = [
    "io.k8s.api.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apimachinery.pkg.",
];

/// Kinds of requests, of every group: no manifest has them.
const REQUESTS: [&str; 2] = ["DeleteOptions", "WatchEvent"];

/// Schemas in a manifest are not looked at for fields that are not known.
const OPEN: &str = "apiextensions.v1.JSONSchemaProps";

/// Keys of lists whose items may leave a key out, and what counts then.
const DEFAULT_KEYS: [(&str, &str); 1] = [("protocol", "protocol=TCP")];

/// Mappings by label keys, and whether their values are label values: what the API server checks in code.
const LABELS: [(&str, &str, bool); 5] = [
    ("meta.v1.ObjectMeta", "labels", true),
    ("meta.v1.ObjectMeta", "annotations", false),
    ("meta.v1.LabelSelector", "matchLabels", true),
    ("core.v1.PodSpec", "nodeSelector", true),
    ("core.v1.ServiceSpec", "selector", true),
];

/// Ports, and the least of them: 0 is as good as none where it is allowed.
const PORTS: [(&str, &str, u16); 4] = [
    ("core.v1.ContainerPort", "containerPort", 1),
    ("core.v1.ContainerPort", "hostPort", 0),
    ("core.v1.ServicePort", "port", 1),
    ("core.v1.ServicePort", "nodePort", 0),
];

/// Adds the kinds of a swagger file and what they are made of.
pub(crate) fn read(file: &Path, source: &mut Source) -> Outcome<()> {
    let swagger: Json = serde_json::from_slice(&std::fs::read(file)?)?;
    let definitions = swagger["definitions"].as_object().ok_or("no definitions")?;
    let namespaced = namespaced(&swagger);
    let mut wanted = vec![name("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", definitions)];
    let mut all = BTreeMap::new();
    for (full, definition) in definitions {
        all.insert(name(full, definitions), convert_definition(full, definition, definitions));
        for key in keys(definition) {
            let scope = if namespaced.contains(&key) { "Namespaced" } else { "Cluster" };
            source.kinds.insert(key, [scope.to_owned(), String::new()]);
            wanted.push(name(full, definitions));
        }
    }
    narrow(&mut all);
    while let Some(name) = wanted.pop() {
        let Some(schema) = all.remove(&name) else { continue };
        references(&schema, &mut wanted);
        source.definitions.insert(name, schema);
    }
    Ok(())
}

/// Adds rules that stand in the API server's code.
fn narrow(definitions: &mut BTreeMap<String, Json>) {
    for (definition, field, has_values) in LABELS {
        if let Some(field) =
            definitions.get_mut(definition).and_then(|schema| schema["properties"].get_mut(field))
        {
            field["propertyNames"] = json!({ "format": "k8s-label-key" });
            if has_values {
                field["additionalProperties"]["format"] = "k8s-label-value".into();
            }
        }
    }
    for (definition, field, least) in PORTS {
        if let Some(field) =
            definitions.get_mut(definition).and_then(|schema| schema["properties"].get_mut(field))
        {
            field["minimum"] = least.into();
            field["maximum"] = u16::MAX.into();
        }
    }
}

/// The kinds of a definition, as `apps/v1/Deployment`.
fn keys(definition: &Json) -> Vec<String> {
    let kinds = definition["x-kubernetes-group-version-kind"].as_array().into_iter().flatten();
    kinds.map(key).filter(|key| !REQUESTS.iter().any(|kind| key.ends_with(&format!("/{kind}")))).collect()
}

fn key(kind: &Json) -> String {
    let text = |key: &str| kind[key].as_str().unwrap_or_default();
    let api = [text("group"), text("version")].into_iter().filter(|part| !part.is_empty());
    api.chain([text("kind")]).collect::<Vec<_>>().join("/")
}

/// The name of a definition here: that of its kind, or its own without the long beginning.
fn name(full: &str, definitions: &Map<String, Json>) -> String {
    if let Some(key) = definitions.get(full).and_then(|definition| keys(definition).into_iter().next()) {
        return key.replace('/', ".");
    }
    PREFIXES.iter().find_map(|prefix| full.strip_prefix(prefix)).unwrap_or(full).to_owned()
}

/// The kinds that are created in a namespace.
fn namespaced(swagger: &Json) -> BTreeSet<String> {
    let paths = swagger["paths"].as_object().into_iter().flatten();
    let in_namespace = paths.filter(|(path, _)| {
        path.rsplit_once("/namespaces/{namespace}/").is_some_and(|(_, rest)| !rest.contains('/'))
    });
    in_namespace.map(|(_, methods)| key(&methods["post"]["x-kubernetes-group-version-kind"])).collect()
}

fn convert_definition(full: &str, definition: &Json, definitions: &Map<String, Json>) -> Json {
    match full.rsplit('.').next().unwrap_or_default() {
        "Quantity" => json!({ "type": ["string", "number"], "format": "quantity" }),
        "IntOrString" => json!({ "x-kubernetes-int-or-string": true }),
        _ => {
            let mut schema = convert(definition, definitions);
            if name(full, definitions).starts_with(OPEN)
                && let Some(schema) = schema.as_object_mut()
            {
                schema.remove("additionalProperties");
            }
            schema
        }
    }
}

fn convert(schema: &Json, definitions: &Map<String, Json>) -> Json {
    let mut out = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "$ref" => {
                let full = value.as_str().unwrap_or_default().trim_start_matches("#/definitions/");
                Json::String(format!("#/$defs/{}", name(full, definitions)))
            }
            "properties" => {
                let one = |(name, schema): (&String, &Json)| (name.clone(), convert(schema, definitions));
                Json::Object(value.as_object().into_iter().flatten().map(one).collect())
            }
            "items" | "additionalProperties" if value.is_object() => convert(value, definitions),
            "x-kubernetes-list-map-keys" if is_merged(schema, definitions) => list_keys(value),
            "x-kubernetes-list-type" if value == "set" => value.clone(),
            "type" | "format" | "required" | "enum" | "additionalProperties" => value.clone(),
            _ => continue,
        };
        out.insert(key.clone(), value);
    }
    if out.contains_key("properties") && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".to_owned(), false.into());
    }
    Json::Object(out)
}

/// Whether the keys of a list are fields of its items: of one list they are not.
fn is_merged(list: &Json, definitions: &Map<String, Json>) -> bool {
    let item = list["items"]["$ref"].as_str().unwrap_or_default().trim_start_matches("#/definitions/");
    let fields = definitions.get(item).map(|item| &item["properties"]);
    list["x-kubernetes-list-map-keys"]
        .as_array()
        .into_iter()
        .flatten()
        .all(|key| key.as_str().is_some_and(|key| fields.is_some_and(|fields| fields.get(key).is_some())))
}

fn list_keys(keys: &Json) -> Json {
    let with_default = |key: &Json| {
        let known = DEFAULT_KEYS.iter().find(|(name, _)| key == name);
        known.map_or_else(|| key.clone(), |(_, with_default)| (*with_default).into())
    };
    keys.as_array().into_iter().flatten().map(with_default).collect()
}

/// The names that a schema refers to.
fn references(schema: &Json, found: &mut Vec<String>) {
    match schema {
        Json::Object(fields) => {
            if let Some(Json::String(target)) = fields.get("$ref") {
                found.push(target.trim_start_matches("#/$defs/").to_owned());
            }
            fields.values().for_each(|value| references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

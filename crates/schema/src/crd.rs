//! CustomResourceDefinitions as JSON Schemas. What the API server would prune or refuse is closed
//! (`additionalProperties: false`), what it fills in by default is not required, and words are left out.

use serde_json::{Map, Value as Json, json};

/// A kind that a CustomResourceDefinition defines, in one version.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomKind {
    /// `apiVersion` of its objects.
    pub api_version: String,
    /// `kind` of its objects.
    pub kind: String,
    /// They belong to a namespace.
    pub namespaced: bool,
    /// The API server serves this version.
    pub served: bool,
    /// The definition says that it is deprecated.
    pub deprecated: bool,
    /// The JSON Schema of its objects.
    pub schema: Json,
}

/// The kinds of a document; none when it is no CustomResourceDefinition. A list of objects is opened.
pub fn custom_kinds(document: &Json) -> Vec<CustomKind> {
    if document["kind"] == "List" {
        return document["items"].as_array().into_iter().flatten().flat_map(custom_kinds).collect();
    }
    if document["kind"] != "CustomResourceDefinition" {
        return Vec::new();
    }
    let spec = &document["spec"];
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let kind = |version: &Json| CustomKind {
        api_version: format!("{}/{}", text(&spec["group"]), text(&version["name"])),
        kind: text(&spec["names"]["kind"]),
        namespaced: spec["scope"] == "Namespaced",
        served: version["served"] != false,
        deprecated: version["deprecated"] == true,
        schema: object(&version["schema"]["openAPIV3Schema"]),
    };
    spec["versions"].as_array().into_iter().flatten().map(kind).collect()
}

/// The schema of whole objects: apiVersion, kind and metadata are always there.
fn object(schema: &Json) -> Json {
    let mut root = structural(schema);
    if let Some(root) = root.as_object_mut() {
        root.insert("type".into(), "object".into());
        name_the_object(root);
    }
    root
}

/// Gives a schema the fields that every object has.
fn name_the_object(schema: &mut Map<String, Json>) {
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    let Some(properties) = properties.as_object_mut() else { return };
    for field in ["apiVersion", "kind"] {
        properties.entry(field).or_insert_with(|| json!({ "type": "string" }));
    }
    let metadata = properties.entry("metadata").or_insert_with(|| json!({ "type": "object" }));
    if let Some(metadata) = metadata.as_object_mut() {
        // It is Kubernetes' own, whatever the definition says of it, and may be narrowed.
        metadata.remove("additionalProperties");
        metadata.insert("x-clusterpipe-metadata".into(), true.into());
    }
}

/// A schema of values at a place of an object.
fn structural(schema: &Json) -> Json {
    let mut out = rules(schema, structural);
    let flag = |key: &str| schema[key] == true;
    let open = flag("x-kubernetes-preserve-unknown-fields");
    if schema["type"] == "object" && schema.get("additionalProperties").is_none() && !open {
        out.insert("additionalProperties".into(), false.into());
    }
    if open && out.get("additionalProperties") == Some(&Json::Bool(false)) {
        out.remove("additionalProperties");
    }
    if flag("x-kubernetes-embedded-resource") {
        out.insert("x-kubernetes-embedded-resource".into(), true.into());
        name_the_object(&mut out);
    }
    if flag("x-kubernetes-int-or-string") {
        out.insert("x-kubernetes-int-or-string".into(), true.into());
        for key in ["type", "anyOf"] {
            out.remove(key);
        }
    }
    Json::Object(out)
}

/// A schema below `allOf`, `anyOf`, `oneOf` or `not`: it only narrows what stands outside.
fn narrowing(schema: &Json) -> Json {
    Json::Object(rules(schema, narrowing))
}

/// The rules of a schema, without words, with the schemas in it converted by `convert`.
fn rules(schema: &Json, convert: fn(&Json) -> Json) -> Map<String, Json> {
    let mut out = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "properties" => converted(value, convert),
            "items" | "additionalProperties" if value.is_object() => convert(value),
            "allOf" | "anyOf" | "oneOf" => {
                let forms = value.as_array().into_iter().flatten();
                forms.map(|form| narrowing(&filled_in(form, &schema["properties"]))).collect()
            }
            "not" => narrowing(&filled_in(value, &schema["properties"])),
            "required" => match required(value, &schema["properties"]) {
                Json::Array(names) if names.is_empty() => continue,
                names => names,
            },
            "x-kubernetes-list-map-keys" if schema["x-kubernetes-list-type"] == "map" => {
                list_keys(value, &schema["items"]["properties"])
            }
            "x-kubernetes-list-type" if value == "set" => value.clone(),
            "nullable" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" if value == false => {
                continue;
            }
            "type"
            | "enum"
            | "pattern"
            | "format"
            | "nullable"
            | "additionalProperties"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "multipleOf"
            | "minLength"
            | "maxLength"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minProperties"
            | "maxProperties" => value.clone(),
            _ => continue,
        };
        out.insert(key.clone(), value);
    }
    out
}

fn converted(properties: &Json, convert: fn(&Json) -> Json) -> Json {
    let one = |(name, schema): (&String, &Json)| (name.clone(), convert(schema));
    Json::Object(properties.as_object().into_iter().flatten().map(one).collect())
}

/// Required fields, without those that have a default: the API server fills them in before it looks.
fn required(names: &Json, properties: &Json) -> Json {
    let has_default = |name: &&Json| {
        name.as_str()
            .is_some_and(|name| properties.get(name).is_some_and(|field| field.get("default").is_some()))
    };
    names.as_array().into_iter().flatten().filter(|name| !has_default(name)).cloned().collect()
}

/// A form of a value as it is to be read before the API server fills in defaults, where `properties` may have some: a field
/// that is left out is as good as its default. So it need not be there, unless its default does not fit the form.
fn filled_in(form: &Json, properties: &Json) -> Json {
    let mut form = form.clone();
    let Some(rules) = form.as_object_mut() else { return form };
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Json::Array(forms)) = rules.get_mut(key) {
            for form in forms {
                *form = filled_in(form, properties);
            }
        }
    }
    if let Some(not) = rules.get_mut("not") {
        *not = filled_in(not, properties);
    }
    let mut needed: Vec<Json> = match rules.get("required") {
        Some(names) => required(names, properties).as_array().cloned().unwrap_or_default(),
        None => Vec::new(),
    };
    let default = |name: &str| properties.get(name).and_then(|field| field.get("default"));
    for (name, rule) in rules.get("properties").and_then(Json::as_object).into_iter().flatten() {
        if default(name).is_some_and(|default| refuses(rule, default)) {
            needed.push(name.as_str().into());
        }
    }
    rules.remove("required");
    if !needed.is_empty() {
        rules.insert("required".into(), needed.into());
    }
    form
}

/// Whether a rule surely refuses a value, by the values that it names.
fn refuses(rule: &Json, value: &Json) -> bool {
    let names = |rule: &Json| rule["enum"].as_array().map(|values| values.contains(value));
    let is_bare = rule["not"].as_object().is_some_and(|not| not.len() == 1);
    names(rule) == Some(false) || is_bare && names(&rule["not"]) == Some(true)
}

/// The keys that tell items of a list apart, as `name` or `name=default`.
fn list_keys(keys: &Json, fields: &Json) -> Json {
    let key = |key: &Json| {
        let name = key.as_str().unwrap_or_default();
        match fields.get(name).and_then(|field| field.get("default")) {
            Some(Json::String(default)) => format!("{name}={default}"),
            Some(default) if !default.is_null() => format!("{name}={default}"),
            _ => name.to_owned(),
        }
    };
    keys.as_array().into_iter().flatten().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(schema: &Json) -> Vec<CustomKind> {
        custom_kinds(&json!({
            "kind": "CustomResourceDefinition",
            "spec": {
                "group": "x.io", "scope": "Cluster", "names": { "kind": "Thing" },
                "versions": [
                    { "name": "v1", "served": true, "schema": { "openAPIV3Schema": schema } },
                    { "name": "v1beta1", "served": false, "deprecated": true, "schema": { "openAPIV3Schema": {} } },
                ],
            },
        }))
    }

    #[test]
    fn kinds_and_versions() {
        let found = kinds(&json!({ "type": "object" }));
        let shown: Vec<_> = found
            .iter()
            .map(|kind| (kind.api_version.as_str(), kind.namespaced, kind.served, kind.deprecated))
            .collect();
        assert_eq!(shown, [("x.io/v1", false, true, false), ("x.io/v1beta1", false, false, true)]);
        assert!(custom_kinds(&json!({ "kind": "Pod" })).is_empty());
    }

    /// The API server fills in defaults before it validates. The forms are those of a Gateway's addresses.
    #[test]
    fn a_form_counts_what_is_filled_in() {
        let schema = json!({
            "type": "object",
            "properties": { "type": { "type": "string", "default": "IPAddress" }, "value": { "type": "string" } },
            "oneOf": [
                { "properties": { "type": { "enum": ["IPAddress"] } }, "required": ["type"] },
                { "properties": { "type": { "not": { "enum": ["IPAddress"] } } } },
            ],
        });
        let converted = structural(&schema);
        assert_eq!(converted["oneOf"][0].get("required"), None);
        assert_eq!(converted["oneOf"][1]["required"], json!(["type"]));
    }

    #[test]
    fn structure_is_closed_and_defaults_are_not_required() {
        let found = kinds(&json!({
            "type": "object", "description": "words",
            "properties": {
                "metadata": { "type": "object" },
                "spec": {
                    "type": "object", "required": ["a", "b"],
                    "properties": {
                        "a": { "type": "string", "default": "x" },
                        "b": { "x-kubernetes-int-or-string": true, "anyOf": [{ "type": "integer" }, { "type": "string" }] },
                        "c": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                        "d": { "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["p", "q"],
                               "items": { "type": "object", "properties": { "p": {}, "q": { "default": "TCP" } } } },
                    },
                    "oneOf": [{ "required": ["a"], "description": "words" }],
                },
            },
        }));
        let expected = json!({
            "type": "object",
            "properties": {
                "metadata": { "type": "object", "x-clusterpipe-metadata": true },
                "spec": {
                    "type": "object", "required": ["b"],
                    "properties": {
                        "a": { "type": "string" },
                        "b": { "x-kubernetes-int-or-string": true },
                        "c": { "type": "object" },
                        "d": { "type": "array", "x-kubernetes-list-map-keys": ["p", "q=TCP"],
                               "items": { "type": "object", "properties": { "p": {}, "q": {} }, "additionalProperties": false } },
                    },
                    // The API server has filled in a before it looks.
                    "oneOf": [{}],
                    "additionalProperties": false,
                },
                "apiVersion": { "type": "string" }, "kind": { "type": "string" },
            },
            "additionalProperties": false,
        });
        assert_eq!(found[0].schema, expected);
    }
}

//! JSON Schemas (2020-12), made from the same declarations that the check follows: for editors, and for whoever
//! reads a context.

use serde_json::{Map, Value as Json, json};

use crate::CONTEXT_VERSION;
use crate::declaration::{Component, Computed, ComputedType, Declaration, Declarations};
use crate::model::Model;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of cluster.yaml.
pub fn config(model: &Model) -> Json {
    let mut properties = options(model, Use::Input);
    for (key, computed) in made(model) {
        let mut schema = computed_schema(computed);
        schema.insert("readOnly".to_owned(), json!(true));
        properties.insert(key.to_owned(), Json::Object(schema));
    }
    properties.insert("nodes".to_owned(), nodes_list(model, Use::Input));
    let mut schema = json!({
        "$schema": DIALECT,
        "title": "cluster.yaml",
        "description": format!("A cluster of the system {}", model.system()),
        "type": "object",
        "properties": properties,
        "required": required(&model.options),
        "additionalProperties": false,
    });
    if model.option("cloudflare_domains").is_some() {
        schema["anyOf"] =
            json!([{ "required": ["cloudflare_domain"] }, { "required": ["cloudflare_domains"] }]);
    }
    schema
}

/// The schema of nodes.yaml.
pub fn nodes(model: &Model) -> Json {
    json!({
        "$schema": DIALECT,
        "title": "nodes.yaml",
        "description": "The machines of a cluster",
        "type": "object",
        "properties": { "nodes": nodes_list(model, Use::Input) },
        "required": if model.system() == crate::fleet::SYSTEM { json!([]) } else { json!(["nodes"]) },
        "additionalProperties": false,
    })
}

/// The schema of a component.yaml.
pub fn component() -> Json {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let made = Json::from(settings.into_generator().into_root_schema_for::<Component>());
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!(DIALECT));
    schema.insert("title".to_owned(), json!("component.yaml"));
    schema.extend(made.as_object().cloned().unwrap_or_default());
    schema.insert("title".to_owned(), json!("component.yaml"));
    Json::Object(schema)
}

/// The schema of a context.
pub fn context(model: &Model) -> Json {
    let mut properties = Map::new();
    properties.insert("contextVersion".to_owned(), json!({ "const": CONTEXT_VERSION }));
    properties.extend(options(model, Use::Context));
    for (key, computed) in made(model) {
        properties.insert(key.to_owned(), Json::Object(computed_schema(computed)));
    }
    properties.insert("nodes".to_owned(), nodes_list(model, Use::Context));
    properties.insert("components".to_owned(), components());
    properties.insert("provided".to_owned(), provided());
    properties.insert("versions".to_owned(), versions());
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({
        "$schema": DIALECT,
        "title": "context",
        "description": format!("What validate config gives for the system {}", model.system()),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn components() -> Json {
    json!({
        "description": "The components that are on: namespace to apps",
        "type": "object",
        "additionalProperties": { "type": "array", "items": { "type": "string" } },
    })
}

fn provided() -> Json {
    json!({
        "description": "What the components that are on provide: slot to entries",
        "type": "object",
        "additionalProperties": { "type": "array", "items": { "type": "object" } },
    })
}

fn versions() -> Json {
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    json!({
        "description": "The versions of all components: namespace/app to what to its parts",
        "type": "object",
        "additionalProperties": { "type": "object", "additionalProperties": texts },
    })
}

/// What a schema is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// What a person writes: null is "not given", digits may be numbers.
    Input,
    /// What the check gives: canonical forms; null only where there is no default.
    Context,
}

/// The values that are computed and nothing else.
fn made(model: &Model) -> impl Iterator<Item = (&str, &Computed)> {
    let computed = model.computed.iter().filter(|(key, _)| model.is_purely_computed(key));
    computed.map(|(key, item)| (key.as_str(), &item.computed))
}

fn options(model: &Model, purpose: Use) -> Map<String, Json> {
    // What is computed when it is not given may be null only when that gives nothing.
    let schema = |option: &Declaration| declared(option, purpose, !option.required);
    model.options.iter().map(|(key, option)| (key.clone(), schema(option))).collect()
}

fn required(declarations: &Declarations) -> Vec<&str> {
    let required = declarations.iter().filter(|(_, declaration)| declaration.required);
    required.map(|(key, _)| key.as_str()).collect()
}

fn nodes_list(model: &Model, purpose: Use) -> Json {
    let fields: Map<_, _> = model
        .fields
        .iter()
        .map(|(field, declaration)| (field.clone(), declared(declaration, purpose, !declaration.required)))
        .collect();
    let required = match purpose {
        Use::Input => required(&model.fields),
        Use::Context => model.fields.keys().map(String::as_str).collect(),
    };
    let mut node = json!({
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": false,
    });
    let alternatives: Vec<_> =
        model.fields.iter().filter_map(|(key, field)| alternatives(key, field)).collect();
    if purpose == Use::Input && !alternatives.is_empty() {
        node["allOf"] = json!(alternatives);
    }
    json!({
        "description": "The machines of the cluster, in the order in which they are rolled",
        "type": "array",
        "minItems": 1,
        "items": node,
    })
}

/// "One of these is given", for a key that is required unless another is there.
fn alternatives(key: &str, declaration: &Declaration) -> Option<Json> {
    let others = &declaration.required_unless;
    // The cluster's value may count, and stands in another file.
    if declaration.inherits.is_some() {
        return None;
    }
    let all =
        std::iter::once(key).chain(others.iter().map(String::as_str)).map(|key| json!({ "required": [key] }));
    (!others.is_empty()).then(|| json!({ "anyOf": all.collect::<Vec<_>>() }))
}

fn computed_schema(computed: &Computed) -> Map<String, Json> {
    let types = match computed.kind {
        ComputedType::Bool => json!("boolean"),
        ComputedType::String => json!(["string", "null"]),
        ComputedType::Int => json!(["integer", "null"]),
        ComputedType::List => json!(["array", "null"]),
    };
    let description =
        computed.description.as_deref().map_or("Computed".to_owned(), |text| format!("{text} (computed)"));
    let mut schema = Map::new();
    schema.insert("type".to_owned(), types);
    schema.insert("description".to_owned(), json!(description));
    schema
}

fn declared(declaration: &Declaration, purpose: Use, optional: bool) -> Json {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            schema.insert(key.to_owned(), value);
        }
    };
    let nullable = optional && (purpose == Use::Input || declaration.default.is_none());
    let digits = purpose == Use::Input && declaration.format.is_some_and(|format| format.range().is_some());
    put("description", declaration.description.as_ref().map(|text| json!(text)));
    put("type", Some(types(declaration, nullable, digits)));
    put("enum", choices(declaration, nullable));
    put("default", declaration.default.clone().filter(|_| purpose == Use::Input));
    put("examples", (!declaration.examples.is_empty()).then(|| json!(declaration.examples)));
    put("pattern", declaration.pattern.as_ref().map(|pattern| json!(pattern)));
    put("minimum", declaration.minimum.map(number));
    put("maximum", declaration.maximum.map(number));
    put("minLength", declaration.min_length.map(|length| json!(length)));
    put("minItems", declaration.min_items.map(|length| json!(length)));
    put("uniqueItems", declaration.unique_items.then_some(json!(true)));
    put("writeOnly", declaration.secret.then_some(json!(true)));
    put("items", declaration.items.as_deref().map(|items| declared(items, purpose, false)));
    put("propertyNames", declaration.property_names.as_deref().map(|names| declared(names, purpose, false)));
    put(
        "additionalProperties",
        declaration.additional_properties.as_deref().map(|values| declared(values, purpose, false)),
    );
    if let Some(fields) = &declaration.properties {
        let inner = |field: &Declaration| declared(field, purpose, !field.required);
        let inner = fields.iter().map(|(key, field)| (key.clone(), inner(field)));
        put("properties", Some(Json::Object(inner.collect())));
        put("required", Some(json!(required(fields))));
        put("additionalProperties", Some(json!(false)));
    }
    if let Some(Json::Object(form)) = declaration.format.map(crate::Format::json_schema) {
        schema.extend(form);
    }
    Json::Object(schema)
}

fn types(declaration: &Declaration, nullable: bool, digits: bool) -> Json {
    let mut words: Vec<_> = declaration.types().iter().map(|one| one.word()).collect();
    if digits {
        words.push(if words.contains(&"integer") { "string" } else { "integer" });
    }
    if nullable {
        words.push("null");
    }
    match words.as_slice() {
        [one] => json!(one),
        many => json!(many),
    }
}

fn choices(declaration: &Declaration, nullable: bool) -> Option<Json> {
    let mut choices = declaration.choices.clone();
    if choices.is_empty() {
        return None;
    }
    if nullable {
        choices.push(Json::Null);
    }
    Some(Json::Array(choices))
}

/// A limit as it was written: 65535, not 65535.0.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers are converted")]
fn number(limit: f64) -> Json {
    if limit.fract() == 0.0 && limit.abs() < 9e15 { json!(limit as i64) } else { json!(limit) }
}

//! Generated Terraform, looked at as Terraform does before it asks a provider: what a file may hold (a JSON Schema
//! written from the providers' documentation, `terraform.schema.json`), and whether what an expression names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value as Json;
use yaml::{Mapping, Value};

use crate::{Look, System};

static SCHEMA: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(include_str!("../terraform.schema.json")).unwrap());

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

/// What a reference may begin with beside a resource's type.
const NAMES: [&str; 4] = ["each", "path", "self", "count"];

/// A module: all files of its folder.
#[derive(Debug, Clone)]
pub struct Module {
    folder: String,
    files: BTreeMap<String, Value>,
    merged: Value,
}

/// The module of a folder.
///
/// # Panics
/// When there is none, or two of its files say one thing.
pub fn module(system: &System, folder: &str) -> Module {
    let in_folder = |path: &std::path::Path| path.parent().is_some_and(|parent| parent.ends_with(folder));
    let named = |path: &std::path::Path| path.to_string_lossy().ends_with(".tf.json");
    let files: BTreeMap<_, _> = system
        .plain
        .keys()
        .filter(|path| in_folder(path) && named(path))
        .map(|path| path.to_str().unwrap().to_owned())
        .map(|path| (path.clone(), system.document(&path)))
        .collect();
    assert!(!files.is_empty(), "{folder} holds no Terraform");
    Module::of(folder, files)
}

/// The module in a folder on disk.
///
/// # Panics
/// When there is none, or two of its files say one thing.
pub fn read(root: &std::path::Path, folder: &std::path::Path) -> Module {
    let files = pipeline::files(&root.join(folder)).into_iter();
    let named = files.filter(|(path, _)| path.to_string_lossy().ends_with(".tf.json"));
    let values = named.map(|(path, bytes)| {
        let name = folder.join(path).display().to_string();
        (name, crate::yaml(&String::from_utf8(bytes).unwrap()))
    });
    Module::of(&folder.display().to_string(), values.collect())
}

impl Module {
    fn of(folder: &str, files: BTreeMap<String, Value>) -> Self {
        let mut merged = Mapping::new();
        for file in files.values() {
            merge(&mut merged, file, 3);
        }
        Self { folder: folder.to_owned(), files, merged: Value::Mapping(merged) }
    }

    /// The same module after a change to what stands at a path of one of its files, in whichever it does.
    fn changed(&self, path: &[&str], change: impl Fn(&mut Mapping, &str)) -> Self {
        let mut files = self.files.clone();
        let (last, folder) = path.split_last().unwrap();
        for file in files.values_mut() {
            let mut at = Some(&mut *file);
            for key in folder {
                at = at.and_then(|value| match value {
                    Value::Mapping(mapping) => mapping.get_mut(key),
                    _ => None,
                });
            }
            if let Some(Value::Mapping(mapping)) = at
                && mapping.contains_key(last)
            {
                change(mapping, last);
            }
        }
        Self::of(&self.folder, files)
    }
}

/// Ways to break a module, each with its words: every required argument gone, every argument misspelled, everything that
/// an expression names gone, every provider without its pin.
pub fn damages(module: &Module) -> Vec<(String, Module)> {
    let mut all = Vec::new();
    let gone = |mapping: &mut Mapping, key: &str| drop(mapping.remove(key));
    for block in ["resource", "data"] {
        for (kind, named) in entries(&module.merged, block) {
            let rules = &SCHEMA["properties"][block]["properties"][&kind]["additionalProperties"]["required"];
            let required = rules.as_array().into_iter().flatten().filter_map(Json::as_str);
            let required: Vec<_> = required.collect();
            for (name, body) in entries(&named, "") {
                for argument in &required {
                    let path = [block, &kind, &name, argument];
                    all.push((format!("no {}", path.join(" ")), module.changed(&path, gone)));
                }
                for (argument, _) in entries(&body, "").iter().filter(|(argument, _)| argument != "//") {
                    let misspelled = |mapping: &mut Mapping, key: &str| {
                        let value = mapping.remove(key).unwrap_or_default();
                        mapping.insert(format!("{key}_s"), value);
                    };
                    let path = [block, &kind, &name, argument];
                    all.push((format!("{} misspelled", path.join(" ")), module.changed(&path, misspelled)));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    words(&module.merged, &mut found);
    let targets: BTreeSet<_> = found.iter().filter_map(|word| target(word)).collect();
    for target in targets {
        let path: Vec<_> = target.split(' ').collect();
        all.push((format!("{target} gone, which something names"), module.changed(&path, gone)));
    }
    for (provider, _) in entries(&module.merged, "terraform required_providers") {
        let used = ["resource", "data"].iter().flat_map(|block| entries(&module.merged, block));
        if used.into_iter().any(|(kind, _)| provider_of(&kind) == provider) {
            let path = ["terraform", "required_providers", &provider];
            all.push((format!("no pin of {provider}"), module.changed(&path, gone)));
        }
    }
    all
}

/// Blocks of several files come together down to their names.
fn merge(into: &mut Mapping, from: &Value, depth: usize) {
    for (key, value) in from.as_mapping().into_iter().flat_map(Mapping::iter) {
        let key = key.text("");
        match into.get_mut(key) {
            Some(Value::Mapping(inner)) if depth > 1 => merge(inner, value, depth - 1),
            Some(_) => assert_eq!(key, "//", "{key} is said twice"),
            None => drop(into.insert(key, value.clone())),
        }
    }
}

/// What is wrong with a module.
pub fn problems(module: &Module) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, value) in &module.files {
        let json = Json::from(value.clone());
        problems.extend(
            VALIDATOR.iter_errors(&json).map(|error| format!("{file}: {}: {error}", error.instance_path())),
        );
    }
    let mut found = BTreeSet::new();
    words(&module.merged, &mut found);
    problems.extend(found.iter().filter_map(|word| unresolved(module, word)));
    // A resource needs its provider, and each provider is pinned.
    let pinned = module.merged.find("terraform required_providers");
    for block in ["resource", "data"] {
        for (kind, _) in entries(&module.merged, block) {
            let provider = provider_of(&kind);
            let known = pinned.is_some_and(|pinned| pinned.find(provider).is_some());
            if !known && provider != "terraform" {
                problems.push(format!("{}: {kind} needs the provider {provider}", module.folder));
            }
        }
    }
    problems
}

/// Whether a module has a resource `type.name`.
pub fn has(module: &Module, resource: &str) -> bool {
    module.merged.find(&format!("resource {}", resource.replace('.', " "))).is_some()
}

/// The body of a resource `type.name`.
pub fn resource<'m>(module: &'m Module, resource: &str) -> &'m Value {
    module.merged.at(&format!("resource {}", resource.replace('.', " ")))
}

/// The resources that one needs before it, directly or through others, its provider's settings included.
pub fn needs(module: &Module, name: &str) -> BTreeSet<String> {
    let (mut all, mut waiting) = (BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = waiting.pop() {
        let mut found = BTreeSet::new();
        if let Some(local) = name.strip_prefix("local.") {
            words(module.merged.at(&format!("locals {local}")), &mut found);
        } else if has(module, &name) {
            words(resource(module, &name), &mut found);
            let provider = provider_of(name.split('.').next().unwrap_or_default());
            if let Some(settings) = module.merged.find(&format!("provider {provider}")) {
                words(settings, &mut found);
            }
        }
        let next = found.iter().map(|word| word.split('.').take(2).collect::<Vec<_>>().join("."));
        waiting.extend(next.filter(|word| all.insert(word.clone())));
    }
    all
}

/// The source and the version of each provider that a module pins.
pub fn providers(module: &Module) -> Vec<(String, String)> {
    let pins = entries(&module.merged, "terraform required_providers").into_iter();
    pins.map(|(_, pin)| (pin.text("source").to_owned(), pin.text("version").to_owned())).collect()
}

/// Of each provider that a module pins its name, its source, and what it takes and gives, as
/// tests/conformance/tofu-provider reads it.
pub fn stand_ins(module: &Module) -> Vec<(String, String, String)> {
    let names = |value: &Json| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    // The blocks that belong to Terraform itself are not the provider's.
    let arguments = |rules: &Json, required: bool| {
        let must = if required { names(&rules["required"]) } else { Vec::new() };
        let all = rules["properties"].as_object().into_iter().flat_map(|all| all.keys());
        let may: Vec<_> = all.filter(|name| !must.contains(name) && *name != "//").cloned().collect();
        serde_json::json!({ "required": must, "optional": may, "gives": names(&rules["x-gives"]) })
    };
    let of = |provider: &str, block: &str| {
        let kinds = SCHEMA["properties"][block]["properties"].as_object().into_iter().flatten();
        let own = kinds.filter(|(kind, _)| provider_of(kind) == provider);
        own.map(|(kind, rules)| (kind.clone(), arguments(&rules["additionalProperties"], true)))
            .collect::<serde_json::Map<_, _>>()
    };
    let pins = entries(&module.merged, "terraform required_providers").into_iter();
    pins.map(|(name, pin)| {
        let provider = &SCHEMA["properties"]["provider"]["properties"][&name];
        let description = serde_json::json!({
            "provider": arguments(provider, false),
            "resources": of(&name, "resource"),
            "data": of(&name, "data"),
        });
        (name, pin.text("source").to_owned(), description.to_string())
    })
    .collect()
}

fn provider_of(kind: &str) -> &str {
    kind.split('_').next().unwrap_or_default()
}

fn entries(value: &Value, path: &str) -> Vec<(String, Value)> {
    let entries = value.find(path).and_then(Value::as_mapping).into_iter().flat_map(Mapping::iter);
    entries.map(|(key, value)| (key.text("").to_owned(), value.clone())).collect()
}

/// Why a reference leads nowhere.
fn unresolved(module: &Module, word: &str) -> Option<String> {
    let path = target(word)?;
    if module.merged.find(&path).is_none() {
        return Some(format!("{}: {word} is not there", module.folder));
    }
    // Of a resource only what it takes or gives can be read.
    let path: Vec<_> = path.split(' ').collect();
    let [block @ ("resource" | "data"), kind, _] = path[..] else { return None };
    let attribute = word.split('.').nth(if block == "data" { 3 } else { 2 })?;
    let rules = &SCHEMA["properties"][block]["properties"][kind]["additionalProperties"];
    let gives = rules["x-gives"].as_array().is_some_and(|all| all.iter().any(|one| one == attribute));
    let known = gives || rules["properties"].get(attribute).is_some();
    (!known).then(|| format!("{}: {word}: {kind} has no {attribute}", module.folder))
}

/// Where what a reference names is declared; none for what Terraform itself names.
fn target(word: &str) -> Option<String> {
    let parts: Vec<_> = word.split('.').collect();
    match parts.as_slice() {
        [first, ..] if NAMES.contains(first) => None,
        ["var", name, ..] => Some(format!("variable {name}")),
        ["local", name, ..] => Some(format!("locals {name}")),
        ["data", kind, name, ..] => Some(format!("data {kind} {name}")),
        [kind, name, ..] => Some(format!("resource {kind} {name}")),
        _ => None,
    }
}

/// The references in every expression below a value; texts in lists that name an order are references as they stand.
fn words(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => expression_words(text, found),
        Value::Sequence(items) => items.iter().for_each(|item| words(item, found)),
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter() {
                match key.text("") {
                    "//" => {}
                    "depends_on" | "replace_triggered_by" => {
                        found.extend(value.texts("").into_iter().map(str::to_owned));
                    }
                    _ => words(value, found),
                }
            }
        }
        _ => {}
    }
}

/// The dotted names in the `${…}` of a text, those in texts inside of them included.
fn expression_words(text: &str, found: &mut BTreeSet<String>) {
    #[derive(PartialEq)]
    enum In {
        Text,
        Expression,
        Braces,
    }
    let (mut stack, mut word, mut all) = (vec![In::Text], String::new(), Vec::new());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let inside = *stack.last().unwrap_or(&In::Text) != In::Text;
        if inside && (sign.is_ascii_alphanumeric() || "_-.".contains(sign)) {
            word.push(sign);
            continue;
        }
        all.push(std::mem::take(&mut word));
        match sign {
            '$' if !inside && signs.peek() == Some(&'{') => {
                signs.next();
                stack.push(In::Expression);
            }
            '"' if inside => stack.push(In::Text),
            '"' if stack.len() > 1 => drop(stack.pop()),
            '{' if inside => stack.push(In::Braces),
            '}' if inside => drop(stack.pop()),
            _ => {}
        }
    }
    assert_eq!(stack.len(), 1, "an expression has no end: {text}");
    all.retain(|word| !word.is_empty());
    // `for NAME, NAME in` binds names of its own.
    let bound: Vec<_> = all
        .iter()
        .skip_while(|word| *word != "for")
        .skip(1)
        .take_while(|word| *word != "in")
        .cloned()
        .collect();
    let is_reference = |word: &String| {
        let first = word.split('.').next().unwrap_or_default();
        word.contains('.')
            && first.starts_with(|c: char| c.is_ascii_alphabetic())
            && !bound.iter().any(|name| name == first)
    };
    found.extend(all.into_iter().filter(is_reference));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_texts_inside_expressions() {
        let mut found = BTreeSet::new();
        expression_words(
            r#"a.b ${f({ x = "y.z ${local.key.id}", w = [var.w] })} ${ { for n, m in local.all : n => m.at } }"#,
            &mut found,
        );
        let words: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(words, ["local.all", "local.key.id", "var.w"]);
    }

    #[test]
    fn what_is_wrong_is_found() {
        let file = |text: &str| crate::yaml(text);
        let of = |text: &str| {
            let value = file(text);
            let files = BTreeMap::from([("main.tf.json".to_owned(), value.clone())]);
            problems(&Module { folder: "here".into(), files, merged: value })
        };
        let head = r#""terraform": { "required_version": ">= 1.6.0", "required_providers": { "random": { "source": "hashicorp/random", "version": "3.7.2" } } }"#;
        let fine =
            format!(r#"{{ {head}, "resource": {{ "random_password": {{ "a": {{ "length": 4 }} }} }} }}"#);
        assert_eq!(of(&fine), Vec::<String>::new());
        for (from, to, word) in [
            ("\"length\": 4", "\"size\": 4", "size"),
            ("\"length\": 4", "\"length\": \"${var.n}\"", "var.n"),
            ("random_password", "randum_password", "randum_password"),
            ("\"3.7.2\"", "\"~> 3.7\"", "~> 3.7"),
            ("\"length\": 4", "", "length"),
            (
                "\"length\": 4",
                "\"length\": 4, \"override_special\": \"${random_password.a.resultt}\"",
                "resultt",
            ),
        ] {
            let broken = of(&fine.replace(from, to));
            assert!(broken.iter().any(|problem| problem.contains(word)), "{from} -> {to}: {broken:?}");
        }
    }
}

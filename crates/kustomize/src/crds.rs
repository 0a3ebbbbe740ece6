//! `crds`: files of OpenAPI definitions, whose fields may say that they hold annotations, labels, or the name of another
//! object. They become places of the transformers.

use std::sync::Arc;

use cliutil::Diagnostic;
use yaml::Node;

use crate::codes;
use crate::config::Config;
use crate::fieldspec::Spec;
use crate::file::{File, Outcome};
use crate::reference::Rule;

/// Definitions that refer to others deeper than this refer to themselves.
const MAX_DEPTH: usize = 50;

/// So many places are no real definitions any more.
const MAX_PLACES: usize = 10_000;

/// The places that the definitions of a file name.
pub(crate) fn read(file: &Arc<File>) -> Outcome<Config> {
    let stream =
        yaml::parse(file.text()?).map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])?;
    let Some(document) = stream.documents.first() else { return Ok(Config::default()) };
    let root = &document.root;
    if crate::kustomization::is_null(root) {
        return Ok(Config::default());
    }
    let Some(definitions) = root.as_mapping() else {
        let message = "a file of crds is a mapping of definitions by their names";
        return Err(vec![file.error(codes::TYPE, message, root.span)]);
    };
    let mut found = Found { root, config: Config::default(), places: 0 };
    for definition in definitions {
        let Some(name) = definition.key.as_str() else { continue };
        let value = &definition.value;
        if value.as_mapping().is_none() && !crate::kustomization::is_null(value) {
            let message = format!("{name} is no definition: it must be a mapping");
            return Err(vec![file.error(codes::TYPE, message, value.span)]);
        }
        let is_kind = |properties: &Node| {
            ["kind", "apiVersion", "metadata"].iter().all(|key| properties.get(key).is_some())
        };
        if properties(&definition.value).is_some_and(is_kind) {
            let kind = name.rsplit('.').next().unwrap_or(name);
            let told = found.of(kind, name, &mut Vec::new());
            told.map_err(|message| vec![file.error(codes::CONFIGURATION, message, definition.key.span)])?;
        }
    }
    Ok(found.config)
}

/// The fields of a definition. Go reads the outer name in any case.
fn properties(definition: &Node) -> Option<&Node> {
    let schema = definition
        .as_mapping()?
        .iter()
        .rfind(|pair| pair.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("schema")))?;
    schema.value.get("properties")
}

struct Found<'n> {
    root: &'n Node,
    config: Config,
    places: usize,
}

impl<'n> Found<'n> {
    fn of(&mut self, kind: &str, name: &str, path: &mut Vec<&'n str>) -> Result<(), String> {
        let definition = self.root.get(name);
        let Some(fields) = definition.and_then(properties).and_then(Node::as_mapping) else { return Ok(()) };
        if path.len() > MAX_DEPTH || self.places > MAX_PLACES {
            return Err(format!("the definition of {kind} refers to itself, or to too many others"));
        }
        for field in fields {
            let Some(key) = field.key.as_str() else { continue };
            path.push(key);
            self.field(kind, &field.value, path);
            let inner = field.value.get("$ref").and_then(Node::as_str);
            let done = inner.map_or(Ok(()), |inner| self.of(kind, inner, path));
            path.pop();
            done?;
        }
        Ok(())
    }

    fn field(&mut self, kind: &str, field: &Node, path: &[&str]) {
        let says = |name: &str| {
            let pairs = field.as_mapping().unwrap_or_default();
            let pair = pairs
                .iter()
                .find(|pair| pair.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)))?;
            pair.value.as_str().map(str::to_owned)
        };
        let place = |path: &[&str]| Spec::new("", "", kind, &path.join("/"), false);
        let lists = [
            ("x-kubernetes-annotation", &mut self.config.annotations),
            ("x-kubernetes-label-selector", &mut self.config.common_labels),
            ("x-kubernetes-identity", &mut self.config.prefix),
        ];
        for (name, list) in lists {
            if says(name).is_some() {
                self.places += 1;
                // None of them is to be created, so that they cannot contradict each other.
                let _ = place(path).merge_into(list);
            }
        }
        let named = (says("x-kubernetes-object-ref-api-version"), says("x-kubernetes-object-ref-kind"));
        if let (Some(version), Some(named)) = named {
            let key = says("x-kubernetes-object-ref-name-key").unwrap_or_else(|| "name".to_owned());
            let rule = Rule {
                group: String::new(),
                version,
                kind: named,
                places: vec![place(&[path, &[key.as_str()]].concat())],
            };
            self.places += 1;
            match self.config.references.iter_mut().find(|known| known.names_the_same(&rule)) {
                Some(known) => rule.places.into_iter().for_each(|place| {
                    let _ = place.merge_into(&mut known.places);
                }),
                None => self.config.references.push(rule),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_name_places() {
        let text = r#"{"a.v1.Bee": {"Schema": {"properties": {"kind": {}, "apiVersion": {}, "metadata": {},
            "spec": {"$ref": "a.v1.Spec"}}}}, "a.v1.Spec": {"Schema": {"properties": {
            "hive": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret"},
            "marks": {"x-kubernetes-annotation": ""}}}}}"#;
        let config = read(&Arc::new(File::inline("x.json".to_owned(), text))).unwrap();
        let texts = |specs: &[Spec]| specs.iter().map(|one| one.text().to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(&config.annotations), ["spec/marks"]);
        assert_eq!(config.references[0].kind, "Secret");
        assert_eq!(texts(&config.references[0].places), ["spec/hive/name"]);
    }

    #[test]
    fn definitions_that_refer_to_themselves_end() {
        let text = "a.Bee: {Schema: {properties: {kind: {}, apiVersion: {}, metadata: {}, x: {$ref: a.Bee}, y: {$ref: a.Bee}}}}\n";
        assert!(read(&Arc::new(File::inline("x.yaml".to_owned(), text))).is_err());
    }
}

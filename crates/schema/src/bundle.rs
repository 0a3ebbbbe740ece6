//! The schemas in the binary: what Kubernetes and the components of the catalogue define. `schemas/` holds them as
//! text, `just schemas` makes it, and `build.rs` deflates it. A source is inflated when its first kind is used, and
//! each definition is read when a value first meets it.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use crate::node::Schema;
use crate::read;
use crate::version::KubernetesVersion;

include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The kinds of the bundle.
const KINDS: &str = include_str!(concat!(env!("OUT_DIR"), "/kinds.tsv"));

/// How the sources of Kubernetes itself are named: `kubernetes-1.34`.
const KUBERNETES: &str = "kubernetes-";

/// Where the definitions of a schema are found.
pub(crate) trait Definitions: Sync {
    /// The definition of an index that the reader was given for its name.
    fn get(&self, index: usize) -> Option<&Schema>;
}

/// A kind as a source lists it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Index of its source.
    pub(crate) source: usize,
    /// It belongs to a namespace.
    pub(crate) namespaced: bool,
    /// The definition says that it is not served.
    pub(crate) unserved: bool,
    /// The definition says that it is deprecated.
    pub(crate) deprecated: bool,
}

/// The bundle.
pub(crate) struct Bundle {
    sources: Vec<Source>,
    /// By `apps/v1/Deployment`: the sources that have it, in order.
    kinds: HashMap<&'static str, Vec<Kind>>,
    /// Kubernetes' own sources, oldest first.
    kubernetes: Vec<(KubernetesVersion, usize)>,
}

/// The one bundle.
pub(crate) static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| Bundle::new(KINDS));

impl Bundle {
    fn new(table: &'static str) -> Self {
        let sources: Vec<_> =
            SOURCES.iter().map(|(name, deflated, size)| Source::new(name, deflated, *size)).collect();
        let mut kubernetes: Vec<_> = sources
            .iter()
            .enumerate()
            .filter_map(|(at, source)| Some((source.name.strip_prefix(KUBERNETES)?.parse().ok()?, at)))
            .collect();
        kubernetes.sort_unstable();
        let mut kinds: HashMap<_, Vec<_>> = HashMap::new();
        let names: HashMap<_, _> = sources.iter().enumerate().map(|(at, source)| (source.name, at)).collect();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut next = || cells.next().unwrap_or_default();
            let (source, key, scope, flags) = (next(), next(), next(), next());
            if let Some(source) = names.get(source) {
                kinds.entry(key).or_default().push(Kind {
                    source: *source,
                    namespaced: scope == "Namespaced",
                    unserved: flags.contains("unserved"),
                    deprecated: flags.contains("deprecated"),
                });
            }
        }
        Self { sources, kinds, kubernetes }
    }

    /// The versions of Kubernetes it holds, oldest first.
    pub(crate) fn versions(&self) -> impl DoubleEndedIterator<Item = KubernetesVersion> {
        self.kubernetes.iter().map(|(version, _)| *version)
    }

    /// Index of the source of a version of Kubernetes.
    pub(crate) fn kubernetes(&self, version: KubernetesVersion) -> Option<usize> {
        self.kubernetes.iter().find(|(one, _)| *one == version).map(|(_, source)| *source)
    }

    /// A kind, as Kubernetes of the source `kubernetes` and the custom resources have it.
    pub(crate) fn kind(&self, key: &str, kubernetes: usize) -> Option<Kind> {
        self.kinds.get(key)?.iter().find(|kind| self.is_of(kind.source, kubernetes)).copied()
    }

    /// Whether a source counts beside the source of one version of Kubernetes.
    fn is_of(&self, source: usize, kubernetes: usize) -> bool {
        source == kubernetes || !self.kubernetes.iter().any(|(_, other)| *other == source)
    }

    /// Every kind (`apps/v1/Deployment`) that counts beside one version of Kubernetes, and whether it is Kubernetes' own.
    pub(crate) fn kinds(&self, kubernetes: usize) -> impl Iterator<Item = (&'static str, bool)> {
        self.kinds.iter().filter_map(move |(key, kinds)| {
            let kind = kinds.iter().find(|kind| self.is_of(kind.source, kubernetes))?;
            Some((*key, kind.source == kubernetes))
        })
    }

    /// The versions of Kubernetes that have a kind.
    pub(crate) fn versions_with(&self, key: &str) -> Vec<KubernetesVersion> {
        let kinds = self.kinds.get(key).map(Vec::as_slice).unwrap_or_default();
        let has = |source: usize| kinds.iter().any(|kind| kind.source == source);
        self.kubernetes.iter().filter(|(_, source)| has(*source)).map(|(version, _)| *version).collect()
    }

    /// The definitions of a source.
    pub(crate) fn definitions(&self, source: usize) -> &Text {
        self.sources[source].definitions()
    }
}

/// The schemas of one project.
struct Source {
    name: &'static str,
    deflated: &'static [u8],
    size: usize,
    inflated: OnceLock<Text>,
}

impl Source {
    fn new(name: &'static str, deflated: &'static [u8], size: usize) -> Self {
        Self { name, deflated, size, inflated: OnceLock::new() }
    }

    fn definitions(&self) -> &Text {
        self.inflated.get_or_init(|| {
            let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(self.deflated, self.size);
            Text::new(String::from_utf8(inflated.unwrap_or_default()).unwrap_or_default())
        })
    }
}

/// Definitions in a text with one a line, `"name":{…},`, sorted by name.
pub(crate) struct Text {
    all: String,
    /// Byte ranges of name and schema.
    lines: Vec<[std::ops::Range<usize>; 2]>,
    read: Vec<OnceLock<Option<Schema>>>,
}

impl Text {
    fn new(text: String) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_end().trim_end_matches(',');
            if let Some(name) = body.strip_prefix('"').and_then(|rest| rest.split_once("\":{")) {
                let name = start + 1..start + 1 + name.0.len();
                lines.push([name.clone(), name.end + 2..start + body.len()]);
            }
            start += line.len();
        }
        let read = lines.iter().map(|_| OnceLock::new()).collect();
        Self { all: text, lines, read }
    }

    /// Index of a definition.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.lines.binary_search_by(|[one, _]| self.all[one.clone()].cmp(name)).ok()
    }

    /// The JSON Schema of a definition, as it stands in the bundle.
    pub(crate) fn source(&self, index: usize) -> Option<&str> {
        self.lines.get(index).map(|[_, body]| &self.all[body.clone()])
    }

    /// How many definitions there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    fn read(&self, index: usize) -> Option<Schema> {
        struct Names<'t>(&'t Text);
        impl read::Context for Names<'_> {
            fn resolve(&mut self, reference: &str) -> Option<usize> {
                self.0.find(reference.strip_prefix("#/$defs/")?)
            }

            fn unsupported(&mut self, keyword: &str) {
                debug_assert!(false, "the bundle uses {keyword}");
            }
        }
        let body = self.source(index)?;
        read::schema(&mut serde_json::Deserializer::from_str(body), &mut Names(self)).ok()
    }
}

impl Definitions for Text {
    fn get(&self, index: usize) -> Option<&Schema> {
        self.read.get(index)?.get_or_init(|| self.read(index)).as_ref()
    }
}

/// The name of a kind's definition: `apps.v1.Deployment` of `apps/v1/Deployment`.
pub(crate) fn definition_name(key: &str) -> String {
    key.replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Additional, Pattern, Rare};

    fn patterns<'s>(schema: &'s Schema, found: &mut Vec<&'s Pattern>) {
        let rare: Option<&Rare> = schema.rare.as_deref();
        found.extend(rare.and_then(|rare| rare.pattern.as_ref()));
        let combined = rare
            .into_iter()
            .flat_map(|rare| rare.all_of.iter().chain(&rare.any_of).chain(&rare.one_of).chain(&rare.not));
        let additional = match &schema.additional {
            Additional::Of(schema) => Some(&**schema),
            _ => None,
        };
        let parts = schema.properties.iter().map(|(_, schema)| schema);
        for part in parts.chain(combined).chain(additional).chain(schema.items.as_deref()) {
            patterns(part, found);
        }
    }

    /// Every definition is read, every reference and kind leads somewhere, every pattern compiles.
    #[test]
    fn the_bundle_is_whole() {
        assert!(BUNDLE.versions().count() > 0);
        for source in &BUNDLE.sources {
            let text = source.definitions();
            assert!(text.len() > 0, "{}", source.name);
            for index in 0..text.len() {
                let schema = text.get(index).unwrap_or_else(|| panic!("{} {index}", source.name));
                let mut found = Vec::new();
                patterns(schema, &mut found);
                for pattern in found {
                    assert!(pattern.regex().is_some(), "{}: {}", source.name, pattern.text());
                }
            }
        }
        for (key, kinds) in &BUNDLE.kinds {
            for kind in kinds {
                let text = BUNDLE.definitions(kind.source);
                assert!(text.find(&definition_name(key)).is_some(), "{key}");
            }
        }
    }

    /// What is embedded stays below the megabyte that it may have.
    #[test]
    fn the_bundle_is_small() {
        let size: usize = SOURCES.iter().map(|(_, deflated, _)| deflated.len()).sum();
        assert!(size < 700_000, "{size} bytes");
    }
}

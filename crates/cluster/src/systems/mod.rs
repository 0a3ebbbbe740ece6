//! What each system declares. cluster-template is core.yaml and nodes.yaml as they stand; the others have a file beside
//! this one, which takes declarations over from those two, changes some, and adds its own.

use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Source};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::DEFAULT_SYSTEM;
use crate::catalogue::typed;
use crate::codes;
use crate::declaration::{Computed, CoreFile, Declaration, Group, NodesFile, Rule};
use crate::map::IndexMap;
use crate::shipped;

const CORE: &str = include_str!("../core.yaml");
const NODES: &str = include_str!("../nodes.yaml");
const OTHERS: [(&str, &str); 2] =
    [("proxmox", include_str!("proxmox.yaml")), ("olm", include_str!("olm.yaml"))];

/// The declarations of a system, each with the file they stand in.
pub(crate) struct Declared {
    pub(crate) core: (Arc<Source>, CoreFile),
    pub(crate) nodes: (Arc<Source>, NodesFile),
}

/// A file of a system that is not the default one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemFile {
    groups: Vec<Group>,
    /// In the order of samples and references. What core.yaml declares too is that, with the words given here in place
    /// of its own: `{}` takes it over as it is.
    options: IndexMap<String, IndexMap<String, Json>>,
    /// Computed values of core.yaml that hold here too.
    take_computed: Vec<String>,
    computed: IndexMap<String, Computed>,
    /// Codes of core.yaml's rules that hold here too.
    take_rules: Vec<String>,
    rules: Vec<Rule>,
    #[serde(default)]
    field_groups: Vec<Group>,
    /// Fields of a node: changed or added. Those of nodes.yaml are all taken over but for `drop_fields`.
    #[serde(default)]
    fields: IndexMap<String, IndexMap<String, Json>>,
    #[serde(default)]
    drop_fields: Vec<String>,
}

/// core.yaml before its declarations are read: what a system takes over is words.
#[derive(Deserialize)]
struct Raw {
    #[serde(alias = "fields")]
    options: IndexMap<String, IndexMap<String, Json>>,
}

/// The declarations of a system; of one that there is not, those of the default one.
///
/// # Errors
/// None that a user can cause: the files are part of the program.
pub(crate) fn declared(system: &str) -> Outcome<Declared> {
    let core: (_, CoreFile) = own_file("core.yaml", CORE)?;
    let nodes: (_, NodesFile) = own_file("nodes.yaml", NODES)?;
    let Some((name, text)) = OTHERS.iter().find(|(name, _)| *name == system) else {
        debug_assert!(system == DEFAULT_SYSTEM || !crate::SYSTEMS.contains(&system));
        return Ok(Declared { core, nodes });
    };
    let (source, file): (_, SystemFile) = own_file(&format!("{name}.yaml"), text)?;
    let core = merged_core(core.1, &source, &file)?;
    let nodes = merged_nodes(nodes.1, &source, file)?;
    Ok(Declared { core: (Arc::clone(&source), core), nodes: (source, nodes) })
}

fn merged_core(core: CoreFile, source: &Arc<Source>, file: &SystemFile) -> Outcome<CoreFile> {
    let (_, raw): (_, Raw) = own_file("core.yaml", CORE)?;
    let options = file.options.iter().map(|(key, words)| {
        let base = raw.options.get(key).cloned().unwrap_or_default();
        Ok((key.clone(), declaration(source, key, base, words)?))
    });
    let options = options.collect::<Outcome<_>>()?;
    let CoreFile { computed: mut all, rules: all_rules, .. } = core;
    let mut computed = IndexMap::default();
    for key in &file.take_computed {
        let Some(item) = all.shift_remove(key) else { return Err(unknown(source, key)) };
        computed.insert(key.clone(), item);
    }
    computed.extend(file.computed.clone());
    let taken = |rule: &Rule| file.take_rules.contains(&rule.code);
    let rules = all_rules.into_iter().filter(taken).chain(file.rules.iter().cloned()).collect();
    Ok(CoreFile { groups: file.groups.clone(), options, computed, rules })
}

fn merged_nodes(nodes: NodesFile, source: &Arc<Source>, file: SystemFile) -> Outcome<NodesFile> {
    let (_, raw): (_, Raw) = own_file("nodes.yaml", NODES)?;
    let mut fields = IndexMap::default();
    let dropped = |key: &String| file.drop_fields.contains(key);
    for (key, base) in raw.options.into_iter().filter(|(key, _)| !dropped(key)) {
        let words = file.fields.get(&key).cloned().unwrap_or_default();
        let made = declaration(source, &key, base, &words)?;
        fields.insert(key, made);
    }
    for (key, words) in &file.fields {
        if !fields.contains_key(key) {
            fields.insert(key.clone(), declaration(source, key, IndexMap::default(), words)?);
        }
    }
    let mut groups = nodes.groups;
    groups.retain(|group| fields.contains_key(&group.first));
    groups.extend(file.field_groups);
    Ok(NodesFile { groups, fields, rules: nodes.rules })
}

/// A declaration with some of its words replaced; null takes a word away.
fn declaration(
    source: &Arc<Source>,
    key: &str,
    mut base: IndexMap<String, Json>,
    words: &IndexMap<String, Json>,
) -> Outcome<Box<Declaration>> {
    base.extend(words.clone());
    base.retain(|_, value| !value.is_null());
    serde_json::from_value(Json::Object(base.into_iter().collect())).map_err(|error| {
        Diagnostic::error(codes::CATALOGUE_FILE, format!("{key}: {error}")).in_file(source.name()).into()
    })
}

fn unknown(source: &Source, key: &str) -> Failure {
    let message = format!("core.yaml computes no {key}");
    Diagnostic::error(codes::CATALOGUE_NAME, message).in_file(source.name()).into()
}

fn own_file<T: DeserializeOwned>(name: &str, text: &'static str) -> Outcome<(Arc<Source>, T)> {
    let source = Arc::new(Source::of_program(name, text));
    let file = typed(&source, shipped::named(name).filter(|shipped| shipped.text == text))?;
    Ok((source, file))
}

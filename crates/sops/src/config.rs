//! `.sops.yaml`: where it is found, and which of its rules a file follows.

mod fields;

use std::path::{Component, Path, PathBuf};

use regex::Regex;
use yaml::{Dialect, Node};

use fields::{boolean, config_error, field, indent, is_nothing, is_null, items, text, threshold};

use crate::keys::{Environment, KeyGroup, MasterKey, parse_recipients};
use crate::re2;
use crate::selector::{Selector, SelectorKind};
use crate::{Error, Note, Result};

/// The name of the file.
pub const FILE_NAME: &str = ".sops.yaml";
/// A name that is not read, but often meant.
const OTHER_NAME: &str = ".sops.yml";
/// How far up it is looked for.
const MAX_LEVELS: usize = 100;
/// Indentation of YAML files where the configuration gives none.
pub const DEFAULT_INDENT: usize = 4;

/// How a file is encrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The key groups; one in all but Shamir setups.
    pub groups: Vec<KeyGroup>,
    /// Recorded in the file; without effect for one group.
    pub shamir_threshold: Option<u32>,
    /// Which values.
    pub selector: Selector,
    /// Whether the integrity code covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// Indentation of the block (`stores.yaml.indent`).
    pub indent: usize,
    /// Indentation of an encrypted file of bytes (`stores.json_binary.indent`); none is a tab.
    pub binary_indent: Option<usize>,
}

impl Default for Rule {
    /// The rule of a configuration that says nothing.
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            shamir_threshold: None,
            selector: Selector::default(),
            mac_only_encrypted: false,
            indent: DEFAULT_INDENT,
            binary_indent: None,
        }
    }
}

/// A parsed `.sops.yaml`.
#[derive(Debug, Clone)]
pub struct Config {
    folder: PathBuf,
    /// None where the file has no `creation_rules`.
    rules: Option<Vec<CreationRule>>,
    indent: usize,
    binary_indent: Option<usize>,
    /// Fields that are not known, and are ignored as sops ignores them.
    pub notes: Vec<Note>,
}

#[derive(Debug, Clone)]
struct CreationRule {
    path: Option<Regex>,
    rule: std::result::Result<Rule, Error>,
}

/// What looking for the file gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: Option<PathBuf>,
    /// A `.sops.yml` that was passed over.
    pub passed_over: Option<PathBuf>,
}

/// Looks for `.sops.yaml` in a folder and those above it. The working directory counts, not the file's folder.
pub fn find(from: &Path) -> Found {
    let mut found = Found::default();
    for folder in from.ancestors().take(MAX_LEVELS) {
        let path = folder.join(FILE_NAME);
        if path.exists() {
            found.path = Some(path);
            return found;
        }
        let other = folder.join(OTHER_NAME);
        if found.passed_over.is_none() && other.exists() {
            found.passed_over = Some(other);
        }
    }
    found
}

/// The file that SOPS_CONFIG names.
pub fn named(environment: &Environment) -> Option<PathBuf> {
    environment.text("SOPS_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from)
}

impl Config {
    /// Reads a configuration; `path` is where it stands (absolute), since rules are relative to its folder.
    ///
    /// # Errors
    /// `sops/config` with the place, and those of the YAML reader. What is wrong in a rule is told when it is used.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let stream = yaml::parse(text)?;
        if let Some(error) = yaml::check_duplicates(&stream, Dialect::GoYamlV3).into_iter().next() {
            return Err(error.into());
        }
        let folder = normalized(path.parent().unwrap_or(Path::new("/")));
        let mut config =
            Self { folder, rules: None, indent: DEFAULT_INDENT, binary_indent: None, notes: Vec::new() };
        let Some(root) =
            stream.documents.first().map(|document| &document.root).filter(|root| !is_null(root))
        else {
            return Ok(config);
        };
        if root.as_mapping().is_none() {
            return Err(config_error("a mapping is expected", root.span));
        }
        config.note_unknown(root, &["creation_rules", "destination_rules", "stores"]);
        config.indent = indent(root, "yaml")?.filter(|indent| *indent != 0).unwrap_or(DEFAULT_INDENT);
        config.binary_indent = indent(root, "json_binary")?;
        if let Some(rules) = field(root, "creation_rules").filter(|rules| !is_null(rules)) {
            let items = items(rules, "creation_rules")?;
            let read = items.into_iter().map(|item| config.creation_rule(item)).collect::<Result<_>>()?;
            config.rules = Some(read);
        }
        Ok(config)
    }

    /// The rule of a file that recipients come from elsewhere for.
    pub fn base_rule(&self) -> Rule {
        Rule { indent: self.indent, binary_indent: self.binary_indent, ..Rule::default() }
    }

    /// The first rule that a file follows; none when the configuration has no rules at all.
    ///
    /// `file` is absolute. Below the configuration's folder it is tested relative to it, else as it is.
    ///
    /// # Errors
    /// `sops/no-rule`, and what is wrong in the rule.
    pub fn rule_for(&self, file: &Path) -> Result<Option<Rule>> {
        let Some(rules) = &self.rules else { return Ok(None) };
        let file = normalized(file);
        let tested = file.strip_prefix(&self.folder).unwrap_or(&file).to_string_lossy().into_owned();
        let fits = |rule: &&CreationRule| rule.path.as_ref().is_none_or(|path| path.is_match(&tested));
        match rules.iter().find(fits) {
            Some(found) => found.rule.clone().map(Some),
            None => Err(Error::new("sops/no-rule", format!("no creation rule matches {tested}"))
                .with_help("add a rule to .sops.yaml, or check path_regex: it is tested against the path relative to the folder of .sops.yaml")),
        }
    }

    fn creation_rule(&mut self, node: &Node) -> Result<CreationRule> {
        if node.as_mapping().is_none() {
            return Err(config_error("a creation rule must be a mapping", node.span));
        }
        self.note_unknown(node, KNOWN_FIELDS);
        let path = match text(node, "path_regex")? {
            Some((pattern, span)) if !pattern.is_empty() => {
                Some(re2::compile(&pattern).map_err(|e| e.at(span))?)
            }
            _ => None,
        };
        let rule = read_rule(node).map(|rule| Rule {
            indent: self.indent,
            binary_indent: self.binary_indent,
            ..rule
        });
        Ok(CreationRule { path, rule })
    }

    fn note_unknown(&mut self, node: &Node, known: &[&str]) {
        for pair in node.as_mapping().unwrap_or_default() {
            let name = pair.key.as_str().unwrap_or_default();
            // What has an anchor is there to be used elsewhere.
            let used = pair.key.is_merge_key() || pair.value.anchor.is_some();
            if !known.contains(&name) && !used {
                let message = format!("unknown field {name:?} is ignored");
                self.notes.push(Note { code: "sops/unknown-field", span: pair.key.span, message });
            }
        }
    }
}

const KNOWN_FIELDS: &[&str] = &[
    "path_regex",
    "kms",
    "aws_profile",
    "age",
    "pgp",
    "gcp_kms",
    "hckms",
    "azure_keyvault",
    "hc_vault_transit_uri",
    "key_groups",
    "shamir_threshold",
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
    "mac_only_encrypted",
];

/// Kinds of keys in a rule that only the sops program can use.
const OTHER_KEYS: [&str; 6] = ["pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault_transit_uri"];

fn read_rule(node: &Node) -> Result<Rule> {
    let mut fields = Vec::new();
    for kind in SelectorKind::ALL {
        if let Some((value, _)) = text(node, kind.key())? {
            fields.push((kind, value));
        }
    }
    Ok(Rule {
        groups: groups(node)?,
        shamir_threshold: threshold(node)?,
        selector: Selector::from_fields(&fields).map_err(|error| error.at(node.span))?,
        mac_only_encrypted: boolean(node, "mac_only_encrypted")?,
        ..Rule::default()
    })
}

fn groups(node: &Node) -> Result<Vec<KeyGroup>> {
    if let Some(groups) = field(node, "key_groups").filter(|groups| !is_null(groups)) {
        let items = items(groups, "key_groups")?;
        if !items.is_empty() {
            return items.into_iter().map(|group| key_group(group, 0)).collect();
        }
    }
    let mut group = keys(node, "age")?;
    for kind in OTHER_KEYS {
        if field(node, kind).is_some_and(|value| !is_nothing(value)) {
            group.push(MasterKey::Other(kind));
        }
    }
    Ok(vec![group])
}

/// A group of the long form: its merged groups first, each key once.
fn key_group(node: &Node, depth: usize) -> Result<KeyGroup> {
    if node.as_mapping().is_none() || depth > 20 {
        return Err(config_error("a key group must be a mapping", node.span));
    }
    let mut group = KeyGroup::new();
    if let Some(merge) = field(node, "merge").filter(|merge| !is_null(merge)) {
        for item in items(merge, "merge")? {
            group.extend(key_group(item, depth + 1)?);
        }
    }
    if let Some(age) = field(node, "age").filter(|age| !is_null(age) && age.as_sequence().is_none()) {
        return Err(config_error("the age keys of a key group must be a list", age.span));
    }
    group.extend(keys(node, "age")?);
    for kind in ["pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault"] {
        if field(node, kind).is_some_and(|value| !is_nothing(value)) {
            group.push(MasterKey::Other(kind));
        }
    }
    let mut unique = KeyGroup::new();
    for key in group {
        if !unique.contains(&key) {
            unique.push(key);
        }
    }
    if unique.is_empty() {
        return Err(config_error("a key group holds no key", node.span));
    }
    Ok(unique)
}

/// A comma-separated text, or a list of texts.
fn keys(node: &Node, name: &str) -> Result<KeyGroup> {
    let Some(value) = field(node, name).filter(|value| !is_null(value)) else { return Ok(KeyGroup::new()) };
    match value.as_sequence() {
        Some(items) => {
            let texts = items
                .iter()
                .map(|item| item.as_str().ok_or_else(|| config_error("a recipient must be text", item.span)));
            Ok(texts.collect::<Result<Vec<_>>>()?.into_iter().flat_map(parse_recipients).collect())
        }
        None => match value.as_str() {
            Some(text) => Ok(parse_recipients(text)),
            None => Err(config_error("recipients must be text (separated by commas) or a list", value.span)),
        },
    }
}

/// Without `.` and `..`, as Go cleans paths; links are not followed.
pub fn normalized(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("/repo/.sops.yaml")).unwrap()
    }

    fn ages(rule: &Rule) -> Vec<&str> {
        rule.groups[0]
            .iter()
            .map(|key| match key {
                MasterKey::Age(text) => text.as_str(),
                MasterKey::Other(kind) => kind,
            })
            .collect()
    }

    #[test]
    fn the_first_matching_rule_counts() {
        let config = config(
            "stores: {yaml: {indent: 2}}\ncreation_rules:\n  - path_regex: talos/.*\\.sops\\.ya?ml\n    mac_only_encrypted: true\n    age: a, b\n  - path_regex: (bootstrap|kubernetes)/.*\\.sops\\.ya?ml\n    encrypted_regex: ^(data|stringData)$\n    age: [c]\n",
        );
        let rule = |path: &str| config.rule_for(Path::new(path));
        let talos = rule("/repo/talos/talsecret.sops.yaml").unwrap().unwrap();
        assert!(talos.mac_only_encrypted && talos.indent == 2);
        assert_eq!(
            (ages(&talos), talos.selector.field()),
            (vec!["a", "b"], ("unencrypted_suffix", "_unencrypted"))
        );
        let apps = rule("/repo/./kubernetes/x/../a.sops.yaml").unwrap().unwrap();
        assert_eq!((ages(&apps), apps.selector.field().0), (vec!["c"], "encrypted_regex"));
        assert_eq!(rule("/repo/x.yaml").unwrap_err().code, "sops/no-rule");
        // Outside of the folder the whole path is tested.
        assert!(rule("/other/talos/x.sops.yaml").unwrap().is_some());
    }

    #[test]
    fn no_rules_are_not_an_empty_list_of_rules() {
        let file = Path::new("/repo/a.yaml");
        assert_eq!(config("stores: {}\n").rule_for(file).unwrap(), None);
        assert_eq!(config("creation_rules:\n").rule_for(file).unwrap(), None);
        assert_eq!(config("").rule_for(file).unwrap(), None);
        assert_eq!(config("creation_rules: []\n").rule_for(file).unwrap_err().code, "sops/no-rule");
    }

    #[test]
    fn key_groups_win_over_flat_keys() {
        let config = config(
            "creation_rules:\n  - age: x\n    key_groups:\n      - merge: [{age: [m]}]\n        age: [a, a, b]\n        pgp: [F]\n",
        );
        let rule = config.rule_for(Path::new("/repo/a")).unwrap().unwrap();
        assert_eq!(ages(&rule), ["m", "a", "b", "pgp"]);
        let folded =
            self::config("creation_rules:\n  - age: >-\n      a,\n      b\n    shamir_threshold: 2\n");
        let rule = folded.rule_for(Path::new("/repo/a")).unwrap().unwrap();
        assert_eq!((ages(&rule), rule.shamir_threshold), (vec!["a", "b"], Some(2)));
    }

    /// As go-yaml reads into sops's types.
    #[test]
    fn merge_keys_words_for_booleans_and_nulls() {
        let rule = |text: &str| config(text).rule_for(Path::new("/repo/a")).unwrap().unwrap();
        let merged = "k: &k {age: x, encrypted_regex: a}\nm: &m {age: y, mac_only_encrypted: yes}\ncreation_rules:\n  - <<: [*k, *m]\n    encrypted_regex: b\n";
        let found = rule(merged);
        assert_eq!((ages(&found), found.selector.given().unwrap().1), (vec!["x"], "b"));
        assert!(found.mac_only_encrypted && config(merged).notes.is_empty());
        for (word, is) in
            [("on", true), ("Y", true), ("\"yes\"", true), ("off", false), ("NO", false), ("true", true)]
        {
            let text = format!("creation_rules:\n  - mac_only_encrypted: {word}\n    age: x\n");
            assert_eq!(rule(&text).mac_only_encrypted, is, "{word}");
        }
        assert_eq!(ages(&rule("creation_rules:\n  -\n  - key_groups: [~, {age: [x]}]\n")), ["x"]);
        for refused in ["- mac_only_encrypted: \"true\"", "- key_groups: [{age: x}]"] {
            let text = format!("creation_rules:\n  {refused}\n");
            assert_eq!(config(&text).rule_for(Path::new("/repo/a")).unwrap_err().code, "sops/config");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        let parse = |text: &str| Config::parse(text, Path::new("/repo/.sops.yaml"));
        for (text, code) in [
            ("- a\n", "sops/config"),
            ("creation_rules: {}\n", "sops/config"),
            ("creation_rules:\n  - path_regex: '('\n", "sops/pattern"),
            ("creation_rules:\n  - a\n", "sops/config"),
            ("stores: {yaml: {indent: -2}}\n", "sops/config"),
            ("a: 1\na: 2\n", "yaml/duplicate-key"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.code == code && error.span.is_some(), "{text}: {error:?}");
        }
        let config = parse("creation_rules:\n  - encrypted_regexp: x\n    age: a\n").unwrap();
        assert!(config.notes[0].message.contains("encrypted_regexp"));
        let two = parse("creation_rules:\n  - {encrypted_regex: x, encrypted_suffix: y, age: a}\n").unwrap();
        assert_eq!(two.rule_for(Path::new("/repo/a")).unwrap_err().code, "sops/selector");
    }

    #[test]
    fn found_in_folders_above() {
        let dir = std::env::temp_dir().join(format!("clusterpipe-config-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("a/b")).unwrap();
        std::fs::write(dir.join(FILE_NAME), "").unwrap();
        std::fs::write(dir.join("a").join(OTHER_NAME), "").unwrap();
        let found = find(&dir.join("a/b"));
        assert_eq!(
            found,
            Found { path: Some(dir.join(FILE_NAME)), passed_over: Some(dir.join("a").join(OTHER_NAME)) }
        );
        std::fs::remove_dir_all(&dir).unwrap();
    }
}

//! Rules across keys, as core.yaml, nodes.yaml and a component.yaml declare them.

use schemars::JsonSchema;
use serde::Deserialize;

/// A rule: its code, exactly one kind, and what to say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Stable word code, `config/…`.
    pub(crate) code: String,
    /// These keys are given together or not at all.
    pub(crate) all_or_none: Option<Vec<String>>,
    /// These keys must be given while an expression holds.
    pub(crate) required_when: Option<RequiredWhen>,
    /// At most one of these keys is given (or on).
    pub(crate) excludes: Option<Vec<String>>,
    /// The values of these keys differ.
    pub(crate) unique: Option<Vec<String>>,
    /// The addresses of these keys lie inside a network.
    pub(crate) inside: Option<Inside>,
    /// An expression that must hold.
    pub(crate) assert: Option<String>,
    /// What is wrong when it does not hold.
    pub(crate) message: Option<String>,
    /// How to mend it.
    pub(crate) help: Option<String>,
    /// How bad it is.
    #[serde(default)]
    pub(crate) severity: RuleSeverity,
    /// The key whose place is shown.
    pub(crate) at: Option<String>,
    /// Checked once, or for each node (then `node` is the node, and `at` one of its fields).
    #[serde(default, rename = "for")]
    pub(crate) scope: Scope,
}

/// How bad a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuleSeverity {
    /// The configuration is refused.
    #[default]
    Error,
    /// Worth a look.
    Warning,
}

/// What a rule is checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// The cluster, once.
    #[default]
    Cluster,
    /// Each node.
    Nodes,
}

/// Keys that a condition makes required.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequiredWhen {
    /// The keys.
    pub(crate) keys: Vec<String>,
    /// The condition, an expression.
    pub(crate) when: String,
}

/// Addresses that lie inside a network.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inside {
    /// Keys of addresses, or of lists of addresses.
    pub(crate) keys: Vec<String>,
    /// The key of the network.
    pub(crate) cidr: String,
    /// An expression that lifts the rule.
    pub(crate) unless: Option<String>,
}

/// The one kind a rule has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RuleKind<'r> {
    /// `all_or_none`
    AllOrNone(&'r [String]),
    /// `required_when`
    RequiredWhen(&'r RequiredWhen),
    /// `excludes`
    Excludes(&'r [String]),
    /// `unique`
    Unique(&'r [String]),
    /// `inside`
    Inside(&'r Inside),
    /// `assert`
    Assert(&'r str),
}

impl Rule {
    /// The kind; none when the rule has no kind or several.
    pub(crate) fn kind(&self) -> Option<RuleKind<'_>> {
        let kinds = [
            self.all_or_none.as_deref().map(RuleKind::AllOrNone),
            self.required_when.as_ref().map(RuleKind::RequiredWhen),
            self.excludes.as_deref().map(RuleKind::Excludes),
            self.unique.as_deref().map(RuleKind::Unique),
            self.inside.as_ref().map(RuleKind::Inside),
            self.assert.as_deref().map(RuleKind::Assert),
        ];
        let mut given = kinds.into_iter().flatten();
        let first = given.next()?;
        given.next().is_none().then_some(first)
    }

    /// The keys it names.
    pub(crate) fn keys(&self) -> Vec<&str> {
        let listed: &[String] = match self.kind() {
            Some(RuleKind::AllOrNone(keys) | RuleKind::Excludes(keys) | RuleKind::Unique(keys)) => keys,
            Some(RuleKind::RequiredWhen(rule)) => &rule.keys,
            Some(RuleKind::Inside(rule)) => &rule.keys,
            _ => &[],
        };
        let cidr = self.inside.as_ref().map(|inside| &inside.cidr);
        let at = self.at.iter().filter(|_| self.scope == Scope::Cluster);
        listed.iter().chain(cidr).chain(at).map(String::as_str).collect()
    }

    /// The expressions it holds.
    pub(crate) fn expressions(&self) -> Vec<&str> {
        let when = self.required_when.as_ref().map(|rule| rule.when.as_str());
        let unless = self.inside.as_ref().and_then(|rule| rule.unless.as_deref());
        [self.assert.as_deref(), when, unless].into_iter().flatten().collect()
    }
}

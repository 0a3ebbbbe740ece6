//! The rules that core.yaml, nodes.yaml and the components declare.

use std::net::Ipv4Addr;

use cliutil::{Diagnostic, Outcome};
use yaml::Value;

use super::addresses::listed;
use crate::config::Run;
use crate::declaration::{Inside, RequiredWhen, RuleKind, RuleSeverity, Scope};
use crate::findings::Place;
use crate::link;
use crate::model::ModelRule;
use crate::values::is_true;
use crate::verify;

pub(super) fn check(run: &mut Run) -> Outcome<()> {
    for rule in &run.model.rules {
        match rule.rule.kind() {
            Some(RuleKind::AllOrNone(keys)) => all_or_none(run, rule, keys),
            Some(RuleKind::RequiredWhen(required)) => required_when(run, rule, required)?,
            Some(RuleKind::Excludes(keys)) => excludes(run, rule, keys),
            Some(RuleKind::Unique(keys)) => unique(run, rule, keys),
            Some(RuleKind::Inside(inside)) => lies_inside(run, rule, inside)?,
            Some(RuleKind::Assert(expression)) if rule.rule.scope == Scope::Nodes => {
                each_node(run, rule, expression)?;
            }
            Some(RuleKind::Assert(expression)) => assert(run, rule, expression)?,
            None => {}
        }
    }
    Ok(())
}

/// The finding of a broken rule: its own message and help, where it has them.
fn finding(run: &Run, rule: &ModelRule, place: Place, message: &str, help: &str) -> Diagnostic {
    let declared = &rule.rule;
    let mut message = message.to_owned();
    if let Some(own) = &declared.message {
        message = if message.is_empty() { own.clone() } else { format!("{own}: {message}") };
    }
    let finding = match declared.severity {
        RuleSeverity::Error => run.findings.error(rule.code, message, place),
        RuleSeverity::Warning => run.findings.warning(rule.code, message, place),
    };
    match (&declared.help, help) {
        (Some(own), _) => finding.with_help(own),
        (None, "") => finding,
        (None, help) => finding.with_help(help),
    }
}

/// The key the rule says, or the first one that was given.
fn place(run: &Run, rule: &ModelRule, keys: &[&str]) -> Place {
    let first = rule.rule.at.as_deref();
    first.into_iter().chain(keys.iter().copied()).find_map(|key| run.values.place(key)).unwrap_or(run.top)
}

fn related(run: &Run, finding: Diagnostic, keys: &[&str], at: Place) -> Diagnostic {
    let places = keys.iter().filter_map(|key| Some((key, run.values.place(key)?)));
    places
        .filter(|(_, place)| *place != at)
        .fold(finding, |finding, (key, place)| finding.with_related(run.findings.location(place), *key))
}

fn all_or_none(run: &mut Run, rule: &ModelRule, keys: &[String]) {
    let (set, missing): (Vec<_>, Vec<_>) =
        keys.iter().map(String::as_str).partition(|key| run.values.is_set(key));
    if set.is_empty() || missing.is_empty() {
        return;
    }
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let message = format!("{} {verb} missing, because {} is set", listed(&missing), set[0]);
    let at = place(run, rule, &set);
    let finding = finding(run, rule, at, &message, "set all of them, or none");
    let finding = related(run, finding, &set, at).with_reference(link::option(missing[0]));
    run.findings.push(finding);
}

fn required_when(run: &mut Run, rule: &ModelRule, required: &RequiredWhen) -> Outcome<()> {
    if holds(run, rule, &required.when)? != Some(true) {
        return Ok(());
    }
    let names = run.model.expressions.names(&required.when).unwrap_or_default();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let at = place(run, rule, &run.given_names(&names));
    for key in required.keys.iter().filter(|key| !run.values.is_set(key)) {
        let message = format!("{key} is required, because {}", run.reason(&required.when));
        let what = run.model.option(key).and_then(|option| option.description.clone()).unwrap_or_default();
        let finding = finding(run, rule, at, &message, &what);
        run.findings.push(finding.with_reference(link::option(key)));
    }
    Ok(())
}

fn excludes(run: &mut Run, rule: &ModelRule, keys: &[String]) {
    let on: Vec<_> = keys.iter().map(String::as_str).filter(|key| is_true(run.values.get(key))).collect();
    if on.len() < 2 {
        return;
    }
    let at = place(run, rule, &on[1..]);
    let message = format!("{} cannot be used together", listed(&on));
    let finding = related(run, finding(run, rule, at, &message, "keep one of them"), &on, at);
    run.findings.push(finding);
}

fn unique(run: &mut Run, rule: &ModelRule, keys: &[String]) {
    let set: Vec<_> = keys.iter().map(String::as_str).filter(|key| !run.values.get(key).is_null()).collect();
    for (n, key) in set.iter().enumerate() {
        let Some(first) = set[..n].iter().find(|other| run.values.get(other) == run.values.get(key)) else {
            continue;
        };
        let message = format!("{key} has the value of {first}");
        let at = place(run, rule, &[key, first]);
        let finding =
            related(run, finding(run, rule, at, &message, "give them different values"), &[first], at);
        run.findings.push(finding);
    }
}

fn lies_inside(run: &mut Run, rule: &ModelRule, inside: &Inside) -> Outcome<()> {
    if let Some(unless) = &inside.unless {
        // Where that cannot be told, neither can this.
        if holds(run, rule, unless)? != Some(false) {
            return Ok(());
        }
    }
    let Some(network) = run.network(&inside.cidr) else { return Ok(()) };
    for key in &inside.keys {
        let texts = match run.values.get(key) {
            Value::String(text) => vec![text.clone()],
            Value::Sequence(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => continue,
        };
        let addresses = texts.iter().filter_map(|text| text.parse::<Ipv4Addr>().ok());
        for address in addresses.filter(|address| !network.contains(address)) {
            let message = format!("{key}: {address} is outside {}", run.values.described(&inside.cidr));
            let at = place(run, rule, &[key]);
            let finding = related(run, finding(run, rule, at, &message, ""), &[&inside.cidr], at);
            run.findings.push(finding);
        }
    }
    Ok(())
}

fn assert(run: &mut Run, rule: &ModelRule, expression: &str) -> Outcome<()> {
    if holds(run, rule, expression)? != Some(false) {
        return Ok(());
    }
    let names = run.model.expressions.names(expression).unwrap_or_default();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let at = place(run, rule, &names);
    let fallback =
        if rule.rule.message.is_none() { format!("this must hold: {expression}") } else { String::new() };
    let finding = related(run, finding(run, rule, at, &fallback, ""), &names, at);
    run.findings.push(finding);
    Ok(())
}

fn each_node(run: &mut Run, rule: &ModelRule, expression: &str) -> Outcome<()> {
    if run.model.expressions.is_blocked(expression, &run.values) {
        return Ok(());
    }
    let Some(machines) = run.machines.take() else { return Ok(()) };
    let fields = fields_of(expression);
    let right: Vec<_> = machines.iter().filter(|machine| machine.are_right(&fields)).collect();
    let expressions = &run.model.expressions;
    let held = expressions
        .hold_for(expression, &mut run.values.scope, "node", right.iter().map(|machine| machine.data()))
        .map_err(|error| failed(rule, &error))?;
    for (machine, _) in right.iter().zip(held).filter(|(_, held)| !held) {
        let field = rule.rule.at.as_deref().unwrap_or("name");
        let at = machine.place_of(field);
        let finding = finding(run, rule, at, "", "");
        run.findings.push(Diagnostic {
            message: format!("{}: {}", machine.described(field), finding.message),
            ..finding
        });
    }
    run.machines = Some(machines);
    Ok(())
}

/// The fields of a node that an expression looks at.
fn fields_of(expression: &str) -> Vec<String> {
    let words = expression.match_indices("node.").map(|(at, word)| &expression[at + word.len()..]);
    let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    words.filter_map(name).collect()
}

/// Whether an expression holds; none where something it needs is wrong.
fn holds(run: &Run, rule: &ModelRule, expression: &str) -> Outcome<Option<bool>> {
    if run.model.expressions.is_blocked(expression, &run.values) {
        return Ok(None);
    }
    let held = run.model.expressions.holds(expression, &run.values.scope);
    held.map(Some).map_err(|error| failed(rule, &error).into())
}

fn failed(rule: &ModelRule, error: &template::Error) -> Diagnostic {
    let what = format!("the rule {} cannot be checked", rule.code);
    verify::bad_expression(&rule.origin, &["rules"], &what, error)
}

impl Run<'_> {
    /// The names, with what they are computed from where they are not given themselves.
    fn given_names<'n>(&'n self, names: &[&'n str]) -> Vec<&'n str> {
        let mut all = names.to_vec();
        for name in names.iter().filter(|name| self.model.is_purely_computed(name)) {
            if let Some(item) = self.model.computed.get(*name) {
                let needs = self.model.expressions.names(&item.computed.value).unwrap_or_default();
                let needs = needs.iter().filter_map(|need| self.model.options.get_key_value(need));
                all.extend(needs.map(|(key, _)| key.as_str()));
            }
        }
        all
    }

    /// Why a condition holds: "unifi_enabled is true (cluster.yaml:41)" where it is one key, else the condition.
    fn reason(&self, condition: &str) -> String {
        let key = condition.trim();
        if !self.model.known_keys().any(|known| known == key) {
            return format!("{condition} holds");
        }
        let secret = self.model.option(key).is_some_and(|option| option.secret);
        let what = match self.values.get(key) {
            Value::Bool(value) => format!("{key} is {value}"),
            Value::String(text) if !secret => format!("{key} is {text}"),
            _ => format!("{key} is set"),
        };
        match self.values.place(key) {
            Some(place) => format!("{what} ({})", self.findings.reference(place)),
            None => what,
        }
    }
}

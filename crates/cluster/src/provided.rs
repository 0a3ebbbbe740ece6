//! What components provide for slots that other files render. Text may hold expressions between `#{` and `}#`, as
//! the catalogue's templates do; text that is one expression and nothing else keeps the type of its value.

use serde_json::Value as Json;
use template::Scope;
use yaml::{Mapping, Value};

use crate::catalogue::Loaded;
use crate::expression::Expressions;
use crate::map::IndexMap;

/// Slots that are there whether anybody fills them or not.
const ALWAYS: [&str; 5] =
    ["helmfile_crds", "helmfile_apps", "tunnel_routes", "cluster_secrets", "namespace_extras"];

/// Where an entry without `order` stands.
const DEFAULT_ORDER: i128 = 100;

type Entry = IndexMap<String, Json>;

/// Every slot with the entries of the components that are on, sorted by `order`, then namespace and name.
///
/// # Errors
/// The component whose expression failed, and why.
pub(crate) fn provided<'m>(
    components: &'m [Loaded],
    is_on: impl Fn(usize) -> bool,
    expressions: &Expressions,
    scope: &Scope,
) -> Result<Value, (&'m Loaded, template::Error)> {
    let mut slots: IndexMap<&str, Vec<Value>> = ALWAYS.iter().map(|slot| (*slot, Vec::new())).collect();
    for (index, loaded) in components.iter().enumerate() {
        for (slot, entries) in &loaded.component.provides {
            let list = slots.entry(slot).or_default();
            for entry in entries.iter().filter(|_| is_on(index)) {
                list.extend(filled(entry, expressions, scope).map_err(|reason| (loaded, reason))?);
            }
        }
    }
    slots.values_mut().for_each(|list| list.sort_by_cached_key(sort_key));
    Ok(Value::Mapping(slots.into_iter().collect()))
}

/// The condition of an entry.
pub(crate) fn condition(entry: &Entry) -> Option<String> {
    entry.get("when").and_then(Json::as_str).map(str::to_owned)
}

/// The expressions inside a value of an entry.
pub(crate) fn expressions_in(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => pieces(text).filter_map(|piece| piece.err().map(str::to_owned)).collect(),
        Json::Array(items) => items.iter().flat_map(expressions_in).collect(),
        Json::Object(map) => map.values().flat_map(expressions_in).collect(),
        _ => Vec::new(),
    }
}

/// An entry with its expressions replaced by their values; none while its condition does not hold.
fn filled(entry: &Entry, expressions: &Expressions, scope: &Scope) -> template::Result<Option<Value>> {
    if let Some(when) = condition(entry)
        && !expressions.holds(&when, scope)?
    {
        return Ok(None);
    }
    let mut filled = Mapping::new();
    for (key, value) in entry.iter().filter(|(key, _)| *key != "when") {
        filled.insert(key.as_str(), fill(value, expressions, scope)?);
    }
    Ok(Some(Value::Mapping(filled)))
}

fn fill(value: &Json, expressions: &Expressions, scope: &Scope) -> template::Result<Value> {
    match value {
        Json::String(text) => fill_text(text, expressions, scope),
        Json::Array(items) => items
            .iter()
            .map(|item| fill(item, expressions, scope))
            .collect::<Result<_, _>>()
            .map(Value::Sequence),
        Json::Object(map) => {
            let mut mapping = Mapping::new();
            for (key, value) in map {
                mapping.insert(key.as_str(), fill(value, expressions, scope)?);
            }
            Ok(Value::Mapping(mapping))
        }
        other => Ok(Value::from(other.clone())),
    }
}

fn fill_text(text: &str, expressions: &Expressions, scope: &Scope) -> template::Result<Value> {
    let pieces: Vec<_> = pieces(text).collect();
    if let [Err(expression)] = pieces.as_slice() {
        return expressions.value(expression, scope);
    }
    let mut filled = String::new();
    for piece in pieces {
        match piece {
            Ok(text) => filled.push_str(text),
            Err(expression) => match expressions.value(expression, scope)? {
                Value::String(text) => filled.push_str(&text),
                Value::Null => return Ok(Value::Null),
                other => filled.push_str(yaml::emit(&other, yaml::EmitOptions::default()).trim_end()),
            },
        }
    }
    Ok(Value::String(filled))
}

/// A text in pieces: `Ok` is text, `Err` an expression.
fn pieces(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let mut rest = text;
    let mut waiting = None;
    std::iter::from_fn(move || {
        if let Some(expression) = waiting.take() {
            return Some(Err(expression));
        }
        if rest.is_empty() {
            return None;
        }
        let found = rest.split_once("#{").and_then(|(before, after)| {
            let (expression, behind) = after.split_once("}#")?;
            Some((before, expression.trim(), behind))
        });
        let Some((before, expression, behind)) = found else {
            return Some(Ok(std::mem::take(&mut rest)));
        };
        rest = behind;
        if before.is_empty() {
            return Some(Err(expression));
        }
        waiting = Some(expression);
        Some(Ok(before))
    })
}

fn sort_key(entry: &Value) -> (i128, String, String) {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let order = entry.get("order").and_then(Value::as_int).unwrap_or(DEFAULT_ORDER);
    (order, text("namespace"), text("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_pieces() {
        let split = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(split("a.#{ d }#.b"), [Ok("a."), Err("d"), Ok(".b")]);
        assert_eq!(split("#{ d }#"), [Err("d")]);
        assert_eq!(split("#{a}##{b}#"), [Err("a"), Err("b")]);
        assert_eq!(split("#{ open"), [Ok("#{ open")]);
        assert_eq!(split(""), []);
    }

    #[test]
    fn expressions_keep_their_type_alone_and_become_text_among_text() {
        let mut scope = Scope::default();
        scope.set("n", &Value::Int(3));
        scope.set("none", &Value::Null);
        let fill = |text: &str| fill_text(text, &Expressions::new().unwrap(), &scope).unwrap();
        assert_eq!(fill("#{ n + 1 }#"), Value::Int(4));
        assert_eq!(fill("v#{ n }#"), Value::from("v3"));
        assert_eq!(fill("v#{ none }#"), Value::Null);
        assert_eq!(fill("plain"), Value::from("plain"));
    }
}

//! What PyYAML makes of a document where the reader of YAML here does otherwise: the order of merged keys, dates, and
//! tags that templates can see.

use std::collections::HashMap;

use yaml::{Dialect, Kind, Node, Pair, Scalar, ScalarStyle};

use super::time::python_time;

/// Makes of a node what the reader then understands as PyYAML does.
pub(super) fn prepare(node: &mut Node) {
    match &mut node.kind {
        Kind::Scalar(..) => scalar(node),
        Kind::Sequence(items) => {
            items.iter_mut().for_each(prepare);
            if matches!(core(node), Some("omap" | "pairs")) {
                pairs(node);
            }
        }
        Kind::Mapping(pairs) => {
            for pair in pairs.iter_mut() {
                prepare(&mut pair.value);
            }
            if pairs.iter().any(|pair| pair.key.is_merge_key()) {
                merge(pairs);
            }
        }
        Kind::Alias(node) => prepare(node),
    }
}

fn core(node: &Node) -> Option<&str> {
    node.tag.as_ref().and_then(|tag| tag.core())
}

fn scalar(node: &mut Node) {
    // For PyYAML it says that a value is what it looks like, also in quotes.
    let looks = node.tag.take_if(|tag| tag.full == "!").is_some();
    let is_float = core(node) == Some("float");
    let untagged = node.tag.is_none();
    let Kind::Scalar(text, style) = &mut node.kind else { return };
    if looks {
        *style = ScalarStyle::Plain;
    }
    if is_float && let Some(value) = python_float(text) {
        (*text, *style) = (value, ScalarStyle::Plain);
    } else if untagged
        && *style == ScalarStyle::Plain
        && yaml::resolve_plain(text, Dialect::PyYaml) == Scalar::Timestamp
        && let Some(printed) = python_time(text)
    {
        // Dates and times become the text Python prints for them.
        (*text, *style) = (printed, ScalarStyle::SingleQuoted);
    }
}

/// What Python's `float` reads, in a form that is a float for PyYAML without a tag, too.
fn python_float(text: &str) -> Option<String> {
    let value: f64 = text.trim().replace('_', "").parse().ok()?;
    let digits = format!("{value}");
    value.is_finite().then(|| if digits.contains('.') { digits } else { format!("{digits}.0") })
}

/// `!!omap` and `!!pairs`: a list of mappings of one key each becomes a list of pairs.
fn pairs(node: &mut Node) {
    let Kind::Sequence(items) = &mut node.kind else { return };
    if !items.iter().all(|item| matches!(&item.kind, Kind::Mapping(pairs) if pairs.len() == 1)) {
        return;
    }
    for item in items.iter_mut() {
        if let Kind::Mapping(pairs) = &mut item.kind {
            item.kind = Kind::Sequence(pairs.drain(..).flat_map(|pair| [pair.key, pair.value]).collect());
        }
    }
    node.tag = None;
}

/// Merged keys come first; of several mappings the earlier one's win, and what the mapping says itself stands in their
/// place. (PyYAML 6.0.4 lets the later one's win but for keys of one letter: it compares them by identity.)
fn merge(pairs: &mut Vec<Pair>) {
    let merges = pairs.iter().filter(|pair| pair.key.is_merge_key());
    let Some(merged) = merges.map(|pair| merged(&pair.value)).collect::<Option<Vec<_>>>() else {
        // It is no mapping: the reader says so.
        return;
    };
    let own: Vec<Pair> = pairs.drain(..).filter(|pair| !pair.key.is_merge_key()).collect();
    let mut places: HashMap<(String, bool), usize> = HashMap::new();
    let all = merged
        .into_iter()
        .flatten()
        .map(|pair| (pair, false))
        .chain(own.into_iter().map(|pair| (pair, true)));
    for (pair, is_own) in all {
        let place = key(&pair.key).map(|key| *places.entry(key).or_insert(pairs.len()));
        match place.and_then(|at| pairs.get_mut(at)) {
            Some(earlier) if is_own => earlier.value = pair.value,
            Some(_) => {}
            None => pairs.push(pair),
        }
    }
}

/// The entries of what is merged.
fn merged(node: &Node) -> Option<Vec<Pair>> {
    match &node.kind {
        Kind::Alias(node) => merged(node),
        Kind::Mapping(pairs) => Some(pairs.clone()),
        Kind::Sequence(items) => items.iter().map(merged).collect::<Option<Vec<_>>>().map(|all| all.concat()),
        Kind::Scalar(..) => None,
    }
}

/// What tells a scalar key from others: its text, and whether it is a text.
fn key(node: &Node) -> Option<(String, bool)> {
    match &node.kind {
        Kind::Alias(node) => key(node),
        Kind::Scalar(text, style) => {
            let plain = *style == ScalarStyle::Plain && node.tag.is_none();
            let is_text = !plain || yaml::resolve_plain(text, Dialect::PyYaml) == Scalar::String;
            Some((text.clone(), is_text))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> yaml::Value {
        let mut stream = yaml::parse(text).unwrap();
        let root = &mut stream.documents[0].root;
        prepare(root);
        yaml::to_value(root, Dialect::PyYaml).unwrap()
    }

    fn json(text: &str) -> String {
        serde_json::to_string(&serde_json::Value::from(read(text))).unwrap()
    }

    /// Expectations: `yaml.safe_load` of PyYAML 6.0.4; of several merged mappings, of 6.0.2 (see [`merge`]).
    #[test]
    fn keys_and_values_are_pyyamls() {
        for (text, want) in [
            ("{k: 1, <<: {a: 1, z: 9}, a: 5}", r#"{"a":5,"z":9,"k":1}"#),
            (
                "{b: &b {aa: 1}, c: {<<: *b, x: 1, aa: {<<: *b}}}",
                r#"{"b":{"aa":1},"c":{"aa":{"aa":1},"x":1}}"#,
            ),
            ("{<<: [{aa: 1, bb: 2}, {bb: 3, cc: 4}], x: 1}", r#"{"aa":1,"bb":2,"cc":4,"x":1}"#),
            ("{<<: {aa: 1}, y: 2, <<: {aa: 2, bb: 3}}", r#"{"aa":1,"bb":3,"y":2}"#),
            ("{'<<': {aa: 1}, x: 1}", r#"{"<<":{"aa":1},"x":1}"#),
            ("{<<: {'1': a}, 1: b, x: 1}", r#"{"1":"b","x":1}"#),
            ("{x: ! 12, y: ! '12', z: ! 'no'}", r#"{"x":12,"y":12,"z":false}"#),
            ("{x: !!float 1e3, y: !!float '-0.5', z: !!float 1_0}", r#"{"x":1000.0,"y":-0.5,"z":10.0}"#),
            (
                "{x: !!omap [a: 1, b: 2], y: !!pairs [a: 1, a: 2]}",
                r#"{"x":[["a",1],["b",2]],"y":[["a",1],["a",2]]}"#,
            ),
            ("{x: 2024-01-02, y: '2024-01-02'}", r#"{"x":"2024-01-02","y":"2024-01-02"}"#),
        ] {
            assert_eq!(json(text), want, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_merged_is_left_to_the_reader() {
        let mut stream = yaml::parse("{x: 1, <<: 5}").unwrap();
        let root = &mut stream.documents[0].root;
        prepare(root);
        assert_eq!(yaml::to_value(root, Dialect::PyYaml).unwrap_err().code, "yaml/merge");
    }
}

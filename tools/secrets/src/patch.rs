//! Setting and removing one value in a YAML text, with everything else left as it is. The result is read back and must
//! hold just the change; where it does not, nothing is changed.

use cliutil::{Failure, Outcome};
use yaml::{Dialect, EmitOptions, Kind, Mapping, Node, Pair, Span, Value};
use zeroize::Zeroizing;

use crate::extract::{Step, words};
use sops::Format;

/// The text with a value set at a path. Keys and lists on the way are made; an index behind a list's end appends.
pub(crate) fn set(text: &str, path: &[Step], value: &Value) -> Outcome<Zeroizing<String>> {
    let stream = yaml::parse_secret(text).map_err(syntax)?;
    let mut documents = load(text)?;
    let Some(document) = stream.documents.first() else { return Err(no_document()) };
    set_value(&mut documents[0], path, value)?;
    let edit = Editor { text }.set(&document.root, path, value)?;
    finish(text, edit, &documents)
}

/// The text without what stands at a path; none when nothing does.
pub(crate) fn unset(text: &str, path: &[Step]) -> Outcome<Option<Zeroizing<String>>> {
    let stream = yaml::parse_secret(text).map_err(syntax)?;
    let mut documents = load(text)?;
    let Some(document) = stream.documents.first() else { return Err(no_document()) };
    if !unset_value(&mut documents[0], path) {
        return Ok(None);
    }
    let edit = Editor { text }.unset(&document.root, path)?;
    finish(text, edit, &documents).map(Some)
}

/// As [`set`], in a file of any format.
pub(crate) fn set_in(text: &str, format: Format, path: &[Step], value: &Value) -> Outcome<Zeroizing<String>> {
    match format {
        Format::Dotenv => variable(path).and_then(|name| set_variable(text, name, value)),
        Format::Binary => Err(no_paths()),
        _ => set(text, path, value),
    }
}

/// As [`unset`], in a file of any format.
pub(crate) fn unset_in(text: &str, format: Format, path: &[Step]) -> Outcome<Option<Zeroizing<String>>> {
    match format {
        Format::Dotenv => variable(path).map(|name| unset_variable(text, name)),
        Format::Binary => Err(no_paths()),
        _ => unset(text, path),
    }
}

fn no_paths() -> Failure {
    Failure::new("secrets/path", "the file is plain bytes, without paths").with_help("use `secrets edit`")
}

fn variable(path: &[Step]) -> Outcome<&str> {
    match path {
        [Step::Key(name)] if !name.is_empty() && !name.contains(['=', '\n']) && !name.starts_with('#') => {
            Ok(name)
        }
        _ => Err(Failure::new("secrets/path", "a variable of a dotenv file has a path of one name")),
    }
}

fn set_variable(text: &str, name: &str, value: &Value) -> Outcome<Zeroizing<String>> {
    let value = crate::convert::scalar(value)
        .ok_or_else(|| Failure::new("secrets/path", "a variable holds text, a number or a boolean"))?;
    let line = format!("{name}={}", value.replace('\n', "\\n"));
    let place = line_of(text, name);
    let mut out = Zeroizing::new(String::with_capacity(text.len() + line.len() + 1));
    if let Some(place) = place {
        out.push_str(&text[..place.start]);
        out.push_str(&line);
        out.push_str(&text[place.end..]);
    } else {
        out.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&line);
        out.push('\n');
    }
    Ok(out)
}

fn unset_variable(text: &str, name: &str) -> Option<Zeroizing<String>> {
    let place = line_of(text, name)?;
    let end = if text[place.end..].starts_with('\n') { place.end + 1 } else { place.end };
    Some(Zeroizing::new(format!("{}{}", &text[..place.start], &text[end..])))
}

/// The line of a variable, without its line break.
fn line_of(text: &str, name: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split('\n') {
        if line.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')) {
            return Some(Span::new(at, at + line.len()));
        }
        at += line.len() + 1;
    }
    None
}

type Edit = (Span, Zeroizing<String>);

fn finish(text: &str, (span, new): Edit, expected: &[Value]) -> Outcome<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + new.len()));
    out.push_str(&text[..span.start]);
    out.push_str(&new);
    out.push_str(&text[span.end..]);
    let same = load(&out).is_ok_and(|documents| documents.as_slice() == expected);
    if same { Ok(out) } else { Err(beyond()) }
}

fn load(text: &str) -> Outcome<Zeroizing<Vec<Value>>> {
    yaml::load(text, Dialect::GoYamlV3).map(Zeroizing::new).map_err(syntax)
}

fn syntax(error: yaml::Error) -> Failure {
    Failure::new(error.code, error.message)
}

fn no_document() -> Failure {
    Failure::new("sops/empty", "the file holds no document")
}

fn beyond() -> Failure {
    Failure::new(
        "secrets/path",
        "this place cannot be changed without touching others (an anchor, or an unusual layout)",
    )
    .with_help("use `secrets edit`")
}

fn in_the_way(step: &Step) -> Failure {
    Failure::new("secrets/path", format!("{}: a value stands in the way here", words(step)))
}

/// Sets a value in data.
fn set_value(data: &mut Value, path: &[Step], value: &Value) -> Outcome<()> {
    let Some((step, rest)) = path.split_first() else {
        *data = value.clone();
        return Ok(());
    };
    if data.is_null() {
        *data = match step {
            Step::Key(_) => Value::Mapping(Mapping::new()),
            Step::Index(_) => Value::Sequence(Vec::new()),
        };
    }
    match (step, data) {
        (Step::Key(key), Value::Mapping(mapping)) => {
            if !mapping.contains_key(key) {
                mapping.insert(key.as_str(), Value::Null);
            }
            mapping.get_mut(key).map_or(Ok(()), |inner| set_value(inner, rest, value))
        }
        (Step::Index(index), Value::Sequence(items)) => {
            if *index >= items.len() {
                items.push(Value::Null);
            }
            let at = (*index).min(items.len() - 1);
            set_value(&mut items[at], rest, value)
        }
        (step, _) => Err(in_the_way(step)),
    }
}

/// Removes a value from data; whether it was there.
fn unset_value(data: &mut Value, path: &[Step]) -> bool {
    match (path, data) {
        ([Step::Key(key)], Value::Mapping(mapping)) => mapping.remove(key).is_some(),
        ([Step::Index(index)], Value::Sequence(items)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        ([Step::Key(key), rest @ ..], Value::Mapping(mapping)) if !rest.is_empty() => {
            mapping.get_mut(key).is_some_and(|inner| unset_value(inner, rest))
        }
        ([Step::Index(index), rest @ ..], Value::Sequence(items)) if !rest.is_empty() => {
            items.get_mut(*index).is_some_and(|inner| unset_value(inner, rest))
        }
        _ => false,
    }
}

/// The value at the end of a path that does not exist yet.
fn nested(path: &[Step], value: &Value) -> Value {
    match path.split_first() {
        None => value.clone(),
        Some((Step::Key(key), rest)) => {
            Value::Mapping([(key.as_str(), nested(rest, value))].into_iter().collect())
        }
        Some((Step::Index(_), rest)) => Value::Sequence(vec![nested(rest, value)]),
    }
}

struct Editor<'t> {
    text: &'t str,
}

/// Where a node stands in its parent.
enum Slot<'n> {
    Root,
    Value(&'n Pair, usize),
    Item(usize),
}

impl Editor<'_> {
    fn set(&self, root: &Node, path: &[Step], value: &Value) -> Outcome<Edit> {
        let (mut node, mut slot, mut flow) = (root, Slot::Root, root.flow);
        for (at, step) in path.iter().enumerate() {
            let rest = &path[at + 1..];
            let column = self.column(node.span.start);
            flow |= node.flow;
            match (&node.kind, step) {
                (Kind::Mapping(pairs), Step::Key(key)) => {
                    match pairs.iter().find(|p| p.key.as_str() == Some(key)) {
                        Some(pair) => (node, slot) = (&pair.value, Slot::Value(pair, column)),
                        None => return Ok(self.insert_pair(node, pairs, key, &nested(rest, value), column)),
                    }
                }
                (Kind::Sequence(items), Step::Index(index)) => match items.get(*index) {
                    Some(item) => (node, slot) = (item, Slot::Item(column)),
                    None => return Ok(self.append_item(node, items, &nested(rest, value), column)),
                },
                (Kind::Alias(_), _) => return Err(beyond()),
                // A null becomes what the path needs.
                _ => return self.replace(node, &slot, flow, &nested(&path[at..], value)),
            }
        }
        self.replace(node, &slot, flow, value)
    }

    fn replace(&self, node: &Node, slot: &Slot, flow: bool, value: &Value) -> Outcome<Edit> {
        let own = Span::new(begin(node), node.span.end);
        match slot {
            Slot::Root if node.is_missing() => {
                let at = self.text.len();
                let lead = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
                Ok((Span::new(at, at), Zeroizing::new(format!("{lead}{}", block(value, 0)))))
            }
            Slot::Root => {
                Ok((own, Zeroizing::new(block(value, self.column(node.span.start)).trim_end().to_owned())))
            }
            _ if flow => Ok((own, Zeroizing::new(one_line(value)))),
            Slot::Value(pair, column) => {
                let colon = self.colon(pair)?;
                let text = block(&Value::Mapping([("k", value.clone())].into_iter().collect()), *column);
                let text = Zeroizing::new(text[2..].trim_end_matches('\n').to_owned());
                Ok((Span::new(colon + 1, node.span.end.max(colon + 1)), text))
            }
            Slot::Item(column) => {
                let text = block(&Value::Sequence(vec![value.clone()]), *column);
                let lead = if node.is_missing() { " " } else { "" };
                Ok((own, Zeroizing::new(format!("{lead}{}", text[2..].trim_end_matches('\n')))))
            }
        }
    }

    fn insert_pair(&self, node: &Node, pairs: &[Pair], key: &str, value: &Value, column: usize) -> Edit {
        let last = pairs.last().map(|pair| pair.value.span.end.max(pair.key.span.end));
        if node.flow {
            let json = self.text.trim_start().starts_with('{');
            let key =
                if json { serde_json::Value::from(key).to_string() } else { yaml::quote_if_needed(key) };
            return insert_flow(node, last, &format!("{key}: {}", one_line(value)));
        }
        let pair = Value::Mapping([(key, value.clone())].into_iter().collect());
        self.insert_lines(last.unwrap_or(node.span.end), column, &block(&pair, column))
    }

    fn append_item(&self, node: &Node, items: &[Node], value: &Value, column: usize) -> Edit {
        let last = items.last().map(|item| item.span.end);
        if node.flow {
            return insert_flow(node, last, &one_line(value));
        }
        self.insert_lines(
            last.unwrap_or(node.span.end),
            column,
            &block(&Value::Sequence(vec![value.clone()]), column),
        )
    }

    /// Below the line on which the last entry ends.
    fn insert_lines(&self, last: usize, column: usize, lines: &str) -> Edit {
        let pad = " ".repeat(column);
        let lines = lines.trim_end_matches('\n');
        match self.text[last..].find('\n') {
            Some(length) => {
                let at = last + length + 1;
                (Span::new(at, at), Zeroizing::new(format!("{pad}{lines}\n")))
            }
            None => (Span::new(self.text.len(), self.text.len()), Zeroizing::new(format!("\n{pad}{lines}"))),
        }
    }

    fn unset(&self, root: &Node, path: &[Step]) -> Outcome<Edit> {
        let mut node = root;
        for (at, step) in path.iter().enumerate() {
            let last = at + 1 == path.len();
            match (&node.kind, step) {
                (Kind::Mapping(pairs), Step::Key(key)) => {
                    let found =
                        pairs.iter().position(|pair| pair.key.as_str() == Some(key)).ok_or_else(beyond)?;
                    if last {
                        let entries: Vec<_> = pairs
                            .iter()
                            .map(|p| (begin(&p.key), p.value.span.end.max(p.key.span.end)))
                            .collect();
                        return Ok(self.remove(node, &entries, found, "{}"));
                    }
                    node = &pairs[found].value;
                }
                (Kind::Sequence(items), Step::Index(index)) if *index < items.len() => {
                    if last {
                        let entries: Vec<_> =
                            items.iter().map(|item| (self.item_begin(node, item), item.span.end)).collect();
                        return Ok(self.remove(node, &entries, *index, "[]"));
                    }
                    node = &items[*index];
                }
                _ => return Err(beyond()),
            }
        }
        Err(beyond())
    }

    /// Takes an entry out of a collection; the only one leaves it `empty`.
    fn remove(&self, node: &Node, entries: &[(usize, usize)], index: usize, empty: &str) -> Edit {
        let nothing = Zeroizing::default();
        if entries.len() == 1 {
            return (node.span, Zeroizing::new(empty.to_owned()));
        }
        let (start, end) = entries[index];
        let next = entries.get(index + 1).map(|(start, _)| *start);
        if node.flow {
            return match (index.checked_sub(1), next) {
                (Some(before), _) => (Span::new(entries[before].1, end), nothing),
                (None, Some(next)) => (Span::new(start, next), nothing),
                (None, None) => (Span::new(start, end), nothing),
            };
        }
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let alone = self.text[line..start].chars().all(|c| c == ' ');
        match next {
            // The first entry shares its line with a dash: the next one takes its place.
            Some(next) if !alone => (Span::new(start, next), nothing),
            _ => {
                let after = self.text[end..].find('\n').map(|length| end + length + 1);
                match after {
                    Some(after) => (Span::new(line, after), nothing),
                    None => (Span::new(line.saturating_sub(1), self.text.len()), nothing),
                }
            }
        }
    }

    /// The dash of an item in block style.
    fn item_begin(&self, list: &Node, item: &Node) -> usize {
        if list.flow {
            return begin(item);
        }
        self.text[..begin(item)].rfind('-').unwrap_or(item.span.start)
    }

    fn colon(&self, pair: &Pair) -> Outcome<usize> {
        let end = pair.key.span.end;
        let blanks = self.text[end..].len() - self.text[end..].trim_start().len();
        if self.text[end + blanks..].starts_with(':') { Ok(end + blanks) } else { Err(beyond()) }
    }

    fn column(&self, offset: usize) -> usize {
        let line = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        self.text[line..offset].trim_start_matches('\u{feff}').chars().count()
    }
}

fn insert_flow(node: &Node, last: Option<usize>, text: &str) -> Edit {
    match last {
        Some(at) => (Span::new(at, at), Zeroizing::new(format!(", {text}"))),
        None => (Span::new(node.span.end - 1, node.span.end - 1), Zeroizing::new(text.to_owned())),
    }
}

/// Where a node begins, its tag and anchor included.
fn begin(node: &Node) -> usize {
    let tag = node.tag.as_ref().map(|tag| tag.span.start);
    let anchor = node.anchor.as_ref().map(|anchor| anchor.start);
    [Some(node.span.start), tag, anchor].into_iter().flatten().min().unwrap_or(node.span.start)
}

/// A value in block style, its lines but the first indented.
fn block(value: &Value, column: usize) -> String {
    let text = yaml::emit(value, EmitOptions::default());
    let pad = format!("\n{}", " ".repeat(column));
    let mut out = text.trim_end_matches('\n').replace('\n', &pad);
    if column > 0 {
        out = out.replace(&format!("{pad}\n"), "\n\n");
    }
    out.push('\n');
    out
}

fn one_line(value: &Value) -> String {
    serde_json::Value::from(value.clone()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn set_text(text: &str, path: &str, json: &str) -> Result<String, &'static str> {
        let value = Value::from(serde_json::from_str::<serde_json::Value>(json).unwrap());
        parse(path)
            .and_then(|path| set(text, &path, &value))
            .map(|t| t.to_string())
            .map_err(|f| f.diagnostics[0].code)
    }

    fn unset_text(text: &str, path: &str) -> Option<String> {
        unset(text, &parse(path).unwrap()).unwrap().map(|t| t.to_string())
    }

    const TEXT: &str = "# head\na: 1 # one\n\nb:\n    c: 'x'   # see\n    l:\n    - p\n    - q: r\n      s: t\nf: {k: v}\ng: |\n    text\n    more\n# tail\n";

    #[test]
    fn values_are_set_where_they_stand() {
        for (path, json, from, to) in [
            (r#"["a"]"#, "2", "a: 1 # one", "a: 2 # one"),
            (r#"["b"]["c"]"#, "\"y: z\"", "c: 'x'   # see", "c: \"y: z\"   # see"),
            (r#"["b"]["l"][0]"#, "true", "- p\n", "- true\n"),
            (r#"["b"]["l"][1]["q"]"#, "null", "q: r", "q: null"),
            (r#"["f"]["k"]"#, "[1]", "{k: v}", "{k: [1]}"),
            (r#"["f"]["m"]"#, "\"w\"", "{k: v}", "{k: v, m: \"w\"}"),
            (r#"["g"]"#, "\"short\"", "g: |\n    text\n    more\n", "g: short\n"),
            (
                r#"["b"]["new"]"#,
                "{\"x\": [1]}",
                "      s: t\n",
                "      s: t\n    new:\n      x:\n        - 1\n",
            ),
            (r#"["b"]["l"][9]"#, "\"end\"", "      s: t\n", "      s: t\n    - end\n"),
            (
                r#"["b"]"#,
                "{\"z\": 1}",
                "b:\n    c: 'x'   # see\n    l:\n    - p\n    - q: r\n      s: t\n",
                "b:\n  z: 1\n",
            ),
        ] {
            assert_eq!(set_text(TEXT, path, json).unwrap_or_default(), TEXT.replace(from, to), "{path}");
        }
        assert_eq!(set_text(TEXT, r#"["a"]["x"]"#, "1"), Err("secrets/path"));
        assert_eq!(set_text("a:\n", r#"["a"]["x"][0]"#, "1").unwrap(), "a:\n  x:\n    - 1\n");
        assert_eq!(set_text("a: 1", r#"["b"]"#, "2").unwrap(), "a: 1\nb: 2");
        assert_eq!(set_text("---\n", r#"["b"]"#, "\"x\\ny\"").unwrap(), "---\nb: |-\n  x\n  y\n");
        assert_eq!(set_text("a: &x 1\nb: *x\n", r#"["a"]"#, "2"), Err("secrets/path"));
    }

    #[test]
    fn values_are_removed() {
        for (path, from, to) in [
            (r#"["a"]"#, "a: 1 # one\n", ""),
            (r#"["b"]["c"]"#, "    c: 'x'   # see\n", ""),
            (r#"["b"]["l"][0]"#, "    - p\n", ""),
            (r#"["b"]["l"][1]["q"]"#, "- q: r\n      s: t", "- s: t"),
            (r#"["f"]["k"]"#, "{k: v}", "{}"),
            (r#"["g"]"#, "g: |\n    text\n    more\n", ""),
        ] {
            assert_eq!(unset_text(TEXT, path).unwrap(), TEXT.replace(from, to), "{path}");
        }
        assert_eq!(unset_text(TEXT, r#"["z"]"#), None);
        assert_eq!(unset_text(TEXT, r#"["b"]["l"][7]"#), None);
        assert_eq!(unset_text("a:\n  b: 1\n", r#"["a"]["b"]"#).unwrap(), "a:\n  {}\n");
        assert_eq!(
            unset_text("[{}]".replace("[{}]", "a: [1, 2, 3]\n").as_str(), r#"["a"][1]"#).unwrap(),
            "a: [1, 3]\n"
        );
        assert_eq!(unset_text("a: 1\nb: 2", r#"["b"]"#).unwrap(), "a: 1");
    }
}

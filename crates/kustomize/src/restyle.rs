//! Writes a changed YAML text as go-yaml v3 does for a tree that was read: quotes, flow and block forms stay, lists are
//! not indented below their key, nothing is folded.

use yaml::{Kind, Node as Parsed, ScalarStyle};

use crate::form::analyze;
use crate::node::{Map, Node, Scalar, Style, Tag};
use crate::scalar::tag_of_plain;

/// The text of `node`, with the forms of `before` where they have the same fields. Blank ends are cut off.
///
/// # Errors
/// What this writer does not do: tags and anchors.
pub(crate) fn write(node: &Node, before: &Parsed) -> Result<String, String> {
    refuse(before)?;
    let mut out = String::new();
    value(&mut out, node, Some(before), 0, Place::Top);
    Ok(out.trim().to_owned())
}

fn refuse(node: &Parsed) -> Result<(), String> {
    if node.tag.is_some() || node.anchor.is_some() {
        return Err(
            "the text it would change is YAML with tags or anchors, which is not supported".to_owned()
        );
    }
    match &node.kind {
        Kind::Scalar(..) => Ok(()),
        Kind::Alias(_) => {
            Err("the text it would change is YAML with aliases, which is not supported".to_owned())
        }
        Kind::Sequence(items) => items.iter().try_for_each(refuse),
        Kind::Mapping(pairs) => pairs.iter().try_for_each(|pair| {
            refuse(&pair.key)?;
            refuse(&pair.value)
        }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Key,
    Item,
    Flow,
}

fn value(out: &mut String, node: &Node, before: Option<&Parsed>, indent: usize, place: Place) {
    let flow = place == Place::Flow || before.is_some_and(|before| before.flow);
    match node {
        Node::Scalar(scalar) => self::scalar(out, scalar, indent, place),
        Node::Map(map) if flow || map.is_empty() => flow_map(out, map, before, place),
        Node::Seq(items) if flow || items.is_empty() => flow_seq(out, items, before, place),
        Node::Map(map) => block_map(out, map, before, indent, place),
        Node::Seq(items) => block_seq(out, items, before, indent, place),
    }
}

fn blank(out: &mut String, place: Place) {
    if place == Place::Key {
        out.push(' ');
    }
}

fn block_map(out: &mut String, map: &Map, before: Option<&Parsed>, indent: usize, place: Place) {
    if place == Place::Key {
        out.push('\n');
    }
    for (n, (key, node)) in map.iter().enumerate() {
        if n > 0 || place != Place::Item {
            pad(out, indent);
        }
        self::key(out, key);
        out.push(':');
        let inner = before.and_then(|before| before.get(&key.text));
        let deeper = if matches!(node, Node::Seq(_)) { indent } else { indent + 2 };
        value(out, node, inner, deeper, Place::Key);
        end_line(out);
    }
}

fn block_seq(out: &mut String, items: &[Node], before: Option<&Parsed>, indent: usize, place: Place) {
    if place == Place::Key {
        out.push('\n');
    }
    let inner = before.and_then(Parsed::as_sequence).unwrap_or_default();
    for (n, item) in items.iter().enumerate() {
        if n > 0 || place != Place::Item {
            pad(out, indent);
        }
        out.push_str("- ");
        value(out, item, inner.get(n), indent + 2, Place::Item);
        end_line(out);
    }
}

fn flow_map(out: &mut String, map: &Map, before: Option<&Parsed>, place: Place) {
    blank(out, place);
    out.push('{');
    for (n, (key, node)) in map.iter().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        self::key(out, key);
        out.push_str(": ");
        value(out, node, before.and_then(|before| before.get(&key.text)), 0, Place::Flow);
    }
    out.push('}');
}

fn flow_seq(out: &mut String, items: &[Node], before: Option<&Parsed>, place: Place) {
    blank(out, place);
    out.push('[');
    let inner = before.and_then(Parsed::as_sequence).unwrap_or_default();
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        value(out, item, inner.get(n), 0, Place::Flow);
    }
    out.push(']');
}

fn key(out: &mut String, key: &Scalar) {
    let style = match key.style {
        ScalarStyle::Literal | ScalarStyle::Folded => Style::DoubleQuoted,
        style => style,
    };
    inline(out, &key.text, style, key.tag == Tag::Str, true);
}

fn scalar(out: &mut String, scalar: &Scalar, indent: usize, place: Place) {
    let text = &*scalar.text;
    let multiline = text.contains('\n');
    let block = match scalar.style {
        Style::Literal => Some('|'),
        Style::Folded => Some('>'),
        Style::Plain if multiline => Some('|'),
        _ => None,
    };
    if let Some(mark) = block.filter(|_| place != Place::Flow && analyze(text).block) {
        blank(out, place);
        block_scalar(out, text, mark, indent);
        return;
    }
    // An empty plain value leaves nothing behind the colon.
    if text.is_empty() && scalar.style == Style::Plain && place != Place::Flow && scalar.tag != Tag::Str {
        return;
    }
    blank(out, place);
    let style = if block.is_some() { Style::DoubleQuoted } else { scalar.style };
    inline(out, text, style, scalar.tag == Tag::Str, place == Place::Flow);
}

/// `in_flow` also for keys: what is special in flow collections needs quotes.
fn inline(out: &mut String, text: &str, style: Style, string: bool, in_flow: bool) {
    let form = analyze(text);
    let special = in_flow && text.contains([',', '?', '[', ']', '{', '}']) && style == Style::Plain;
    match style {
        Style::Plain if string && tag_of_plain(text) != Tag::Str => out.push_str(&yaml::quoted(text)),
        Style::Plain if form.plain && !special && !text.contains('\t') => out.push_str(text),
        Style::Plain | Style::SingleQuoted if form.single && !text.contains(['\t', '\n']) => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
        _ => out.push_str(&yaml::quoted(text)),
    }
}

fn block_scalar(out: &mut String, text: &str, mark: char, indent: usize) {
    out.push(mark);
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    if !text.ends_with('\n') {
        out.push('-');
    } else if text.ends_with("\n\n") || text == "\n" {
        out.push('+');
    }
    let indent = indent.max(2);
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines: Vec<&str> = body.split('\n').collect();
    for (n, line) in lines.iter().enumerate() {
        out.push('\n');
        // A folded text needs an empty line for every line break.
        if mark == '>'
            && n > 0
            && !line.is_empty()
            && !lines[n - 1].is_empty()
            && !lines[n - 1].starts_with(' ')
        {
            out.push('\n');
        }
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

//! How encrypted text stands in for a scalar, and how the scalar comes back: an `ENC[…]` is written in the style of what
//! it replaces, so that decrypting gives the same bytes.
//!
//! One swap makes this exact for words like `yes`, which are text to sops but booleans to others: a plain `yes` is
//! carried by a single-quoted `'ENC[…]'`, a quoted `'yes'` by a plain one. sops itself writes every value plain, and a
//! word of that kind then comes back in quotes, which is safe for every reader.

use yaml::{Kind as NodeKind, Node, ScalarStyle, Span};
use zeroize::Zeroizing;

use crate::block::Layout;
use crate::cipher::{Kind, Sealed};
use crate::format::Format;
use crate::go_emit::{
    is_ambiguous, is_printable, is_text, literal_header, literal_lines, plain_fits, single_quoted,
};
use crate::splice::Splices;
use crate::value::Scalar;
use crate::walk::Leaf;
use crate::{Error, Result};
use yaml::Dialect::GoYamlV3;

/// Puts the encrypted text in the place of a scalar.
pub(crate) fn carry(leaf: &Leaf, source: &str, value: &Scalar, enc: &str, format: Format, out: &mut Splices) {
    let node = leaf.node;
    match format {
        Format::Yaml => {}
        Format::Dotenv => return out.replace(node.span, enc),
        _ => return out.replace(node.span, format!("\"{enc}\"")),
    }
    if let Some(tag) = &node.tag {
        // An explicit tag would be applied to the encrypted text.
        let after = &source[tag.span.end..];
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        out.delete(Span::new(tag.span.start, tag.span.end + blanks));
    }
    let NodeKind::Scalar(text, style) = &node.kind else { return };
    let swapped = matches!(value, Scalar::Str(text) if !leaf.flow && is_swapped(text));
    let is_str = matches!(value, Scalar::Str(_)) && node.tag.is_none();
    let carried = match style {
        ScalarStyle::Literal | ScalarStyle::Folded => return carry_block(node, text, source, enc, out),
        _ if leaf.flow && (*style == ScalarStyle::Plain || !is_str) => format!("\"{enc}\""),
        _ if !is_str => enc.to_owned(),
        ScalarStyle::Plain if swapped => format!("'{enc}'"),
        ScalarStyle::SingleQuoted if swapped => enc.to_owned(),
        ScalarStyle::Plain => enc.to_owned(),
        ScalarStyle::SingleQuoted => format!("'{enc}'"),
        ScalarStyle::DoubleQuoted => format!("\"{enc}\""),
    };
    out.replace(node.span, carried);
}

fn carry_block(node: &Node, text: &str, source: &str, enc: &str, out: &mut Splices) {
    let Some(block) = Block::of(node, source) else {
        return out.replace(block_header(node, source), format!("\"{enc}\""));
    };
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let first = |text: &str| text.lines().find(|line| !line.trim().is_empty()).map(blanks);
    let Some((written, own)) = first(block.body(source)).zip(first(text)) else {
        return block.replace(format!("\"{enc}\""), out);
    };
    let pad = " ".repeat(written.saturating_sub(own).max(1));
    out.replace(block.body, format!("{pad}{enc}"));
}

/// Puts a decrypted value in the place of its encrypted text. `step` is the indentation to use for new blocks, `eol`
/// the text's line break.
///
/// # Errors
/// `sops/value` where the format has no way to write the value.
pub(crate) fn restore(
    leaf: &Leaf,
    source: &str,
    opened: &Opened,
    layout: Layout,
    out: &mut Splices,
) -> Result<()> {
    let node = leaf.node;
    let text = match layout.format {
        Format::Yaml => {
            restore_yaml(leaf, source, opened, layout, out);
            return Ok(());
        }
        Format::Dotenv => opened.value.canonical().replace('\n', "\\n"),
        _ => opened.value.to_json(opened.plain).ok_or_else(|| {
            Error::new("sops/value", format!("the number at {} cannot be written in JSON", leaf.path()))
                .at(node.span)
        })?,
    };
    out.replace(node.span, text);
    Ok(())
}

fn restore_yaml(leaf: &Leaf, source: &str, opened: &Opened, layout: Layout, out: &mut Splices) {
    let node = leaf.node;
    let NodeKind::Scalar(_, style) = &node.kind else { return };
    let block = Block::of(node, source);
    let text = match (opened.value, style) {
        (Scalar::Str(text), ScalarStyle::Literal | ScalarStyle::Folded) => {
            if let Some(block) = &block
                && let Some(lines) = block.lines(text, opened.sealed.rest, *style, source)
            {
                return out.replace(block.body, lines.join(layout.eol));
            }
            yaml::quoted(text)
        }
        (Scalar::Str(text), style) => {
            // A comment behind it would become a part of a block.
            let alone = source[node.span.end..].lines().next().is_none_or(|rest| rest.trim().is_empty());
            restore_text(text, *style, leaf, layout, alone)
        }
        (value, _) => value.to_plain(opened.plain),
    };
    match (style, block) {
        (ScalarStyle::Literal | ScalarStyle::Folded, Some(block)) => block.replace(text, out),
        (ScalarStyle::Literal | ScalarStyle::Folded, None) => out.replace(block_header(node, source), text),
        _ => out.replace(node.span, text),
    }
}

/// A value that was opened.
pub(crate) struct Opened<'o> {
    pub(crate) sealed: &'o Sealed<'o>,
    pub(crate) value: &'o Scalar,
    pub(crate) plain: &'o Zeroizing<String>,
}

/// Plain text that some reader takes for something else, or (with a tab) not at all.
fn is_swapped(text: &str) -> bool {
    plain_fits(text) && (is_ambiguous(text) || text.contains('\t'))
}

/// `alone` says whether nothing else stands on its line, so that a block may begin there.
fn restore_text(text: &str, style: ScalarStyle, leaf: &Leaf, layout: Layout, alone: bool) -> String {
    let one_line = || text.chars().all(|c| is_printable(c) || c == '\t');
    let swapped = !leaf.flow && is_swapped(text);
    match style {
        ScalarStyle::SingleQuoted if swapped => text.to_owned(),
        ScalarStyle::SingleQuoted if one_line() => single_quoted(text),
        ScalarStyle::Plain if swapped => single_quoted(text),
        ScalarStyle::Plain if !is_text(text, GoYamlV3) => yaml::quoted(text),
        ScalarStyle::Plain if plain_fits(text) && !leaf.flow => text.to_owned(),
        ScalarStyle::Plain if text.contains('\n') && !leaf.flow && alone => {
            new_block(text, leaf.column, layout)
        }
        ScalarStyle::Plain if one_line() && !text.contains('\t') => single_quoted(text),
        _ => yaml::quoted(text),
    }
}

/// A literal block below a key or dash at `column`, where it can hold the text.
fn new_block(text: &str, column: usize, layout: Layout) -> String {
    let Some(lines) = literal_lines(text).filter(|_| !text.ends_with("\n\n")) else {
        return yaml::quoted(text);
    };
    let mut out = literal_header(text).to_owned();
    for line in lines {
        out.push_str(layout.eol);
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', column + layout.step));
            out.push_str(line);
        }
    }
    out
}

/// The lines of a block scalar below its header.
struct Block {
    /// From the begin of the first line to the end of the last that is not blank.
    body: Span,
    /// `|`, `>-` and the like.
    header: Span,
    /// End of the header line, before its line break.
    header_end: usize,
}

impl Block {
    /// None when nothing stands below the header.
    fn of(node: &Node, source: &str) -> Option<Self> {
        let text = &source[node.span.range()];
        let at = text.find('\n').filter(|_| text.starts_with(['|', '>']))?;
        let header_end = node.span.start + text[..at].trim_end_matches('\r').len();
        let body = Span::new(node.span.start + at + 1, node.span.end);
        Some(Self { body, header: block_header(node, source), header_end })
    }

    fn body<'s>(&self, source: &'s str) -> &'s str {
        &source[self.body.range()]
    }

    /// Replaces the whole scalar; a comment behind the header stays.
    fn replace(&self, text: String, out: &mut Splices) {
        out.replace(self.header, text);
        out.delete(Span::new(self.header_end, self.body.end));
    }

    /// The lines that make the block hold `text`, given what follows the encrypted text in it (line breaks that the
    /// header's chomping and the blank lines below make); none when it cannot.
    fn lines(&self, text: &str, rest: &str, style: ScalarStyle, source: &str) -> Option<Vec<String>> {
        let header = &source[self.header.range()];
        let (keeps, indicated) = (header.contains('+'), header.contains(|c: char| c.is_ascii_digit()));
        let body = text.strip_suffix(rest)?;
        let line = self.body(source);
        let pad = &line[..line.len() - line.trim_start_matches(' ').len()];
        let first = body.split('\n').find(|line| !line.is_empty())?;
        let blocked = (body.ends_with('\n') && !keeps)
            || (first.starts_with(' ') && !indicated)
            || !body.chars().all(|c| c == '\n' || c == '\t' || is_printable(c));
        if blocked {
            return None;
        }
        let lines = if style == ScalarStyle::Folded { unfold(body)? } else { body.split('\n').collect() };
        Some(
            lines
                .into_iter()
                .map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") })
                .collect(),
        )
    }
}

/// The lines of a folded block for a text, one for each of its lines; none where folding has finer rules.
fn unfold(body: &str) -> Option<Vec<&str>> {
    let mut lines = Vec::new();
    for (index, line) in body.split('\n').enumerate() {
        if line.starts_with([' ', '\t']) || (index == 0 && line.is_empty()) {
            return None;
        }
        // A line break between two lines of text is a blank line in the block.
        if index > 0 && !line.is_empty() {
            lines.push("");
        }
        lines.push(line);
    }
    Some(lines)
}

/// `|`, `>-` and the like.
fn block_header(node: &Node, source: &str) -> Span {
    let text = &source[node.span.range()];
    let length = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    Span::new(node.span.start, node.span.start + length)
}

/// Whether the text is written as it stands in a flow collection, for copies of aliased values.
pub(crate) fn flow_copy(node: &Node, kind: Option<Kind>, value: &Scalar, source: &str) -> String {
    match (kind, value) {
        (_, Scalar::Str(text)) => yaml::quoted(text),
        (None, _) => "null".to_owned(),
        (Some(_), value) => value.to_plain(source[node.span.range()].trim()),
    }
}

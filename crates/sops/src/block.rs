//! Where the `sops` block stands in a file of each format: behind the last line of every YAML document, as the last entry
//! of a JSON object or flow mapping, in lines of its own in dotenv. It is added, taken out and replaced by splices.

use yaml::{Document, Node, Pair, Span};

use crate::format::Format;
use crate::metadata::{KEY, Metadata};
use crate::splice::{Splices, Wiped};
use crate::walk::column;
use crate::{dotenv, json};

/// The entries of a document's root that make up its block: at most one, but many in dotenv.
pub(crate) fn entries(root: &Node, format: Format) -> Vec<&Pair> {
    match format {
        Format::Dotenv => {
            root.as_mapping().unwrap_or_default().iter().filter(|pair| belongs(pair, format)).collect()
        }
        _ => root.pair(KEY).into_iter().collect(),
    }
}

fn belongs(pair: &Pair, format: Format) -> bool {
    pair.key.as_str().is_some_and(|key| is_key(key, format))
}

/// Whether a root's key is the block's.
pub(crate) fn is_key(key: &str, format: Format) -> bool {
    match format {
        Format::Dotenv => key.starts_with(dotenv::PREFIX),
        _ => key == KEY,
    }
}

/// How a text is laid out.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// Indentation of nested blocks, as the sops block shows it.
    pub(crate) step: usize,
    /// The text's line break.
    pub(crate) eol: &'static str,
    pub(crate) format: Format,
    /// Whether it is all of a text, not a piece of one.
    pub(crate) is_whole: bool,
}

/// The layout of a text.
pub(crate) fn layout(text: &str, stream: &Wiped) -> Layout {
    let eol = match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') && stream.format != Format::Dotenv => "\r\n",
        _ => "\n",
    };
    let block = stream.documents.first().and_then(|first| first.root.pair(KEY));
    let step = block.map_or(2, |pair| {
        let column = |at| column(text, at);
        column(pair.value.span.start).saturating_sub(column(pair.key.span.start))
    });
    Layout { step: step.clamp(2, 9), eol, format: stream.format, is_whole: true }
}

/// Puts the block behind the last line of every document. A text without a line break at its end keeps having none.
pub(crate) fn append(text: &str, stream: &Wiped, metadata: &Metadata, indent: usize, out: &mut Splices) {
    for (index, document) in stream.documents.iter().enumerate() {
        let limit = stream.documents.get(index + 1).map_or(text.len(), |next| next.span.start);
        match stream.format {
            Format::Json | Format::Binary => append_entry(text, &document.root, metadata, out),
            Format::Dotenv => {
                let begins = text.is_empty() || text.ends_with('\n');
                out.insert(text.len(), lines(begins, &dotenv::lines(&metadata.to_value()), "\n"));
            }
            _ if document.root.flow => append_flow(text, &document.root, metadata, out),
            _ => append_lines(text, stream, document, limit, metadata, indent, out),
        }
    }
}

fn append_lines(
    text: &str,
    stream: &Wiped,
    document: &Document,
    limit: usize,
    metadata: &Metadata,
    indent: usize,
    out: &mut Splices,
) {
    let root = &document.root;
    let at = end_of_content(text, root.span.end.max(document.span.start), limit);
    let pad = " ".repeat(if root.is_missing() { 0 } else { column(text, root.span.start) });
    let block: Vec<_> = metadata.to_block(indent).into_iter().map(|line| format!("{pad}{line}")).collect();
    let begins = at == 0 || text[..at].ends_with(['\n', '\r']);
    out.insert(at, lines(begins, &block, layout(text, stream).eol));
}

/// Lines to stand at a place where a line begins, or at the end of a text without a last line break.
fn lines(begins: bool, lines: &[String], eol: &str) -> String {
    let block = lines.join(eol);
    if begins { format!("{block}{eol}") } else { format!("{eol}{block}") }
}

/// Where the lines of a document end: before `...`, the next document's `---` or directives, or the end of the text.
fn end_of_content(text: &str, from: usize, limit: usize) -> usize {
    let mut at = from;
    while at < limit {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        let line_start = at == 0 || text[..at].ends_with('\n');
        let line = &text[at..end];
        let marker = |mark: &str| {
            line.strip_prefix(mark).is_some_and(|rest| rest.trim_start() != rest || rest.is_empty())
        };
        let own_start = at == from && marker("---");
        if line_start && !own_start && (marker("...") || marker("---") || line.starts_with('%')) {
            return at;
        }
        at = end;
    }
    at.min(text.len())
}

fn append_flow(text: &str, root: &Node, metadata: &Metadata, out: &mut Splices) {
    let last = root.as_mapping().and_then(<[Pair]>::last);
    match last.map(|last| (entry_end(text, last), last.value.is_missing())) {
        // `:,` would be a part of the key.
        Some((end, true)) => out.insert(end, format!(" , {}", metadata.to_flow())),
        Some((end, false)) => out.insert(end, format!(", {}", metadata.to_flow())),
        None => out.insert(root.span.end - 1, metadata.to_flow()),
    }
}

/// In lines of its own where the last entry has one, with the indentation that it shows.
fn append_entry(text: &str, root: &Node, metadata: &Metadata, out: &mut Splices) {
    let Some(end) = last_end(root) else { return out.insert(root.span.end - 1, entry(metadata, None)) };
    let last = root.as_mapping().and_then(<[Pair]>::last);
    let pad = last.and_then(|last| own_line(text, last.key.span.start));
    let lead = pad.map_or(" ".to_owned(), |(eol, pad)| format!("{eol}{pad}"));
    out.insert(end, format!(",{lead}{}", entry(metadata, pad)));
}

/// The block as an entry of a JSON object: in lines with this indentation, or in one.
fn entry(metadata: &Metadata, lines: Option<(&str, &str)>) -> String {
    format!("\"{KEY}\": {}", json::write(&metadata.to_value(), lines))
}

/// The line break and blanks before an offset, where nothing else stands before it on its line.
fn own_line(text: &str, at: usize) -> Option<(&str, &str)> {
    let line = text[..at].rfind('\n')? + 1;
    let eol = if text[..line].ends_with("\r\n") { "\r\n" } else { "\n" };
    Some(&text[line..at]).filter(|pad| pad.chars().all(|c| matches!(c, ' ' | '\t'))).map(|pad| (eol, pad))
}

fn last_end(root: &Node) -> Option<usize> {
    root.as_mapping()?.last().map(|last| last.value.span.end.max(last.key.span.end))
}

/// Where an entry in flow style ends: behind its colon where it has no value.
fn entry_end(text: &str, pair: &Pair) -> usize {
    let end = pair.key.span.end;
    if !pair.value.is_missing() || pair.value.tag.is_some() || pair.value.anchor.is_some() {
        return pair.value.span.end.max(end);
    }
    let rest = &text[end..];
    let colon = rest.len() - rest.trim_start().len();
    if rest[colon..].starts_with(':') { end + colon + 1 } else { end }
}

/// Takes every block out: whole lines in block style, an entry with its comma in flow style.
pub(crate) fn remove(text: &str, stream: &Wiped, layout: Layout, out: &mut Splices) {
    for document in &stream.documents {
        let entries = entries(&document.root, stream.format);
        match (stream.format, entries.first()) {
            (_, None) => {}
            (Format::Dotenv, _) => runs(text, &entries).for_each(|run| out.delete(whole_lines(text, run))),
            (_, Some(pair)) if document.root.flow => remove_entry(text, &document.root, pair, out),
            (_, Some(pair)) => {
                let span = Span::new(pair.key.span.start, pair.value.span.end.max(pair.key.span.end));
                let lines = whole_lines(text, span);
                if layout.is_whole && is_empty_mapping(stream, entries.len()) {
                    let below = !text[lines.range()].ends_with('\n') && lines.start < span.start;
                    let (before, behind) = if below { (layout.eol, "") } else { ("", layout.eol) };
                    out.replace(lines, format!("{before}{{}}{behind}"));
                } else {
                    out.delete(lines);
                }
            }
        }
    }
}

/// Whether the block is all that an only document holds, as sops writes what was `{}`. Ours puts a block behind nothing
/// only where a `---` stands above it.
fn is_empty_mapping(stream: &Wiped, blocks: usize) -> bool {
    let [document] = stream.documents.as_slice() else { return false };
    let all = document.root.as_mapping().map_or(0, <[Pair]>::len);
    stream.format == Format::Yaml && !document.explicit_start && all == blocks
}

/// The places of entries that stand on lines one below the other, each run as one.
fn runs<'e>(text: &'e str, entries: &'e [&Pair]) -> impl Iterator<Item = Span> + 'e {
    let next = |text: &str, end: usize, pair: &Pair| text[end..pair.key.span.start] == *"\n";
    let mut rest = entries.iter();
    let mut open: Option<Span> = None;
    std::iter::from_fn(move || {
        for pair in rest.by_ref() {
            let span = Span::new(pair.key.span.start, pair.value.span.end);
            match open {
                Some(run) if next(text, run.end, pair) => open = Some(Span::new(run.start, span.end)),
                Some(run) => {
                    open = Some(span);
                    return Some(run);
                }
                None => open = Some(span),
            }
        }
        open.take()
    })
}

/// The lines of a place. At the end of a text without a last line break, the one before them goes instead.
fn whole_lines(text: &str, place: Span) -> Span {
    // A line of a text with line breaks of old, `\r` alone, may stand above.
    let start = text[..place.start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    // A byte order mark is not part of the line.
    let start = if text[start..].starts_with('\u{feff}') { start + '\u{feff}'.len_utf8() } else { start };
    if let Some(at) = text[place.end..].find('\n') {
        return Span::new(start, place.end + at + 1);
    }
    let before = &text[..start];
    let before = before.strip_suffix('\n').map_or(before, |b| b.strip_suffix('\r').unwrap_or(b));
    Span::new(before.len(), text.len())
}

fn remove_entry(text: &str, root: &Node, pair: &Pair, out: &mut Splices) {
    let end = pair.value.span.end;
    let pairs = root.as_mapping().unwrap_or_default().iter();
    let previous = pairs.map(|p| entry_end(text, p)).rfind(|e| *e <= pair.key.span.start);
    let start = previous.unwrap_or(pair.key.span.start);
    out.delete(Span::new(start, end));
    if previous.is_none() {
        // The only entry, or the first: its comma goes too.
        let after = &text[end..];
        let comma = after.len() - after.trim_start().len();
        if after[comma..].starts_with(',') {
            out.delete(Span::new(end, end + comma + 1));
        }
    }
}

/// Writes another block in the place of the one that is there.
pub(crate) fn replace(text: &str, stream: &Wiped, metadata: &Metadata, out: &mut Splices) {
    let layout = layout(text, stream);
    for document in &stream.documents {
        let entries = entries(&document.root, stream.format);
        let Some(first) = entries.first() else { continue };
        let span = Span::new(first.key.span.start, first.value.span.end);
        match stream.format {
            Format::Dotenv => replace_lines(text, &entries, metadata, out),
            Format::Json | Format::Binary => out.replace(span, entry(metadata, own_line(text, span.start))),
            _ if document.root.flow => out.replace(span, metadata.to_flow()),
            _ => {
                let separator = format!("{}{}", layout.eol, " ".repeat(column(text, span.start)));
                out.replace(span, metadata.to_block(layout.step).join(&separator));
            }
        }
    }
}

fn replace_lines(text: &str, entries: &[&Pair], metadata: &Metadata, out: &mut Splices) {
    let block = dotenv::lines(&metadata.to_value()).join("\n");
    for (number, run) in runs(text, entries).enumerate() {
        if number == 0 {
            out.replace(run, block.clone());
        } else {
            out.delete(whole_lines(text, run));
        }
    }
}

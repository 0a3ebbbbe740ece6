//! Where a YAML text may be cut: at the begin of a line with an entry of a block collection that has an earlier entry,
//! right below a line that is neither blank nor a comment, so that no comment stands at a cut. The `sops` block stays whole.

use super::Piece;
use crate::metadata::KEY;

/// A block collection that is open: where it stands, and what opens its last entry.
enum Open<'t> {
    Key(usize, &'t str),
    Dash(usize),
    /// An entry whose key is not plain to see: nothing below it is cut.
    Opaque(usize),
}

impl Open<'_> {
    fn column(&self) -> usize {
        match self {
            Self::Key(column, _) | Self::Dash(column) | Self::Opaque(column) => *column,
        }
    }
}

/// The pieces; none for several documents and directives.
pub(super) fn cut(text: &str, size: usize) -> Option<Vec<Piece>> {
    if text.starts_with('\u{feff}') || !text.ends_with('\n') {
        return None;
    }
    let mut cutter = Cutter {
        eol: if text[..text.find('\n')?].ends_with('\r') { "\r\n" } else { "\n" },
        size,
        pieces: Vec::new(),
        start: (0, String::new(), 0),
        open: Vec::new(),
        value: None,
        below_content: false,
    };
    let mut at = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        if !cutter.line(&text[at..=end], at)? {
            break;
        }
        at = end + 1;
    }
    cutter.end(text.len());
    Some(cutter.pieces)
}

struct Cutter<'t> {
    eol: &'static str,
    size: usize,
    pieces: Vec<Piece>,
    /// Where the piece begins that is not ended yet, its header and depth.
    start: (usize, String, usize),
    open: Vec<Open<'t>>,
    /// Column of an entry whose value began on its line: what stands right of it is no entry.
    value: Option<usize>,
    /// Whether the line before holds neither nothing nor a comment.
    below_content: bool,
}

impl<'t> Cutter<'t> {
    /// Looks at one line; false when nothing behind it may be cut, none when the text may not be cut at all.
    fn line(&mut self, line: &'t str, at: usize) -> Option<bool> {
        let content = line.trim_start_matches(' ');
        let column = line.len() - content.len();
        let solid = !content.trim().is_empty() && !content.starts_with('#');
        let below_content = std::mem::replace(&mut self.below_content, solid);
        if !solid || self.value.is_some_and(|value| column > value) {
            return Some(true);
        }
        self.value = None;
        if column == 0 && (line.starts_with(['%']) || line.starts_with("---") || line.starts_with("...")) {
            return (self.open.is_empty() && at == 0 && line.trim_end() == "---").then_some(true);
        }
        while self.open.last().is_some_and(|last| last.column() > column) {
            self.open.pop();
        }
        let item = dash(content);
        if item.is_none() {
            // A key ends a list whose dashes stand in its column.
            self.open.pop_if(|last| matches!(last, Open::Dash(at) if *at == column));
        }
        let key = key(content);
        let at_root = self.open.len() <= 1 && self.open.first().is_none_or(|root| root.column() == column);
        if at_root && key.is_some_and(|(key, _)| key.trim_matches(['"', '\'']) == KEY) {
            return Some(false);
        }
        let follows = match self.open.last() {
            Some(Open::Dash(before)) => *before == column && item.is_some(),
            Some(Open::Key(before, _) | Open::Opaque(before)) => *before == column && key.is_some(),
            None => false,
        };
        if follows && below_content && at - self.start.0 >= self.size {
            self.cut(at);
        }
        match item {
            Some(_) => self.enter_list(content, column),
            None => self.enter(key, column),
        }
        Some(true)
    }

    /// Ends a piece here, unless what is around cannot be opened again.
    fn cut(&mut self, at: usize) {
        let around = &self.open[..self.open.len() - 1];
        let mut header = String::new();
        for open in around {
            header.extend(std::iter::repeat_n(' ', open.column()));
            match open {
                Open::Key(_, key) => header.extend([key, ":", self.eol]),
                Open::Dash(_) => header.extend(["-", self.eol]),
                Open::Opaque(_) => return,
            }
        }
        let depth = around.len();
        self.end(at);
        self.start = (at, header, depth);
    }

    fn end(&mut self, at: usize) {
        let (start, header, depth) = std::mem::take(&mut self.start);
        self.pieces.push(Piece { header, range: start..at, between: "", footer: String::new(), depth });
    }

    /// What a line that begins with a dash opens.
    fn enter_list(&mut self, content: &'t str, column: usize) {
        let (mut rest, mut column) = (content, column);
        while let Some(after) = dash(rest) {
            if !matches!(self.open.last(), Some(Open::Dash(before)) if *before == column) {
                self.open.push(Open::Dash(column));
            }
            self.value = has_value(after).then_some(column);
            column += rest.len() - after.len();
            rest = after;
        }
        self.enter(key(rest), column);
    }

    /// What a line opens, given its key.
    fn enter(&mut self, key: Option<(&'t str, &'t str)>, column: usize) {
        let (open, value) = match key {
            Some((key, value)) => (Open::Key(column, key), value),
            // Some other line: of a scalar or a flow collection, or an entry of a rarer kind.
            None if self.open.last().is_some_and(|last| last.column() == column) => {
                (Open::Opaque(column), "")
            }
            None => return,
        };
        self.open.pop_if(|last| !matches!(last, Open::Dash(_)) && last.column() == column);
        self.open.push(open);
        self.value = has_value(value).then_some(column);
    }
}

/// What stands behind a dash and its blanks.
fn dash(content: &str) -> Option<&str> {
    let after = content.strip_prefix('-')?;
    after.starts_with([' ', '\n', '\r']).then(|| after.trim_start_matches(' '))
}

/// A key as it is written, and what stands behind its colon.
fn key(content: &str) -> Option<(&str, &str)> {
    let end = match content.as_bytes().first()? {
        quote @ (b'"' | b'\'') => {
            let length = content[1..].find(char::from(*quote))?;
            if content[1..=length].contains('\\') {
                return None;
            }
            length + 2
        }
        first if first.is_ascii_alphanumeric() || b"_./".contains(first) => {
            let mut from = 0;
            loop {
                let colon = from + memchr::memchr(b':', &content.as_bytes()[from..])?;
                if content[colon + 1..].starts_with([' ', '\n', '\r']) {
                    break colon;
                }
                from = colon + 1;
            }
        }
        _ => return None,
    };
    let key = content[..end].trim_end();
    let after = content[end..].trim_start_matches(' ').strip_prefix(':')?;
    let plain = key.starts_with(['"', '\'']) || !key.contains('#') || !key.contains(" #");
    (plain && after.starts_with([' ', '\n', '\r'])).then(|| (key, after.trim_start_matches(' ')))
}

/// Whether a value stands on its entry's line, or begins there: what is indented below it is its own.
fn has_value(text: &str) -> bool {
    if text.starts_with(|first: char| first.is_ascii_graphic() && !matches!(first, '!' | '&' | '#')) {
        return true;
    }
    let mut words = text.split_whitespace().skip_while(|word| word.starts_with(['!', '&']));
    words.next().is_some_and(|word| !word.starts_with('#'))
}

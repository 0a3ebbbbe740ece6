//! The outer lexer: text, tags, comments and raw blocks, with Jinja2's whitespace rules
//! (`jinja2/lexer.py` of 3.1: `Lexer.tokeniter` and the rules it runs).

use std::ops::Range;

use super::FrontError;
use super::tokens::{Token, TokenKind, next_token};
use crate::Syntax;

/// A piece of a template that is left when comments and raw tags are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text that is printed as it stands.
    Data(Range<usize>),
    /// What stands inside a block tag.
    Block(Range<usize>),
    /// What stands inside a printed expression.
    Variable(Range<usize>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Variable,
    LineStatement,
    LineComment,
    Comment,
    Block,
}

/// Splits a template into its parts.
pub(crate) fn scan(source: &str, syntax: &Syntax) -> Result<Vec<Part>, FrontError> {
    let mut scanner =
        Scanner { source, syntax, at: 0, line_starting: true, parts: Vec::new(), ahead: [None; 5] };
    scanner.run()?;
    Ok(scanner.parts)
}

/// The place of a token that is not there.
const NOWHERE: usize = usize::MAX;

struct Scanner<'s> {
    source: &'s str,
    syntax: &'s Syntax,
    at: usize,
    /// Whether what was read last ended a line.
    line_starting: bool,
    parts: Vec<Part>,
    /// For each start token where it stands next, once it was looked for ([`NOWHERE`] in no place): without this, a token that is
    /// nowhere would be looked for in all the rest at every tag.
    ahead: [Option<usize>; 5],
}

/// A start marker that was found: where it begins and ends (sign included), and its sign.
struct Found {
    marker: Marker,
    start: usize,
    end: usize,
    sign: Option<u8>,
}

impl Scanner<'_> {
    fn run(&mut self) -> Result<(), FrontError> {
        while let Some(found) = self.find_marker() {
            let text = self.at..found.start;
            let strip = found.marker != Marker::Variable;
            if found.marker == Marker::Block
                && let Some(body) = self.raw_begin(found.start)
            {
                // A raw tag takes the sign before `raw` alone.
                self.text(text, found.sign, strip);
                self.raw(found.start, body)?;
                continue;
            }
            self.text(text, found.sign, strip);
            match found.marker {
                Marker::Comment => self.comment(&found)?,
                Marker::LineComment => {
                    let rest = &self.source[found.end..];
                    self.at = found.end + rest.find('\n').unwrap_or(rest.len());
                    self.line_starting = false;
                }
                Marker::Variable | Marker::Block | Marker::LineStatement => self.tag(&found)?,
            }
        }
        let rest = self.at..self.source.len();
        self.push_data(rest);
        Ok(())
    }

    fn push_data(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.parts.push(Part::Data(range));
        }
    }

    /// Keeps the text before a tag, without what the tag strips from it.
    fn text(&mut self, range: Range<usize>, sign: Option<u8>, strip: bool) {
        let text = &self.source[range.clone()];
        let mut end = range.end;
        if sign == Some(b'-') {
            end = range.start + text.trim_end_matches(is_space).len();
        } else if sign != Some(b'+') && self.syntax.lstrip_blocks && strip {
            let line = text.rfind('\n').map_or(0, |at| at + 1);
            if (line > 0 || self.line_starting) && text[line..].chars().all(is_space) {
                end = range.start + line;
            }
        }
        self.push_data(range.start..end);
    }

    /// The next start marker; of several at one place the longest wins.
    fn find_marker(&mut self) -> Option<Found> {
        let syntax = self.syntax;
        let tokens = [
            Some(&syntax.variable.0),
            Some(&syntax.comment.0),
            Some(&syntax.block.0),
            syntax.line_statement.as_ref(),
            syntax.line_comment.as_ref(),
        ];
        let next: [Option<usize>; 5] =
            std::array::from_fn(|which| tokens[which].and_then(|token| self.next(which, token)));
        let mut best: Option<(usize, usize, Marker, usize)> = None;
        let mut offer = |start: usize, len: usize, marker: Marker, end: usize| {
            let better = best.is_none_or(|(at, longest, ..)| start < at || (start == at && len > longest));
            if better {
                best = Some((start, len, marker, end));
            }
        };
        // In the order Jinja2 prefers them among equally long ones.
        for (which, marker) in [Marker::Variable, Marker::Comment, Marker::Block].into_iter().enumerate() {
            if let (Some(at), Some(token)) = (next[which], tokens[which]) {
                offer(at, token.len(), marker, at + token.len());
            }
        }
        if let Some(token) = &syntax.line_statement
            && next[3].is_some()
            && let Some((start, end)) = self.find_line_statement(token)
        {
            offer(start, token.len(), Marker::LineStatement, end);
        }
        if let Some(token) = &syntax.line_comment
            && let Some(at) = next[4]
        {
            let (start, end) = self.line_comment(at, token);
            offer(start, token.len(), Marker::LineComment, end);
        }
        let (start, _, marker, end) = best?;
        let sign = self.source.as_bytes().get(end).copied().filter(|sign| matches!(sign, b'-' | b'+'));
        Some(Found { marker, start, end: end + usize::from(sign.is_some()), sign })
    }

    /// `^[ \t\v]*` and the prefix: where the match begins and ends.
    fn find_line_statement(&self, token: &str) -> Option<(usize, usize)> {
        let mut from = self.at;
        while let Some(at) = find(self.source, token, from) {
            let line = self.source[..at].rfind('\n').map_or(0, |at| at + 1);
            if line >= self.at && self.source[line..at].chars().all(|c| matches!(c, ' ' | '\t' | '\u{b}')) {
                return Some((line, at + token.len()));
            }
            from = at + token.len().max(1);
        }
        None
    }

    /// The prefix at the start of a line or after a word, with the blanks before it.
    fn line_comment(&self, at: usize, token: &str) -> (usize, usize) {
        let before = &self.source[self.at..at];
        let start = self.at + before.trim_end_matches(|c: char| c.is_whitespace() && c != '\n').len();
        (start, at + token.len())
    }

    /// Where a start token stands next.
    fn next(&mut self, which: usize, token: &str) -> Option<usize> {
        let at = match self.ahead[which] {
            // What is nowhere is behind everything.
            Some(at) if at >= self.at => at,
            _ => *self.ahead[which].insert(find(self.source, token, self.at).unwrap_or(NOWHERE)),
        };
        (at != NOWHERE).then_some(at)
    }

    fn comment(&mut self, found: &Found) -> Result<(), FrontError> {
        let end = &self.syntax.comment.1;
        if found.end == self.source.len() {
            // Jinja2 lets a template end with the start of a comment.
            self.at = found.end;
            return Ok(());
        }
        let close = find(self.source, end, found.end)
            .ok_or_else(|| unclosed(found.start, "this comment is never closed", end))?;
        let sign = self.source.as_bytes()[..close].last().copied().filter(|_| close > found.end);
        self.after_end(close + end.len(), sign);
        Ok(())
    }

    /// Where reading goes on behind an end token, by the sign before it.
    fn after_end(&mut self, end: usize, sign: Option<u8>) {
        let rest = &self.source[end..];
        let skipped = match sign {
            Some(b'-') => rest.len() - rest.trim_start_matches(is_space).len(),
            Some(b'+') => 0,
            _ => usize::from(self.syntax.trim_blocks && rest.starts_with('\n')),
        };
        self.line_starting = rest[..skipped].ends_with('\n');
        self.at = end + skipped;
    }

    /// If the block tag at `start` begins a raw block: where its text begins.
    fn raw_begin(&self, start: usize) -> Option<usize> {
        let (rest, _) = sign_and_name(&self.source[start..], &self.syntax.block.0, "raw")?;
        let end = &self.syntax.block.1;
        let after = match rest.strip_prefix('-').and_then(|rest| rest.strip_prefix(end.as_str())) {
            Some(after) => after.trim_start_matches(is_space),
            None => rest.strip_prefix(end.as_str())?,
        };
        Some(self.source.len() - after.len())
    }

    fn raw(&mut self, start: usize, body: usize) -> Result<(), FrontError> {
        let (open, end) = (&self.syntax.block.0, &self.syntax.block.1);
        self.at = body;
        if body == self.source.len() {
            return Ok(());
        }
        self.line_starting = self.source[..body].ends_with('\n');
        let mut from = body;
        while let Some(at) = find(self.source, open, from) {
            if let Some((rest, sign)) = sign_and_name(&self.source[at..], open, "endraw") {
                let close = rest.as_bytes().first().copied().filter(|sign| matches!(sign, b'-' | b'+'));
                let behind = &rest[usize::from(close.is_some())..];
                if let Some(after) = behind.strip_prefix(end.as_str()) {
                    self.text(body..at, sign, true);
                    self.after_end(self.source.len() - after.len(), close);
                    return Ok(());
                }
            }
            from = at + open.len();
        }
        Err(unclosed(start, "this raw block is never closed", &format!("{open} endraw {end}")))
    }

    fn tag(&mut self, found: &Found) -> Result<(), FrontError> {
        let end = match found.marker {
            Marker::Variable => self.syntax.variable.1.as_str(),
            Marker::Block => self.syntax.block.1.as_str(),
            _ => "",
        };
        let mut depth = 0usize;
        let mut at = found.end;
        if let Some(inner_end) = self.plain_end(found, end) {
            return self.push_tag(found, inner_end);
        }
        loop {
            if depth == 0
                && let Some(inner_end) = self.tag_end(found.marker, at, end)
            {
                return self.push_tag(found, inner_end);
            }
            let Some(Token { kind, range }) = next_token(self.source, at) else {
                let end = if end.is_empty() { "a line break" } else { end };
                return Err(unclosed(found.start, "this tag is never closed", end));
            };
            match kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            at = range.end;
        }
    }

    fn push_tag(&mut self, found: &Found, inner_end: usize) -> Result<(), FrontError> {
        let inner = found.end..inner_end;
        if found.marker == Marker::Variable {
            self.parts.push(Part::Variable(inner));
            return Ok(());
        }
        refuse_raw(&self.source[inner.clone()], found.start)?;
        self.parts.push(Part::Block(inner));
        Ok(())
    }

    /// Where a tag ends that holds no more than names, numbers, dots and blanks, as most do: token by token one would come to
    /// the same place.
    fn plain_end(&mut self, found: &Found, end: &str) -> Option<usize> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b' ');
        // An end that could be part of a name is found token by token.
        let is_sign = end.bytes().next().is_some_and(|first| first.is_ascii() && !is_plain(first));
        if found.marker == Marker::LineStatement || !is_sign {
            return None;
        }
        let len = self.source.as_bytes()[found.end..].iter().take_while(|byte| is_plain(**byte)).count();
        self.tag_end(found.marker, found.end + len, end)
    }

    /// If a tag ends at `at`: where what is inside it ends. Reading goes on behind it.
    fn tag_end(&mut self, marker: Marker, at: usize, end: &str) -> Option<usize> {
        let rest = &self.source[at..];
        if marker == Marker::LineStatement {
            let blank = rest.len() - rest.trim_start_matches(is_space).len();
            let lines = rest[..blank].rfind('\n');
            if lines.is_none() && blank < rest.len() {
                return None;
            }
            // White space up to the end of the template goes with it.
            let ends = blank == rest.len();
            self.at = at + lines.filter(|_| !ends).map_or(blank, |line| line + 1);
            self.line_starting = lines.is_some();
            return Some(at);
        }
        let sign = rest.as_bytes().first().copied().filter(|sign| {
            (*sign == b'-' || (*sign == b'+' && marker == Marker::Block)) && rest[1..].starts_with(end)
        });
        if sign.is_none() && !rest.starts_with(end) {
            return None;
        }
        let close = at + usize::from(sign.is_some()) + end.len();
        if marker == Marker::Variable && sign.is_none() {
            self.at = close;
            self.line_starting = false;
        } else {
            self.after_end(close, sign);
        }
        Some(at)
    }
}

/// `raw` where it is not one: of a line statement, or with more words. The engine would take it for one.
fn refuse_raw(inner: &str, at: usize) -> Result<(), FrontError> {
    let text = inner.trim_start_matches(is_space);
    let word = &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())];
    if word != "raw" && word != "endraw" {
        return Ok(());
    }
    let help = "a raw block begins with a block tag that says raw alone".to_owned();
    Err(FrontError { at, message: "unknown statement raw", help })
}

/// `START[-+]? NAME`: what follows, and the sign.
fn sign_and_name<'s>(text: &'s str, start: &str, name: &str) -> Option<(&'s str, Option<u8>)> {
    let rest = text.strip_prefix(start)?;
    let sign = rest.as_bytes().first().copied().filter(|sign| matches!(sign, b'-' | b'+'));
    let rest = rest[usize::from(sign.is_some())..].trim_start_matches(is_space).strip_prefix(name)?;
    Some((rest.trim_start_matches(is_space), sign))
}

fn find(source: &str, token: &str, from: usize) -> Option<usize> {
    if token.is_empty() {
        return None;
    }
    memchr::memmem::find(source.as_bytes().get(from..)?, token.as_bytes()).map(|at| from + at)
}

/// Python's `\s` for text, and what `str.strip` takes away: more than Unicode's white space.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn unclosed(at: usize, message: &'static str, end: &str) -> FrontError {
    FrontError { at, message, help: format!("expected {end} behind it") }
}

//! The expressions of a text. They end where the peer's scanner ends them, which is not always where a shell would.

use std::borrow::Cow;
use std::ops::Range;

use super::operators::Operator;
use super::{Trouble, Why};

/// How deep expressions may stand in one another.
const MAX_DEPTH: usize = 100;

/// A piece of a text.
pub(super) enum Part<'t> {
    Text(Cow<'t, str>),
    Call(Call<'t>),
}

/// An expression.
pub(super) struct Call<'t> {
    pub(super) name: &'t str,
    pub(super) operator: Operator,
    pub(super) arguments: Vec<Part<'t>>,
    pub(super) at: Range<usize>,
}

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Where the expressions begin that are being read.
    open: Vec<usize>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, open: Vec::new() }
    }

    /// The next piece; none at the end.
    pub(super) fn next_part(&mut self) -> Result<Option<Part<'t>>, Trouble> {
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(None);
        }
        if rest.starts_with("${") {
            return self.call().map(|call| Some(Part::Call(call)));
        }
        // Up to the next expression; of two dollars in a row one is left, and begins nothing.
        let mut text = Cow::Borrowed("");
        while let Some(dollar) = self.rest().find('$') {
            let rest = self.rest();
            let (end, skip) = match rest.as_bytes().get(dollar + 1) {
                Some(b'{') => {
                    text += &rest[..dollar];
                    self.at += dollar;
                    return Ok(Some(Part::Text(text)));
                }
                Some(b'$') => (dollar + 1, 2),
                _ => (dollar + 1, 1),
            };
            text += &rest[..end];
            self.at += dollar + skip;
        }
        text += self.rest();
        self.at = self.text.len();
        Ok(Some(Part::Text(text)))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn trouble(&self, why: Why) -> Trouble {
        Trouble { why, at: self.open.last().copied().unwrap_or(self.at)..self.at }
    }

    /// An expression, with its `${`.
    fn call(&mut self) -> Result<Call<'t>, Trouble> {
        self.open.push(self.at);
        if self.open.len() > MAX_DEPTH {
            return Err(self.trouble(Why::Depth));
        }
        self.at += 2;
        let (name, operator, arguments) = self.inside()?;
        let start = self.open.pop().unwrap_or_default();
        Ok(Call { name, operator, arguments, at: start..self.at })
    }

    fn inside(&mut self) -> Result<(&'t str, Operator, Vec<Part<'t>>), Trouble> {
        if self.peek() == Some('#') {
            self.at += 1;
            let name = self.name();
            self.close(if name.is_empty() { None } else { Some('}') }, Why::Operator)?;
            return Ok((name, Operator::Length, Vec::new()));
        }
        let name = self.name();
        if name.is_empty() {
            return Err(self.trouble(Why::Name));
        }
        let (operator, arguments) = match self.peek() {
            Some(':') => self.colon()?,
            Some('=') => self.default(1)?,
            Some(',' | '^') => self.case()?,
            Some('/') => self.replace()?,
            Some(mark @ ('#' | '%')) => self.trim(mark)?,
            _ => {
                self.close(Some('}'), Why::Brace)?;
                (Operator::None, Vec::new())
            }
        };
        Ok((name, operator, arguments))
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Takes the closing brace.
    fn close(&mut self, brace: Option<char>, why: Why) -> Result<(), Trouble> {
        if brace.is_none() || self.peek() != brace {
            return Err(self.trouble(why));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes up to `most` of the same or other marks.
    fn marks(&mut self, marks: &[char], most: usize) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !marks.contains(&c)).unwrap_or(rest.len()).min(most);
        self.at += end;
        &rest[..end]
    }

    /// `:-default` and its relatives, or `:start:length`.
    fn colon(&mut self) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        match self.rest()[1..].chars().next() {
            Some('=' | '-' | '?' | '+') => self.default(2),
            Some(c) if c.is_ascii() => self.part(),
            _ => Err(self.trouble(Why::Operator)),
        }
    }

    fn default(&mut self, operator: usize) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        self.at += operator;
        let mut arguments = Vec::new();
        while self.peek() != Some('}') {
            arguments.push(self.argument(|c| c == '}', false)?);
        }
        self.close(Some('}'), Why::Default)?;
        Ok((Operator::Default, arguments))
    }

    fn part(&mut self) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        self.at += 1;
        let mut arguments = vec![self.argument(|c| matches!(c, ':' | '}'), false)?];
        if self.marks(&[':'], usize::MAX).is_empty() {
            self.close(Some('}'), Why::Operator)?;
        } else {
            arguments.push(self.argument(|c| c == '}', false)?);
            self.close(Some('}'), Why::Operator)?;
        }
        Ok((Operator::Part, arguments))
    }

    fn case(&mut self) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        let operator = match self.marks(&[',', '^'], 2) {
            "," => Operator::LowerFirst,
            ",," => Operator::Lower,
            "^" => Operator::UpperFirst,
            "^^" => Operator::Upper,
            _ => Operator::Default,
        };
        self.close(Some('}'), Why::Operator)?;
        Ok((operator, Vec::new()))
    }

    fn trim(&mut self, mark: char) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        let longest = self.marks(&[mark], 2).len() == 2;
        let argument = self.argument(|c| c == '}', false)?;
        self.close(Some('}'), Why::Operator)?;
        Ok((Operator::Trim { end: mark == '%', longest }, vec![argument]))
    }

    fn replace(&mut self) -> Result<(Operator, Vec<Part<'t>>), Trouble> {
        self.at += 1;
        let operator = match self.peek() {
            Some('/') => Operator::ReplaceAll,
            Some('#') => Operator::ReplaceStart,
            Some('%') => Operator::ReplaceEnd,
            _ => Operator::ReplaceFirst,
        };
        self.at += usize::from(operator != Operator::ReplaceFirst);
        let mut arguments = vec![self.argument(|c| c == '/', true)?];
        if self.marks(&['/'], usize::MAX).is_empty() {
            return Err(self.trouble(Why::Operator));
        }
        if self.peek() != Some('}') {
            arguments.push(self.argument(|c| c == '}', true)?);
        }
        self.close(Some('}'), Why::Operator)?;
        Ok((operator, arguments))
    }

    /// What stands behind an operator: an expression, or text up to the next one or to `end`. With `escapes`, `$$` is a
    /// dollar, `\/` a slash and `\\` a backslash.
    fn argument(&mut self, end: fn(char) -> bool, escapes: bool) -> Result<Part<'t>, Trouble> {
        if self.rest().starts_with("${") {
            return self.call().map(Part::Call);
        }
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let mut from = start;
        while let Some(c) = self.peek() {
            let rest = self.rest();
            if rest.starts_with("${") {
                break;
            }
            if escapes && ["$$", "\\/", "\\\\"].iter().any(|escape| rest.starts_with(escape)) {
                text += &self.text[from..self.at];
                from = self.at + 1;
                self.at += 2;
                continue;
            }
            if end(c) {
                break;
            }
            self.at += c.len_utf8();
        }
        if self.at == start {
            return Err(self.trouble(Why::Argument));
        }
        text += &self.text[from..self.at];
        Ok(Part::Text(text))
    }
}

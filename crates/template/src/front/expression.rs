//! The inner grammar, as far as operands must be known: finds `%`, list and dict literals and unary plus, and says
//! how to write them for the engine. It never fails: what it does not understand is left for the engine to report.
//!
//! Precedence is Jinja2 3.1's (`jinja2/parser.py`), from `parse_condexpr` down to `parse_primary`.

use std::ops::Range;

use super::edits::{Edit, Edits};
use super::strings;
use super::tokens::{self, Token, TokenKind, tokens};

/// Deeper nesting than this is left alone; the engine refuses it with a message.
const MAX_DEPTH: usize = 120;

/// What stands inside a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Expression,
    /// What is printed may be a tuple without parentheses.
    Printed,
    Statement(Place),
}

/// What the tags around a statement make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// It stands in a macro.
    pub(super) in_macro: bool,
    /// It is a `with` that `continue` or `break` leaves, or the end of one.
    pub(super) flat: bool,
    /// It begins a macro that takes any arguments.
    pub(super) open_ended: bool,
    /// The word that stands in the place of its own.
    pub(super) instead: Option<&'static str>,
}

/// The edits for what stands inside a tag, in order.
pub(super) fn edits(source: &str, inner: Range<usize>, inside: Inside, newline: &str) -> Vec<Edit> {
    if is_plain(&source[inner.clone()], inside) {
        return Vec::new();
    }
    finder(source, inner, inside, newline).edits.in_order()
}

/// What has found all edits.
fn finder<'s>(source: &'s str, inner: Range<usize>, inside: Inside, newline: &'s str) -> Finder<'s> {
    let mut finder = Finder {
        source,
        newline,
        tokens: tokens(source, inner.clone()),
        at: 0,
        depth: 0,
        too_deep: false,
        edits: Edits::default(),
    };
    finder.blanks(inner);
    if let Inside::Statement(place) = inside {
        finder.drop_colon();
        finder.statement(place);
    }
    finder.all();
    if inside == Inside::Printed {
        finder.bare_tuple();
    }
    finder.strings();
    finder
}

/// Whether this is what most tags hold and what nothing is to be done about: a name with attributes, or a condition of one.
fn is_plain(text: &str, inside: Inside) -> bool {
    let text = text.trim_matches(' ');
    match inside {
        Inside::Expression | Inside::Printed => tokens::is_dotted_name(text),
        Inside::Statement(Place { instead: Some(_), .. }) => false,
        Inside::Statement(_) => match text.split_once(' ') {
            None => matches!(text, "else" | "endif" | "endfor"),
            Some(("if" | "elif", condition)) => {
                let condition = condition.trim_start_matches(' ');
                tokens::is_dotted_name(condition.strip_prefix("not ").unwrap_or(condition))
            }
            Some(_) => false,
        },
    }
}

/// An expression as the engine is to read it.
pub(super) fn rewritten(source: &str, range: Range<usize>, newline: &str) -> String {
    let mut text = String::new();
    let mut from = range.start;
    for edit in edits(source, range.clone(), Inside::Expression, newline) {
        text.push_str(&source[from..edit.range.start]);
        text.push_str(&edit.text);
        from = edit.range.end;
    }
    text.push_str(&source[from..range.end]);
    text
}

pub(super) struct Finder<'s> {
    pub(super) source: &'s str,
    pub(super) newline: &'s str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    depth: usize,
    too_deep: bool,
    pub(super) edits: Edits,
}

/// The expression is not understood here.
pub(super) struct Lost;

pub(super) type Found = Result<(), Lost>;

impl Finder<'_> {
    /// `{% if x: %}` is allowed as in Python.
    fn drop_colon(&mut self) {
        if let Some(last) = self.tokens.last()
            && self.tokens.len() > 1
            && &self.source[last.range.clone()] == ":"
        {
            self.edits.add(last.range.clone(), " ");
            self.tokens.pop();
        }
    }

    /// `{{ 1, 2 }}` prints a tuple.
    fn bare_tuple(&mut self) {
        let (Some(first), Some(last)) = (self.tokens.first(), self.tokens.last()) else { return };
        let (start, end) = (first.range.start, last.range.end);
        let mut depth = 0_usize;
        let comma = self.tokens.iter().any(|token| {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && &self.source[token.range.clone()] == ","
        });
        if comma {
            self.open(start, "(");
            self.close(end, ")");
        }
    }

    /// White space that the engine does not know as such, as pasted text has it.
    fn blanks(&mut self, inner: Range<usize>) {
        let text = &self.source[inner.clone()];
        let odd = |byte: u8| byte >= 0x80 || matches!(byte, 0xb | 0xc | 0x1c..=0x1f);
        if !text.bytes().any(odd) {
            return;
        }
        let ends = self.tokens.iter().map(|token| token.range.end);
        let gaps: Vec<_> = std::iter::once(inner.start)
            .chain(ends)
            .zip(self.tokens.iter().map(|token| token.range.start).chain([inner.end]))
            .collect();
        for (start, end) in gaps {
            if self.source[start..end].bytes().any(odd) {
                for (at, c) in
                    self.source[start..end].char_indices().filter(|(_, c)| !c.is_ascii() || odd(*c as u8))
                {
                    self.edits.add(start + at..start + at + c.len_utf8(), " ");
                }
            }
        }
    }

    fn all(&mut self) {
        while self.at < self.tokens.len() {
            let before = self.at;
            let mark = self.edits.mark();
            if self.too_deep {
                // Nested beyond all reason: every further look would be as deep.
                return;
            }
            if self.expression().is_err() {
                // Edits of an expression that was not understood would not fit together.
                self.edits.back_to(mark);
                self.at = before;
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    fn strings(&mut self) {
        for token in &self.tokens {
            if token.kind == TokenKind::String
                && let Some(text) = strings::rewritten(&self.source[token.range.clone()], self.newline)
            {
                self.edits.add(token.range.clone(), text);
            }
        }
    }

    pub(super) fn text(&self) -> &str {
        self.tokens.get(self.at).map_or("", |token| &self.source[token.range.clone()])
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.text() == text && self.kind() != Some(TokenKind::String)
    }

    pub(super) fn skip(&mut self, text: &str) -> bool {
        let is = self.is(text);
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, text: &str) -> Found {
        if self.skip(text) { Ok(()) } else { Err(Lost) }
    }

    /// Where the operand that begins at the current token starts; where there is none any more, the end of the last one.
    pub(super) fn start(&self) -> usize {
        let last = || self.tokens.last().map_or(0, |token| token.range.end);
        self.tokens.get(self.at).map_or_else(last, |token| token.range.start)
    }

    /// Where the operand that ended before the current token ends.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.range.end)
    }

    pub(super) fn open(&mut self, at: usize, text: &str) {
        self.edits.open(at, text);
    }

    pub(super) fn close(&mut self, at: usize, text: &str) {
        self.edits.add(at..at, text);
    }

    pub(super) fn expression(&mut self) -> Found {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.too_deep = true;
            return Err(Lost);
        }
        let found = self.condition();
        self.depth -= 1;
        found
    }

    fn condition(&mut self) -> Found {
        self.either()?;
        while self.skip("if") {
            self.either()?;
            if self.skip("else") {
                self.expression()?;
            }
        }
        Ok(())
    }

    pub(super) fn either(&mut self) -> Found {
        self.both()?;
        while self.skip("or") {
            self.both()?;
        }
        Ok(())
    }

    fn both(&mut self) -> Found {
        self.negation()?;
        while self.skip("and") {
            self.negation()?;
        }
        Ok(())
    }

    fn negation(&mut self) -> Found {
        while self.skip("not") {}
        self.comparison()
    }

    /// `LEFT < RIGHT` becomes `((LEFT)|__lt(RIGHT))`, and the other orders and `in` likewise: the engine compares what
    /// Python does not. A chain of comparisons stays.
    fn comparison(&mut self) -> Found {
        let start = self.start();
        self.sum()?;
        let (mut count, mut only) = (0, None);
        while let Some((words, filter)) = self.comparing() {
            let operator = self.start()..self.tokens[self.at + words - 1].range.end;
            self.at += words;
            self.sum()?;
            count += 1;
            only = filter.map(|filter| (operator, filter));
        }
        if let (1, Some((operator, filter))) = (count, only) {
            self.open(start, "((");
            self.edits.add(operator, filter);
            let end = self.end();
            self.close(end, "))");
        }
        Ok(())
    }

    /// The comparison that stands here: how many tokens it has, and what is written for it.
    fn comparing(&self) -> Option<(usize, Option<&'static str>)> {
        if self.kind() == Some(TokenKind::String) {
            return None;
        }
        Some(match self.text() {
            "==" | "!=" => (1, None),
            "<" => (1, Some(")|__lt(")),
            "<=" => (1, Some(")|__le(")),
            ">" => (1, Some(")|__gt(")),
            ">=" => (1, Some(")|__ge(")),
            "in" => (1, Some(")|__in(")),
            "not" => {
                let next = self.tokens.get(self.at + 1)?;
                if &self.source[next.range.clone()] != "in" {
                    return None;
                }
                (2, Some(")|__not_in("))
            }
            _ => return None,
        })
    }

    /// `A + B` becomes `(A + B)|__own`, unless an operand says that it is no list: the engine's sum of two lists has
    /// no methods and cannot be changed.
    fn sum(&mut self) -> Found {
        let start = self.start();
        let (mut added, mut literal) = (false, self.is_literal());
        self.concatenation()?;
        while self.is("+") || self.is("-") {
            added |= self.is("+");
            self.at += 1;
            literal |= self.is_literal();
            self.concatenation()?;
        }
        if added && !literal {
            self.open(start, "(");
            let end = self.end();
            self.close(end, ")|__own");
        }
        Ok(())
    }

    /// Whether the current token is a text or a number.
    fn is_literal(&self) -> bool {
        matches!(self.kind(), Some(TokenKind::String | TokenKind::Number))
    }

    fn concatenation(&mut self) -> Found {
        self.product()?;
        while self.skip("~") {
            self.product()?;
        }
        Ok(())
    }

    /// `LEFT % RIGHT` becomes `(LEFT)|__mod(RIGHT)`, and `*` likewise: a filter call is an operand of the same rank.
    fn product(&mut self) -> Found {
        let start = self.start();
        self.power()?;
        loop {
            let filter = if self.is("%") {
                ")|__mod("
            } else if self.is("*") {
                ")|__mul("
            } else {
                ""
            };
            if !filter.is_empty() {
                let operator = self.tokens[self.at].range.clone();
                self.at += 1;
                self.power()?;
                self.open(start, "(");
                self.edits.add(operator, filter);
                let end = self.end();
                self.close(end, ")");
            } else if ["/", "//"].iter().any(|operator| self.skip(operator)) {
                self.power()?;
            } else {
                return Ok(());
            }
        }
    }

    fn power(&mut self) -> Found {
        self.unary()?;
        while self.skip("**") {
            self.unary()?;
        }
        Ok(())
    }

    /// `-X` becomes `((X)|__neg)` but for a number: a boolean is one for Python. `+` changes nothing.
    fn unary(&mut self) -> Found {
        let operand = self.start();
        let mut minus = Vec::new();
        let mut signs = 0;
        while self.is("+") || self.is("-") {
            let range = self.tokens[self.at].range.clone();
            if self.is("+") {
                self.edits.add(range, " ");
            } else {
                minus.push(range);
            }
            self.at += 1;
            signs += 1;
            if signs > MAX_DEPTH {
                return Err(Lost);
            }
        }
        let start = self.start();
        let is_number = self.kind() == Some(TokenKind::Number);
        self.primary()?;
        self.postfix(start)?;
        if !is_number {
            for range in minus {
                self.edits.add(range, " ");
                self.open(start, "((");
                let end = self.end();
                self.close(end, ")|__neg)");
            }
        }
        self.filters(operand)
    }

    fn primary(&mut self) -> Found {
        const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "is", "if", "else"];
        match self.kind() {
            Some(TokenKind::Name) if !KEYWORDS.contains(&self.text()) => self.at += 1,
            Some(TokenKind::Number) => self.at += 1,
            Some(TokenKind::String) => {
                while self.kind() == Some(TokenKind::String) {
                    self.at += 1;
                }
            }
            Some(TokenKind::Open) => return self.literal(),
            _ => return Err(Lost),
        }
        Ok(())
    }

    /// Parentheses and tuples stay; lists and dicts become objects of their own, as in Python.
    fn literal(&mut self) -> Found {
        let start = self.start();
        let (wrap, closing) = match self.text() {
            "[" => (Some("__list("), "]"),
            "{" => (Some("__dict("), "}"),
            _ => (None, ")"),
        };
        self.at += 1;
        while !self.is(closing) {
            self.expression()?;
            if self.skip(":") {
                self.expression()?;
            }
            if !self.skip(",") {
                break;
            }
        }
        self.expect(closing)?;
        if let Some(wrap) = wrap {
            self.open(start, wrap);
            let end = self.end();
            self.close(end, ")");
        }
        Ok(())
    }

    fn postfix(&mut self, start: usize) -> Found {
        loop {
            if self.skip(".") {
                self.at += 1;
            } else if self.is("[") {
                self.subscript(start)?;
            } else if self.is("(") {
                if &self.source[start..self.end()] == "loop" {
                    self.recursion()?;
                } else {
                    self.arguments()?;
                }
            } else {
                return Ok(());
            }
            if self.at > self.tokens.len() {
                return Err(Lost);
            }
        }
    }

    /// A slice `X[A:B:C]` becomes `(X|__slice(A,B,C))`, with `none` for what is left out; an index stays.
    fn subscript(&mut self, start: usize) -> Found {
        let open = self.tokens[self.at].range.clone();
        self.at += 1;
        let (mut colons, mut empty) = (Vec::new(), true);
        while !self.is("]") {
            if self.is(":") {
                let range = self.tokens[self.at].range.clone();
                colons.push((range, empty));
                self.at += 1;
                empty = true;
            } else {
                self.expression()?;
                self.skip(",");
                empty = false;
            }
        }
        let close = self.tokens[self.at].range.clone();
        self.at += 1;
        if colons.is_empty() {
            return Ok(());
        }
        self.open(start, "(");
        self.edits.add(open, "|__slice(");
        for (range, empty) in colons {
            self.edits.add(range, if empty { "none," } else { "," });
        }
        self.edits.add(close, if empty { "none))" } else { "))" });
        Ok(())
    }

    /// `loop(ITEMS)` runs the loop again, over what a loop may run over.
    fn recursion(&mut self) -> Found {
        self.at += 1;
        let start = self.start();
        self.expression()?;
        let end = self.end();
        self.open(start, "(");
        self.close(end, ")|__iter");
        self.expect(")")
    }

    fn arguments(&mut self) -> Found {
        self.expect("(")?;
        while !self.is(")") {
            let _ = self.skip("**") || self.skip("*");
            self.expression()?;
            if self.skip("=") {
                self.expression()?;
            }
            if !self.skip(",") {
                break;
            }
        }
        self.expect(")")
    }

    fn dotted_name(&mut self) -> Found {
        loop {
            if self.kind() != Some(TokenKind::Name) {
                return Err(Lost);
            }
            self.at += 1;
            if !self.skip(".") {
                return Ok(());
            }
        }
    }

    fn filters(&mut self, operand: usize) -> Found {
        loop {
            if self.skip("|") {
                self.dotted_name()?;
                if self.is("(") {
                    self.arguments()?;
                }
            } else if self.skip("is") {
                self.skip("not");
                self.dotted_name()?;
                if self.is("+") || self.is("-") {
                    // For the engine a sign would begin an argument of the test.
                    self.open(operand, "(");
                    let end = self.end();
                    self.close(end, ")");
                    continue;
                }
                let before = self.at;
                self.test_argument()?;
                if self.at == before && self.is("is") {
                    // Jinja2 refuses a test of a test; the engine does not know this sign.
                    let range = self.tokens[self.at].range.clone();
                    self.edits.add(range, ";");
                }
            } else {
                return Ok(());
            }
        }
    }

    fn test_argument(&mut self) -> Found {
        match self.kind() {
            Some(TokenKind::Open) if self.is("(") => self.arguments(),
            Some(TokenKind::Name)
                if ["else", "or", "and", "is", "if", "in", "not"].contains(&self.text()) =>
            {
                Ok(())
            }
            Some(TokenKind::Name | TokenKind::String | TokenKind::Number | TokenKind::Open) => {
                let start = self.start();
                self.primary()?;
                self.postfix(start)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(source: &str) -> String {
        super::super::rewrite_expression(source).text
    }

    #[test]
    fn modulo_takes_its_operands() {
        for (source, want) in [
            ("'%s' % x", "('%s' )|__mod( x)"),
            ("'%s-%s' % (a, b) ~ c", "('%s-%s' )|__mod( (a, b)) ~ c"),
            ("a % b % c", "((a )|__mod( b) )|__mod( c)"),
            ("a * b % c + 1", "((a )|__mul( b) )|__mod( c) + 1"),
            ("1 + loop.index % 2 == 0", "1 + (loop.index )|__mod( 2) == 0"),
            ("f(a % b)[c % d]|g(e % f)", "f((a )|__mod( b))[(c )|__mod( d)]|g((e )|__mod( f))"),
            ("-a % b|int", "( ((a)|__neg) )|__mod( b|int)"),
            ("not a % b and c", "not (a )|__mod( b) and c"),
            ("'%' ~ x", "'%' ~ x"),
            ("a is divisibleby 3", "a is divisibleby 3"),
            ("a is odd + 1", "(a is odd) + 1"),
            ("a < b", "((a )|__lt( b))"),
            ("a not in b + 1 and c", "((a )|__not_in( b + 1)) and c"),
            ("a < b < c == d", "a < b < c == d"),
            ("'in' == x", "'in' == x"),
            ("- -a|abs", "   ((((a)|__neg))|__neg)|abs"),
            ("x if y % 2 else z", "x if (y )|__mod( 2) else z"),
        ] {
            assert_eq!(rewritten(source), want, "{source}");
        }
    }

    #[test]
    fn what_is_plain_has_no_edits() {
        let place = Place { in_macro: false, flat: false, open_ended: false, instead: None };
        let cases = [
            (" a.b_1.c ", Inside::Printed, true),
            ("a", Inside::Expression, true),
            ("a.", Inside::Printed, false),
            (".a", Inside::Printed, false),
            ("a b", Inside::Printed, false),
            ("a[0]", Inside::Printed, false),
            ("", Inside::Printed, false),
            ("\u{e9}", Inside::Printed, false),
            ("a\u{b}", Inside::Printed, false),
            (" if a.b ", Inside::Statement(place), true),
            (" elif  not a", Inside::Statement(place), true),
            ("if a in b", Inside::Statement(place), false),
            ("if a:", Inside::Statement(place), false),
            ("endif", Inside::Statement(place), true),
            ("endwith", Inside::Statement(place), false),
            ("endif", Inside::Statement(Place { instead: Some("x"), ..place }), false),
        ];
        for (source, inside, plain) in cases {
            assert_eq!(is_plain(source, inside), plain, "{source}");
            if plain {
                let found = finder(source, 0..source.len(), inside, "\n").edits.in_order();
                assert_eq!(found, [], "{source}");
            }
        }
    }

    #[test]
    fn literals_become_objects() {
        for (source, want) in [
            ("[1, [2]]", "__list([1, __list([2])])"),
            ("{'a': [], 'b': {}}", "__dict({'a': __list([]), 'b': __dict({})})"),
            ("[1] % x", "(__list([1]) )|__mod( x)"),
            ("x[1:] + x[::2] + x['k']", "((x|__slice(1,none)) + (x|__slice(none,none,2)) + x['k'])|__own"),
            ("x + [1] - y", "(x + __list([1]) - y)|__own"),
            ("x - y", "x - y"),
            ("x + 1 + y", "x + 1 + y"),
            ("(x + y) * 2 + z", "((((x + y)|__own) )|__mul( 2) + z)|__own"),
            ("-a.b[:n][-1].c(x[1:2])", " (((a.b|__slice(none,n))[-1].c((x|__slice(1,2))))|__neg)"),
            ("[1][0:1]", "(__list([1])|__slice(0,1))"),
            ("'%s' % [x % y]", "('%s' )|__mod( __list([(x )|__mod( y)]))"),
            ("f(*[1], **{'k': 2}, a=[])", "f(*__list([1]), **__dict({'k': 2}), a=__list([]))"),
            ("+x", " x"),
            ("[1, 2", "[1, 2"),
            ("a[", "a["),
            ("a.", "a."),
        ] {
            assert_eq!(rewritten(source), want, "{source}");
        }
    }

    #[test]
    fn hostile_nesting_is_left_alone() {
        let deep = "(".repeat(100_000);
        assert_eq!(rewritten(&deep), deep);
        let lists = format!("{}x", "[".repeat(500));
        assert_eq!(rewritten(&lists), lists);
    }
}

//! The inner grammar, as far as operands must be known: finds `%`, list and dict literals and unary plus, and says
//! how to write them for the engine. It never fails: what it does not understand is left for the engine to report.
//!
//! Precedence is Jinja2 3.1's (`jinja2/parser.py`), from `parse_condexpr` down to `parse_primary`.

use std::ops::Range;

use super::edits::{Edit, Edits};
use super::strings;
use super::tokens::{Token, TokenKind, tokens};

/// Deeper nesting than this is left alone; the engine refuses it with a message.
const MAX_DEPTH: usize = 120;

/// The edits for what stands inside a tag, in order.
pub(super) fn edits(source: &str, inner: Range<usize>, statement: bool, newline: &str) -> Vec<Edit> {
    let mut finder = Finder {
        source,
        tokens: tokens(source, inner),
        at: 0,
        depth: 0,
        too_deep: false,
        edits: Edits::default(),
    };
    if statement {
        finder.drop_colon();
        finder.do_statement();
    }
    finder.all();
    finder.strings(newline);
    finder.edits.in_order()
}

struct Finder<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    too_deep: bool,
    edits: Edits,
}

/// The expression is not understood here.
struct Lost;

type Found = Result<(), Lost>;

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

    /// `{% do EXPRESSION %}`: the engine takes only calls there.
    fn do_statement(&mut self) {
        if let Some(first) = self.tokens.first()
            && &self.source[first.range.clone()] == "do"
        {
            self.edits.add(first.range.clone(), "set __do =");
            self.at = 1;
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

    fn strings(&mut self, newline: &str) {
        for token in &self.tokens {
            if token.kind == TokenKind::String
                && let Some(text) = strings::rewritten(&self.source[token.range.clone()], newline)
            {
                self.edits.add(token.range.clone(), text);
            }
        }
    }

    fn text(&self) -> &str {
        self.tokens.get(self.at).map_or("", |token| &self.source[token.range.clone()])
    }

    fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn is(&self, text: &str) -> bool {
        self.text() == text && self.kind() != Some(TokenKind::String)
    }

    fn skip(&mut self, text: &str) -> bool {
        let is = self.is(text);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, text: &str) -> Found {
        if self.skip(text) { Ok(()) } else { Err(Lost) }
    }

    /// Where the operand that begins at the current token starts.
    fn start(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.range.start)
    }

    /// Where the operand that ended before the current token ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.range.end)
    }

    fn open(&mut self, at: usize, text: &str) {
        self.edits.open(at, text);
    }

    fn close(&mut self, at: usize, text: &str) {
        self.edits.add(at..at, text);
    }

    fn expression(&mut self) -> Found {
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

    fn either(&mut self) -> Found {
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

    fn comparison(&mut self) -> Found {
        self.sum()?;
        loop {
            if self.is("not")
                && self.tokens.get(self.at + 1).is_some_and(|t| &self.source[t.range.clone()] == "in")
            {
                self.at += 2;
            } else if !["==", "!=", "<", "<=", ">", ">=", "in"].iter().any(|operator| self.skip(operator)) {
                return Ok(());
            }
            self.sum()?;
        }
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

    fn unary(&mut self) -> Found {
        let operand = self.start();
        let mut signs = 0;
        while self.is("+") || self.is("-") {
            if self.is("+") {
                let range = self.tokens[self.at].range.clone();
                self.edits.add(range, " ");
            }
            self.at += 1;
            signs += 1;
            if signs > MAX_DEPTH {
                return Err(Lost);
            }
        }
        let start = self.start();
        self.primary()?;
        self.postfix(start)?;
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
                self.arguments()?;
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
                self.test_argument()?;
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
            ("-a % b|int", "(-a )|__mod( b|int)"),
            ("not a % b and c", "not (a )|__mod( b) and c"),
            ("'%' ~ x", "'%' ~ x"),
            ("a is divisibleby 3", "a is divisibleby 3"),
            ("a is odd + 1", "(a is odd) + 1"),
            ("x if y % 2 else z", "x if (y )|__mod( 2) else z"),
        ] {
            assert_eq!(rewritten(source), want, "{source}");
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
            ("-a.b[:n][-1].c(x[1:2])", "-(a.b|__slice(none,n))[-1].c((x|__slice(1,2)))"),
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

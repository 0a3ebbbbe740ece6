//! The front: reads a template as Jinja2's lexer does and writes it as the engine below understands it.
//!
//! minijinja's lexer and grammar differ from Jinja2 3.1 in places that real templates reach: whitespace around raw
//! blocks and tags, line breaks, `'%s' % x`, lists that can be changed, Python's string escapes. The front settles
//! all of these in the text: what it hands on holds no comments, no raw blocks and no whitespace control any more,
//! uses private delimiters, and calls `__mod`, `__list` and `__dict` where Python would have its operator or a
//! fresh object. A [`SourceMap`] leads every position back to the template as it was written.

mod edits;
mod expression;
mod macros;
mod map;
mod nesting;
mod scan;
mod statements;
mod strings;
mod tokens;
mod undefined;

use expression::{Inside, Place};
pub(crate) use map::SourceMap;
pub use scan::is_space;
pub(crate) use scan::{Part, scan};
pub(crate) use tokens::{Token, TokenKind, tokens};

use crate::Syntax;

/// Private delimiters of the text that is handed on. No template holds these control characters; one that does gets
/// them as printed strings.
pub(crate) const BLOCK: (&str, &str) = ("\u{2}%", "%\u{3}");
/// [`BLOCK`] with the blanks inside it.
const BLOCK_SPACED: (&str, &str) = ("\u{2}% ", " %\u{3}");
/// As [`BLOCK`], for printed expressions.
pub(crate) const VARIABLE: (&str, &str) = ("\u{2}{", "}\u{3}");
/// [`VARIABLE`] with the blanks inside it.
const VARIABLE_SPACED: (&str, &str) = ("\u{2}{ ", " }\u{3}");
/// As [`BLOCK`]; never written.
pub(crate) const COMMENT: (&str, &str) = ("\u{2}#", "#\u{3}");

/// Stands where the reading of a template ended.
pub(crate) const BROKEN: &str = "__broken";

/// A problem that ends the reading of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrontError {
    /// Byte offset in the template.
    pub(crate) at: usize,
    /// Lower-case fragment.
    pub(crate) message: &'static str,
    /// How to mend it.
    pub(crate) help: String,
}

/// A template ready for the engine.
#[derive(Debug)]
pub(crate) struct Rewritten {
    /// What the engine reads.
    pub(crate) text: String,
    /// From places in `text` to places in the template.
    pub(crate) map: SourceMap,
}

/// Line breaks as Jinja2 takes them: `\r\n`, `\r` and `\n` are one each.
pub(crate) fn normalize_newlines(source: &str) -> String {
    if source.contains('\r') { source.replace("\r\n", "\n").replace('\r', "\n") } else { source.to_owned() }
}

/// Rewrites a template whose line breaks are normalised.
pub(crate) fn rewrite(source: &str, syntax: &Syntax) -> Result<Rewritten, FrontError> {
    let source = match source.strip_suffix('\n') {
        Some(rest) if !syntax.keep_trailing_newline => rest,
        _ => source,
    };
    let mut writer =
        Writer { source, syntax, text: String::with_capacity(source.len() + 64), map: SourceMap::default() };
    let parts = scan(source, syntax)?;
    let macros = macros::open_ended(source, &parts);
    let around = nesting::around(source, &parts)?;
    for (at, part) in parts.into_iter().enumerate() {
        match part {
            Part::Data(range) => writer.data(range),
            Part::Block(range) => {
                let (start, end) = (range.start, range.end);
                let around = around.get(&at);
                if let Some(around) = around {
                    writer.insert(start, &around.before);
                }
                let edge = macros.get(&at);
                let inside = Inside::Statement(Place {
                    in_macro: around.is_some_and(|around| around.in_macro),
                    flat: around.is_some_and(|around| around.flat),
                    open_ended: matches!(edge, Some(macros::Edge::Start)),
                    instead: around.and_then(|around| around.instead),
                });
                writer.tag(range, BLOCK_SPACED, inside);
                if let Some(macros::Edge::End(name, catches)) = edge {
                    writer.insert(end, &macros::behind(name, *catches));
                }
                if let Some(around) = around {
                    writer.insert(end, &around.behind);
                }
            }
            Part::Variable(range) => {
                match syntax.show_undefined.then(|| undefined::chain(source, &range)).flatten() {
                    Some(chain) => writer.shown(range, &chain),
                    None => writer.tag(range, VARIABLE_SPACED, Inside::Printed),
                }
            }
        }
    }
    Ok(Rewritten { text: writer.text, map: writer.map })
}

/// As [`rewrite`], for what stands before an error, so that the engine finds errors before it: it comes to a statement
/// that it does not know where the error is.
pub(crate) fn rewrite_before(source: &str, error: &FrontError, syntax: &Syntax) -> Option<Rewritten> {
    let mut rewritten = rewrite(source.get(..error.at)?, syntax).ok()?;
    rewritten.map.inserted(rewritten.text.len(), error.at);
    rewritten.text += &[BLOCK.0, " ", BROKEN, " ", BLOCK.1].concat();
    Some(rewritten)
}

/// Rewrites a bare expression.
pub(crate) fn rewrite_expression(source: &str) -> Rewritten {
    let syntax = Syntax::default();
    let mut writer = Writer {
        source,
        syntax: &syntax,
        text: String::with_capacity(source.len() + 16),
        map: SourceMap::default(),
    };
    writer.expression(0..source.len(), Inside::Expression);
    Rewritten { text: writer.text, map: writer.map }
}

struct Writer<'s> {
    source: &'s str,
    syntax: &'s Syntax,
    text: String,
    map: SourceMap,
}

impl Writer<'_> {
    fn copy(&mut self, range: std::ops::Range<usize>) {
        self.map.copied(self.text.len(), &range);
        self.text.push_str(&self.source[range]);
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.map.inserted(self.text.len(), at);
        self.text.push_str(text);
    }

    fn data(&mut self, range: std::ops::Range<usize>) {
        let newline = self.syntax.newline_sequence.as_str();
        let mut from = range.start;
        let data = &self.source[range.clone()];
        // Almost all text has none of what is replaced below: all of it is looked at, sixteen and more bytes at once.
        let replaces_newline = newline != "\n";
        let replaced = |byte: u8| byte <= 3 || (replaces_newline && byte == b'\n');
        if !data.bytes().fold(false, |any, byte| any | replaced(byte)) {
            return self.copy(range);
        }
        for (at, c) in data.char_indices().filter(|(_, c)| matches!(c, '\n' | '\u{2}' | '\u{3}')) {
            let at = range.start + at;
            let replacement = match c {
                '\n' if newline == "\n" => continue,
                '\n' => newline,
                '\u{2}' => "\u{2}{ \"\\u0002\" }\u{3}",
                _ => "\u{2}{ \"\\u0003\" }\u{3}",
            };
            self.copy(from..at);
            self.insert(at, replacement);
            from = at + 1;
        }
        self.copy(from..range.end);
    }

    fn tag(&mut self, inner: std::ops::Range<usize>, delimiters: (&str, &str), inside: Inside) {
        self.insert(inner.start, delimiters.0);
        self.expression(inner.clone(), inside);
        self.insert(inner.end, delimiters.1);
    }

    /// A printed name that says itself when it is undefined.
    fn shown(&mut self, inner: std::ops::Range<usize>, chain: &undefined::Chain) {
        self.insert(inner.start, VARIABLE.0);
        self.insert(inner.start, " __shown(");
        self.expression(inner.clone(), Inside::Expression);
        self.insert(inner.end, ", ");
        match &chain.last {
            undefined::Last::Name(range) => {
                self.insert(range.start, "\"");
                self.copy(range.clone());
                self.insert(range.end, "\"");
            }
            undefined::Last::Expression(range) => self.expression(range.clone(), Inside::Expression),
        }
        if let Some(owner) = &chain.owner {
            self.insert(inner.end, ", ");
            self.expression(owner.clone(), Inside::Expression);
        }
        self.insert(inner.end, ") ");
        self.insert(inner.end, VARIABLE.1);
    }

    fn expression(&mut self, inner: std::ops::Range<usize>, inside: Inside) {
        let mut from = inner.start;
        for edit in expression::edits(self.source, inner.clone(), inside, &self.syntax.newline_sequence) {
            self.copy(from..edit.range.start);
            self.map.replaced(self.text.len(), &edit.range);
            self.text.push_str(&edit.text);
            from = edit.range.end;
        }
        self.copy(from..inner.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, syntax: &Syntax) -> String {
        let text = rewrite(source, syntax).unwrap().text;
        text.replace("\u{2}% ", "<%")
            .replace(" %\u{3}", "%>")
            .replace("\u{2}{ ", "<{")
            .replace(" }\u{3}", "}>")
    }

    fn field() -> Syntax {
        let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
        Syntax {
            block: pair("#%", "%#"),
            variable: pair("#{", "}#"),
            comment: pair("#|", "#|"),
            ..Syntax::default()
        }
    }

    /// Whoever writes a template has it unfinished most of the time.
    #[test]
    fn statements_that_end_early() {
        let statements = [
            "from 'a' import b, c as d with context",
            "from x if y else z import b as c, d without context",
            "import 'a' as b without context",
            "include ['a', 'b'] ignore missing with context",
            "for a, (b, c) in x.items() | sort if a is not b recursive",
            "set a, b = 1, c if d else e",
            "set a.b = not c in d",
            "set a | upper | replace('a', b)",
            "macro m(a, b=a, *c, **d)",
            "call(a, b=1) m(c, *d, **e)",
            "with a = 1, b = a.c[1:2]",
            "filter upper | indent(2, first=true)",
            "block a scoped required",
            "if a and not (b or c) == d.e['f'] ~ g // 2 ** 3",
            "do a.append({'b': [c, (d,)]})",
            "extends 'a' if b",
        ];
        for statement in statements {
            let ends = statement.char_indices().map(|(at, _)| at).chain([statement.len()]);
            for end in ends {
                let cut = &statement[..end];
                for source in [
                    format!("{{% {cut} %}}"),
                    format!("{{% {cut}"),
                    format!("{{% macro m(a) %}}{{% {cut} %}}{{% endmacro %}}"),
                    format!("{{% for a in b %}}{{% {cut} %}}{{{{ x(\""),
                ] {
                    let rewritten = rewrite(&source, &Syntax::default());
                    if let Err(error) = &rewritten {
                        rewrite_before(&source, error, &Syntax::default());
                    }
                }
                rewrite_expression(cut);
            }
        }
    }

    #[test]
    fn whitespace_is_settled() {
        let jinja = Syntax::default();
        for (source, want) in [
            ("a\n  {% if x %}\n  b\n  {% endif %}\nc\n", "a\n<% if x %>  b\n<% endif %>c\n"),
            ("a {%- if x -%}\n b{% endif %}", "a<% if x %>b<% endif %>"),
            ("  {%+ if x +%}\n", "  <% if x %>\n"),
            ("{# c #}\nx {# d\ne #} y\n", "x  y\n"),
            ("  {{ a }}\n{{- b -}}\n c", "  <{ a }><{ b }>c"),
            ("{% raw %}\n {{ x }}\n{% endraw %}\nz", "\n {{ x }}\nz"),
            ("{% raw -%}\n x {%- endraw -%}\n z", "xz"),
            ("{{ '}}' }}|{{ {'a': {}} }}", "<{ '}}' }>|<{ __dict({'a': __dict({})}) }>"),
            ("{% if x: %}", "<% if x  %>"),
        ] {
            assert_eq!(shown(source, &jinja), want, "{source:?}");
        }
        assert_eq!(
            shown("a #| one\n two #|\nb #{ x }#\n#% if y %#\n#{'a'}#", &field()),
            "a b <{ x }>\n<% if y %><{'a'}>"
        );
        let plain = Syntax {
            trim_blocks: false,
            lstrip_blocks: false,
            keep_trailing_newline: false,
            ..Syntax::default()
        };
        assert_eq!(shown(" {% if x %}\n{# c #}\n\n", &plain), " <% if x %>\n\n");
    }

    #[test]
    fn line_statements() {
        let syntax = Syntax {
            line_statement: Some("%".to_owned()),
            line_comment: Some("##".to_owned()),
            ..Syntax::default()
        };
        assert_eq!(
            shown("a\n  % for x in y:\n{{ x }} ## note\n  % endfor\nb", &syntax),
            "a\n<% for x in (y)|__iter %><{ x }>\n<% endfor%>b"
        );
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        for source in ["a {% if", "{{ (x }}", "{# x", "{% raw %} {% endif %}", "{{ 'x }}"] {
            let error = rewrite(source, &Syntax::default()).unwrap_err();
            assert_eq!(error.at, source.find('{').unwrap(), "{source}");
        }
    }

    #[test]
    fn positions_lead_back() {
        let source = "{# c #}\nab {{ x % y }}";
        let rewritten = rewrite(source, &Syntax::default()).unwrap();
        let at = rewritten.text.find('y').unwrap();
        assert_eq!(rewritten.map.source(at), source.find('y').unwrap());
        let ab = rewritten.text.find("ab").unwrap();
        assert_eq!(rewritten.map.source(ab), source.find("ab").unwrap());
    }
}

//! What a template reads: the names its data must have, with their places, and the templates it uses.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::Syntax;
use crate::front::{Part, Token, TokenKind, scan, tokens};

/// A name that a template reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The name, with the attributes read of it: `nodes`, `cluster.name`.
    pub path: String,
    /// The line in the template, from 1.
    pub line: usize,
}

/// All that a template reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Names of the data, in the order of the template.
    pub names: Vec<Read>,
    /// Templates that it includes, imports or extends by a name that is written out.
    pub templates: BTreeSet<String>,
}

/// What a text reads of the names in `wanted`.
pub(crate) fn reads(source: &str, syntax: &Syntax, wanted: &BTreeSet<String>) -> Reads {
    let mut reads = Reads::default();
    let (mut line, mut counted) = (1, 0);
    for part in scan(source, syntax).unwrap_or_default() {
        let (Part::Block(range) | Part::Variable(range)) = part else { continue };
        let tokens = tokens(source, range);
        templates(source, &tokens, &mut reads.templates);
        for (path, at) in names(source, &tokens, wanted) {
            line += source[counted..at].matches('\n').count();
            counted = at;
            reads.names.push(Read { path, line });
        }
    }
    reads
}

fn text<'s>(source: &'s str, token: Option<&Token>) -> &'s str {
    token.map_or("", |token| &source[token.range.clone()])
}

/// `include 'a'`, `import "b" as c`, `extends 'd'`, `from 'e' import f`, and lists of names.
fn templates(source: &str, tokens: &[Token], found: &mut BTreeSet<String>) {
    if !["include", "import", "extends", "from"].contains(&text(source, tokens.first())) {
        return;
    }
    for token in tokens.iter().skip(1).take_while(|token| text(source, Some(token)) != "import") {
        if token.kind == TokenKind::String {
            let literal = &source[token.range.clone()];
            found.insert(literal[1..literal.len() - 1].to_owned());
        }
    }
}

fn names(source: &str, tokens: &[Token], wanted: &BTreeSet<String>) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let name = &source[token.range.clone()];
        let before = at.checked_sub(1).map_or("", |at| text(source, tokens.get(at)));
        let after = text(source, tokens.get(at + 1));
        at += 1;
        // After a dot it is an attribute, after a bar a filter, before `=` in a call a keyword, before `(` a function.
        let is_read =
            token.kind == TokenKind::Name && wanted.contains(name) && ![".", "|", "is"].contains(&before);
        if !is_read || after == "(" || (after == "=" && ["(", ","].contains(&before)) {
            continue;
        }
        let Range { start, .. } = token.range;
        let mut path = name.to_owned();
        while text(source, tokens.get(at)) == "."
            && tokens.get(at + 1).is_some_and(|token| token.kind == TokenKind::Name)
            && text(source, tokens.get(at + 2)) != "("
        {
            path.push('.');
            path.push_str(text(source, tokens.get(at + 1)));
            at += 2;
        }
        found.push((path, start));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_templates_with_their_lines() {
        let source = "{{ a.b.items() }}\n{% if c.d and f(x=a, c=1) | e %}{% include 'p.j2' %}{% endif %}\n\
                      {% from \"q.j2\" import a as z %}{{ list[a] }}{{ c is a }}";
        let wanted = ["a", "c", "e", "list"].map(str::to_owned).into();
        let got = reads(source, &Syntax::default(), &wanted);
        let names: Vec<_> = got.names.iter().map(|read| format!("{}:{}", read.path, read.line)).collect();
        assert_eq!(names, ["a.b:1", "c.d:2", "a:2", "a:3", "list:3", "a:3", "c:3"]);
        assert_eq!(got.templates.into_iter().collect::<Vec<_>>(), ["p.j2", "q.j2"]);
    }
}

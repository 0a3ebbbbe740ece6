//! Printed names for the undefined mode `debug`: a name with attributes and subscripts, and nothing else.

use std::ops::Range;

use super::tokens::{Token, TokenKind, tokens};

/// `OWNER.LAST`, `OWNER[LAST]`, or `LAST` alone.
pub(super) struct Chain {
    pub(super) owner: Option<Range<usize>>,
    /// The last part; quoted where it is a name.
    pub(super) last: Last,
}

/// A part of a chain as an expression.
pub(super) enum Last {
    Name(Range<usize>),
    Expression(Range<usize>),
}

/// The chain that stands in a tag, if nothing else does.
pub(super) fn chain(source: &str, inner: &Range<usize>) -> Option<Chain> {
    let tokens = tokens(source, inner.clone());
    let text = |at: usize| tokens.get(at).map_or("", |token| &source[token.range.clone()]);
    let first = tokens.first()?;
    let mut chain = Chain { owner: None, last: Last::Name(first.range.clone()) };
    let mut at = match first.kind {
        TokenKind::Name => 1,
        // A list, a dict, or something in parentheses; undefined can only be an attribute of it.
        TokenKind::Open => closing(&tokens, 0)? + 1,
        _ => return None,
    };
    if first.kind == TokenKind::Open && at == tokens.len() {
        return None;
    }
    while at < tokens.len() {
        let owner = first.range.start..tokens[at - 1].range.end;
        let last = match text(at) {
            "." if tokens.get(at + 1)?.kind == TokenKind::Name => {
                at += 2;
                Last::Name(tokens[at - 1].range.clone())
            }
            "[" => {
                let open = at;
                at = closing(&tokens, open)? + 1;
                let inside = tokens[open].range.end..tokens[at - 1].range.start;
                if source[inside.clone()].contains(':') {
                    return None;
                }
                Last::Expression(inside)
            }
            _ => return None,
        };
        chain = Chain { owner: Some(owner), last };
    }
    Some(chain)
}

/// The token that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

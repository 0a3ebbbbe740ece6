//! Macros that take any arguments: those that read `varargs` or `kwargs`. The engine's macros have neither, so such a
//! macro gets two more parameters under a private name, and `__macro` makes of it what is called by the name.

use std::collections::HashMap;

use super::BLOCK;
use super::scan::Part;
use super::tokens::{Token, TokenKind, tokens};

/// Before the name of the inner macro.
pub(super) const PRIVATE: &str = "__open_";

/// A tag of such a macro.
pub(super) enum Edge {
    Start,
    /// The end tag, and the macro's name.
    End(String, Catches),
}

/// Which of the two names a macro reads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Catches {
    varargs: bool,
    kwargs: bool,
}

/// The tags of such macros, by their place among the parts.
pub(super) fn open_ended(source: &str, parts: &[Part]) -> HashMap<usize, Edge> {
    let mut found = HashMap::new();
    if !source.contains("varargs") && !source.contains("kwargs") {
        return found;
    }
    // Macros that are open: where each begins, and what it reads of the two.
    let mut open: Vec<(usize, Vec<Token>, Catches)> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let (Part::Block(range) | Part::Variable(range)) = part else { continue };
        let tokens = tokens(source, range.clone());
        let text = |n: usize| tokens.get(n).map_or("", |token| &source[token.range.clone()]);
        let is_block = matches!(part, Part::Block(_));
        if is_block && text(0) == "macro" {
            open.push((at, tokens, Catches::default()));
            continue;
        }
        if let Some((_, _, reads)) = open.last_mut() {
            for token in tokens.iter().filter(|token| token.kind == TokenKind::Name) {
                let name = &source[token.range.clone()];
                reads.varargs |= name == "varargs";
                reads.kwargs |= name == "kwargs";
            }
        }
        if is_block
            && text(0) == "endmacro"
            && let Some((start, tokens, catches)) = open.pop()
            && (catches.varargs || catches.kwargs)
            && let Some(name) = name_of(source, &tokens)
        {
            found.insert(start, Edge::Start);
            found.insert(at, Edge::End(name, catches));
        }
    }
    found
}

fn name_of(source: &str, tokens: &[Token]) -> Option<String> {
    let name = tokens.get(1).filter(|token| token.kind == TokenKind::Name)?;
    tokens.last().filter(|token| &source[token.range.clone()] == ")")?;
    Some(source[name.range.clone()].to_owned())
}

/// What stands behind the end tag.
pub(super) fn behind(name: &str, catches: Catches) -> String {
    let Catches { varargs, kwargs } = catches;
    format!("{} set {name} = __macro({PRIVATE}{name}, {varargs}, {kwargs}) {}", BLOCK.0, BLOCK.1)
}

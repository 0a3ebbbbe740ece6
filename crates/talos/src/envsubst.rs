//! Environment substitution as talhelper does it on the text of talconfig and patches: `$X`, `${X}`, `:-`, `-`, `:=`,
//! `=`, `:+`, `+`, `:?`, `?`, and `$$` for one dollar sign. A variable that is not set, or set but empty, is an error.
//! What else bash has (`${X^^}`, `${X:1}`, `${X#a}`) is one too: talhelper puts in the whole value there.
//!
//! The result remembers where each part came from, so that problems can be shown in the text a person wrote.

use std::ops::Range;

use cliutil::did_you_mean;

use crate::Talenv;

/// A text after substitution.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Substituted {
    /// The text.
    pub text: String,
    /// Parts in order: start in `text`, and the range of the source it stands for. A part taken over as it was has
    /// the same length in both.
    parts: Vec<(usize, Range<usize>)>,
}

/// A variable without a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// Bytes of the expression in the source.
    pub range: Range<usize>,
    /// The variable's name; empty when the expression itself is malformed.
    pub name: String,
    /// It is set, but to nothing.
    pub empty: bool,
}

impl Unresolved {
    /// The code of the problem.
    pub fn code(&self) -> &'static str {
        if self.name.is_empty() { "talos/variable-syntax" } else { "talos/variable-unset" }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match (self.name.as_str(), self.empty) {
            ("", _) => "this is no expression that can be substituted".to_owned(),
            (name, true) => format!("variable {name} is empty"),
            (name, false) => format!("variable {name} is not set"),
        }
    }

    /// How to mend it.
    pub fn help(&self, env: &Talenv) -> String {
        if self.name.is_empty() {
            return "write ${NAME}, ${NAME:-default}, or $$ for a dollar sign".to_owned();
        }
        let near = if self.empty { None } else { did_you_mean(&self.name, env.names()) };
        let mend = if self.empty { "give it a value" } else { "set it" };
        near.map_or_else(
            || format!("{mend} in talenv.yaml or in the environment; $$ stands for a dollar sign"),
            |near| format!("did you mean {near}?"),
        )
    }
}

impl Substituted {
    /// The place in the source for a place in the result; inside a replaced expression it is the whole expression.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.origin_of(range.start, false);
        let end = self.origin_of(range.end, true);
        start..end.max(start)
    }

    fn origin_of(&self, at: usize, is_end: bool) -> usize {
        // The end of a range belongs to the part before it.
        let looked_up = if is_end { at.saturating_sub(1) } else { at };
        let index = self.parts.partition_point(|(start, _)| *start <= looked_up).saturating_sub(1);
        let Some((start, source)) = self.parts.get(index) else { return at };
        let end = self.parts.get(index + 1).map_or(self.text.len(), |(next, _)| *next);
        if end - start == source.len() {
            source.start + (at - start).min(source.len())
        } else if is_end {
            source.end
        } else {
            source.start
        }
    }

    fn copy(&mut self, source: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.replace(range.clone(), &source[range]);
        }
    }

    fn replace(&mut self, range: Range<usize>, by: &str) {
        self.parts.push((self.text.len(), range));
        self.text.push_str(by);
    }
}

/// Substitutes all expressions outside `skip` (comments, sorted by place), with `lookup` as the environment.
///
/// # Errors
/// Every expression that has no value.
pub fn substitute(
    source: &str,
    skip: &[Range<usize>],
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Substituted, Vec<Unresolved>> {
    let mut result = Substituted::default();
    let mut failed = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(offset) = source[at..].find('$') {
        let dollar = at + offset;
        if let Some(comment) = skip.iter().find(|range| range.contains(&dollar)) {
            at = comment.end;
            continue;
        }
        let Some((expression, end)) = scan(source, dollar) else {
            at = dollar + 1;
            continue;
        };
        result.copy(source, copied..dollar);
        (copied, at) = (end, end);
        match expression.value(lookup) {
            Ok(value) => result.replace(dollar..end, &value),
            Err((name, empty)) => failed.push(Unresolved { range: dollar..end, name, empty }),
        }
    }
    result.copy(source, copied..source.len());
    if failed.is_empty() { Ok(result) } else { Err(failed) }
}

/// What begins with a dollar sign.
enum Expression<'s> {
    Dollar,
    Variable(&'s str),
    Fallback { name: &'s str, operator: &'s str, word: &'s str },
    Malformed,
}

/// What begins with the dollar sign at `dollar`, and where it ends; none when the sign is only text.
fn scan(source: &str, dollar: usize) -> Option<(Expression<'_>, usize)> {
    let rest = &source[dollar + 1..];
    if rest.starts_with('$') {
        return Some((Expression::Dollar, dollar + 2));
    }
    if let Some(inner) = rest.strip_prefix('{') {
        let Some(length) = closing_brace(inner) else {
            let line = inner.find('\n').unwrap_or(inner.len());
            return Some((Expression::Malformed, dollar + 2 + line));
        };
        return Some((braced(&inner[..length])?, dollar + 3 + length));
    }
    let name = &rest[..name_length(rest)];
    is_name(name).then(|| (Expression::Variable(name), dollar + 1 + name.len()))
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// The last argument of a shell, `$_`, is no variable.
fn is_name(name: &str) -> bool {
    !matches!(name, "" | "_")
}

/// The length of `text` up to the brace that closes it; the words of defaults may hold braces of their own.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' if text[..at].ends_with('$') => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between braces; none when it is only text: there is no name in it.
fn braced(inner: &str) -> Option<Expression<'_>> {
    let (name, rest) = inner.split_at(name_length(inner));
    let operator = [":-", ":=", ":+", ":?", "-", "=", "+", "?"]
        .into_iter()
        .find_map(|operator| rest.strip_prefix(operator).map(|word| (operator, word)));
    if !is_name(name) {
        let is_special = matches!(rest.trim(), "" | "#" | "@" | "*");
        let is_text = is_special || operator.is_some_and(|(operator, _)| !operator.ends_with('?'));
        return if is_text { None } else { Some(Expression::Malformed) };
    }
    if rest.trim().is_empty() {
        return Some(Expression::Variable(name));
    }
    Some(operator.map_or(Expression::Malformed, |(operator, word)| Expression::Fallback {
        name,
        operator,
        word,
    }))
}

impl Expression<'_> {
    fn value(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, (String, bool)> {
        match *self {
            Self::Dollar => Ok("$".to_owned()),
            Self::Malformed => Err((String::new(), false)),
            // An empty word counts as none.
            Self::Variable(name)
            | Self::Fallback { name, word: "", .. }
            | Self::Fallback { name, operator: ":?" | "?", .. } => required(name, lookup),
            Self::Fallback { name, operator, word } => {
                let set = lookup(name);
                let word = || inner_word(word, lookup);
                match (operator, set) {
                    (":-" | ":=", Some(value)) if !value.is_empty() => Ok(value),
                    (":-" | ":=", _) | ("-" | "=", None) | (":+" | "+", Some(_)) => word(),
                    (":+" | "+", None) => Ok(String::new()),
                    _ => required(name, lookup),
                }
            }
        }
    }
}

fn inner_word(word: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, (String, bool)> {
    substitute(word, &[], lookup).map(|inner| inner.text).map_err(|mut failed| {
        let first = failed.swap_remove(0);
        (first.name, first.empty)
    })
}

fn required(name: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, (String, bool)> {
    match lookup(name) {
        Some(value) if !value.is_empty() => Ok(value),
        other => Err((name.to_owned(), other.is_some())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        match name {
            "A" => Some("one".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    fn run(text: &str) -> Result<String, Vec<(String, bool)>> {
        substitute(text, &[], &environment)
            .map(|done| done.text)
            .map_err(|failed| failed.into_iter().map(|one| (one.name, one.empty)).collect())
    }

    // talhelper.md, item 2
    #[test]
    fn forms() {
        assert_eq!(run("$A ${A} x").unwrap(), "one one x");
        assert_eq!(run("${NO:-d} ${NO-d} ${EMPTY:-d} ${A:-d} ${A:+p} ${NO:+p}|").unwrap(), "d d d one p |");
        assert_eq!(run("$$patch a$$b $${A} 5$ $").unwrap(), "$patch a$b ${A} 5$ $");
        assert_eq!(run("${A:?must be set} ${A?x} ${A:?} ${A } ${A:?x y: z}").unwrap(), "one one one one one");
        assert_eq!(run("${NO:-$A}").unwrap(), "one");
        // talhelper does not look into words, nor does it count braces.
        assert_eq!(run("${NO:-${A}x} ${NO:-a$A} ${A:-${NO}}").unwrap(), "onex aone one");
    }

    // As talhelper 3.1.16.
    #[test]
    fn what_has_no_name_is_text() {
        let text = "${} ${}x ${ } ${-A} ${:-A} ${=x} ${+x} $_ ${_} ${_:-d} ${_-d} ${#} ${@} ${*} $@ $# $? $! $(A) $* $.";
        assert_eq!(run(text).unwrap(), text);
        assert_eq!(run("$_$A ${-A} $A").unwrap(), "$_one ${-A} one");
        for wrong in [
            "${ A}", "${!A}", "${?A}", "${.A}", "${{A}}", "${/x}", "${1}", "$1A", "$_A", "${_A}", "$Ä", "$AÄ",
        ] {
            assert!(run(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn unset_and_empty_are_errors_even_with_an_empty_default() {
        assert_eq!(run("$NO ${EMPTY}").unwrap_err(), [("NO".to_owned(), false), ("EMPTY".to_owned(), true)]);
        assert_eq!(run("${NO:-}").unwrap_err(), [("NO".to_owned(), false)]);
        assert_eq!(run("${EMPTY-d}").unwrap_err(), [("EMPTY".to_owned(), true)]);
        assert_eq!(run("${A").unwrap_err(), [(String::new(), false)]);
        let unset = ["${NO:?must be set}", "${NO?x}", "${NO:?}", "${EMPTY:?x}", "${EMPTY?x}"];
        assert!(unset.iter().all(|text| run(text).is_err()));
        // talhelper puts in the whole value.
        for other in [
            "${A^^}", "${A,}", "${A:1}", "${A:1:2}", "${A/a/b}", "${A#x}", "${A%.*}", "${A.b}", "${A@Q}",
            "${A:x}",
        ] {
            assert_eq!(run(other).unwrap_err(), [(String::new(), false)], "{other}");
        }
    }

    #[test]
    fn comments_are_left_alone() {
        let text = "a: $A # ${NO}\nb: ${A}\n";
        let done = substitute(text, std::slice::from_ref(&(6..13)), &environment).unwrap();
        assert_eq!(done.text, "a: one # ${NO}\nb: one\n");
    }

    #[test]
    fn places_lead_back_to_the_source() {
        let text = "a: ${A}\nb: x\n";
        let done = substitute(text, &[], &environment).unwrap();
        assert_eq!(done.text, "a: one\nb: x\n");
        assert_eq!(&text[done.origin(3..6)], "${A}");
        assert_eq!(&text[done.origin(4..5)], "${A}");
        assert_eq!(&text[done.origin(10..11)], "x");
        assert_eq!(&text[done.origin(0..6)], "a: ${A}");
        assert_eq!(done.origin(12..12), 13..13);
    }
}

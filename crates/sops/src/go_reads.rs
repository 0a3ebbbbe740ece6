//! What go-yaml, with which sops and Flux read YAML, refuses or takes for something else where other readers do not: such a
//! file would be of no use once it is encrypted. go-yaml follows libyaml, which knows YAML 1.1. What PyYAML refuses too has been
//! refused by `yaml` before:
//! - in flow style a colon that no blank follows belongs to the key;
//! - U+0085, U+2028 and U+2029 are line breaks;
//! - the only version is 1.1; `\/` and halves of surrogate pairs are no escapes.

use yaml::{Kind, Node, ScalarStyle, Span, Stream};

use crate::{Error, Result};

/// Line breaks of YAML 1.1 that are none in 1.2.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Refuses a YAML text that go-yaml does not read as it is read here.
///
/// # Errors
/// `yaml/syntax` with the place.
pub(crate) fn check(text: &str, stream: &Stream) -> Result<()> {
    let mut reader = Reader { text, taken: Vec::new() };
    for document in &stream.documents {
        reader.node(&document.root, false)?;
    }
    if !text.contains(BREAKS) && !text.contains('%') {
        return Ok(());
    }
    for comment in &stream.comments {
        if let Some(at) = text[comment.span.range()].find(BREAKS) {
            return Err(reader.line_break(comment.span.start + at));
        }
        reader.taken.push(comment.span);
    }
    reader.taken.sort_unstable();
    reader.between()
}

struct Reader<'t> {
    text: &'t str,
    /// What is no blank between other things: texts, comments, all of a collection in flow style.
    taken: Vec<Span>,
}

impl Reader<'_> {
    fn node(&mut self, node: &Node, in_flow: bool) -> Result<()> {
        if node.flow && !in_flow {
            self.taken.push(node.span);
        }
        let in_flow = in_flow || node.flow;
        match &node.kind {
            Kind::Scalar(_, style) => self.scalar(node.span, *style, in_flow),
            Kind::Alias(_) => Ok(()),
            Kind::Sequence(items) => items.iter().try_for_each(|item| self.node(item, in_flow)),
            Kind::Mapping(pairs) => pairs.iter().try_for_each(|pair| {
                if in_flow {
                    self.colon(&pair.key)?;
                }
                self.node(&pair.key, in_flow)?;
                self.node(&pair.value, in_flow)
            }),
        }
    }

    fn scalar(&mut self, span: Span, style: ScalarStyle, in_flow: bool) -> Result<()> {
        if style == ScalarStyle::DoubleQuoted {
            self.escapes(span)?;
        }
        let is_quoted = matches!(style, ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted);
        let breaks: &[char] = if is_quoted { &BREAKS[..1] } else { &BREAKS };
        if let Some(at) = self.text[span.range()].find(breaks) {
            return Err(self.line_break(span.start + at));
        }
        if !in_flow && !span.is_empty() {
            self.taken.push(span);
        }
        Ok(())
    }

    fn escapes(&self, span: Span) -> Result<()> {
        let text = &self.text[span.range()];
        let mut from = 0;
        while let Some(found) = text[from..].find('\\') {
            let at = from + found;
            let escape = &text[at + 1..];
            let place = Span::new(span.start + at, span.start + at + 1);
            if escape.starts_with('/') {
                return Err(refused("no escape \\/", place).with_help("write / alone"));
            }
            let half = escape.strip_prefix('u').and_then(|rest| rest.get(..2));
            if half.is_some_and(|half| half.starts_with(['d', 'D']) && half.ends_with(|c: char| c >= '8')) {
                return Err(refused("no halves of a surrogate pair", place)
                    .with_help("write the character itself, or \\U with eight digits"));
            }
            from = at + 1 + escape.chars().next().map_or(0, char::len_utf8);
        }
        Ok(())
    }

    /// A key in flow style: a colon that a blank does not follow is a part of it unless it is in quotes.
    fn colon(&self, key: &Node) -> Result<()> {
        let behind = &self.text[key.span.end..];
        let is_plain = matches!(key.kind, Kind::Scalar(_, ScalarStyle::Plain)) && !key.is_missing();
        if is_plain && behind.strip_prefix(':').is_some_and(|rest| rest.starts_with([',', ']', '}'])) {
            let colon = Span::new(key.span.end, key.span.end + 1);
            return Err(refused("the colon as a part of the key when no blank follows it", colon)
                .with_help("put a blank behind the colon"));
        }
        Ok(())
    }

    /// What stands between: line breaks of another kind, directives.
    fn between(&self) -> Result<()> {
        let mut end = 0;
        for taken in &self.taken {
            if taken.start >= end {
                self.gap(Span::new(end, taken.start))?;
            }
            end = end.max(taken.end);
        }
        self.gap(Span::new(end, self.text.len()))
    }

    fn gap(&self, gap: Span) -> Result<()> {
        let mut at = gap.start;
        for (number, line) in self.text[gap.range()].split_inclusive('\n').enumerate() {
            let begins = number > 0 || at == 0 || self.text[..at].ends_with('\n');
            if begins && line.starts_with('%') {
                Self::directive(line, at)?;
            }
            if let Some(found) = line.find(BREAKS) {
                return Err(self.line_break(at + found));
            }
            at += line.len();
        }
        Ok(())
    }

    fn directive(line: &str, at: usize) -> Result<()> {
        let words: Vec<_> = line.split_whitespace().collect();
        if matches!(words[..], ["%YAML", "1.1", ..] | ["%TAG", ..]) {
            return Ok(());
        }
        Err(refused("no directive but %YAML 1.1 and %TAG", Span::new(at, at + line.trim_end().len()))
            .with_help("remove the line, or write %YAML 1.1"))
    }

    fn line_break(&self, at: usize) -> Error {
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        refused("a line break in the characters U+0085, U+2028 and U+2029", Span::new(at, at + length))
            .with_help("write the character as an escape in double quotes")
    }
}

/// `what` ends the sentence "sops and Flux read …".
fn refused(what: &str, span: Span) -> Error {
    Error::new("yaml/syntax", format!("sops and Flux read {what}")).at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_at(text: &str) -> Option<usize> {
        let error = match yaml::parse(text) {
            Ok(stream) => check(text, &stream).err().map(|error| (error.code, error.span.unwrap().start)),
            Err(error) => Some((error.code, error.span.start)),
        };
        error.map(|(code, at)| {
            assert_eq!(code, "yaml/syntax");
            at
        })
    }

    /// Each was given to sops 3.13.3.
    #[test]
    fn what_sops_does_not_read() {
        for (text, at) in [
            ("a: 1\n\t\nb: 2\n", 5),
            ("a: 1\n\t# c\nb: 2\n", 5),
            ("a:\n  b: 1\n\t\n  c: 2\n", 10),
            ("a:\n  -\tx\n", 6),
            ("a: |\n  \tx\n", 7),
            ("a: >-\n  x\n  \n\t\n", 13),
            ("a: |\n  x\n \t\n", 10),
            ("%YAML 1.2\n---\na: 1\n", 0),
            ("%FOO x\n---\na: 1\n", 0),
            ("a: \"x\\\\\\/y\"\n", 7),
            ("a: \"\\uD83D\\uDE00\"\n", 4),
            ("a: &x.y 1\n", 3),
            ("a: {\"x\"\n  : 1}\n", 4),
            ("a: [:x]\n", 4),
            ("a: [x?y=z]\n", 4),
            ("a: {b?: 1}\n", 4),
            ("a: {b:}\n", 5),
            ("a: [b:]\n", 5),
            ("a: {b:, c: 1}\n", 5),
            ("a:\n \tb\n", 4),
            ("a: [?x]\n", 4),
            ("a: x\u{85}y\n", 4),
            ("a: \"x\u{85}y\"\n", 5),
            ("a: 1 # x\u{2028}y\n", 8),
            ("a:\n  x\u{2028}y\n", 6),
        ] {
            assert_eq!(refused_at(text), Some(at), "{text:?}");
        }
    }

    #[test]
    fn what_sops_reads() {
        for text in [
            "a:\t1\nb: 2\t# c\n",
            "a: 1\n  \t\nb: 2\n",
            "a: |\n  x\n  \ty\n",
            "a: |\n  x\n  \t\n",
            "a: |2\n  \tx\n",
            "a: |\t\n  x\n",
            "a: 1\n---\t\nb: 1\n",
            "a: {b: 1,\n  \tc: 2}\n",
            "%YAML 1.1\n---\na: 1\n",
            "a: \"x\\\\/y \\ud7ff\"\n",
            "a: &x_y-1 1\nb: *x_y-1\n",
            "a: {\"x\":\n  1, ? y\n  : 2}\n",
            "a: [\":x\", '?', x:y, x::y, \"a?b\"]\n",
            "a: {\"b\":[1], 'c':{}, d: }\n",
            "a: \"x\u{2028}y\"\n",
            "a: \"x\\u0085y\"\n",
            "a: 100%\n# %\n",
        ] {
            assert_eq!(refused_at(text), None, "{text:?}");
        }
    }
}

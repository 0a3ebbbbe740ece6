//! What a text that is no YAML is told: in words of ours, and how it is mended. The scanner speaks by its rules ("did not find
//! expected key"); who reads it at night looks for the quote that is missing.

use std::borrow::Cow;

use granit_parser::ErrorKind;

use crate::{Error, Span};

/// The scanner's finding at a place of a text.
pub(crate) fn error(kind: &ErrorKind, text: &str, span: Span) -> Error {
    let error = Error::new("yaml/syntax", message(kind), span);
    match template(text, span).or_else(|| indented(kind, text, span)).or_else(|| help(kind)) {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// What is wrong. `lenient` knows two kinds by it, whose words nothing else has.
pub(crate) fn message(kind: &ErrorKind) -> Cow<'static, str> {
    use ErrorKind as K;
    let fixed = match kind {
        K::UnexpectedCharacter { character: character @ ('@' | '`' | '%') } => {
            return format!("text cannot begin with {character}").into();
        }
        K::UnclosedFlowCollection { open } => return format!("this {open} is never closed").into(),
        K::MismatchedFlowCollectionEnd { open, close } => {
            return format!("{open} is closed by {close}").into();
        }
        K::MisplacedFlowCollectionEnd => "nothing is open that this could close",
        K::UnclosedQuotedScalar => "this quote is never closed",
        K::DocumentIndicatorInQuotedScalar => "a quote is open where a new document begins",
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => {
            "text goes on behind the closing quote"
        }
        K::UnknownQuotedScalarEscape => "there is no such escape",
        K::InvalidQuotedScalarHexEscape | K::InvalidUnicodeEscape => {
            "this escape is no number of a character"
        }
        K::InvalidQuotedScalarIndent | K::InvalidFlowScalarIndent => "this line must be indented further",
        K::MappingValueNotAllowed => "no value can begin here",
        K::InvalidColonPlacement => "no key stands before this colon",
        K::InvalidMappingValueWhitespace => "a blank is missing behind this colon",
        K::SimpleKeyExpected | K::InvalidSimpleKey => "a key without a colon behind it",
        K::ExpectedBlockMappingKey => "this does not go on with the mapping above",
        K::ExpectedBlockSequenceEntry => "this does not go on with the list above",
        K::BlockSequenceEntryNotAllowed => "no list can begin here",
        K::BlockEntryInFlowCollection => "a dash inside of brackets",
        K::InvalidBlockEntryWhitespace => "a blank is missing behind this dash",
        K::PlainScalarStartsWithDashFlowIndicator => "text cannot begin with a dash and a bracket or a comma",
        K::ExpectedFlowMappingSeparator => "a comma or } is missing here",
        K::ExpectedFlowSequenceSeparator => "a comma or ] is missing here",
        K::ExpectedNodeContent => "a value is missing here",
        K::ExpectedDocumentStart => "this does not go on with the document above",
        K::CommentNotSeparated => "a blank is missing before this comment",
        K::CommentInterceptedScalar => "a comment stands within a text of several lines",
        K::TabInBlockIndentation => "a tab indents this line",
        K::TabNotAllowed | K::TabInIndentation | K::TabAtBlockScalarStart | K::TabInPlainScalar => {
            "a tab where only spaces may stand"
        }
        K::InvalidBlockScalarHeader => "only a comment may follow | or > on its line",
        K::InvalidBlockScalarIndent => "this line is indented otherwise than the first of its text",
        K::MissingAnchorOrAliasName => "this is no name of an anchor",
        K::UndeclaredTagHandle => "the handle of this tag is not declared",
        K::RecursionLimitExceeded => "nested too deeply",
        other => return other.to_string().into(),
    };
    fixed.into()
}

/// How it is mended, where that can be said.
fn help(kind: &ErrorKind) -> Option<&'static str> {
    use ErrorKind as K;
    Some(match kind {
        K::UnexpectedCharacter { character: '@' | '`' | '%' } | K::PlainScalarStartsWithDashFlowIndicator => {
            "put the text in quotes"
        }
        K::UnclosedFlowCollection { .. } => "close it, or put text that begins with a bracket in quotes",
        K::MismatchedFlowCollectionEnd { .. } | K::MisplacedFlowCollectionEnd => {
            "put text that holds brackets in quotes"
        }
        K::UnclosedQuotedScalar | K::DocumentIndicatorInQuotedScalar => "close it, best on the same line",
        K::InvalidTrailingSingleQuotedScalar => "inside of '…' a ' is written twice: ''",
        K::InvalidTrailingDoubleQuotedScalar => r#"inside of "…" a " is written \""#,
        K::UnknownQuotedScalarEscape => r#"in "…" a backslash is written twice; in '…' it is only itself"#,
        K::MappingValueNotAllowed => {
            "put text that holds a colon and a blank in quotes, and each key on a line of its own"
        }
        K::InvalidColonPlacement => {
            "close the bracket or quote above it, or put text that holds a colon in quotes"
        }
        K::SimpleKeyExpected | K::InvalidSimpleKey => {
            "write KEY: VALUE, with a blank behind the colon; indent a line that goes on with the text above"
        }
        K::ExpectedBlockMappingKey => {
            "the keys of a mapping begin in one column, and what belongs to a key further to the right"
        }
        K::ExpectedBlockSequenceEntry => "the dashes of a list stand in one column",
        K::BlockSequenceEntryNotAllowed => {
            "a list begins on the line below its key; put text that begins with a dash in quotes"
        }
        K::BlockEntryInFlowCollection => "in brackets only commas separate: [a, b]",
        K::ExpectedFlowMappingSeparator | K::ExpectedFlowSequenceSeparator => {
            "in brackets, text that holds a comma, a colon or a bracket needs quotes"
        }
        K::ExpectedDocumentStart => "a further document begins behind a line ---",
        K::CommentNotSeparated => "or put text that holds # in quotes",
        K::TabNotAllowed
        | K::TabInBlockIndentation
        | K::TabInIndentation
        | K::TabAtBlockScalarStart
        | K::TabInPlainScalar => "indent with spaces",
        K::InvalidBlockScalarHeader => "the text begins on the next line, indented",
        K::MissingAnchorOrAliasName => {
            "names have letters, digits, _ and -; put text that begins with & or * in quotes"
        }
        K::UndeclaredTagHandle => "put text that begins with ! in quotes",
        _ => return None,
    })
}

/// A key that has its line for itself, and stands too far to the right.
fn indented(kind: &ErrorKind, text: &str, span: Span) -> Option<&'static str> {
    let before = &text[line_start(text, span.start)..span.start];
    let alone =
        *kind == ErrorKind::MappingValueNotAllowed && before.starts_with(' ') && !before.contains(':');
    alone.then_some("it is indented further than the line above lets it be: begin it where that begins")
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// A template is no YAML before it is rendered.
fn template(text: &str, span: Span) -> Option<&'static str> {
    let start = line_start(text, span.start);
    // What stands on the line above may have been taken for data.
    let above = line_start(text, start.saturating_sub(1));
    let line = text[above..].lines().take(if above < start { 2 } else { 1 }).collect::<Vec<_>>().concat();
    let marks = ["{{", "{%", "#{", "#%"];
    marks
        .iter()
        .any(|mark| line.contains(mark))
        .then_some("this looks like a template: render it first, or put the text in quotes")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    #[test]
    fn what_a_person_is_told() {
        let texts = [
            "a: b: c\n",
            "a: \"b\": c\n",
            "a: [1, 2\nb: 1\n",
            "a: {b: 1\n",
            "a: [1, {b: 2]}\n",
            "a: ]\n",
            "a: \"foo\nb: 1\n",
            "a: 'it's'\n",
            "a: \"the \"x\"\"\n",
            "a: \"\\d+\"\n",
            "a: \"\\uZZZZ\"\n",
            "a: \"b\nc\"\n---\nd: \"\n---\n",
            "a: 1\n b: 2\n",
            "a:\n  b: 1\n c: 2\n",
            "a: 1\n- b\n",
            "- a\n b\n- c\nd: 1\n",
            "a:\n  - b\n c\n",
            "a: - b\n",
            "a: [- b]\n",
            "a: -[\n",
            "a: 1\nb\n",
            "a: 1\nb:2\n",
            "a: @b\n",
            "a: `b`\n",
            "a: %b\n",
            "a:\n  %b: c\n",
            "a: [%b]\n",
            "a: : b\n",
            "a: {b c: 1 d: 2}\n",
            "a: [b c\nd: 1]\n",
            "a: {b: 1, c}}\n",
            "a:\n\tb: 1\n",
            "\ta: 1\n",
            "a: |\n\tb\n",
            "a: | b\n",
            "a: |\n    \n  b\n",
            "a: &\n",
            "a: *\n",
            "a: !x!y z\n",
            "a: 'b'#c\nd: @\n",
            "a: {{ b }}: c\n",
            "{{ if a }}\nb: 1\n{{ end }}\n",
            "a: {{ b | c(d) }}\n",
            "{% if a %}\nb: 1\n",
            "#% if a %#\na: [#{ b }#\n",
            "a: b\n...\nc\n---\n...d\n",
            "%YAML 3.0\n---\na: 1\n",
        ];
        let mut told = String::new();
        for text in texts {
            let _ = write!(told, "{text:?}: ");
            let Err(error) = crate::parse(text) else {
                told.push_str("fine\n");
                continue;
            };
            let before = &text[..error.span.start];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().len() + 1;
            let _ = writeln!(told, "{line}:{column}: {}", error.message);
            if let Some(help) = error.help {
                let _ = writeln!(told, "    {help}");
            }
        }
        insta::assert_snapshot!(told);
    }
}

//! `talenv.yaml`: dotenv syntax (`NAME: value` or `NAME=value`) that must also be valid YAML. It overrides the
//! environment of the process.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Source};

/// The variables of a talenv file, over those of the process.
#[derive(Clone, Default)]
pub struct Talenv {
    variables: BTreeMap<String, Variable>,
}

/// A value and where it is given.
#[derive(Clone)]
struct Variable {
    value: String,
    place: Location,
}

impl Talenv {
    /// Reads the text of a talenv file.
    ///
    /// # Errors
    /// What the YAML reader found, `talos/talenv-encrypted`, `talos/talenv-syntax`.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let stream =
            yaml::parse(source.text()).map_err(|error| vec![Diagnostic::from_yaml(source, error)])?;
        let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3);
        if !duplicates.is_empty() {
            return Err(duplicates.into_iter().map(|error| Diagnostic::from_yaml(source, error)).collect());
        }
        if let Some(pair) = stream.documents.first().and_then(|document| document.root.pair("sops")) {
            let place = Location::new(source, pair.key.span.range());
            return Err(vec![
                Diagnostic::error("talos/talenv-encrypted", "this file is encrypted")
                    .at(place)
                    .with_help("give its values in the environment: secrets exec-env FILE -- COMMAND"),
            ]);
        }
        let mut env = Self::default();
        let mut problems = Vec::new();
        let mut at = 0;
        while let Some(start) = next_statement(source.text(), at) {
            at = match env.statement(start, source) {
                Ok(end) => end,
                Err(failure) => {
                    problems.extend(failure.diagnostics);
                    line_end(source.text(), start)
                }
            };
        }
        if problems.is_empty() { Ok(env) } else { Err(problems) }
    }

    /// The value of a variable: from the file, else from the process.
    pub fn get(&self, name: &str) -> Option<String> {
        self.own(name).map(str::to_owned).or_else(|| std::env::var(name).ok())
    }

    /// The value of a variable that the file itself gives.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|variable| variable.value.as_str())
    }

    /// Where the file gives a variable.
    pub fn place(&self, name: &str) -> Option<Location> {
        self.variables.get(name).map(|variable| variable.place.clone())
    }

    /// Adds the variables of a further file; they win over those of the same name.
    pub fn extend(&mut self, further: Self) {
        self.variables.extend(further.variables);
    }

    /// The names of the file, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Reads the name and the value at `start`; says where the value ends.
    fn statement(&mut self, start: usize, source: &Arc<Source>) -> Outcome<usize> {
        let text = source.text();
        let end = line_end(text, start);
        let line = text[start..end].trim_end();
        let wrong = |range: Range<usize>, message: &str| {
            Failure::new("talos/talenv-syntax", message)
                .at(Location::new(source, range))
                .with_help("each line is NAME: value")
        };
        let exported = line.strip_prefix("export").filter(|rest| rest.starts_with(is_blank));
        let stripped = exported.unwrap_or(line).trim_start_matches(is_blank);
        let name_at = start + (line.len() - stripped.len());
        let length = stripped.find([':', '=']).unwrap_or(0);
        let name = stripped[..length].trim_end();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.') {
            return Err(wrong(start..start + line.len(), "this is not a variable and its value"));
        }
        let raw = text[name_at + length + 1..].trim_start_matches(is_blank);
        let value_at = text.len() - raw.len();
        let (value, length) = self.value(raw).ok_or_else(|| {
            let range = value_at.min(end)..start + line.len();
            wrong(range, "the quotes of this value do not match, or something stands behind them")
        })?;
        let place = Location::new(source, name_at..name_at + name.len());
        self.variables.insert(name.to_owned(), Variable { value, place });
        Ok(value_at + length)
    }

    /// The value that `raw` begins with, and the length of what it is written with. Single quotes keep a text as it is;
    /// elsewhere `$X` stands for a variable.
    fn value(&self, raw: &str) -> Option<(String, usize)> {
        let Some(quote) = raw.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            let length = line_end(raw, 0);
            return Some((self.expand(uncommented(&raw[..length]).trim_matches(is_blank)), length));
        };
        let inner = &raw[1..];
        let length = closing_quote(inner, quote)?;
        let behind = &inner[length + 1..];
        let behind = behind[..line_end(behind, 0)].trim_start_matches(is_blank);
        if !behind.is_empty() && !behind.starts_with('#') {
            return None;
        }
        let text = inner[..length].replace("\r\n", "\n");
        Some((if quote == '"' { self.expand(&unescape(&text)) } else { text }, length + 2))
    }

    /// Puts in variables as talhelper's reader of dotenv files does: `$X` and `${X}` with a name in capitals, from the
    /// lines above alone; one that is not there stands for nothing. `\$` is a dollar sign, and so is any other `$`.
    fn expand(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            let (before, from) = rest.split_at(dollar);
            let (name, length) = reference(from);
            if let Some(before) = before.strip_suffix('\\') {
                out.push_str(before);
                out.push_str(&from[..length]);
            } else {
                out.push_str(before);
                out.push_str(if name.is_empty() {
                    &from[..length]
                } else {
                    self.own(name).unwrap_or_default()
                });
            }
            rest = &from[length..];
        }
        out.push_str(rest);
        out
    }
}

/// Where the next name begins at or behind `at`: neither blank, nor a comment, nor a mark of YAML documents.
fn next_statement(text: &str, at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        at = text.len() - text[at..].trim_start().len();
        let line = text[at..line_end(text, at)].trim_end();
        if line.is_empty() {
            return None;
        }
        if !line.starts_with('#') && line != "---" && line != "..." {
            return Some(at);
        }
        at += line.len();
    }
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}')
}

/// The line up to its comment: the last `#` behind a blank.
fn uncommented(line: &str) -> &str {
    let comment = line.rmatch_indices('#').map(|(at, _)| at).find(|at| line[..*at].ends_with(is_blank));
    comment.map_or(line, |at| &line[..at])
}

/// Where the quote that closes stands; behind a backslash it closes nothing.
fn closing_quote(inner: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inner.find(|c| {
        let found = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })
}

/// `\n` and `\r` are line breaks; before anything but a dollar sign a backslash is dropped.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('\\', Some(next)) if next != '$' => {
                chars.next();
                out.push(match next {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => out.push(c),
        }
    }
    out
}

/// The name behind the dollar sign that `from` begins with (none: the sign is text), and the length of it all:
/// `\$\(?\{?[A-Z0-9_]*\}?`.
fn reference(from: &str) -> (&str, usize) {
    let mut at = 1;
    at += usize::from(from[at..].starts_with('('));
    at += usize::from(from[at..].starts_with('{'));
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let length = from[at..].find(|c| !is_name(c)).unwrap_or(from.len() - at);
    let end = at + length;
    (&from[at..end], end + usize::from(from[end..].starts_with('}')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Talenv, Vec<&'static str>> {
        Talenv::parse(&Arc::new(Source::new("talenv.yaml", text)))
            .map_err(|problems| problems.iter().map(|problem| problem.code).collect())
    }

    // The values of vectors/talos/v10, as talhelper read them.
    #[test]
    fn values() {
        let text = "---\n# comment\nTALOS: v1.10.3\nK8S: \"1.33.0\"\nDOMAIN: envy.local # trailing\nNUMBER: 0017\nSUFFIX: 'a1'\nVIP: 10.52.0.10\nQUOTED: \"two words: and a colon\"\nSINGLE: 'kept $VIP as is'\nEXPANDED: \"${VIP}/32\"\nHASH: no#comment\nLATE: ${SUFFIX}\nBASE64: qoEPV9Q4=\n";
        let env = parse(text).unwrap();
        let want = [
            ("TALOS", "v1.10.3"),
            ("K8S", "1.33.0"),
            ("DOMAIN", "envy.local"),
            ("NUMBER", "0017"),
            ("SUFFIX", "a1"),
            ("QUOTED", "two words: and a colon"),
            ("SINGLE", "kept $VIP as is"),
            ("EXPANDED", "10.52.0.10/32"),
            ("HASH", "no#comment"),
            ("LATE", "a1"),
            ("BASE64", "qoEPV9Q4="),
        ];
        for (name, value) in want {
            assert_eq!(env.own(name), Some(value), "{name}");
        }
        assert_eq!(&text[env.place("HASH").unwrap().range], "HASH");
    }

    // Each as talhelper 3.1.16 reads it.
    #[test]
    fn dollar_signs() {
        let table = [
            ("abc$foo", "abc$foo"),
            ("\"abc$foo\"", "abc$foo"),
            ("pa$$word", "pa$$word"),
            ("x${b}y", "x${b}y"),
            ("$Bc", "beec"),
            ("${B}c", "beec"),
            ("${B", "bee"),
            ("x$(B)y", "xbee)y"),
            ("$(B", "bee"),
            ("x${B:-d}y", "xbee:-d}y"),
            ("x${NO:-d}y", "x:-d}y"),
            ("x$1y", "xy"),
            ("x$B_y", "xy"),
            ("x$", "x$"),
            ("$$B", "$bee"),
            ("${}x", "${}x"),
            ("\\$B", "$B"),
            ("\"\\\\$B\"", "$B"),
            ("a\\$b", "a$b"),
            ("'x${B}'", "x${B}"),
            ("'\\$B'", "\\$B"),
            // Of the process.
            ("x$HOME", "x"),
            ("${B}${B}$B$b", "beebeebee$b"),
            ("é$É", "é$É"),
        ];
        for (written, want) in table {
            let env = parse(&format!("B: bee\nA: {written}\n")).unwrap();
            assert_eq!(env.own("A"), Some(want), "{written}");
        }
        assert_eq!(parse("A: x$B\nB: bee\n").unwrap().own("A"), Some("x"));
    }

    // Likewise.
    #[test]
    fn comments_and_escapes() {
        let table = [
            ("a # b # c", "a # b"),
            ("#a", "#a"),
            ("x#a", "x#a"),
            ("x #a", "x"),
            ("a\t# c", "a"),
            ("\"a\" # c", "a"),
            ("'x # y' #", "x # y"),
            ("\"a\\rb\"", "a\rb"),
            ("\"a\\nb\"", "a\nb"),
            ("\"a\\tb\"", "atb"),
            ("\"a\\u0041b\"", "au0041b"),
            ("\"a\\\"b\"", "a\"b"),
            ("\"a\\\\b\"", "a\\b"),
            ("\"a\\\\nb\"", "a\\nb"),
            ("a\\nb", "a\\nb"),
            ("a\\\\b", "a\\\\b"),
            ("\"  x  \"", "  x  "),
            ("  x  ", "x"),
            ("\"one\n  two\"", "one\n  two"),
            ("'one\n  two'", "one\n  two"),
            ("\"one\r\n  two\"", "one\n  two"),
        ];
        for (written, want) in table {
            let env = parse(&format!("A: {written}\nZ: z\n")).unwrap();
            assert_eq!((env.own("A"), env.own("Z")), (Some(want), Some("z")), "{written}");
        }
        assert_eq!(parse("A: x\r\nB: y\r\n").unwrap().own("A"), Some("x"));
    }

    #[test]
    fn dotenv_lines() {
        assert_eq!(parse("A=1\n").unwrap().own("A"), Some("1"));
        assert_eq!(parse("A: ${NOT_SET_ANYWHERE_HERE}x\n").unwrap().own("A"), Some("x"));
        assert_eq!(parse("A:\nB:\n  C: x\n").unwrap().own("C"), Some("x"));
        assert_eq!(parse("A: \nB: x\n").unwrap().own("A"), Some(""));
        assert_eq!(parse("export A: x\n").unwrap().own("A"), Some("x"));
        assert_eq!(parse("A: x\n---\n...\nB: y\n").unwrap().own("B"), Some("y"));
    }

    #[test]
    fn problems() {
        assert_eq!(parse("A: [1\n").err().unwrap(), ["yaml/syntax"]);
        assert_eq!(parse("A: 1\nA: 2\n").err().unwrap(), ["yaml/duplicate-key"]);
        assert_eq!(parse("- a\n").err().unwrap(), ["talos/talenv-syntax"]);
        // talhelper ignores a file with a quote in single quotes, without a word.
        assert_eq!(parse("A: 'it''s'\n").err().unwrap(), ["talos/talenv-syntax"]);
        assert_eq!(parse("A: |\n  x\n").err().unwrap(), ["talos/talenv-syntax"]);
        assert_eq!(parse("A: x\nsops:\n  mac: x\n").err().unwrap(), ["talos/talenv-encrypted"]);
    }
}

//! Label selectors in the form kubectl takes: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`.

/// A selector: all of its requirements must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    all: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    Absent,
    Greater,
    Less,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Symbol(&'static str),
    End,
}

impl Requirements {
    /// Reads a selector; an empty text selects everything.
    ///
    /// # Errors
    /// What was expected, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0 };
        let mut all = Vec::new();
        while *parser.peek() != Token::End {
            all.push(parser.requirement()?);
            match parser.next() {
                Token::End => break,
                Token::Symbol(",") if matches!(parser.peek(), Token::Word(_) | Token::Symbol("!")) => {}
                Token::Symbol(",") => return Err("a key must follow the comma".to_owned()),
                _ => return Err("a comma or the end is expected behind a requirement".to_owned()),
            }
        }
        Ok(Self { all })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether all hold, given each key's value.
    pub fn fit<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> bool {
        self.all.iter().all(|requirement| requirement.holds(value(&requirement.key)))
    }
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|known| known == value);
        let compared =
            |value: &str| Some((value.parse::<i64>().ok()?, self.values.first()?.parse::<i64>().ok()?));
        match (self.operator, value) {
            (Operator::In, Some(value)) => listed(value),
            (Operator::NotIn, Some(value)) => !listed(value),
            (Operator::Exists, value) => value.is_some(),
            (Operator::NotIn | Operator::Absent, None) => true,
            (Operator::Absent, Some(_)) | (Operator::In | Operator::Greater | Operator::Less, None) => false,
            (Operator::Greater, Some(value)) => compared(value).is_some_and(|(a, b)| a > b),
            (Operator::Less, Some(value)) => compared(value).is_some_and(|(a, b)| a < b),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    const SYMBOLS: [&str; 8] = ["==", "!=", "=", "!", "(", ")", ",", ">"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    while !rest.is_empty() {
        if let Some(symbol) = SYMBOLS.iter().chain(&["<"]).find(|symbol| rest.starts_with(**symbol)) {
            tokens.push(Token::Symbol(symbol));
            rest = &rest[symbol.len()..];
        } else {
            let end = rest
                .find(|c: char| "=!(),><".contains(c) || matches!(c, ' ' | '\t' | '\r' | '\n'))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.contains('\0') {
                return Err("it holds a control character".to_owned());
            }
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        }
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }
    tokens.push(Token::End);
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let absent = *self.peek() == Token::Symbol("!");
        if absent {
            self.next();
        }
        let Token::Word(key) = self.next() else { return Err("a key is expected".to_owned()) };
        check_key(&key)?;
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            let operator = if absent { Operator::Absent } else { Operator::Exists };
            return Ok(Requirement { key, operator, values: Vec::new() });
        }
        if absent {
            return Err(format!("nothing may follow !{key}"));
        }
        let (operator, values) = match self.next() {
            Token::Symbol("=" | "==") => (Operator::In, vec![self.value()]),
            Token::Symbol("!=") => (Operator::NotIn, vec![self.value()]),
            Token::Symbol(">") => (Operator::Greater, vec![self.value()]),
            Token::Symbol("<") => (Operator::Less, vec![self.value()]),
            Token::Word(word) if word == "in" => (Operator::In, self.list()?),
            Token::Word(word) if word == "notin" => (Operator::NotIn, self.list()?),
            _ => return Err(format!("=, !=, in or notin is expected behind {key}")),
        };
        if matches!(operator, Operator::Greater | Operator::Less)
            && values.iter().any(|value| value.parse::<i64>().is_err())
        {
            return Err(format!("{key} must be compared with a whole number"));
        }
        values.iter().try_for_each(|value| check_value(value))?;
        Ok(Requirement { key, operator, values })
    }

    /// A value, which may be missing.
    fn value(&mut self) -> String {
        match self.peek() {
            Token::Word(_) => match self.next() {
                Token::Word(word) => word,
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if self.next() != Token::Symbol("(") {
            return Err("a list in ( ) is expected".to_owned());
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value());
            match self.next() {
                Token::Symbol(",") => {}
                Token::Symbol(")") => return Ok(values),
                _ => return Err("a comma or ) is expected in a list".to_owned()),
            }
        }
    }
}

/// `[prefix/]name`, as Kubernetes has it.
fn check_key(key: &str) -> Result<(), String> {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let name_fits = (1..=63).contains(&name.len()) && is_name(name);
    let is_label = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let prefix_fits = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_label));
    if name_fits && prefix_fits { Ok(()) } else { Err(format!("{key} is no valid label key")) }
}

fn check_value(value: &str) -> Result<(), String> {
    if value.len() <= 63 && (value.is_empty() || is_name(value)) {
        return Ok(());
    }
    Err(format!("{value} is no valid label value"))
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_name(text: &str) -> bool {
    let ends = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && ends(text.bytes().next())
        && ends(text.bytes().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(selector: &str, labels: &[(&str, &'static str)]) -> bool {
        let value = |key: &str| labels.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        Requirements::parse(selector).unwrap().fit(value)
    }

    #[test]
    fn selectors() {
        let labels = [("a", "b"), ("x.io/n", "3"), ("e", "")];
        for selector in [
            "",
            "a",
            "!z",
            "a=b",
            "a==b",
            "a!=c",
            "z!=c",
            "a in (c, b)",
            "a notin (c)",
            "x.io/n>2",
            "x.io/n<4",
            "a=b,!z,a in (b)",
            "e=",
            "e in ()",
            " a = b ",
        ] {
            assert!(fits(selector, &labels), "{selector}");
        }
        for selector in ["!a", "z", "a=c", "a!=b", "a in (c)", "a notin (b)", "x.io/n>3", "a>1", "a=b,z"] {
            assert!(!fits(selector, &labels), "{selector}");
        }
        for selector in ["=b", "a=b,", "a in b", "a in (b", "!a=b", "a b", "-a", "a=b c", "n>x", "A/b/c"] {
            assert!(Requirements::parse(selector).is_err(), "{selector}");
        }
    }
}

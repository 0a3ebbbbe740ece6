//! Conditions of names alone, `a and not (b or c)`, and choices by them, `'x' if a else none`, as most expressions of a
//! catalogue are. They need no engine: each is read and decided in a third of the time (`just bench-engine`). Anything
//! else, and a name without a value, is the engine's, which decides what it is.

use minijinja::Value as Jinja;

/// Longer conditions are left to the engine.
const MAX_WORDS: usize = 64;

/// A condition, of names with their places in the text.
#[derive(Debug)]
pub(crate) enum Logic {
    Name(String),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    /// The first if the second holds, else the third.
    Choice(Box<[Self; 3]>),
    Text(String),
    None,
}

impl Logic {
    /// Reads a condition; none when there is more in it than names, plain texts, `none`, `and`, `or`, `not`, `if`, `else` and
    /// parentheses.
    pub(crate) fn read(expression: &str) -> Option<Self> {
        let words = words(expression)?;
        let mut reader = Reader { words: &words };
        reader.choice().filter(|_| reader.words.is_empty())
    }

    /// Shows each name in it.
    pub(crate) fn each_name(&self, see: &mut dyn FnMut(&str)) {
        match self {
            Self::Name(name) => see(name),
            Self::Not(inner) => inner.each_name(see),
            Self::And(left, right) | Self::Or(left, right) => {
                left.each_name(see);
                right.each_name(see);
            }
            Self::Choice(parts) => parts.iter().for_each(|part| part.each_name(see)),
            Self::Text(_) | Self::None => {}
        }
    }

    /// Its value, by Python's rules: of `and` and `or` that of the operand that decides. None when a name that is asked for
    /// has no value.
    pub(crate) fn value(&self, named: &impl Fn(&str) -> Option<Jinja>) -> Option<Jinja> {
        match self {
            Self::Name(name) => named(name).filter(|value| !value.is_undefined()),
            Self::Not(inner) => inner.value(named).map(|value| Jinja::from(!value.is_true())),
            Self::And(left, right) => {
                let left = left.value(named)?;
                if left.is_true() { right.value(named) } else { Some(left) }
            }
            Self::Or(left, right) => {
                let left = left.value(named)?;
                if left.is_true() { Some(left) } else { right.value(named) }
            }
            Self::Choice(parts) => {
                let [then, condition, otherwise] = &**parts;
                if condition.value(named)?.is_true() { then.value(named) } else { otherwise.value(named) }
            }
            Self::Text(text) => Some(Jinja::from(text.as_str())),
            Self::None => Some(Jinja::from(())),
        }
    }
}

/// Names, parentheses and texts in quotes; none where there is anything else but blanks between them.
fn words(expression: &str) -> Option<Vec<&str>> {
    let is_name = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
    let (mut words, mut rest) = (Vec::with_capacity(16), expression);
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b' ' => 0,
            b'(' | b')' => 1,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                rest.as_bytes().iter().take_while(|byte| is_name(byte)).count()
            }
            b'\'' | b'"' => text_length(rest.as_bytes(), first)?,
            _ => return None,
        };
        words.extend((length > 0).then(|| &rest[..length]));
        rest = &rest[length.max(1)..];
        if words.len() > MAX_WORDS {
            return None;
        }
    }
    Some(words)
}

/// The length of a text in quotes, with them; none where something in it may mean more than itself.
fn text_length(rest: &[u8], quote: u8) -> Option<usize> {
    let inner =
        rest[1..].iter().take_while(|byte| matches!(byte, b' '..=b'~') && !b"'\"\\".contains(byte)).count();
    (rest.get(inner + 1) == Some(&quote)).then_some(inner + 2)
}

struct Reader<'t> {
    words: &'t [&'t str],
}

impl Reader<'_> {
    fn skip(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn choice(&mut self) -> Option<Logic> {
        let then = self.either()?;
        if !self.skip("if") {
            return Some(then);
        }
        let condition = self.either()?;
        let otherwise = if self.skip("else") { self.choice()? } else { return None };
        Some(Logic::Choice(Box::new([then, condition, otherwise])))
    }

    fn either(&mut self) -> Option<Logic> {
        let mut left = self.both()?;
        while self.skip("or") {
            left = Logic::Or(Box::new(left), Box::new(self.both()?));
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Logic> {
        let mut left = self.negation()?;
        while self.skip("and") {
            left = Logic::And(Box::new(left), Box::new(self.negation()?));
        }
        Some(left)
    }

    fn negation(&mut self) -> Option<Logic> {
        if self.skip("not") {
            return Some(Logic::Not(Box::new(self.negation()?)));
        }
        if self.skip("(") {
            let inner = self.choice()?;
            return self.skip(")").then_some(inner);
        }
        let (&word, rest) = self.words.split_first()?;
        self.words = rest;
        match word.as_bytes() {
            [b'(' | b')', ..] => None,
            [b'\'' | b'"', inner @ .., _] => Some(Logic::Text(String::from_utf8_lossy(inner).into_owned())),
            _ if matches!(word, "none" | "None") => Some(Logic::None),
            _ if RESERVED.contains(&word) => None,
            _ => Some(Logic::Name(word.to_owned())),
        }
    }
}

/// Names that mean something else, or may.
const RESERVED: [&str; 15] = [
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "loop",
    "self",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Expressions, Scope};

    #[test]
    fn what_is_read() {
        for (expression, read) in [
            ("a", true),
            (" not a and (b or not c) ", true),
            ("not not a", true),
            ("", false),
            ("a b", false),
            ("a and", false),
            ("(a", false),
            ("a)", false),
            ("a == b", false),
            ("a.b", false),
            ("a()", false),
            ("a | list", false),
            ("true", false),
            ("'a'", true),
            ("\"\" or none", true),
            ("'a", false),
            ("'a\"", false),
            ("'a' 'b'", false),
            ("'\\\\'", false),
            ("'a\tb'", false),
            ("'é'", false),
            ("'x' if a else y if (b) else none", true),
            ("(a if b else c) and d", true),
            ("a and if b else c", false),
            ("a else b", false),
            ("a if b else", false),
            ("a 'b", false),
            ("a if b", false),
            ("a not in b", false),
            ("1 and a", false),
            ("a1 and 1a", false),
            ("a\tand b", false),
            ("a)(", false),
            ("é", false),
        ] {
            assert_eq!(Logic::read(expression).is_some(), read, "{expression}");
        }
    }

    fn expression() -> impl Strategy<Value = String> {
        let words = vec!["a", "b", "c", "missing", "range", "true", "none", "'x'", "''", "\"0\""];
        let name = proptest::sample::select(words);
        name.prop_map(str::to_owned).prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|inner| format!("not {inner}")),
                inner.clone().prop_map(|inner| format!("({inner})")),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} and {right}")),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} or {right}")),
                (inner.clone(), inner.clone(), inner).prop_map(|(then, condition, otherwise)| format!(
                    "({then}) if ({condition}) else {otherwise}"
                )),
            ]
        })
    }

    fn value() -> impl Strategy<Value = yaml::Value> {
        let texts = ["null", "true", "false", "0", "1", "0.0", "''", "x", "[]", "[0]", "{}", "{k: v}"];
        proptest::sample::select(texts.to_vec())
            .prop_map(|text| yaml::load_one(text, yaml::Dialect::Yaml12).unwrap())
    }

    proptest! {
        /// The engine is the judge: of names, values and errors.
        #[test]
        fn the_engine_says_the_same(expression in expression(), values in proptest::array::uniform3(value())) {
            let expressions = Expressions::new().unwrap();
            let mut scope = Scope::default();
            for (name, value) in ["a", "b", "c"].into_iter().zip(&values) {
                scope.set(name, value);
            }
            let context: yaml::Mapping = ["a", "b", "c"].into_iter().zip(values).collect();
            let ours = expressions.compile(&expression).unwrap();
            let engine = expressions.compile_with_engine(&expression).unwrap();
            prop_assert_eq!(ours.names(), engine.names());
            let (ours, engine) = (ours.eval(&scope), engine.eval(&scope));
            prop_assert_eq!(format!("{ours:?}"), format!("{engine:?}"));
            let whole = expressions.eval(&expression, &yaml::Value::Mapping(context));
            prop_assert_eq!(ours.ok(), whole.ok());
        }
    }
}

//! Conditions of names alone: `a and not (b or c)`, as most conditions of a catalogue are. They need no engine: each is read
//! and decided in a third of the time (`just bench-engine`). Anything else, and a name without a value, is the engine's, which decides what it is.

use std::collections::BTreeSet;

use minijinja::Value as Jinja;

use crate::front::{Token, TokenKind, tokens};

/// Longer conditions are left to the engine.
const MAX_TOKENS: usize = 64;

/// A condition, of names with their places in the text.
#[derive(Debug)]
pub(crate) enum Logic {
    Name(String),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Logic {
    /// Reads a condition; none when there is more in it than names, `and`, `or`, `not` and parentheses.
    pub(crate) fn read(expression: &str) -> Option<Self> {
        if !expression
            .bytes()
            .all(|byte| matches!(byte, b'_' | b' ' | b'(' | b')') || byte.is_ascii_alphanumeric())
        {
            return None;
        }
        let tokens = tokens(expression, 0..expression.len());
        let covered =
            tokens.last().is_some_and(|last| expression[last.range.end..].trim_matches(' ').is_empty());
        if !covered || tokens.len() > MAX_TOKENS {
            return None;
        }
        let mut reader = Reader { expression, tokens: &tokens };
        reader.either().filter(|_| reader.tokens.is_empty())
    }

    /// The names in it.
    pub(crate) fn names(&self, found: &mut BTreeSet<String>) {
        match self {
            Self::Name(name) => drop(found.insert(name.clone())),
            Self::Not(inner) => inner.names(found),
            Self::And(left, right) | Self::Or(left, right) => {
                left.names(found);
                right.names(found);
            }
        }
    }

    /// Whether something is so of one of its names.
    pub(crate) fn any_name(&self, is: impl Fn(&str) -> bool + Copy) -> bool {
        match self {
            Self::Name(name) => is(name),
            Self::Not(inner) => inner.any_name(is),
            Self::And(left, right) | Self::Or(left, right) => left.any_name(is) || right.any_name(is),
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
        }
    }
}

struct Reader<'t> {
    expression: &'t str,
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn skip(&mut self, word: &str) -> bool {
        match self.tokens.split_first() {
            Some((first, rest)) if &self.expression[first.range.clone()] == word => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
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
            let inner = self.either()?;
            return self.skip(")").then_some(inner);
        }
        let (first, rest) = self.tokens.split_first()?;
        let name = &self.expression[first.range.clone()];
        if first.kind != TokenKind::Name || RESERVED.contains(&name) {
            return None;
        }
        self.tokens = rest;
        Some(Logic::Name(name.to_owned()))
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
            ("'a'", false),
            ("'a", false),
            ("a 'b", false),
            ("a if b", false),
            ("a not in b", false),
            ("1 and a", false),
            ("é", false),
        ] {
            assert_eq!(Logic::read(expression).is_some(), read, "{expression}");
        }
    }

    fn expression() -> impl Strategy<Value = String> {
        let name = proptest::sample::select(vec!["a", "b", "c", "missing", "range", "true"]);
        name.prop_map(str::to_owned).prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|inner| format!("not {inner}")),
                inner.clone().prop_map(|inner| format!("({inner})")),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} and {right}")),
                (inner.clone(), inner).prop_map(|(left, right)| format!("{left} or {right}")),
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

//! Conditions of names and constants, `a and not (b or c == 'x')`, and choices by them, `'x' if a else none`, as most
//! expressions of a catalogue are. They need no engine: each is read and decided in a third of the time
//! (`just bench-engine`). Anything else, and a name without a value, is the engine's, which decides what it is.

use minijinja::Value as Jinja;

/// Longer conditions are left to the engine.
const MAX_WORDS: usize = 64;

/// More digits are left to the engine, which knows numbers of any size.
const MAX_DIGITS: usize = 15;

/// A condition.
#[derive(Debug)]
pub(crate) enum Logic {
    Name(String),
    /// What a name's value has under another name.
    Attribute(String, String),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    /// The first if the second holds, else the third.
    Choice(Box<[Self; 3]>),
    /// Whether both are equal.
    Equal(Box<[Self; 2]>),
    /// Whether the first is equal to one of the others.
    OneOf(Box<Self>, Vec<Self>),
    List(Vec<Self>),
    Number(i64),
    Text(String),
    None,
}

impl Logic {
    /// Reads a condition; none when there is more in it than names, attributes of names, plain texts, whole numbers, `none`,
    /// lists of them, `==`, `!=`, `in` a list, `and`, `or`, `not`, `if`, `else` and parentheses.
    pub(crate) fn read(expression: &str) -> Option<Self> {
        let words = words(expression)?;
        let mut reader = Reader { words: &words };
        reader.choice().filter(|_| reader.words.is_empty())
    }

    /// Shows each name in it.
    pub(crate) fn each_name(&self, see: &mut dyn FnMut(&str)) {
        let parts: &[Self] = match self {
            Self::Name(name) | Self::Attribute(name, _) => return see(name),
            Self::Not(inner) => return inner.each_name(see),
            Self::And(left, right) | Self::Or(left, right) => {
                left.each_name(see);
                return right.each_name(see);
            }
            Self::OneOf(item, items) => {
                item.each_name(see);
                items
            }
            Self::Choice(parts) => &**parts,
            Self::Equal(parts) => &**parts,
            Self::List(items) => items,
            Self::Number(_) | Self::Text(_) | Self::None => &[],
        };
        for part in parts {
            part.each_name(see);
        }
    }

    /// Its value, by Python's rules: of `and` and `or` that of the operand that decides. None when a name that is asked for
    /// has no value.
    pub(crate) fn value(&self, named: &impl Fn(&str) -> Option<Jinja>) -> Option<Jinja> {
        match self {
            Self::Name(name) => named(name).filter(|value| !value.is_undefined()),
            Self::Attribute(name, attribute) => {
                let value = named(name)?.get_attr(attribute).ok()?;
                Some(value).filter(|value| !value.is_undefined())
            }
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
            Self::Equal(parts) => {
                let [left, right] = &**parts;
                Some(Jinja::from(left.value(named)? == right.value(named)?))
            }
            Self::OneOf(item, items) => {
                let item = item.value(named)?;
                let items = all(items, named)?;
                Some(Jinja::from(items.contains(&item)))
            }
            Self::List(items) => all(items, named).map(Jinja::from),
            Self::Number(number) => Some(Jinja::from(*number)),
            Self::Text(text) => Some(Jinja::from(text.as_str())),
            Self::None => Some(Jinja::from(())),
        }
    }
}

fn all(items: &[Logic], named: &impl Fn(&str) -> Option<Jinja>) -> Option<Vec<Jinja>> {
    items.iter().map(|item| item.value(named)).collect()
}

/// Names, numbers, texts in quotes and the marks that are known; none where there is anything else but blanks between them.
fn words(expression: &str) -> Option<Vec<&str>> {
    let is_name = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
    let bytes = expression.as_bytes();
    let (mut words, mut at) = (Vec::with_capacity(16), 0);
    while let Some(first) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match first {
            b' ' => {
                at += 1;
                continue;
            }
            b'(' | b')' | b'[' | b']' | b',' | b'.' => 1,
            b'=' | b'!' => rest.get(1).filter(|next| **next == b'=').map(|_| 2)?,
            b'0'..=b'9' => number_length(rest)?,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                rest.iter().position(|byte| !is_name(byte)).unwrap_or(rest.len())
            }
            b'\'' | b'"' => text_length(rest, *first)?,
            _ => return None,
        };
        words.push(&expression[at..at + length]);
        at += length;
        if words.len() > MAX_WORDS {
            return None;
        }
    }
    Some(words)
}

/// The length of a whole number as everybody writes it; none where it may be something else.
fn number_length(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let goes_on =
        rest.get(digits).is_some_and(|next| matches!(next, b'.' | b'_') || next.is_ascii_alphabetic());
    let is_plain = digits <= MAX_DIGITS && (digits == 1 || rest[0] != b'0') && !goes_on;
    is_plain.then_some(digits)
}

/// The length of a text in quotes, with them; none where something in it may mean more than itself.
fn text_length(rest: &[u8], quote: u8) -> Option<usize> {
    // What can be seen, and blanks, without " ' and \.
    let is_plain = |byte: &u8| matches!(byte, b' ' | b'!' | b'#'..=b'&' | b'('..=b'[' | b']'..=b'~');
    let inner = rest[1..].iter().take_while(|byte| is_plain(byte)).count();
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
        if self.skip("not") { Some(Logic::Not(Box::new(self.negation()?))) } else { self.comparison() }
    }

    /// One comparison at most: `a == b == c` means more than the two.
    fn comparison(&mut self) -> Option<Logic> {
        let left = self.operand()?;
        let not = |logic| Some(Logic::Not(Box::new(logic)));
        match self.words {
            ["==", ..] => self.equal(left),
            ["!=", ..] => self.equal(left).and_then(not),
            ["in", ..] => {
                self.words = &self.words[1..];
                self.one_of(left)
            }
            ["not", "in", ..] => {
                self.words = &self.words[2..];
                self.one_of(left).and_then(not)
            }
            _ => Some(left),
        }
    }

    fn equal(&mut self, left: Logic) -> Option<Logic> {
        self.words = &self.words[1..];
        Some(Logic::Equal(Box::new([left, self.operand()?])))
    }

    /// In a list that is written out: what it is to be in anything else, the engine knows.
    fn one_of(&mut self, item: Logic) -> Option<Logic> {
        if !self.skip("[") {
            return None;
        }
        self.items().map(|items| Logic::OneOf(Box::new(item), items))
    }

    /// What stands in a list, behind its bracket.
    fn items(&mut self) -> Option<Vec<Logic>> {
        let mut items = Vec::new();
        while !self.skip("]") {
            if !items.is_empty() && !self.skip(",") {
                return None;
            }
            items.push(self.constant_or_name()?);
        }
        Some(items)
    }

    fn operand(&mut self) -> Option<Logic> {
        if self.skip("(") {
            let inner = self.choice()?;
            return self.skip(")").then_some(inner);
        }
        if self.skip("[") {
            return self.items().map(Logic::List);
        }
        self.constant_or_name()
    }

    fn constant_or_name(&mut self) -> Option<Logic> {
        let (&word, rest) = self.words.split_first()?;
        self.words = rest;
        match word.as_bytes() {
            [b'\'' | b'"', .., _] => Some(Logic::Text(word[1..word.len() - 1].to_owned())),
            [b'0'..=b'9', ..] => word.parse().ok().map(Logic::Number),
            [b'_' | b'a'..=b'z' | b'A'..=b'Z', ..] => match word {
                "none" | "None" => Some(Logic::None),
                _ if RESERVED.contains(&word) => None,
                _ if self.skip(".") => self.attribute(word),
                _ => Some(Logic::Name(word.to_owned())),
            },
            _ => None,
        }
    }

    /// One attribute: what an attribute's attribute is, the engine knows.
    fn attribute(&mut self, name: &str) -> Option<Logic> {
        let (&word, rest) = self.words.split_first()?;
        self.words = rest;
        let is_name = word.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
        is_name.then(|| Logic::Attribute(name.to_owned(), word.to_owned()))
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
            ("a == b", true),
            ("not a != 'b' or c==1", true),
            ("a = b", false),
            ("a ! b", false),
            ("a == b == c", false),
            ("a == not b", false),
            ("a < b", false),
            ("(a == b) == c", true),
            ("a == 01", false),
            ("a == 0", true),
            ("a == 1.0", false),
            ("a == 1e3", false),
            ("a == 1_000", false),
            ("a == 999999999999999", true),
            ("a == 1000000000000000", false),
            ("-1 == a", false),
            ("[]", true),
            ("[a, 'b', 3, none]", true),
            ("[a,]", false),
            ("[, a]", false),
            ("[a b]", false),
            ("[[a]]", false),
            ("[a", false),
            ("a]", false),
            ("a[0]", false),
            ("[a][0]", false),
            ("a in [b, 'c']", true),
            ("a not in []", true),
            ("a in b", false),
            ("a in [b] in [c]", false),
            ("a, b", false),
            ("a.b", true),
            ("not a.b or c.d == 1", true),
            ("a.b.c", false),
            ("a.b()", false),
            ("a.0", false),
            ("a.'b'", false),
            ("a.", false),
            (".a", false),
            ("none.a", false),
            ("true.a", false),
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
            ("1 and a", true),
            ("a1 and 1a", false),
            ("a\tand b", false),
            ("a)(", false),
            ("é", false),
        ] {
            assert_eq!(Logic::read(expression).is_some(), read, "{expression}");
        }
    }

    fn expression() -> impl Strategy<Value = String> {
        let words = vec![
            "a",
            "b",
            "c",
            "missing",
            "range",
            "true",
            "none",
            "'x'",
            "''",
            "\"0\"",
            "0",
            "1",
            "[]",
            "[0, a]",
            "a.k",
            "b.items",
            "c.first",
            "a.not",
            "b.if",
            "c.none",
            "a.missing",
            "range.k",
            "a.k.k",
            "b.k()",
        ];
        let name = proptest::sample::select(words);
        let two =
            |joined: &'static str| move |(left, right): (String, String)| format!("{left} {joined} {right}");
        name.prop_map(str::to_owned).prop_recursive(4, 24, 3, move |inner| {
            let pair = || (inner.clone(), inner.clone());
            prop_oneof![
                inner.clone().prop_map(|inner| format!("not {inner}")),
                inner.clone().prop_map(|inner| format!("({inner})")),
                pair().prop_map(two("and")),
                pair().prop_map(two("or")),
                pair().prop_map(two("==")),
                pair().prop_map(two("!=")),
                pair().prop_map(|(left, right)| format!("{left} in ['x', {right}]")),
                pair().prop_map(|(left, right)| format!("({left}) not in [{right}, 0]")),
                (inner.clone(), inner.clone(), inner.clone()).prop_map(
                    |(then, condition, otherwise)| format!("({then}) if ({condition}) else {otherwise}")
                ),
            ]
        })
    }

    fn value() -> impl Strategy<Value = yaml::Value> {
        let texts = [
            "null",
            "true",
            "false",
            "0",
            "1",
            "0.0",
            "1.0",
            ".nan",
            "9223372036854775808",
            "é",
            "''",
            "x",
            "[]",
            "[0]",
            "{}",
            "{k: v}",
            "{k: {k: 1}, items: 2, first: null}",
        ];
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
            let (ours, engine) = (expressions.compile(&expression), expressions.compile_with_engine(&expression));
            let (Ok(ours), Ok(engine)) = (&ours, &engine) else {
                prop_assert_eq!(format!("{ours:?}"), format!("{engine:?}"));
                return Ok(());
            };
            prop_assert_eq!(ours.names(), engine.names());
            let (ours, engine) = (ours.eval(&scope), engine.eval(&scope));
            prop_assert_eq!(format!("{ours:?}"), format!("{engine:?}"));
            let whole = expressions.eval(&expression, &yaml::Value::Mapping(context));
            prop_assert_eq!(format!("{:?}", ours.ok()), format!("{:?}", whole.ok()));
        }
    }
}

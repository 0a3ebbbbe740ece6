//! Tokens into a tree.

use super::LIMITS;
use super::lex::Token;
use super::types::Type;

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    Literal(Type),
    Name(String),
    /// A field, taken only if it is there when marked so.
    Field(Box<Expr>, String, bool),
    Item(Box<Expr>, Box<Expr>, bool),
    Call(Option<Box<Expr>>, String, Vec<Expr>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `&&` or `||` between any number of parts.
    Logic(Vec<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Choice(Box<(Expr, Expr, Expr)>),
}

const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

const COMPARING: [&str; 7] = ["<", "<=", ">=", ">", "==", "!=", "in"];

type Parsed = Result<Tall, String>;

/// A tree and its height, which is kept small: trees are walked by recursion.
struct Tall(Expr, usize);

/// Puts a tree over others.
fn over(height: usize, tree: Expr) -> Parsed {
    if height >= LIMITS.1 { Err(TOO_DEEP.to_owned()) } else { Ok(Tall(tree, height + 1)) }
}

const TOO_DEEP: &str = "it is nested too deeply";

/// The tree of a whole expression.
pub(super) fn parse(tokens: &[Token]) -> Result<Expr, String> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let Tall(expression, _) = parser.expression()?;
    if parser.at < tokens.len() { Err(parser.unfit()) } else { Ok(expression) }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) if signs.contains(sign) => {
                self.at += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn is(&mut self, sign: &'static str) -> bool {
        self.sign(&[sign]).is_some()
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), String> {
        if self.is(sign) { Ok(()) } else { Err(self.unfit()) }
    }

    /// What to say of a token that does not belong here.
    fn unfit(&self) -> String {
        match self.tokens.get(self.at) {
            None => "it ends too early".to_owned(),
            Some(Token::Sign(sign)) => format!("{sign:?} does not fit where it stands"),
            Some(Token::Name(name)) => format!("{name:?} does not fit where it stands"),
            Some(Token::Literal(kind)) => format!("a value of type {kind} does not fit where it stands"),
        }
    }

    fn expression(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > LIMITS.1 {
            return Err(TOO_DEEP.to_owned());
        }
        let mut whole = self.either()?;
        if self.is("?") {
            let Tall(yes, a) = self.either()?;
            self.expect(":")?;
            let Tall(no, b) = self.expression()?;
            whole = over(whole.1.max(a).max(b), Expr::Choice(Box::new((whole.0, yes, no))))?;
        }
        self.depth -= 1;
        Ok(whole)
    }

    fn either(&mut self) -> Parsed {
        self.logic("||", |parser| parser.logic("&&", |parser| parser.chain(&COMPARING, Self::sum)))
    }

    fn logic(&mut self, sign: &'static str, part: impl Fn(&mut Self) -> Parsed) -> Parsed {
        let first = part(self)?;
        if !self.is(sign) {
            return Ok(first);
        }
        let (mut parts, mut height) = (vec![first.0], first.1);
        loop {
            let Tall(next, other) = part(self)?;
            parts.push(next);
            height = height.max(other);
            if !self.is(sign) {
                return over(height, Expr::Logic(parts));
            }
        }
    }

    /// Operators of one rank, from the left to the right.
    fn chain(&mut self, signs: &[&'static str], part: impl Fn(&mut Self) -> Parsed) -> Parsed {
        let mut whole = part(self)?;
        while let Some(sign) = self.sign(signs) {
            let next = part(self)?;
            whole = over(whole.1.max(next.1), Expr::Binary(sign, Box::new(whole.0), Box::new(next.0)))?;
        }
        Ok(whole)
    }

    fn sum(&mut self) -> Parsed {
        self.chain(&["+", "-"], |parser| parser.chain(&["*", "/", "%"], Self::unary))
    }

    fn unary(&mut self) -> Parsed {
        for (sign, wrap) in [("!", Expr::Not as fn(_) -> _), ("-", Expr::Negative)] {
            let mut count = 0;
            while self.is(sign) {
                count += 1;
            }
            if count > 0 {
                let inner = self.member()?;
                return (0..count).try_fold(inner, |inner, _| over(inner.1, wrap(Box::new(inner.0))));
            }
        }
        self.member()
    }

    fn member(&mut self) -> Parsed {
        let mut whole = self.primary()?;
        loop {
            let Tall(inner, height) = whole;
            whole = if self.is(".") {
                let maybe = self.is("?");
                let name = self.name()?;
                if !maybe && self.is("(") {
                    let (arguments, other) = self.list(")")?;
                    over(height.max(other), Expr::Call(Some(Box::new(inner)), name, arguments))?
                } else {
                    over(height, Expr::Field(Box::new(inner), name, maybe))?
                }
            } else if self.is("[") {
                let maybe = self.is("?");
                let Tall(index, other) = self.expression()?;
                self.expect("]")?;
                over(height.max(other), Expr::Item(Box::new(inner), Box::new(index), maybe))?
            } else {
                return Ok(Tall(inner, height));
            };
        }
    }

    fn name(&mut self) -> Result<String, String> {
        let Some(Token::Name(name)) = self.tokens.get(self.at) else { return Err(self.unfit()) };
        self.at += 1;
        Ok(name.clone())
    }

    fn primary(&mut self) -> Parsed {
        if let Some(Token::Literal(kind)) = self.tokens.get(self.at) {
            self.at += 1;
            return over(0, Expr::Literal(kind.clone()));
        }
        if self.is("(") {
            let inner = self.expression()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.is("[") {
            let (items, height) = self.list("]")?;
            return over(height, Expr::List(items));
        }
        if self.is("{") {
            return self.map();
        }
        self.sign(&["."]);
        let before = self.at;
        let name = self.name()?;
        if self.is("(") {
            let (arguments, height) = self.list(")")?;
            return over(height, Expr::Call(None, name, arguments));
        }
        if RESERVED.contains(&name.as_str()) {
            self.at = before;
            return Err(self.unfit());
        }
        over(0, Expr::Name(name))
    }

    /// Items up to a bracket, and the height of the tallest.
    fn list(&mut self, end: &'static str) -> Result<(Vec<Expr>, usize), String> {
        let (mut items, mut height) = (Vec::new(), 0);
        while !self.is(end) {
            if end == "]" {
                self.sign(&["?"]);
            }
            let Tall(item, other) = self.expression()?;
            items.push(item);
            height = height.max(other);
            if !self.is(",") {
                self.expect(end)?;
                break;
            }
            // Only a list may end with a comma.
            if end == ")" && self.tokens.get(self.at) == Some(&Token::Sign(")")) {
                return Err(self.unfit());
            }
        }
        Ok((items, height))
    }

    fn map(&mut self) -> Parsed {
        let (mut pairs, mut height) = (Vec::new(), 0);
        while !self.is("}") {
            self.sign(&["?"]);
            let Tall(key, a) = self.expression()?;
            self.expect(":")?;
            let Tall(value, b) = self.expression()?;
            pairs.push((key, value));
            height = height.max(a).max(b);
            if !self.is(",") {
                self.expect("}")?;
                break;
            }
        }
        over(height, Expr::Map(pairs))
    }
}

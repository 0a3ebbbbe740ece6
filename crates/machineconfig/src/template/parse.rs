//! From tokens to the tree of a template.

use std::ops::Range;

use super::lex::{Spanned, Token, tokens};
use super::tree::{Branch, Command, Node, Pipeline, Set, Word, WordKind};
use super::{Error, Result, signature};

/// How deep blocks and parentheses may lie in each other.
const DEPTH: usize = 100;

/// Reads a template.
pub(super) fn parse(text: &str) -> Result<Set> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        set: Set::default(),
        loops: 0,
        depth: 0,
        variables: vec![String::new()],
        end: text.len(),
    };
    let (main, stop) = parser.nodes()?;
    if let Some(stop) = stop {
        return Err(Error {
            message: format!("{} stands outside of any block", stop.word),
            place: stop.place,
        });
    }
    parser.set.main = main;
    Ok(parser.set)
}

struct Parser<'t> {
    tokens: &'t [Spanned],
    at: usize,
    set: Set,
    /// How many loops it is in.
    loops: usize,
    /// How many blocks and parentheses it is in.
    depth: usize,
    /// The variables that are known here; the first is the bare `$`.
    variables: Vec<String>,
    end: usize,
}

/// `end` or `else`, which closed a list of nodes.
struct Stop {
    word: String,
    place: Range<usize>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|spanned| &spanned.token)
    }

    fn place(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |spanned| spanned.place.clone())
    }

    fn wrong<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(Error { message: message.into(), place: self.place() })
    }

    /// Parses what lies one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEPTH {
            return self.wrong("this is nested too deeply");
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token, what: &str) -> Result<()> {
        if self.eat(token) { Ok(()) } else { self.wrong(format!("{what} is expected here")) }
    }

    /// Nodes up to the end of the text, or to an `end` or `else` (whose `{{` and word are taken).
    fn nodes(&mut self) -> Result<(Vec<Node>, Option<Stop>)> {
        let mut nodes = Vec::new();
        while let Some(token) = self.peek() {
            if let Token::Text(text) = token {
                nodes.push(Node::Text(text.clone()));
                self.at += 1;
                continue;
            }
            self.expect(&Token::Open, "{{")?;
            let word = match self.peek() {
                Some(Token::Name(word)) => word.clone(),
                _ => String::new(),
            };
            let place = self.place();
            match word.as_str() {
                "end" | "else" => {
                    self.at += 1;
                    return Ok((nodes, Some(Stop { word, place })));
                }
                "if" | "with" | "range" | "define" | "block" | "template" | "break" | "continue" => {
                    self.at += 1;
                    nodes.extend(self.control(&word, place)?);
                }
                _ => {
                    let pipeline = self.pipeline()?;
                    self.expect(&Token::Close, "}}")?;
                    nodes.push(Node::Action(pipeline));
                }
            }
        }
        Ok((nodes, None))
    }

    fn control(&mut self, word: &str, place: Range<usize>) -> Result<Option<Node>> {
        match word {
            "if" => self.branch(word, place).map(|branch| Some(Node::If(branch))),
            "with" => self.branch(word, place).map(|branch| Some(Node::With(branch))),
            "range" => self.branch(word, place).map(|branch| Some(Node::Range(branch))),
            "break" | "continue" if self.loops == 0 => {
                Err(Error { message: format!("{word} stands outside of any range"), place })
            }
            "break" | "continue" => {
                self.expect(&Token::Close, "}}")?;
                Ok(Some(if word == "break" { Node::Break } else { Node::Continue }))
            }
            "template" => {
                let name = self.string()?;
                let data = if self.peek() == Some(&Token::Close) { None } else { Some(self.pipeline()?) };
                self.expect(&Token::Close, "}}")?;
                Ok(Some(Node::Template { name, data, place }))
            }
            "define" if self.depth > 0 => {
                Err(Error { message: "define stands inside of a block".to_owned(), place })
            }
            "define" => {
                let name = self.string()?;
                self.expect(&Token::Close, "}}")?;
                let body = self.defined(&place)?;
                self.define(name, body, place)?;
                Ok(None)
            }
            _ => {
                let name = self.string()?;
                let data = Some(self.pipeline()?);
                self.expect(&Token::Close, "}}")?;
                let body = self.defined(&place)?;
                self.define(name.clone(), body, place.clone())?;
                Ok(Some(Node::Template { name, data, place }))
            }
        }
    }

    fn string(&mut self) -> Result<String> {
        let Some(Token::String(text)) = self.peek() else {
            return self.wrong("a name in quotes is expected here");
        };
        let text = text.clone();
        self.at += 1;
        Ok(text)
    }

    /// Keeps a template: an empty one gives way, another must not come twice.
    fn define(&mut self, name: String, body: Vec<Node>, place: Range<usize>) -> Result<()> {
        let empty = |nodes: &[Node]| {
            nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
        };
        match self.set.defined.get(&name) {
            Some(known) if !empty(known) && !empty(&body) => {
                return Err(Error { message: format!("there are two templates {name}"), place });
            }
            Some(known) if !empty(known) => {}
            _ => drop(self.set.defined.insert(name, body)),
        }
        Ok(())
    }

    /// The body of a template of its own, which is in no loop and knows no variables but its data.
    fn defined(&mut self, opened: &Range<usize>) -> Result<Vec<Node>> {
        let loops = std::mem::take(&mut self.loops);
        let variables = std::mem::replace(&mut self.variables, vec![String::new()]);
        let body = self.deeper(|parser| parser.body(opened));
        self.variables = variables;
        self.loops = loops;
        body
    }

    fn body(&mut self, opened: &Range<usize>) -> Result<Vec<Node>> {
        let (nodes, stop) = self.nodes()?;
        match stop {
            Some(stop) if stop.word == "end" => {
                self.expect(&Token::Close, "}}")?;
                Ok(nodes)
            }
            Some(stop) => {
                Err(Error { message: "there is nothing that else belongs to".to_owned(), place: stop.place })
            }
            None => Err(Error { message: "this block has no end".to_owned(), place: opened.clone() }),
        }
    }

    fn branch(&mut self, word: &str, place: Range<usize>) -> Result<Branch> {
        let known = self.variables.len();
        let branch = self.deeper(|parser| parser.branch_inside(word, place));
        self.variables.truncate(known);
        branch
    }

    fn branch_inside(&mut self, word: &str, place: Range<usize>) -> Result<Branch> {
        let pipeline = self.pipeline_in(word == "range")?;
        self.expect(&Token::Close, "}}")?;
        let in_loop = usize::from(word == "range");
        self.loops += in_loop;
        let (body, stop) = self.nodes()?;
        self.loops -= in_loop;
        let unclosed = || Error { message: "this block has no end".to_owned(), place: place.clone() };
        let stop = stop.ok_or_else(unclosed)?;
        if stop.word == "end" {
            self.expect(&Token::Close, "}}")?;
            return Ok(Branch { pipeline, body, otherwise: Vec::new() });
        }
        // `else if` and `else with` open a block that the same `end` closes.
        if let Some(Token::Name(next)) = self.peek() {
            let (next, at) = (next.clone(), self.place());
            if (word == "if" && next == "if") || (word == "with" && next == "with") {
                self.at += 1;
                let inner = self.branch(&next, at)?;
                let node = if next == "if" { Node::If(inner) } else { Node::With(inner) };
                return Ok(Branch { pipeline, body, otherwise: vec![node] });
            }
        }
        self.expect(&Token::Close, "}}")?;
        let otherwise = self.body(&place)?;
        Ok(Branch { pipeline, body, otherwise })
    }

    fn pipeline(&mut self) -> Result<Pipeline> {
        self.pipeline_in(false)
    }

    fn pipeline_in(&mut self, range: bool) -> Result<Pipeline> {
        let start = self.place().start;
        let (variables, assign) = self.declaration();
        if variables.len() > 1 && !range {
            return Err(Error {
                message: "only range takes two variables".to_owned(),
                place: start..self.place().start,
            });
        }
        self.variables.extend(variables.iter().cloned());
        let mut commands = vec![self.command()?];
        while self.eat(&Token::Pipe) {
            // Nothing may follow the last sign.
            if matches!(self.peek(), Some(Token::Close | Token::RightParen)) {
                break;
            }
            let command = self.command()?;
            Self::executable(&command)?;
            commands.push(command);
        }
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(start, |spanned| spanned.place.end);
        Ok(Pipeline { variables, assign, commands, place: start..end })
    }

    /// What something is fed to must be able to take it.
    fn executable(command: &Command) -> Result<()> {
        match command.words.first() {
            Some(Word {
                kind:
                    WordKind::Bool(_)
                    | WordKind::Dot
                    | WordKind::Nil
                    | WordKind::Int(_)
                    | WordKind::Float(_)
                    | WordKind::Text(_),
                place,
            }) => Err(Error {
                message: "this takes nothing from what is before it".to_owned(),
                place: place.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// `$x :=`, `$x =`, `$k, $v :=`.
    fn declaration(&mut self) -> (Vec<String>, bool) {
        let tokens: Vec<_> = self.tokens[self.at..].iter().take(4).map(|spanned| &spanned.token).collect();
        let (variables, length, assign) = match tokens.as_slice() {
            [Token::Variable(name), sign @ (Token::Declare | Token::Assign), ..] => {
                (vec![name.clone()], 2, sign)
            }
            [
                Token::Variable(key),
                Token::Comma,
                Token::Variable(value),
                sign @ (Token::Declare | Token::Assign),
                ..,
            ] => (vec![key.clone(), value.clone()], 4, sign),
            _ => return (Vec::new(), false),
        };
        let assign = *assign == &Token::Assign;
        self.at += length;
        (variables, assign)
    }

    fn command(&mut self) -> Result<Command> {
        let mut words: Vec<Word> = Vec::new();
        while !matches!(self.peek(), None | Some(Token::Pipe | Token::Close | Token::RightParen)) {
            let start = self.place();
            let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            if !words.is_empty() && before.is_some_and(|before| before.place.end == start.start) {
                return self.wrong("a blank is expected before this");
            }
            let kind = self.word()?;
            words.push(Word { kind, place: start });
        }
        if words.is_empty() {
            return self.wrong("a value is expected here");
        }
        Ok(Command { words })
    }

    fn word(&mut self) -> Result<WordKind> {
        let (token, place) = (self.peek().cloned(), self.place());
        self.at += 1;
        Ok(match token {
            Some(Token::Dot) => WordKind::Dot,
            Some(Token::Int(value)) => WordKind::Int(value),
            Some(Token::Float(value)) => WordKind::Float(value),
            Some(Token::String(text)) => WordKind::Text(text),
            Some(Token::Name(name)) => match name.as_str() {
                "true" => WordKind::Bool(true),
                "false" => WordKind::Bool(false),
                "nil" => WordKind::Nil,
                _ if !signature::known(&name) => {
                    return Err(Error { message: format!("{name}: this function is not known"), place });
                }
                _ => self.function(name, place),
            },
            Some(Token::Field { name, .. }) => {
                let mut chain = vec![name];
                chain.extend(self.chain());
                WordKind::Field(chain)
            }
            Some(Token::Variable(name)) if !self.variables.contains(&name) => {
                return Err(Error { message: format!("there is no variable ${name}"), place });
            }
            Some(Token::Variable(name)) => WordKind::Variable(name, self.chain()),
            Some(Token::LeftParen) => {
                let inner = self.deeper(Self::pipeline)?;
                self.expect(&Token::RightParen, "a closing parenthesis")?;
                WordKind::Group(Box::new(inner), self.chain())
            }
            _ => {
                self.at -= 1;
                return self.wrong("a value is expected here");
            }
        })
    }

    /// A function, or a field of what it gives: `dict.x`.
    fn function(&mut self, name: String, place: Range<usize>) -> WordKind {
        let chain = self.chain();
        let name = WordKind::Name(name);
        if chain.is_empty() {
            return name;
        }
        let command = Command { words: vec![Word { kind: name, place: place.clone() }] };
        let pipeline = Pipeline { variables: Vec::new(), assign: false, commands: vec![command], place };
        WordKind::Group(Box::new(pipeline), chain)
    }

    /// `.a.b` right behind what was taken.
    fn chain(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(Token::Field { name, attached: true }) = self.peek() {
            names.push(name.clone());
            self.at += 1;
        }
        names
    }
}

//! How the tags of a template lie in each other, as far as names are concerned: where the engine keeps a name longer,
//! or shows it further, than Jinja2 does.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::FrontError;
use super::scan::{Part, is_space};
use super::tokens::{Token, TokenKind, tokens};

/// What is to stand around a tag.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Statements before it.
    pub(super) before: String,
    /// Statements behind it.
    pub(super) behind: String,
    /// It stands in a macro, or in the body of a call.
    pub(super) in_macro: bool,
    /// It begins or ends a `with` that `continue` or `break` leaves: the engine cannot leave one, so it becomes an `if`
    /// with assignments.
    pub(super) flat: bool,
    /// The word that its own gives way to.
    pub(super) instead: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `for`, `with`: names of their own.
    Frame,
    /// `macro`, `call`: names of their own, and those of the place where they are written.
    Macro,
    /// `block`: names of its own.
    Block,
    /// `filter`, `autoescape`, `set` without a value, the `else` of a `for`: names of their own for Jinja2 alone.
    Body,
    /// `if`: no names of its own.
    Plain,
}

#[expect(clippy::struct_excessive_bools, reason = "what is known of a tag, each on its own")]
struct Open {
    kind: Kind,
    word: &'static str,
    /// Its tag among the parts.
    at: usize,
    /// Whether names are set in it.
    sets: bool,
    /// The tags that give a frame its names: its own, and `set` in it.
    names: Vec<(&'static str, Range<usize>)>,
    /// Names were hidden from this block.
    hidden: bool,
    /// `continue` or `break` leaves it.
    left: bool,
    /// The loop whose `else` this is, where its body may be left before its end.
    runs: Option<usize>,
    /// A loop that `continue` or `break` in it belongs to.
    quits: bool,
}

impl Open {
    fn recursive(&self, source: &str) -> bool {
        let last = self.names.first().and_then(|(_, tag)| tokens(source, tag.clone()).pop());
        last.is_some_and(|token| &source[token.range] == "recursive")
    }
}

/// What is to stand around tags, by their place among the parts.
pub(super) fn around(source: &str, parts: &[Part]) -> Result<HashMap<usize, Around>, FrontError> {
    let mut finder = Finder { source, open: Vec::new(), found: HashMap::new(), wrong: None };
    // Most templates have nothing but loops and conditions.
    let blocks = parts.iter().enumerate().filter_map(|(at, part)| match part {
        Part::Block(range) => Some((at, range)),
        _ => None,
    });
    for (at, range) in blocks {
        finder.tag(at, range);
    }
    finder.wrong.map_or(Ok(finder.found), Err)
}

struct Finder<'s> {
    source: &'s str,
    open: Vec<Open>,
    found: HashMap<usize, Around>,
    wrong: Option<FrontError>,
}

impl Finder<'_> {
    fn tag(&mut self, at: usize, range: &Range<usize>) {
        let text = self.source[range.clone()].trim_start_matches(is_space);
        let word = &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())];
        match word {
            "set" => self.set(at, range),
            "import" => self.sets(),
            "from" => {
                self.sets();
                self.from(range);
            }
            "for" => self.push(Kind::Frame, "for", at, vec![("for", range.clone())]),
            "with" => self.push(Kind::Frame, "with", at, vec![("with", range.clone())]),
            "macro" => {
                self.sets();
                self.push(Kind::Macro, "macro", at, Vec::new());
            }
            "call" => self.push(Kind::Macro, "call", at, Vec::new()),
            "filter" => self.push(Kind::Body, "filter", at, Vec::new()),
            "autoescape" => self.push(Kind::Body, "autoescape", at, Vec::new()),
            "if" => self.push(Kind::Plain, "if", at, Vec::new()),
            "block" => self.block(at, range),
            "continue" | "break" => self.leave(at),
            "else" => {
                if self.open.last().is_some_and(|open| open.word == "for") {
                    self.otherwise(at);
                }
            }
            _ => {
                if let Some(word) = word.strip_prefix("end")
                    && self.open.last().is_some_and(|open| open.word == word)
                {
                    self.close(at, true);
                }
            }
        }
    }

    /// `from FILE import` and nothing behind it: the engine would import nothing, without a word.
    fn from(&mut self, range: &Range<usize>) {
        let tag = tokens(self.source, range.clone());
        let [.., before, last] = tag.as_slice() else { return };
        let is_import =
            |token: &Token| token.kind == TokenKind::Name && &self.source[token.range.clone()] == "import";
        if is_import(last) && !is_import(before) {
            let at = last.range.start;
            self.wrong.get_or_insert_with(|| FrontError {
                at,
                message: "an import without names",
                help: "write from FILE import NAME, or import FILE as NAME".to_owned(),
            });
        }
    }

    fn push(&mut self, kind: Kind, word: &'static str, at: usize, names: Vec<(&'static str, Range<usize>)>) {
        self.open.push(Open {
            kind,
            word,
            at,
            sets: false,
            names,
            hidden: false,
            left: false,
            runs: None,
            quits: false,
        });
    }

    /// The `else` of a loop runs in Jinja2 where no run of the body came to its end, also when `continue` or `break` left
    /// all of them; the engine's only where there was none. So the body says when it comes to its end, and the `else`
    /// becomes an `if` behind the loop.
    fn otherwise(&mut self, at: usize) {
        let body = self.open.last().filter(|open| open.quits && !open.recursive(self.source));
        let runs = body.map(|open| open.at);
        self.close(at, false);
        if let Some(start) = runs {
            let list = format!("set __runs_{start} = __list([])");
            self.found.entry(start).or_default().before.push_str(&statement(&list));
            let around = self.found.entry(at).or_default();
            around.before.push_str(&statement(&format!("set __do = __runs_{start}.append(1)")));
            around.instead = Some("endfor");
            around.behind.push_str(&statement(&format!("if not __runs_{start}")));
        }
        self.push(Kind::Body, "for", at, Vec::new());
        if let Some(open) = self.open.last_mut() {
            open.runs = runs;
        }
    }

    /// A name is set here: bodies around it, up to the next that has names of its own, are not to let it out.
    fn sets(&mut self) {
        for open in self.open.iter_mut().rev() {
            open.sets = true;
            if matches!(open.kind, Kind::Frame | Kind::Macro | Kind::Block) {
                break;
            }
        }
    }

    /// What `continue` and `break` leave on the way to their loop.
    fn leave(&mut self, at: usize) {
        let inside = |open: &&mut Open| open.word != "for" || open.kind == Kind::Body;
        if let Some(around) =
            self.open.iter_mut().rev().find(|open| open.word == "for" && open.kind == Kind::Frame)
        {
            around.quits = true;
        }
        for open in self.open.iter_mut().rev().take_while(inside) {
            open.left = true;
            if open.kind == Kind::Frame {
                let back = given_back(self.source, open);
                self.found.entry(at).or_default().before.push_str(&back);
            }
        }
    }

    fn set(&mut self, at: usize, range: &Range<usize>) {
        self.sets();
        let tag = tokens(self.source, range.clone());
        let text = |token: &Token| &self.source[token.range.clone()];
        if let (Some("."), Some(dot)) = (tag.get(2).map(text), tag.get(4).filter(|dot| text(dot) == ".")) {
            self.wrong.get_or_insert_with(|| FrontError {
                at: dot.range.start,
                message: "an attribute of an attribute cannot be set",
                help: "set NAME.ATTRIBUTE sets one of a namespace".to_owned(),
            });
        }
        let has_value = tag.iter().any(|token| token.kind == TokenKind::Operator && text(token) == "=");
        if let Some(frame) = self.open.iter_mut().rev().find(|open| open.kind != Kind::Plain)
            && frame.kind == Kind::Frame
        {
            frame.names.push(("set", range.clone()));
        }
        if self.open.iter().any(|open| open.kind == Kind::Macro) {
            self.found.entry(at).or_default().in_macro = true;
        }
        if !has_value {
            self.push(Kind::Body, "set", at, Vec::new());
        }
    }

    /// A block that is not `scoped` sees no names of the loops around it.
    fn block(&mut self, at: usize, range: &Range<usize>) {
        let tag = tokens(self.source, range.clone());
        let scoped = tag.iter().skip(2).any(|token| &self.source[token.range.clone()] == "scoped");
        let frames = self.open.iter().filter(|open| open.kind == Kind::Frame);
        let names: BTreeSet<String> = if scoped {
            BTreeSet::new()
        } else {
            frames
                .flat_map(|frame| &frame.names)
                .flat_map(|(word, tag)| named(self.source, word, tag))
                .collect()
        };
        let outermost = self.open.iter().find(|open| open.kind == Kind::Frame).map(|open| open.at);
        if let Some(outermost) = outermost.filter(|_| !names.is_empty()) {
            let outside: Vec<_> = names.iter().map(|name| format!("{name} = __outside_{name}")).collect();
            self.found.entry(at).or_default().before = statement(&format!("with {}", outside.join(", ")));
            let before = &mut self.found.entry(outermost).or_default().before;
            for name in &names {
                let keep = statement(&format!("set __outside_{name} = {name}"));
                if !before.contains(&keep) {
                    before.push_str(&keep);
                }
            }
        }
        self.push(Kind::Block, "block", at, Vec::new());
        if let Some(open) = self.open.last_mut() {
            open.hidden = !names.is_empty();
        }
    }

    fn close(&mut self, at: usize, ends: bool) {
        let Some(open) = self.open.pop() else { return };
        if open.kind == Kind::Frame && open.left && open.word == "with" {
            let start = self.found.entry(open.at).or_default();
            start.flat = true;
            start.before.push_str(&kept(self.source, &open));
            let end = self.found.entry(at).or_default();
            end.flat = true;
            end.behind.push_str(&given_back(self.source, &open));
        }
        if open.kind == Kind::Body && open.sets && !open.left {
            self.found.entry(open.at).or_default().behind.push_str(&statement("with"));
            self.found.entry(at).or_default().before = statement("endwith");
        }
        if open.runs.is_some() {
            self.found.entry(at).or_default().instead = Some("endif");
        }
        if open.hidden && ends {
            self.found.entry(at).or_default().behind = statement("endwith");
        }
    }
}

/// Keeps the names that a `with` hides.
fn kept(source: &str, open: &Open) -> String {
    with_names(source, open).iter().map(|name| statement(&format!("set __hidden_{name} = {name}"))).collect()
}

fn given_back(source: &str, open: &Open) -> String {
    with_names(source, open).iter().map(|name| statement(&format!("set {name} = __hidden_{name}"))).collect()
}

fn with_names(source: &str, open: &Open) -> BTreeSet<String> {
    open.names
        .iter()
        .filter(|(word, _)| *word == "with")
        .flat_map(|(word, tag)| named(source, word, tag))
        .collect()
}

fn statement(text: &str) -> String {
    format!("{} {text} {}", super::BLOCK.0, super::BLOCK.1)
}

/// The names that a tag sets: `for a, b in …`, `set a = …`, `with a = …, b = …`.
fn named(source: &str, word: &str, range: &Range<usize>) -> Vec<String> {
    let all = tokens(source, range.clone());
    let text = |token: &Token| &source[token.range.clone()];
    let name = |token: &Token| (token.kind == TokenKind::Name).then(|| text(token).to_owned());
    if word == "with" {
        // A keyword of a call is taken for one, too: hiding it again does no harm.
        let before = |pair: &[Token]| (text(&pair[1]) == "=").then(|| name(&pair[0])).flatten();
        return all.windows(2).filter_map(before).collect();
    }
    let end = if word == "for" { "in" } else { "=" };
    let targets: Vec<&Token> =
        all.iter().skip(1).take_while(|token| ![end, "|"].contains(&text(token))).collect();
    if targets.iter().any(|token| text(token) == ".") {
        return Vec::new();
    }
    targets.into_iter().filter_map(name).filter(|name| name != "loop").collect()
}

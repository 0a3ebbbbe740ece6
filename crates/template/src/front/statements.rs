//! Statements that Jinja2 understands otherwise than the engine: what a loop runs over, assignments, the parameters of
//! macros, `with`, and the names that other templates see.
//!
//! Every statement stays one tag of the template; where it becomes several, they are put beside each other in it.

use std::ops::Range;

use super::expression::{Finder, Found, Lost, Place, rewritten};
use super::macros::PRIVATE;
use super::tokens::TokenKind;
use super::{BLOCK, VARIABLE};

/// The name of a template within what stands for `import` and `include … without context`.
const NAME: &str = "__name";

impl Finder<'_> {
    /// Looks at the statement that the tokens are. What is not understood here is left to the engine.
    pub(super) fn statement(&mut self, place: Place) {
        self.at = 1;
        if let Some(word) = place.instead {
            let range = self.tokens[0].range.clone();
            self.edits.add(range, word);
            return;
        }
        let mark = self.edits.mark();
        let found = match self.word(0) {
            "for" => self.for_loop(),
            "set" => self.set(place.in_macro),
            "macro" => self.parameters(2, place.open_ended),
            "call" => self.parameters(1, false),
            "with" => self.with(place.flat),
            "endwith" if place.flat => {
                let range = self.tokens[0].range.clone();
                self.edits.add(range, "endif");
                Ok(())
            }
            "include" => self.include(),
            "import" => self.import(),
            "from" => self.names_of_import(),
            "do" => {
                // The engine takes only calls there.
                let range = self.tokens[0].range.clone();
                self.edits.add(range, "set __do =");
                Ok(())
            }
            _ => Ok(()),
        };
        if found.is_err() {
            self.edits.back_to(mark);
            self.at = 1;
            if self.word(0) == "for" {
                // The `in` of the loop is no comparison.
                self.at = (1..self.tokens.len()).find(|at| self.word(*at) == "in").unwrap_or(1);
            }
        }
    }

    /// The text of a token.
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.source[token.range.clone()])
    }

    /// Names, with parentheses and commas; whether there are several.
    fn targets(&mut self, end: &str) -> Result<bool, Lost> {
        let first = self.at;
        while !self.is(end) {
            let part =
                matches!(self.kind(), Some(TokenKind::Name)) || ["(", ")", ",", "."].contains(&self.text());
            if !part {
                return Err(Lost);
            }
            self.at += 1;
        }
        Ok(self.tokens[first..self.at].iter().any(|token| &self.source[token.range.clone()] == ","))
    }

    /// One expression after another, without `if` in them where one would end the statement; whether there are several.
    fn tuple(&mut self, with_condition: bool) -> Result<bool, Lost> {
        let mut several = false;
        loop {
            if with_condition {
                self.expression()?;
            } else {
                self.either()?;
            }
            if !self.skip(",") {
                return Ok(several);
            }
            several = true;
            if self.at == self.tokens.len() || self.is("if") || self.is("recursive") {
                return Ok(several);
            }
        }
    }

    /// `for TARGETS in ITEMS` becomes `for TARGETS in (ITEMS)|__iter`: only what Python iterates over is, and the length
    /// is known. With several targets each item is taken apart.
    fn for_loop(&mut self) -> Found {
        let several = self.targets("in")?;
        self.at += 1;
        let start = self.start();
        self.tuple(false)?;
        let end = self.end();
        self.open(start, "(");
        self.close(end, if several { ")|__iter(true)" } else { ")|__iter" });
        Ok(())
    }

    /// `set A, B = VALUE` takes the value apart. `set NS.A` reads `NS` first, in a macro: else the macro would not know it.
    fn set(&mut self, in_macro: bool) -> Found {
        let has_value = self.tokens.iter().any(|token| &self.source[token.range.clone()] == "=");
        if self.word(2) == "." && in_macro {
            let start = self.tokens[0].range.start;
            let read = format!("set __ns = {} {}{}", self.word(1), BLOCK.1, BLOCK.0);
            self.edits.add(start..start, format!("{read} "));
        }
        if !has_value {
            return Ok(());
        }
        let several = self.targets("=")?;
        self.at += 1;
        let start = self.start();
        if !self.tuple(true)? && several {
            let end = self.end();
            self.open(start, "(");
            self.close(end, ")|__parts");
        }
        Ok(())
    }

    /// A default that names an earlier parameter is given behind the tag: the engine has not set that one yet. A macro
    /// that takes any arguments has a private name, and two parameters come last.
    fn parameters(&mut self, open: usize, open_ended: bool) -> Found {
        if self.word(open) != "(" {
            return Err(Lost);
        }
        self.at = open + 1;
        let mut earlier: Vec<String> = Vec::new();
        let mut behind = String::new();
        while !self.is(")") {
            if self.kind() != Some(TokenKind::Name) {
                return Err(Lost);
            }
            let name = self.text().to_owned();
            self.at += 1;
            if self.skip("=") {
                let (mark, first) = (self.edits.mark(), self.at);
                self.expression()?;
                let default = self.tokens[first].range.start..self.end();
                let uses = |word: &&str| earlier.iter().any(|name| name == word);
                if (first..self.at).any(|at| uses(&self.word(at))) {
                    self.edits.back_to(mark);
                    behind.push_str(&self.later_default(&name, &default));
                    self.edits.add(default, "none.x");
                }
            }
            earlier.push(name);
            if !self.skip(",") {
                break;
            }
        }
        if open_ended {
            let (name, close) = (self.tokens[1].range.start, self.start());
            self.edits.add(name..name, PRIVATE);
            let comma = if earlier.is_empty() || self.word(self.at - 1) == "," { " " } else { ", " };
            self.edits.add(close..close, format!("{comma}varargs=none, kwargs=none"));
        }
        self.expect(")")?;
        if !behind.is_empty() {
            self.and_then(&behind);
        }
        Ok(())
    }

    fn later_default(&self, name: &str, default: &Range<usize>) -> String {
        let value = rewritten(self.source, default.clone(), self.newline);
        let (open, close) = BLOCK;
        format!("{close}{open} if {name} is undefined {close}{open} set {name} = {value} {close}{open} endif")
    }

    /// More statements behind the last token, without the end of the last of them.
    fn and_then(&mut self, statements: &str) {
        let end = self.tokens.last().map_or(0, |token| token.range.end);
        self.edits.add(end..end, format!(" {statements}"));
    }

    /// `with a = 1, b = a`: where a value uses a name that is set before it, all are evaluated first. A `flat` one becomes
    /// assignments and an `if`.
    fn with(&mut self, flat: bool) -> Found {
        let mark = self.edits.mark();
        let (mut names, mut values, mut uses) = (Vec::<String>::new(), Vec::new(), false);
        while self.at < self.tokens.len() {
            if self.kind() != Some(TokenKind::Name) {
                return Err(Lost);
            }
            let name = self.text().to_owned();
            self.at += 1;
            self.expect("=")?;
            let first = self.at;
            self.expression()?;
            uses |= (first..self.at).any(|at| names.iter().any(|name| name == self.word(at)));
            values.push(self.tokens[first].range.start..self.end());
            names.push(name);
            if !self.skip(",") {
                break;
            }
        }
        if uses || flat {
            self.edits.back_to(mark);
            let values: Vec<_> = values
                .iter()
                .map(|range| format!("({})", rewritten(self.source, range.clone(), self.newline)))
                .collect();
            let rest = self.tokens[0].range.end..self.end();
            let set = format!("set {} = {}", names.join(", "), values.join(", "));
            if !flat {
                self.edits.add(rest, format!(" {}{} {set}", BLOCK.1, BLOCK.0));
                return Ok(());
            }
            let set = if names.is_empty() { String::new() } else { format!("{set} {}{} ", BLOCK.1, BLOCK.0) };
            self.edits.add(self.tokens[0].range.start..rest.end, format!("{set}if true"));
        }
        Ok(())
    }

    /// What an included template sets stays in it; `without context` it sees the data alone.
    fn include(&mut self) -> Found {
        self.expression()?;
        let name_end = self.end();
        let (mut alone, mut missing) = (false, false);
        while self.at < self.tokens.len() {
            match self.text() {
                "without" => alone = true,
                "missing" => missing = true,
                "with" | "context" | "ignore" => {}
                _ => return Err(Lost),
            }
            self.at += 1;
        }
        let (first, end) = (self.tokens[0].range.clone(), self.end());
        let (open, close) = BLOCK;
        if !alone {
            self.edits.add(first.start..first.start, format!("with {close}{open} "));
            self.edits.add(end..end, format!(" {close}{open} endwith"));
            return Ok(());
        }
        let missing = if missing { " ignore missing" } else { "" };
        let begin = format!(
            "with {close}{open} macro __part({NAME}) {close}{open} include {NAME}{missing} {close}{open} endmacro \
             {close}{} __part(",
            VARIABLE.0
        );
        self.edits.add(first, begin);
        // The words behind the name go.
        self.edits.add(name_end..end, format!(") {}{open} endwith", VARIABLE.1));
        Ok(())
    }

    /// `import NAME as MODULE`: the module sees the data alone, unless it is imported `with context`.
    fn import(&mut self) -> Found {
        self.expression()?;
        let name = self.tokens.get(self.at).ok_or(Lost)?.range.clone();
        self.expect("as")?;
        if self.kind() != Some(TokenKind::Name) {
            return Err(Lost);
        }
        self.at += 1;
        let end = self.end();
        if self.context()? {
            return Ok(());
        }
        self.module(name, "set");
        let last = self.end();
        self.edits.add(end..last, " = __take()");
        Ok(())
    }

    /// `from NAME import A, B as C`, likewise.
    fn names_of_import(&mut self) -> Found {
        self.expression()?;
        let import = self.tokens.get(self.at).ok_or(Lost)?.range.clone();
        self.expect("import")?;
        // An import without names has been refused before.
        let names_start = self.tokens.get(self.at).ok_or(Lost)?.range.start;
        let mut names = Vec::new();
        while self.at < self.tokens.len()
            && !(["with", "without"].contains(&self.text()) && self.word(self.at + 1) == "context")
        {
            if self.kind() != Some(TokenKind::Name) || self.text().starts_with('_') {
                return Err(Lost);
            }
            let name = self.text().to_owned();
            self.at += 1;
            let alias = if self.skip("as") {
                self.at += 1;
                self.word(self.at - 1).to_owned()
            } else {
                name.clone()
            };
            names.push(format!(" {}{} set {alias} = __from.{name}", BLOCK.1, BLOCK.0));
            if !self.skip(",") {
                break;
            }
        }
        if self.context()? {
            return Ok(());
        }
        self.module(import, "set __from = __take()");
        let end = self.end();
        self.edits.add(names_start..end, names.concat());
        Ok(())
    }

    /// What may stand at the end of an import: whether it is `with context`.
    fn context(&mut self) -> Result<bool, Lost> {
        let with = self.is("with");
        if with || self.is("without") {
            self.at += 1;
            self.expect("context")?;
        }
        if self.at == self.tokens.len() { Ok(with) } else { Err(Lost) }
    }

    /// Imports in a macro, which sees the data alone, and hands the module on: `import` becomes what begins that, and
    /// the token behind the name what ends it.
    fn module(&mut self, behind_name: Range<usize>, then: &str) {
        let first = self.tokens[0].range.clone();
        let (open, close) = BLOCK;
        let begin = format!(
            "with {close}{open} macro __module({NAME}) {close}{open} import {NAME} as __kept {close}{open} \
             set __kept = __keep(__kept) {close}{open} endmacro {close}{open} set __kept = __module("
        );
        self.edits.add(first, begin);
        self.edits.add(behind_name, format!(") {close}{open} endwith {close}{open} {then}"));
    }
}

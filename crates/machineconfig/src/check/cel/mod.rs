//! Whether a text is an expression of the Common Expression Language: its syntax, not its types.

/// What is wrong with an expression.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    parser.expression()?;
    if parser.at < tokens.len() { Err("it does not end where it should") } else { Ok(()) }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word,
    Literal,
    Sign(&'static str),
}

const SIGNS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", "[", "]",
    "{", "}", ",", ".",
];

fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            tokens.push(Token::Literal);
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len())
        } else if c.is_alphabetic() || c == '_' {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let prefixed =
                matches!(&rest[..length], "r" | "R" | "b" | "B") && rest[length..].starts_with(['"', '\'']);
            match (&rest[..length], prefixed) {
                (_, true) => {}
                ("in", _) => tokens.push(Token::Sign("in")),
                _ => tokens.push(Token::Word),
            }
            length
        } else if c == '"' || c == '\'' {
            tokens.push(Token::Literal);
            string(rest, c)?
        } else {
            let sign = SIGNS
                .iter()
                .find(|sign| rest.starts_with(**sign))
                .ok_or("it has a character that means nothing")?;
            tokens.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn string(rest: &str, quote: char) -> Result<usize, &'static str> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return Ok(at + 1);
        }
        escaped = c == '\\' && !escaped;
    }
    Err("a text in it has no end")
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn sign(&mut self, signs: &[&str]) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(sign)) if signs.contains(sign));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), &'static str> {
        if self.sign(&[sign]) { Ok(()) } else { Err("a bracket or a colon is missing in it") }
    }

    fn expression(&mut self) -> Result<(), &'static str> {
        self.depth += 1;
        if self.depth > 50 {
            return Err("it is nested too deeply");
        }
        self.operations()?;
        if self.sign(&["?"]) {
            self.operations()?;
            self.expect(":")?;
            self.expression()?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Operands with operators between; which binds closer does not matter here.
    fn operations(&mut self) -> Result<(), &'static str> {
        loop {
            self.unary()?;
            if !self.sign(&["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "in"]) {
                return Ok(());
            }
        }
    }

    fn unary(&mut self) -> Result<(), &'static str> {
        while self.sign(&["!", "-"]) {}
        match self.tokens.get(self.at) {
            Some(Token::Word | Token::Literal) => self.at += 1,
            Some(Token::Sign("(")) => {
                self.at += 1;
                self.expression()?;
                self.expect(")")?;
            }
            Some(Token::Sign("[")) => {
                self.at += 1;
                self.list("]")?;
            }
            Some(Token::Sign("{")) => {
                self.at += 1;
                self.map()?;
            }
            _ => return Err("a value is missing in it"),
        }
        self.members()
    }

    fn members(&mut self) -> Result<(), &'static str> {
        loop {
            if self.sign(&["."]) {
                if self.tokens.get(self.at) != Some(&Token::Word) {
                    return Err("a name is missing in it");
                }
                self.at += 1;
            } else if self.sign(&["("]) {
                self.list(")")?;
            } else if self.sign(&["["]) {
                self.expression()?;
                self.expect("]")?;
            } else {
                return Ok(());
            }
        }
    }

    fn list(&mut self, end: &'static str) -> Result<(), &'static str> {
        while !self.sign(&[end]) {
            self.expression()?;
            if !self.sign(&[","]) {
                return self.expect(end);
            }
        }
        Ok(())
    }

    fn map(&mut self) -> Result<(), &'static str> {
        while !self.sign(&["}"]) {
            self.expression()?;
            self.expect(":")?;
            self.expression()?;
            if !self.sign(&[","]) {
                return self.expect("}");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for text in [
            "system_disk",
            "disk.transport == \"nvme\" && !system_disk",
            "disk.size > 120u * GB && disk.size < 1u * TB",
            "disk.model.startsWith('SAMSUNG')",
            "glob(\"aa:bb:*\", mac(link.hardware_addr)) && link.type == 1",
            "disk.dev_path in [\"/dev/sda\", '/dev/sdb']",
            "a ? b : c",
            "'x' in disk.symlinks || {1: 2}[1] == 2",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "disk.size >",
            "disk.size > 5 &&",
            "(a",
            "glob(\"x\"",
            "disk..x",
            "\"open",
            "a # b",
            "a b c",
            "== 1",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}

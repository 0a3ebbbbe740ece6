//! Documents by chance: every style, type and layout next to every other, for all text formats. One seed, one document.

use std::fmt::Write as _;

/// A small generator of its own (xorshift), so that a seed means the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A document and the end of its file's name.
    pub(crate) fn document(&mut self) -> (&'static str, String) {
        match self.below(10) {
            0 | 1 => ("json", self.json()),
            2 => ("env", self.dotenv()),
            _ => ("yaml", self.yaml()),
        }
    }

    fn yaml(&mut self) -> String {
        let mut out = String::new();
        let documents = if self.chance(12) { 2 } else { 1 };
        for number in 0..documents {
            if number > 0 || self.chance(20) {
                out.push_str("---\n");
            }
            self.comments(0, &mut out);
            let indent = [2, 4, 3][self.below(3)];
            self.mapping(0, indent, 0, &mut out);
            self.comments(0, &mut out);
        }
        if self.chance(10) {
            out.truncate(out.trim_end_matches('\n').len());
        }
        if self.chance(8) { out.replace('\n', "\r\n") } else { out }
    }

    fn comments(&mut self, column: usize, out: &mut String) {
        for _ in 0..self.below(5).saturating_sub(2) {
            if self.chance(30) {
                out.push('\n');
            }
            let text = self.pick(&["c", "sops:enc", "sops:dec", "a: b", "two words", "#", "é"]);
            let _ = writeln!(out, "{}# {text}", " ".repeat(column));
        }
        if self.chance(15) {
            out.push('\n');
        }
    }

    fn mapping(&mut self, column: usize, indent: usize, depth: usize, out: &mut String) {
        let keys = [
            "a",
            "b",
            "data",
            "stringData",
            "name",
            "x_secret",
            "y_plain",
            "\"q k\"",
            "'s'",
            "metadata",
            "c",
        ];
        let start = self.below(keys.len());
        for number in 0..=self.below(4) {
            self.comments(column, out);
            let key = keys[(start + number) % keys.len()];
            let _ = write!(out, "{}{key}:", " ".repeat(column));
            self.value(column, indent, depth, out);
        }
    }

    fn value(&mut self, column: usize, indent: usize, depth: usize, out: &mut String) {
        match self.below(10) {
            0 | 1 if depth < 3 => {
                out.push('\n');
                self.mapping(column + indent, indent, depth + 1, out);
            }
            2 if depth < 3 => {
                out.push('\n');
                let column = if self.chance(50) { column } else { column + indent };
                self.list(column, indent, depth + 1, out);
            }
            3 => self.block(column + indent, out),
            4 => {
                let flow = self.flow(0);
                self.line(&flow, out);
            }
            _ => {
                let scalar = self.scalar();
                self.line(&scalar, out);
            }
        }
    }

    fn line(&mut self, text: &str, out: &mut String) {
        let blanks = if self.chance(8) { "   " } else { " " };
        let _ = write!(out, "{blanks}{text}");
        if self.chance(15) {
            let _ = write!(out, " # {}", self.pick(&["in", "sops:enc", "sops:dec"]));
        }
        out.push('\n');
    }

    fn list(&mut self, column: usize, indent: usize, depth: usize, out: &mut String) {
        for _ in 0..=self.below(3) {
            self.comments(column, out);
            let _ = write!(out, "{}-", " ".repeat(column));
            if depth < 3 && self.chance(25) {
                let inner = self.scalar();
                let _ = writeln!(out, " k: {inner}");
                let pad = " ".repeat(column + 2);
                let other = self.scalar();
                let _ = writeln!(out, "{pad}l: {other}");
            } else {
                self.value(column, indent, 3, out);
            }
        }
    }

    fn block(&mut self, column: usize, out: &mut String) {
        let pad = " ".repeat(column);
        let _ = writeln!(out, " {}", self.pick(&["|", "|-", "|+", ">", ">-"]));
        for number in 0..=self.below(3) {
            if number > 0 && self.chance(25) {
                out.push('\n');
            }
            let more = if number > 0 && self.chance(15) { "  " } else { "" };
            let _ = writeln!(
                out,
                "{pad}{more}{}",
                self.pick(&["one line", "# no comment", "k: v", "- x", "é", "x"])
            );
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let scalar = |random: &mut Self| {
            random.pick(&["1", "x", "\"y z\"", "'w'", "true", "null", "1.50", "\"\"", "yes"]).to_owned()
        };
        match self.below(4) {
            0 if depth < 2 => format!("[{}, {}]", self.flow(depth + 1), scalar(self)),
            1 if depth < 2 => format!("{{k: {}, \"b\": {}}}", self.flow(depth + 1), scalar(self)),
            2 => self.pick(&["[]", "{}", "[ ]"]).to_owned(),
            _ => format!("[{}]", scalar(self)),
        }
    }

    fn scalar(&mut self) -> String {
        self.pick(&[
            "x",
            "two words",
            "1",
            "007",
            "0x1F",
            "017",
            "0o17",
            "1_000",
            "-5",
            "+5",
            "1.10",
            "1e3",
            ".5",
            "5.",
            "-1.5e-7",
            ".inf",
            "-.Inf",
            ".nan",
            "true",
            "False",
            "TRUE",
            "yes",
            "on",
            "y",
            "~",
            "null",
            "",
            "\"\"",
            "''",
            "'it''s'",
            "\"a\\tb\"",
            "\"\\u00e9\"",
            "\"\\x07\"",
            "'#no'",
            "a#b",
            "a: b".trim_end_matches(": b"),
            "\"a: b\"",
            "http://x:1/y?z=1&w",
            "2020-01-01",
            "2020-01-01T10:00:00Z",
            "2020-01-01 10:00:00.5 +1:00",
            "10:20",
            "'10:20'",
            "ENC[x]",
            "{{ x }}".trim_matches(['{', '}', ' ']),
            "\"{{ x }}\"",
            "é😀",
            "9223372036854775807",
            "\"9223372036854775808\"",
            "0b11",
            "=",
            "!!str 5",
            "\"line\\nbreak\"",
            "<<x",
            "-",
            "---x",
            "\"\\\\\"",
            "'\"'",
            "*".trim_matches('*'),
            "x,y",
            "[x".trim_start_matches('['),
            "0.0",
            "12e03",
            "1.e5",
        ])
        .to_owned()
    }

    fn json(&mut self) -> String {
        let pretty = self.below(3);
        let mut out = String::new();
        self.object(pretty, 1, &mut out);
        if self.chance(80) {
            out.push('\n');
        }
        out
    }

    fn object(&mut self, pretty: usize, depth: usize, out: &mut String) {
        let begin = |out: &mut String, depth: usize| match pretty {
            0 => {}
            1 => out.extend(["\n", &"  ".repeat(depth)]),
            _ => out.extend(["\n", &"\t".repeat(depth)]),
        };
        out.push('{');
        let keys = ["a", "b", "data", "x_secret", "y_plain", "a b", "é", "", "metadata", "k\\\"q"];
        let start = self.below(keys.len());
        let count = self.below(5);
        for number in 0..count {
            begin(out, depth);
            let colon = if pretty == 0 && self.chance(50) { ":" } else { ": " };
            let _ = write!(out, "\"{}\"{colon}", keys[(start + number) % keys.len()]);
            if depth < 3 && self.chance(25) {
                self.object(pretty, depth + 1, out);
            } else {
                out.push_str(self.pick(&[
                    "1",
                    "-0",
                    "1.50",
                    "1e3",
                    "1E-7",
                    "12345678901234567890",
                    "true",
                    "false",
                    "null",
                    "\"\"",
                    "\"x\"",
                    "\"é\\n\\t\"",
                    "\"\\u00e9\\/\"",
                    "[]",
                    "{}",
                    "[1, \"x\", null, [true]]",
                    "\"<&>\"",
                    "9223372036854775807",
                    "0.1",
                    "\"yes\"",
                    "\"#c\"",
                ]));
            }
            if number + 1 < count {
                out.push(',');
            }
        }
        if count > 0 {
            begin(out, depth - 1);
        }
        out.push('}');
    }

    fn dotenv(&mut self) -> String {
        let mut out = String::new();
        for number in 0..self.below(6) {
            if self.below(6) == 0 {
                out.push_str(self.pick(&["# c\n", "#\n", "# sops:enc\n", "# sops:dec\n", "\n"]));
            } else {
                let key = self.pick(&["A", "b", "data", "export X", "x_secret", "y_plain", "c"]);
                let value =
                    self.pick(&["1", "", "a b", "\"q\"", "a\\nb", "x=y", " lead", "é", "#no", "true", "\\"]);
                let _ = writeln!(out, "{key}{number}={value}");
            }
        }
        out
    }
}

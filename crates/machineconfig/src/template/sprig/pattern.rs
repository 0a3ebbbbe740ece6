//! Regular expressions as RE2 reads them, in the words of Rust's crate: classes are of ASCII, a brace that repeats nothing
//! stands for itself, brackets and `&&` have no meaning within a class.

/// The expression in Rust's words; nothing if RE2 would refuse it where Rust does not.
pub(super) fn translated(pattern: &str) -> Option<String> {
    let mut translation =
        Translation { rest: pattern, out: String::with_capacity(pattern.len()), repeated: false };
    while let Some(c) = translation.next() {
        let repeated = std::mem::take(&mut translation.repeated);
        match c {
            '\\' => translation.escape(false)?,
            '[' => translation.class()?,
            '{' => translation.brace(repeated)?,
            '*' | '+' | '?' => translation.repeat(c, repeated)?,
            '(' if translation.rest.starts_with('?') => translation.group()?,
            c => translation.out.push(c),
        }
    }
    Some(translation.out)
}

struct Translation<'t> {
    rest: &'t str,
    out: String,
    /// Something was repeated just now, which must not be repeated again.
    repeated: bool,
}

impl Translation<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn repeat(&mut self, c: char, repeated: bool) -> Option<()> {
        self.out.push(c);
        self.lazily(repeated)
    }

    /// A question mark behind a repetition belongs to it.
    fn lazily(&mut self, repeated: bool) -> Option<()> {
        if self.rest.starts_with('?') {
            self.next();
            self.out.push('?');
        }
        self.repeated = true;
        (!repeated).then_some(())
    }

    fn brace(&mut self, repeated: bool) -> Option<()> {
        let inside = self.rest.split_once('}').map(|(inside, _)| inside);
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let counts = inside.filter(|inside| match inside.split_once(',') {
            Some((least, most)) => number(least) && (most.is_empty() || number(most)),
            None => number(inside),
        });
        let Some(counts) = counts else {
            self.out.push_str("\\{");
            return Some(());
        };
        if counts
            .split(',')
            .any(|count| count.parse::<u32>().is_ok_and(|count| count > 1000) || count.len() > 9)
        {
            return None;
        }
        self.out.push('{');
        self.out.push_str(counts);
        self.out.push('}');
        self.rest = &self.rest[counts.len() + 1..];
        self.lazily(repeated)
    }

    /// Flags and names; Rust has more flags.
    fn group(&mut self) -> Option<()> {
        self.out.push('(');
        let flags: String =
            self.rest[1..].chars().take_while(|c| !matches!(c, ':' | ')' | 'P' | '<')).collect();
        flags.chars().all(|c| "imsU-".contains(c)).then(|| {
            self.out.push('?');
            self.out.push_str(&flags);
            self.rest = &self.rest[1 + flags.len()..];
        })
    }

    fn escape(&mut self, class: bool) -> Option<()> {
        let c = self.next()?;
        let (open, close) = if class { ("", "") } else { ("[", "]") };
        match c {
            'd' => self.out.extend([open, "0-9", close]),
            'w' => self.out.extend([open, "0-9A-Za-z_", close]),
            's' => self.out.extend([open, "\\t\\n\\f\\r ", close]),
            'D' => self.out.push_str("[^0-9]"),
            'W' => self.out.push_str("[^0-9A-Za-z_]"),
            'S' => self.out.push_str("[^\\t\\n\\f\\r ]"),
            'b' if !class => self.out.push_str("(?-u:\\b)"),
            'Q' if !class => {
                let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.out.push_str(&regex::escape(literal));
                self.rest = rest;
            }
            '<' | '>' => self.out.push(c),
            // Rust's own.
            'u' | 'U' => return None,
            c => self.out.extend(['\\', c]),
        }
        Some(())
    }

    fn class(&mut self) -> Option<()> {
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.next();
            self.out.push('^');
        }
        let mut first = true;
        while let Some(c) = self.next() {
            match c {
                ']' if !first => {
                    self.out.push(']');
                    return Some(());
                }
                '\\' => self.escape(true)?,
                '[' if self.rest.starts_with(':') && self.rest.contains(":]") => {
                    let end = self.rest.find(":]")? + 2;
                    self.out.push('[');
                    self.out.push_str(&self.rest[..end]);
                    self.rest = &self.rest[end..];
                }
                '[' | ']' | '&' | '~' => self.out.extend(['\\', c]),
                c => self.out.push(c),
            }
            first = false;
        }
        None
    }
}

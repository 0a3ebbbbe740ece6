//! Go's regular expressions, as the field's programs compile them (kustomize, sops, sprig): each is read by the rules of Go's
//! `regexp` and written anew for the library that matches here. The two differ in what is no repeat, in classes, in escapes and
//! in what is refused.
//!
//! What is written says nothing but what it must: captures where they are asked for, and flags at each part they change.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// Go's own limit of a repeat, also of repeats within repeats.
const MAX_REPEAT: u32 = 1000;

/// Groups and repeats within one another; Go takes 1000, which nobody writes.
const MAX_DEPTH: u32 = 250;

/// A pattern ready to be looked for, or why it is none. It captures nothing.
///
/// # Errors
/// What is wrong with it, in words.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    compiled(pattern, false)
}

/// As [`compile`], with its groups.
///
/// # Errors
/// As [`compile`].
pub fn compile_with_groups(pattern: &str) -> Result<Regex, String> {
    compiled(pattern, true)
}

fn compiled(pattern: &str, captures: bool) -> Result<Regex, String> {
    let written = translate(pattern, captures)?;
    // A repeat writes its part inside of a group, and a flag does.
    RegexBuilder::new(&written).nest_limit(4 * MAX_DEPTH).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        _ => "it has a class that does not exist".to_owned(),
    })
}

fn translate(pattern: &str, captures: bool) -> Result<String, String> {
    let outer = Group { before: Flags::default(), start: 0, last: None, repeats: 1, depth: 0 };
    let mut translation = Translation {
        rest: pattern.chars().peekable(),
        out: String::new(),
        flags: outer.before,
        open: vec![outer],
        captures,
        names: HashSet::new(),
        no_more_posix: false,
    };
    translation.run()?;
    Ok(translation.out)
}

#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_is_all: bool,
    lazy: bool,
}

/// A group that is open.
struct Group {
    /// The flags to go back to at its end.
    before: Flags,
    /// Where it begins in what is written.
    start: usize,
    /// What a repeat would be of.
    last: Option<Part>,
    /// The most that repeats in the parts before come to when multiplied, and how deep these are.
    repeats: u32,
    depth: u32,
}

impl Group {
    /// The last part can no longer be repeated.
    fn settle(&mut self) {
        if let Some(part) = self.last.take() {
            self.repeats = self.repeats.max(part.repeats);
            self.depth = self.depth.max(part.depth);
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    repeats: u32,
    depth: u32,
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    flags: Flags,
    /// The open groups, the whole first; never empty.
    open: Vec<Group>,
    captures: bool,
    /// Names of groups that were written.
    names: HashSet<String>,
    /// Whether no `:]` is left, so that none is looked for behind every `[:`.
    no_more_posix: bool,
}

impl Translation<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut after_repeat = false;
        while let Some(c) = self.rest.next() {
            let mut is_repeat = false;
            match c {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.group().settle();
                    self.out.push('|');
                }
                '^' if self.flags.lines => self.part("(?m:^)"),
                '^' => self.part(r"\A"),
                '$' if self.flags.lines => self.part("(?m:$)"),
                '$' => self.part(r"\z"),
                '.' if self.flags.dot_is_all => self.part("(?s:.)"),
                '.' => self.part("."),
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    is_repeat = true;
                    self.repeat(&c.to_string(), None, after_repeat)?;
                }
                '{' => match self.counts() {
                    None => self.literal('{'),
                    Some((min, max)) => {
                        is_repeat = true;
                        self.counted(min, max, after_repeat)?;
                    }
                },
                '\\' => self.escape()?,
                c => self.literal(c),
            }
            after_repeat = is_repeat;
        }
        if self.open.len() > 1 { Err("a ( is not closed".to_owned()) } else { Ok(()) }
    }

    fn group(&mut self) -> &mut Group {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    /// Writes a part that can be repeated.
    fn part(&mut self, text: &str) {
        let start = self.out.len();
        self.out.push_str(text);
        self.add(Part { start, repeats: 1, depth: 0 });
    }

    fn add(&mut self, part: Part) {
        let group = self.group();
        group.settle();
        group.last = Some(part);
    }

    fn literal(&mut self, c: char) {
        let mut buffer = [0; 4];
        let escaped = regex::escape(c.encode_utf8(&mut buffer));
        if self.flags.fold && (c.is_ascii_alphabetic() || !c.is_ascii()) {
            self.part(&format!("(?i:{escaped})"));
        } else {
            self.part(&escaped);
        }
    }

    /// A group, or flags, behind its parenthesis.
    fn open(&mut self) -> Result<(), String> {
        let before = self.flags;
        let mut start = if self.captures { "(".to_owned() } else { "(?:".to_owned() };
        if self.rest.next_if_eq(&'?').is_some() {
            let mut ahead = self.rest.clone();
            let is_named = match ahead.next() {
                Some('P') => ahead.next() == Some('<'),
                first => first == Some('<'),
            };
            if is_named {
                self.rest = ahead;
                let name = self.name()?;
                if self.captures && self.is_new(&name) {
                    start = format!("(?P<{name}>");
                }
            } else if self.set_flags()? {
                "(?:".clone_into(&mut start);
            } else {
                return Ok(());
            }
        }
        if self.open.len() as u64 > u64::from(MAX_DEPTH) {
            return Err("it is nested too deeply".to_owned());
        }
        let place = self.out.len();
        self.out.push_str(&start);
        self.open.push(Group { before, start: place, last: None, repeats: 1, depth: 0 });
        Ok(())
    }

    /// Whether a group can have a name here: Go takes one twice, and digits first.
    fn is_new(&mut self, name: &str) -> bool {
        !name.starts_with(|c: char| c.is_ascii_digit()) && self.names.insert(name.to_owned())
    }

    fn name(&mut self) -> Result<String, String> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => return Ok(name),
                Some(c) if c == '_' || c.is_ascii_alphanumeric() => name.push(c),
                _ => return Err("the name of a group is of letters, digits and _ between < and >".to_owned()),
            }
        }
    }

    /// Flags behind `(?`: whether a group begins there, too.
    fn set_flags(&mut self) -> Result<bool, String> {
        let mut flags = self.flags;
        let (mut value, mut is_given) = (true, true);
        loop {
            match self.rest.next() {
                Some('i') => flags.fold = value,
                Some('m') => flags.lines = value,
                Some('s') => flags.dot_is_all = value,
                Some('U') => flags.lazy = value,
                Some('-') if value => {
                    (value, is_given) = (false, false);
                    continue;
                }
                Some(end @ (':' | ')')) if is_given => {
                    self.flags = flags;
                    return Ok(end == ':');
                }
                _ => {
                    return Err(
                        "what stands behind (? is neither a name nor one of the flags i, m, s, U".to_owned()
                    );
                }
            }
            is_given = true;
        }
    }

    fn close(&mut self) -> Result<(), String> {
        if self.open.len() == 1 {
            return Err("a ) has no ( before it".to_owned());
        }
        let Some(mut group) = self.open.pop() else { return Ok(()) };
        group.settle();
        self.out.push(')');
        self.flags = group.before;
        self.add(Part { start: group.start, repeats: group.repeats, depth: group.depth + 1 });
        Ok(())
    }

    /// The counts of a repeat behind its brace, the second none for no end; none when this is no repeat.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let mut ahead = self.rest.clone();
        let min = number(&mut ahead)?;
        let max = if ahead.next_if_eq(&',').is_none() {
            Some(min)
        } else if ahead.peek() == Some(&'}') {
            None
        } else {
            Some(number(&mut ahead)?)
        };
        ahead.next_if_eq(&'}')?;
        self.rest = ahead;
        Some((min, max))
    }

    fn counted(&mut self, min: u32, max: Option<u32>, after_repeat: bool) -> Result<(), String> {
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT) {
            return Err(format!("a repeat is of at most {MAX_REPEAT}"));
        }
        if max.is_some_and(|max| max < min) {
            return Err("a repeat ends before it begins".to_owned());
        }
        let written = match max {
            Some(max) => format!("{{{min},{max}}}"),
            None => format!("{{{min},}}"),
        };
        self.repeat(&written, Some((min, max)), after_repeat)
    }

    fn repeat(
        &mut self,
        written: &str,
        counts: Option<(u32, Option<u32>)>,
        after_repeat: bool,
    ) -> Result<(), String> {
        let is_lazy = self.rest.next_if_eq(&'?').is_some() != self.flags.lazy;
        if after_repeat {
            return Err("a repeat follows another one".to_owned());
        }
        let Some(last) = self.group().last else { return Err("there is nothing to repeat".to_owned()) };
        // Go multiplies the ends of repeats within one another, or their beginnings where there is no end.
        let repeats = match counts {
            Some((_, Some(0))) => 1,
            Some((min, max)) => max.unwrap_or(min).max(1).saturating_mul(last.repeats),
            None => last.repeats,
        };
        if counts.is_some_and(|(min, max)| min >= 2 || max.is_some_and(|max| max >= 2))
            && repeats > MAX_REPEAT
        {
            return Err(format!("repeats within one another are of at most {MAX_REPEAT}"));
        }
        if last.depth >= MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        self.out.insert_str(last.start, "(?:");
        self.out.push(')');
        self.out.push_str(written);
        if is_lazy {
            self.out.push('?');
        }
        self.group().last = Some(Part { repeats, depth: last.depth + 1, ..last });
        Ok(())
    }

    /// What follows a backslash, outside of brackets.
    fn escape(&mut self) -> Result<(), String> {
        match self.rest.peek() {
            Some('A') => self.simple(r"\A"),
            Some('z') => self.simple(r"\z"),
            Some('b') => self.simple(r"(?-u:\b)"),
            Some('B') => self.simple(r"(?-u:\B)"),
            Some('Q') => {
                self.rest.next();
                self.quoted();
            }
            _ => match self.named_class()? {
                Some(class) if self.flags.fold => self.part(&format!("(?i:{class})")),
                Some(class) => self.part(&class),
                None => match char::from_u32(self.escaped()?) {
                    Some(c) => self.literal(c),
                    // A half of a character, which no text has.
                    None => self.part(NOTHING),
                },
            },
        }
        Ok(())
    }

    fn simple(&mut self, written: &str) {
        self.rest.next();
        self.part(written);
    }

    /// All up to `\E`, or to the end, stands for itself.
    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.next_if_eq(&'E').is_some() {
                return;
            }
            self.literal(c);
        }
    }

    /// The class that the letters behind a backslash name.
    fn named_class(&mut self) -> Result<Option<String>, String> {
        let class = match self.rest.peek() {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('s') => r"[\t\n\x0C\r ]",
            Some('S') => r"[^\t\n\x0C\r ]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_class().map(Some),
            _ => return Ok(None),
        };
        self.rest.next();
        Ok(Some(class.to_owned()))
    }

    fn unicode_class(&mut self) -> Result<String, String> {
        let mut is_negated = self.rest.next() == Some('P');
        let name: String = match self.rest.next() {
            None => return Err(r"the name of a class is missing behind \p".to_owned()),
            Some('{') => {
                let mut name = String::new();
                loop {
                    match self.rest.next() {
                        Some('}') => break name,
                        Some(c) => name.push(c),
                        None => return Err("a { of a class is not closed".to_owned()),
                    }
                }
            }
            Some(c) => c.to_string(),
        };
        let name = name.strip_prefix('^').map_or(name.as_str(), |rest| {
            is_negated = !is_negated;
            rest
        });
        let canonical = canonical(name);
        let is_script = SCRIPTS.split_whitespace().any(|script| script == name || script == canonical);
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || "_- ".contains(c));
        if !is_word {
            return Err(format!("there is no class {name}"));
        }
        let kind = if is_script { "sc" } else { "gc" };
        let letter = if is_negated { 'P' } else { 'p' };
        Ok(format!("\\{letter}{{{kind}={}}}", if is_script { name } else { &canonical }))
    }

    /// The character that is written behind a backslash, as its number.
    fn escaped(&mut self) -> Result<u32, String> {
        let Some(c) = self.rest.next() else { return Err("a backslash stands at the end".to_owned()) };
        let unknown = || Err(format!("\\{c} means nothing; a backslash is written \\\\"));
        Ok(match c {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            // A single digit would be a reference to a group, which there is none.
            '1'..='7' if !self.rest.peek().is_some_and(|next| next.is_digit(8)) => return unknown(),
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = self.rest.next_if(|next| next.is_digit(8)) else { break };
                    value = value * 8 + digit.to_digit(8).unwrap_or_default();
                }
                value
            }
            'x' => match self.hexadecimal() {
                Some(value) => value,
                None => return unknown(),
            },
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => u32::from(c),
            _ => return unknown(),
        })
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let mut digit =
            || self.rest.next().and_then(|c| if c == '{' { Some(None) } else { c.to_digit(16).map(Some) });
        let Some(first) = digit()? else { return self.braced() };
        Some(first * 16 + digit()??)
    }

    fn braced(&mut self) -> Option<u32> {
        let (mut value, mut length) = (0, 0);
        loop {
            match self.rest.next()? {
                '}' => return (length > 0).then_some(value),
                c => value = value * 16 + c.to_digit(16)?,
            }
            length += 1;
            if value > u32::from(char::MAX) {
                return None;
            }
        }
    }

    /// A class behind its bracket.
    fn class(&mut self) -> Result<(), String> {
        let start = self.out.len();
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut written = String::new();
        let mut is_first = true;
        while is_first || self.rest.next_if_eq(&']').is_none() {
            is_first = false;
            self.class_item(&mut written)?;
        }
        let open = if self.flags.fold { "(?i:[" } else { "[" };
        let close = if self.flags.fold { "])" } else { "]" };
        let caret = if is_negated { "^" } else { "" };
        match (written.is_empty(), is_negated) {
            (true, false) => self.part(NOTHING),
            (true, true) => self.part("(?s:.)"),
            _ => {
                self.out.extend([open, caret, &written, close]);
                self.add(Part { start, repeats: 1, depth: 0 });
            }
        }
        Ok(())
    }

    fn class_item(&mut self, written: &mut String) -> Result<(), String> {
        if let Some(named) = self.posix_class()? {
            written.push_str(named);
            return Ok(());
        }
        if self.rest.peek() == Some(&'\\') {
            let before = self.rest.clone();
            self.rest.next();
            if let Some(class) = self.named_class()? {
                written.push_str(&class);
                return Ok(());
            }
            self.rest = before;
        }
        let low = self.class_char()?;
        let mut ahead = self.rest.clone();
        let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|next| *next != ']');
        let high = if is_range {
            self.rest = ahead;
            self.class_char()?
        } else {
            low
        };
        if high < low {
            return Err("a range of a class ends before it begins".to_owned());
        }
        // Halves of characters are numbers that Go allows and no text has.
        let low = if char::from_u32(low).is_none() { 0xE000 } else { low };
        let high = if char::from_u32(high).is_none() { 0xD7FF } else { high };
        if low <= high {
            let _ = write!(written, "\\x{{{low:X}}}-\\x{{{high:X}}}");
        }
        Ok(())
    }

    fn class_char(&mut self) -> Result<u32, String> {
        match self.rest.next() {
            None => Err("a [ is not closed".to_owned()),
            Some('\\') => self.escaped(),
            Some(c) => Ok(u32::from(c)),
        }
    }

    /// `[:alpha:]` and the like, where one stands.
    fn posix_class(&mut self) -> Result<Option<&'static str>, String> {
        let mut ahead = self.rest.clone();
        if self.no_more_posix || ahead.next() != Some('[') || ahead.next() != Some(':') {
            return Ok(None);
        }
        let mut name = String::new();
        while let Some(c) = ahead.next() {
            if c == ':' && ahead.next_if_eq(&']').is_some() {
                let class = POSIX.iter().find(|(known, _)| *known == name);
                let class = class.ok_or_else(|| format!("there is no class [:{name}:]"))?;
                self.rest = ahead;
                return Ok(Some(class.1));
            }
            name.push(c);
        }
        self.no_more_posix = true;
        Ok(None)
    }
}

/// A number of a repeat: no zero before other digits. What is too large for Go stays too large.
fn number(rest: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let first = rest.next_if(char::is_ascii_digit)?;
    let mut value = first.to_digit(10)?;
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        if first == '0' {
            return None;
        }
        value = value.saturating_mul(10).saturating_add(digit.to_digit(10)?);
    }
    Some(value)
}

/// A class's name as Go looks it up: a capital, then small letters.
fn canonical(name: &str) -> String {
    let letters = name.chars().filter(|c| !"_- ".contains(*c));
    letters
        .enumerate()
        .map(|(n, c)| if n == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

/// What matches no text.
const NOTHING: &str = r"[^\x00-\x{10FFFF}]";

const POSIX: &[(&str, &str)] = &[
    ("alnum", "[0-9A-Za-z]"),
    ("^alnum", "[^0-9A-Za-z]"),
    ("alpha", "[A-Za-z]"),
    ("^alpha", "[^A-Za-z]"),
    ("ascii", r"[\x00-\x7F]"),
    ("^ascii", r"[^\x00-\x7F]"),
    ("blank", r"[\t ]"),
    ("^blank", r"[^\t ]"),
    ("cntrl", r"[\x00-\x1F\x7F]"),
    ("^cntrl", r"[^\x00-\x1F\x7F]"),
    ("digit", "[0-9]"),
    ("^digit", "[^0-9]"),
    ("graph", r"[\x21-\x7E]"),
    ("^graph", r"[^\x21-\x7E]"),
    ("lower", "[a-z]"),
    ("^lower", "[^a-z]"),
    ("print", r"[\x20-\x7E]"),
    ("^print", r"[^\x20-\x7E]"),
    ("punct", r"[\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]"),
    ("^punct", r"[^\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]"),
    ("space", r"[\t\n\x0B\x0C\r ]"),
    ("^space", r"[^\t\n\x0B\x0C\r ]"),
    ("upper", "[A-Z]"),
    ("^upper", "[^A-Z]"),
    ("word", "[0-9A-Za-z_]"),
    ("^word", "[^0-9A-Za-z_]"),
    ("xdigit", "[0-9A-Fa-f]"),
    ("^xdigit", "[^0-9A-Fa-f]"),
];

/// The scripts that Go knows (Unicode 15), which have no short names there.
const SCRIPTS: &str = "\
     Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki \
     Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee \
     Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra \
     Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati \
     Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited \
     Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi \
     Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian \
     Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui \
     Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari \
     Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic \
     Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage \
     Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan \
     Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri \
     Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan \
     Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go 1.26's regexp answers: a digit for each text, 1 where it matches, or null for a pattern that is none.
    const ANSWERS: &str = include_str!("../tests/vectors/patterns.json");

    #[test]
    fn patterns_match_what_go_matches() {
        let answers: serde_json::Value = serde_json::from_str(ANSWERS).unwrap();
        let texts: Vec<_> =
            answers["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let mut wrong = Vec::new();
        for case in answers["cases"].as_array().unwrap() {
            let pattern = case[0].as_str().unwrap();
            let matched = |regex: regex::Regex| -> String {
                texts.iter().map(|text| if regex.is_match(text) { '1' } else { '0' }).collect()
            };
            for (captures, ours) in [(false, compile(pattern)), (true, compile_with_groups(pattern))] {
                let ours = ours.map(matched);
                if ours.as_deref().ok() != case[1].as_str() {
                    let written = translate(pattern, captures);
                    wrong.push(format!("{pattern:?} {ours:?}, Go {} ({written:?})", case[1]));
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn groups_are_captured_by_number_and_name() {
        let regex = compile_with_groups("(?i)(a)(?:b)(?P<n>c)(?<m>d)*").unwrap();
        assert_eq!(regex.replace("xABCDDx", "[$1 $n $m $3]"), "x[A C D D]x");
        assert_eq!(compile("(a)").unwrap().captures_len(), 1);
        // Go has the first of one name.
        let regex = compile_with_groups("(?P<n>a)(?P<n>b)(?<9>c)").unwrap();
        assert_eq!(regex.replace("abc", "[$n $3]"), "[a c]");
    }

    #[test]
    fn hostile_patterns_end() {
        for pattern in [
            "(".repeat(100_000),
            "(a".repeat(500) + &")*".repeat(500),
            format!("a{}", r"\Q\E*".repeat(100_000)),
            "[[:".repeat(100_000),
            r"\p{".repeat(100_000),
        ] {
            assert!(compile(&pattern).is_err() && compile_with_groups(&pattern).is_err());
        }
    }
}

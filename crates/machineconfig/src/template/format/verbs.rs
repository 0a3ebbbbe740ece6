//! What Go's verbs make of values.

use std::fmt;

use super::{Printer, Spec};
use crate::template::value::Val;
use crate::template::{float, print, quote};

impl Printer<'_, '_> {
    pub(super) fn put(&mut self, text: fmt::Arguments<'_>) {
        self.out.push_str(&text.to_string());
    }

    pub(super) fn value(&mut self, value: &Val<'_>, verb: char, depth: usize) {
        match value {
            Val::Nil if depth > 0 && self.spec.source => self.out.push_str("interface {}(nil)"),
            Val::Nil if depth > 0 => self.out.push_str("<nil>"),
            Val::Nil if matches!(verb, 'v' | 'T') => self.pad("<nil>"),
            Val::Nil => self.put(format_args!("%!{verb}(<nil>)")),
            _ if verb == 'T' && depth == 0 => self.text(&value.type_name(), 's', value),
            Val::Bool(known) if matches!(verb, 't' | 'v') => self.pad(if *known { "true" } else { "false" }),
            Val::Int(number) | Val::Long(number) => {
                self.integer(*number < 0, number.unsigned_abs(), verb, value);
            }
            Val::Byte(number) => self.integer(false, u64::from(*number), verb, value),
            Val::Mode(mode) if !"vsxXq".contains(verb) => self.integer(false, u64::from(*mode), verb, value),
            Val::Float(number) => self.float(*number, verb, value),
            Val::Text(text) => self.text(text, verb, value),
            Val::Record(record) if record.text.is_some() => self.text(&print::format(value), verb, value),
            Val::Bytes(bytes) if "sxXq".contains(verb) => self.bytes(bytes, verb, value),
            _ if verb == 'w' => self.bad(verb, value),
            Val::List(_) | Val::Bytes(_) | Val::Map(_) | Val::Struct(_) | Val::Record(_) => {
                self.whole(value, verb, depth);
            }
            Val::Pointer(inner)
                if depth == 0 && !matches!(inner.target(), Val::Record(record) if record.text.is_some()) =>
            {
                if matches!(inner.target(), Val::Struct(_) | Val::Record(_) | Val::List(_) | Val::Map(_)) {
                    self.out.push('&');
                    self.value(inner, verb, 1);
                } else {
                    self.out.push_str(&print::format(value));
                }
            }
            Val::Mode(_) | Val::Pointer(_) | Val::NilPointer => self.text(&print::format(value), verb, value),
            Val::Bool(_) => self.bad(verb, value),
        }
    }

    /// A verb that the value does not have.
    fn bad(&mut self, verb: char, value: &Val<'_>) {
        self.put(format_args!("%!{verb}({}=", value.type_name()));
        self.value(value, 'v', 0);
        self.out.push(')');
    }

    /// What has parts.
    fn whole(&mut self, value: &Val<'_>, verb: char, depth: usize) {
        let source = self.spec.source;
        let (open, close) = match value {
            Val::List(items) if source && items.nil => {
                return self.out.push_str(&(value.type_name() + "(nil)"));
            }
            Val::Map(map) if source && map.nil => return self.out.push_str(&(value.type_name() + "(nil)")),
            Val::Bytes(_) if source && depth == 0 => ("[]byte{".to_owned(), '}'),
            _ if source => (value.type_name() + "{", '}'),
            Val::List(_) | Val::Bytes(_) => ("[".to_owned(), ']'),
            Val::Map(_) => ("map[".to_owned(), ']'),
            _ => ("{".to_owned(), '}'),
        };
        let named = source || self.spec.names;
        let field = |name: &str| if named { Some(Val::text(name)) } else { None };
        let parts: Vec<(Option<Val<'_>>, Val<'_>)> = match value {
            Val::Map(map) => map
                .entries
                .borrow()
                .iter()
                .map(|(key, value)| (Some(Val::text(key)), value.clone()))
                .collect(),
            Val::Struct(fields) => {
                fields.fields().into_iter().map(|(name, value)| (field(name), value)).collect()
            }
            Val::Record(record) => {
                record.fields.iter().map(|(name, value)| (field(name), value.clone())).collect()
            }
            list => list.items().unwrap_or_default().iter().map(|item| (None, item.clone())).collect(),
        };
        self.out.push_str(&open);
        for (n, (name, part)) in parts.iter().enumerate() {
            if n > 0 {
                self.out.push_str(if source { ", " } else { " " });
            }
            if let Some(name) = name {
                match (value, name) {
                    (Val::Map(_), name) => self.value(name, verb, depth + 1),
                    (_, name) => self.out.push_str(&print::format(name)),
                }
                self.out.push(':');
            }
            self.value(part, verb, depth + 1);
        }
        self.out.push(close);
    }

    fn text(&mut self, text: &str, verb: char, value: &Val<'_>) {
        match verb {
            'v' if self.spec.source => self.quoted(text),
            'v' | 's' => self.pad(&self.cut(text)),
            'q' => self.quoted(text),
            'x' | 'X' => self.hex(text.as_bytes(), verb),
            _ => self.bad(verb, value),
        }
    }

    fn bytes(&mut self, bytes: &[u8], verb: char, value: &Val<'_>) {
        match verb {
            'x' | 'X' => self.hex(bytes, verb),
            verb => self.text(&String::from_utf8_lossy(bytes), verb, value),
        }
    }

    fn quoted(&mut self, text: &str) {
        let text = self.cut(text);
        if self.spec.sharp && quote::back_quotable(&text) {
            return self.pad(&format!("`{text}`"));
        }
        self.pad(&quote::quoted(&text, '"', self.spec.plus));
    }

    fn hex(&mut self, bytes: &[u8], verb: char) {
        let bytes = bytes.get(..self.spec.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
        let mark = if self.spec.sharp { "0x" } else { "" };
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = if digits.is_empty() {
            String::new()
        } else if self.spec.space {
            format!("{mark}{}", digits.join(&format!(" {mark}")))
        } else {
            format!("{mark}{}", digits.concat())
        };
        self.pad(&if verb == 'X' { text.to_uppercase() } else { text });
    }

    fn integer(&mut self, negative: bool, number: u64, verb: char, value: &Val<'_>) {
        let unsigned = matches!(value, Val::Byte(_) | Val::Mode(_));
        let digits = match verb {
            'v' if self.spec.source && unsigned => return self.put(format_args!("{number:#x}")),
            'v' | 'd' => number.to_string(),
            'b' => format!("{number:b}"),
            'o' | 'O' => format!("{number:o}"),
            'x' => format!("{number:x}"),
            'X' => format!("{number:X}"),
            'c' => return self.pad(&character(negative, number).to_string()),
            'q' => {
                let text = character(negative, number).to_string();
                return self.pad(&quote::quoted(&text, '\'', self.spec.plus));
            }
            'U' => return self.unicode(if negative { number.wrapping_neg() } else { number }),
            _ => return self.bad(verb, value),
        };
        self.number_of(negative, number, &digits, verb);
    }

    /// The digits of a whole number with all that stands before them.
    fn number_of(&mut self, negative: bool, number: u64, digits: &str, verb: char) {
        let Spec { minus, plus, sharp, space, zero, width, precision, .. } = self.spec;
        let sign = match (negative, plus, space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let least = match (precision, width) {
            (Some(0), _) if number == 0 => return self.pad_with("", ' '),
            (Some(precision), _) => precision,
            (None, Some(width)) if zero && !minus => width.saturating_sub(sign.len()),
            _ => 0,
        };
        let digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
        let mark = match verb {
            'b' if sharp => "0b",
            'o' if sharp && !digits.starts_with('0') => "0",
            'O' if sharp && !digits.starts_with('0') => "0o0",
            'O' => "0o",
            'x' if sharp => "0x",
            'X' if sharp => "0X",
            _ => "",
        };
        self.pad_with(&format!("{sign}{mark}{digits}"), ' ');
    }

    fn unicode(&mut self, number: u64) {
        let mut text = format!("U+{number:0width$X}", width = self.spec.precision.unwrap_or(0).max(4));
        let seen = u32::try_from(number).ok().and_then(char::from_u32).filter(|c| quote::printable(*c));
        if let Some(c) = seen.filter(|_| self.spec.sharp) {
            text.extend([" '", c.encode_utf8(&mut [0; 4]), "'"]);
        }
        self.pad_with(&text, ' ');
    }

    fn float(&mut self, number: f64, verb: char, value: &Val<'_>) {
        let (form, precision) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return self.bad(verb, value),
        };
        let precision = self.spec.precision.or(precision);
        let text = float::text(number, form, precision);
        let (negative, body) = match text.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        let sign = match negative {
            true => "-",
            false if self.spec.plus => "+",
            false if self.spec.space => " ",
            false if number.is_infinite() => "+",
            false => "",
        };
        if !number.is_finite() {
            return self.pad_with(&format!("{sign}{body}"), ' ');
        }
        let body =
            if self.spec.sharp && form != 'b' { pointed(body, form, precision) } else { body.to_owned() };
        let width = self.spec.width.unwrap_or(0);
        if self.spec.zero && !self.spec.minus && !sign.is_empty() {
            let missing = width.saturating_sub(sign.len() + body.len());
            self.put(format_args!("{sign}{}{body}", "0".repeat(missing)));
        } else {
            self.pad(&format!("{sign}{body}"));
        }
    }

    fn cut(&self, text: &str) -> String {
        match self.spec.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        }
    }

    fn pad(&mut self, text: &str) {
        self.pad_with(text, if self.spec.zero && !self.spec.minus { '0' } else { ' ' });
    }

    fn pad_with(&mut self, text: &str, fill: char) {
        let missing = self.spec.width.unwrap_or(0).saturating_sub(text.chars().count());
        let fill: String = std::iter::repeat_n(fill, missing).collect();
        let (before, behind) = if self.spec.minus { ("", fill.as_str()) } else { (fill.as_str(), "") };
        self.out.extend([before, text, behind]);
    }
}

fn character(negative: bool, number: u64) -> char {
    u32::try_from(number).ok().filter(|_| !negative).and_then(char::from_u32).unwrap_or('\u{fffd}')
}

/// `%#g` and its like: always with a point, and with all digits.
fn pointed(body: &str, form: char, precision: Option<usize>) -> String {
    let exponents: &[char] = if matches!(form, 'x' | 'X') { &['p', 'P'] } else { &['e', 'E', 'p'] };
    let (number, tail) = body.split_at(body.find(exponents).unwrap_or(body.len()));
    let mut wanted = match form {
        'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let zeros = |c: &char| matches!(c, '0' | '.');
    let digits = number.chars().skip_while(zeros).filter(|c| *c != '.').count();
    wanted = wanted.saturating_sub(digits + usize::from(number == "0"));
    let dot = if number.contains('.') { "" } else { "." };
    format!("{number}{dot}{}{tail}", "0".repeat(wanted))
}

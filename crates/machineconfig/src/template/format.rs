//! `printf`: its directives with flags, widths, precisions and numbered arguments.

mod verbs;

use std::iter::Peekable;
use std::str::Chars;

use super::functions::Answer;
use super::limits;
use super::value::Val;

/// The largest width and precision, as in Go.
const LARGEST: i64 = 1_000_000;

/// `printf`.
pub(super) fn printf<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let Some((Val::Text(format), values)) = arguments.split_first() else {
        return Err("a format is needed".to_owned());
    };
    let mut printer = Printer {
        values,
        next: 0,
        numbered: false,
        unclosed: false,
        out: String::new(),
        spec: Spec::default(),
    };
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '%' {
            printer.directive(&mut chars);
        } else {
            printer.out.push(c);
        }
        limits::fits(1, printer.out.len(), 0)?;
    }
    printer.left_over();
    Ok(Val::text(printer.out))
}

/// How a value is to be written.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a format")]
struct Spec {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`: with the names of fields.
    names: bool,
    /// `%#v`: as Go's source code.
    source: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Printer<'v, 'a> {
    values: &'v [Val<'a>],
    next: usize,
    /// Arguments were asked for by their number.
    numbered: bool,
    /// No bracket closes any more, so that none is looked for behind every one that opens.
    unclosed: bool,
    out: String,
    spec: Spec,
}

/// `[n]` in front of a part of a directive.
#[derive(PartialEq, Eq)]
enum Number {
    None,
    Good,
    Bad,
}

impl Printer<'_, '_> {
    fn directive(&mut self, chars: &mut Peekable<Chars<'_>>) {
        self.spec = Spec::default();
        while let Some(flag) = chars.next_if(|c| "-+ #0".contains(*c)) {
            match flag {
                '-' => self.spec.minus = true,
                '+' => self.spec.plus = true,
                '0' => self.spec.zero = true,
                '#' => self.spec.sharp = true,
                _ => self.spec.space = true,
            }
        }
        let mut number = self.number(chars);
        let mut good = number != Number::Bad;
        if chars.next_if_eq(&'*').is_some() {
            self.width_given();
            number = Number::None;
        } else {
            self.spec.width = digits(chars);
            good &= number == Number::None || self.spec.width.is_none();
        }
        if chars.peek() == Some(&'.') && chars.clone().nth(1).is_some() {
            chars.next();
            good &= number == Number::None;
            number = self.number(chars);
            good &= number != Number::Bad;
            if chars.next_if_eq(&'*').is_some() {
                self.precision_given();
                number = Number::None;
            } else {
                self.spec.precision = Some(digits(chars).unwrap_or(0));
            }
        }
        if number == Number::None {
            good &= self.number(chars) != Number::Bad;
        }
        match chars.next() {
            None => self.out.push_str("%!(NOVERB)"),
            Some('%') => self.out.push('%'),
            Some(verb) if !good => self.put(format_args!("%!{verb}(BADINDEX)")),
            Some(verb) => match self.values.get(self.next) {
                None => self.put(format_args!("%!{verb}(MISSING)")),
                Some(value) => {
                    self.next += 1;
                    if verb == 'v' {
                        self.spec.source = std::mem::take(&mut self.spec.sharp);
                        self.spec.names = std::mem::take(&mut self.spec.plus);
                    }
                    self.value(value, verb, 0);
                }
            },
        }
    }

    /// `[n]`, which chooses the next argument.
    fn number(&mut self, chars: &mut Peekable<Chars<'_>>) -> Number {
        if chars.peek() != Some(&'[') {
            return Number::None;
        }
        self.numbered = true;
        let mut ahead = chars.clone();
        ahead.next();
        let mut inside = String::new();
        while let Some(c) = ahead.next_if(|c| *c != ']' && !self.unclosed) {
            inside.push(c);
        }
        if ahead.next_if_eq(&']').is_none() {
            self.unclosed = true;
            chars.next();
            return Number::Bad;
        }
        *chars = ahead;
        let number =
            inside.parse::<usize>().ok().filter(|_| inside.bytes().all(|byte| byte.is_ascii_digit()));
        match number.and_then(|number| number.checked_sub(1)).filter(|at| *at < self.values.len()) {
            Some(at) => {
                self.next = at;
                Number::Good
            }
            None => Number::Bad,
        }
    }

    /// An argument that is a width or a precision.
    fn given(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        value.int().filter(|value| (-LARGEST..=LARGEST).contains(value))
    }

    fn width_given(&mut self) {
        let width = self.given();
        if width.is_none() {
            self.out.push_str("%!(BADWIDTH)");
        }
        if width.is_some_and(i64::is_negative) {
            (self.spec.minus, self.spec.zero) = (true, false);
        }
        self.spec.width = width.and_then(|width| usize::try_from(width.unsigned_abs()).ok());
    }

    fn precision_given(&mut self) {
        self.spec.precision = self.given().and_then(|precision| usize::try_from(precision).ok());
        if self.spec.precision.is_none() {
            self.out.push_str("%!(BADPREC)");
        }
    }

    /// What no verb asked for.
    fn left_over(&mut self) {
        let extra = self.values.get(self.next..).unwrap_or_default();
        if self.numbered || extra.is_empty() {
            return;
        }
        self.spec = Spec::default();
        self.out.push_str("%!(EXTRA ");
        for (n, value) in extra.iter().enumerate() {
            if n > 0 {
                self.out.push_str(", ");
            }
            if !matches!(value, Val::Nil) {
                self.out.push_str(&value.type_name());
                self.out.push('=');
            }
            self.value(value, 'v', 0);
        }
        self.out.push(')');
    }
}

/// A width or a precision; one that is too large is none.
fn digits(chars: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let mut number: Option<usize> = None;
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        let digit = digit.to_digit(10).unwrap_or(0) as usize;
        number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
    }
    number.filter(|number| i64::try_from(*number).is_ok_and(|number| number <= LARGEST))
}

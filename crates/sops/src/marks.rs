//! A sealed text with a short mark in the place of every `ENC[…]`.
//!
//! An encrypted value is several times as long as what it stands for, and no reader of YAML or JSON needs to look into it:
//! it holds neither blanks nor quotes nor anything else that means something to them. A large text is therefore read with
//! marks (`ENC[7]`), and the values are looked up when they are opened. A mark that was not opened would be left behind in
//! the plain text, so whoever reads a text this way asks in the end whether [all were](Source::all_opened).

use std::cell::Cell;
use std::fmt::Write as _;

use memchr::memmem::Finder;
use zeroize::Zeroizing;

use crate::cipher::Sealed;

const OPEN: &str = "ENC[";

/// A text with marks, and what they stand for.
pub(crate) struct Marked<'t> {
    text: Zeroizing<String>,
    values: Vec<Value<'t>>,
}

struct Value<'t> {
    sealed: Sealed<'t>,
    opened: Cell<bool>,
}

impl<'t> Marked<'t> {
    /// None where something in the text looks like a mark, or like an encrypted value that is none.
    pub(crate) fn new(text: &'t str) -> Option<Self> {
        let mut marked = Self { text: Zeroizing::new(String::with_capacity(text.len())), values: Vec::new() };
        let mut rest = text;
        let opens = Finder::new(OPEN);
        while let Some(at) = opens.find(rest.as_bytes()) {
            let (before, value) = rest.split_at(at);
            let end = memchr::memchr(b']', value.as_bytes())? + 1;
            let (value, behind) = value.split_at(end);
            let is_mark =
                value.bytes().skip(OPEN.len()).fold(true, |all, byte| all & INERT[usize::from(byte)]);
            let sealed = Sealed::parse(value).filter(|_| is_mark)?;
            marked.text.push_str(before);
            let _ = write!(marked.text, "{OPEN}{}]", marked.values.len());
            marked.values.push(Value { sealed, opened: Cell::new(false) });
            rest = behind;
        }
        marked.text.push_str(rest);
        Some(marked)
    }

    /// What the mark stands for that a scalar or a comment begins with, with what stands behind the mark.
    fn sealed<'s>(&'s self, text: &'s str) -> Option<Sealed<'s>> {
        let (value, rest) = self.value(text)?;
        Some(value.sealed.before(rest))
    }

    /// Notes that a mark is replaced by what was opened.
    fn opened(&self, text: &str) {
        if let Some((value, _)) = self.value(text) {
            value.opened.set(true);
        }
    }

    /// Whether no mark is left.
    fn all_opened(&self) -> bool {
        self.values.iter().all(|value| value.opened.get())
    }

    fn value<'s>(&'s self, text: &'s str) -> Option<(&'s Value<'t>, &'s str)> {
        let (number, rest) = text.strip_prefix(OPEN)?.split_once(']')?;
        Some((self.values.get(number.parse::<usize>().ok()?)?, rest))
    }
}

/// Whether a byte means nothing to a reader, wherever an `ENC[` may stand before it.
const INERT: [bool; 256] = {
    let mut inert = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        inert[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b',' | b':' | b'_' | b']');
        byte += 1;
    }
    inert
};

/// A sealed text as it is read.
#[derive(Clone, Copy)]
pub(crate) enum Source<'t> {
    /// As it stands.
    Plain(&'t str),
    /// With marks.
    Marked(&'t Marked<'t>),
}

impl<'t> Source<'t> {
    /// The text that is parsed.
    pub(crate) fn text(self) -> &'t str {
        match self {
            Self::Plain(text) => text,
            Self::Marked(marked) => &marked.text,
        }
    }

    /// The encrypted value that a scalar or a comment begins with.
    pub(crate) fn sealed<'s>(self, text: &'s str) -> Option<Sealed<'s>>
    where
        't: 's,
    {
        match self {
            Self::Plain(_) => Sealed::parse(text),
            Self::Marked(marked) => marked.sealed(text),
        }
    }

    /// Notes that what it gave for a text is replaced by what was opened.
    pub(crate) fn opened(self, text: &str) {
        if let Self::Marked(marked) = self {
            marked.opened(text);
        }
    }

    /// Whether nothing is left that stands for something else.
    pub(crate) fn all_opened(self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Marked(marked) => marked.all_opened(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "ENC[AES256_GCM,data:aa==,iv:bb==,tag:cc==,type:str]";

    #[test]
    fn marks_stand_for_values_in_their_order() {
        let text = format!("a: {VALUE}\nb: |\n  {VALUE}\n# {VALUE}\n");
        let marked = Marked::new(&text).unwrap();
        assert_eq!(Source::Marked(&marked).text(), "a: ENC[0]\nb: |\n  ENC[1]\n# ENC[2]\n");
        let sealed = marked.sealed("ENC[1]\n").unwrap();
        assert_eq!((sealed.kind, sealed.rest), (crate::cipher::Kind::Str, "\n"));
        assert!(marked.sealed("ENC[3]").is_none() && marked.sealed("x").is_none());
        for text in ["ENC[0]", "ENC[2]", "ENC[1]\n"] {
            assert!(!marked.all_opened());
            marked.opened(text);
        }
        assert!(marked.all_opened());
    }

    #[test]
    fn what_could_be_mistaken_is_not_marked() {
        for text in
            ["a: ENC[0]\n", "a: ENC[\n", &VALUE.replace("aa==", "a a"), &VALUE.replace("type:str", "type:x")]
        {
            assert!(Marked::new(&format!("a: {VALUE}\nb: {text}\n")).is_none(), "{text}");
        }
        assert_eq!(Marked::new("a: 1\n").unwrap().text.as_str(), "a: 1\n");
    }
}

//! Percent escapes in the parts of a URL, as Go's net/url takes and writes them.

/// A part, each with characters of its own that stand for themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Fragment,
    User,
    Host,
    Query,
}

impl Part {
    /// What need not be escaped, besides letters, digits and `-_.~`.
    fn plain(self) -> &'static [u8] {
        match self {
            Self::Path => b"$&+,/:;=@",
            Self::Fragment => b"$&+,/:;=?@!()*",
            Self::User => b"$&+,;=",
            Self::Host => b"!$&'()*+,;=:[]<>\"",
            Self::Query => b"",
        }
    }

    fn is_plain(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || self.plain().contains(&byte)
    }
}

/// A part as Go writes it; none when Go refuses it. Paths and fragments that need no other escapes than they have stay.
pub(super) fn canonical(text: &str, part: Part) -> Option<String> {
    let bytes = decode(text, part)?;
    let stays = |byte: u8| b"!$&'()*+,;=:@[]%".contains(&byte) || part.is_plain(byte);
    if matches!(part, Part::Path | Part::Fragment) && text.bytes().all(stays) {
        return Some(text.to_owned());
    }
    Some(escaped(&bytes, part))
}

/// A text as part of a query.
pub(crate) fn query(text: &str) -> String {
    escaped(text.as_bytes(), Part::Query)
}

pub(super) fn escaped(bytes: &[u8], part: Part) -> String {
    let escaped = bytes.iter().map(|byte| match byte {
        b' ' if part == Part::Query => "+".to_owned(),
        byte if part.is_plain(*byte) => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    escaped.collect()
}

/// What a part says, with its escapes put in; it was read before.
pub(super) fn decoded(text: &str, part: Part) -> String {
    decode(text, part).map_or_else(|| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn decode(text: &str, part: Part) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = after.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
            let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            // In a host only what is no ASCII may be escaped, and the percent sign.
            if part == Part::Host && byte.is_ascii() && byte != b'%' {
                return None;
            }
            out.push(byte);
            rest = &after[2..];
            continue;
        }
        if part == Part::Host && first.is_ascii() && !part.is_plain(*first) {
            return None;
        }
        out.push(*first);
        rest = after;
    }
    Some(out)
}

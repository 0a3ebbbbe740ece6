//! Base64 and base32 as Go reads them: line breaks are skipped, and what is wrong is named by its place.

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 with its padding.
pub(super) fn to_base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let group = (0..5).fold(0_u64, |group, n| group << 8 | u64::from(*chunk.get(n).unwrap_or(&0)));
        let letters = (chunk.len() * 8).div_ceil(5);
        for n in 0..8 {
            let letter = char::from(BASE32[usize::try_from(group >> (35 - 5 * n) & 31).unwrap_or(0)]);
            out.push(if n < letters { letter } else { '=' });
        }
    }
    out
}

/// The bytes that so many groups of bits make; what is left of the last is dropped.
fn packed(values: &[u8], bits: u32) -> Vec<u8> {
    let (mut out, mut held, mut waiting) = (Vec::new(), 0_u32, 0);
    for value in values {
        held = (held << bits | u32::from(*value)) & 0xffff;
        waiting += bits;
        if waiting >= 8 {
            waiting -= 8;
            out.extend(u8::try_from(held >> waiting & 0xff));
        }
    }
    out
}

fn break_of_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    let wrong = |at: usize| Err(format!("illegal base64 data at input byte {at}"));
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut values = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate().filter(|(_, byte)| !break_of_line(*byte));
    while let Some((at, byte)) = bytes.next() {
        if let Some(value) = value(byte) {
            values.push(value);
            continue;
        }
        let held = values.len() % 4;
        if byte != b'=' || held < 2 {
            return wrong(at);
        }
        let mut last = at;
        if held == 2 {
            match bytes.next() {
                None => return wrong(text.len()),
                Some((next, b'=')) => last = next,
                // Go names the place before it.
                Some((next, _)) => return wrong(next - 1),
            }
        }
        return match bytes.next() {
            Some((at, _)) => wrong(at.max(last)),
            None => Ok(packed(&values, 6)),
        };
    }
    match values.len() % 4 {
        0 => Ok(packed(&values, 6)),
        held => wrong(text.len() - held),
    }
}

pub(super) fn from_base32(text: &str) -> Result<Vec<u8>, String> {
    let wrong = |at: usize| Err(format!("illegal base32 data at input byte {at}"));
    let bytes: Vec<u8> = text.bytes().filter(|byte| !break_of_line(*byte)).collect();
    let mut values = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        let (held, left) = (values.len() % 8, bytes.len() - at - 1);
        if *byte == b'=' && held >= 2 && left < 8 {
            if left + held < 7 {
                return wrong(bytes.len());
            }
            if let Some(other) =
                (0..7 - held).find(|n| bytes.get(at + 1 + n).is_some_and(|byte| *byte != b'='))
            {
                return wrong(at + other);
            }
            return if matches!(held, 3 | 6) { wrong(at) } else { Ok(packed(&values, 5)) };
        }
        match BASE32.iter().position(|letter| letter == byte).and_then(|value| u8::try_from(value).ok()) {
            Some(value) => values.push(value),
            None => return wrong(at),
        }
    }
    match values.len() % 8 {
        0 => Ok(packed(&values, 5)),
        held => wrong(bytes.len() - held),
    }
}

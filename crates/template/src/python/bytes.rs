//! Python's bytes, as far as templates meet them: `str.encode`, and what comes back from a plugin.

use std::fmt::Write as _;

use minijinja::value::{Kwargs, from_args};
use minijinja::{Error, Value};

use super::methods::{unknown, wrong};

/// `text.encode(encoding='utf-8', errors='strict')`.
pub(super) fn encode(text: &str, args: &[Value]) -> Result<Value, Error> {
    let (encoding, errors) = how(args)?;
    let most = match encoding {
        Encoding::Utf8 => return Ok(Value::from_bytes(text.as_bytes().to_vec())),
        Encoding::Latin1 => 0xff,
        Encoding::Ascii => 0x7f,
    };
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        let code = c as u32;
        match u8::try_from(code) {
            Ok(byte) if code <= most => out.push(byte),
            _ => match errors.as_str() {
                "ignore" => {}
                "replace" => out.push(b'?'),
                "xmlcharrefreplace" => out.extend(format!("&#{code};").bytes()),
                "backslashreplace" => out.extend(super::printf::ascii(c).iter().map(|c| *c as u8)),
                _ => return Err(wrong("encode: a character is not in this encoding")),
            },
        }
    }
    Ok(Value::from_bytes(out))
}

/// Methods of bytes.
pub(super) fn method(bytes: &[u8], name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "decode" => decode(bytes, args),
        "hex" => {
            let () = from_args(args)?;
            let mut out = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(out, "{byte:02x}");
            }
            Ok(Value::from(out))
        }
        _ => Err(unknown()),
    }
}

fn decode(bytes: &[u8], args: &[Value]) -> Result<Value, Error> {
    let (encoding, errors) = how(args)?;
    if encoding == Encoding::Latin1 {
        return Ok(Value::from(bytes.iter().map(|byte| char::from(*byte)).collect::<String>()));
    }
    let fits = |text: &str| encoding == Encoding::Utf8 || text.is_ascii();
    match std::str::from_utf8(bytes) {
        Ok(text) if fits(text) => Ok(Value::from(text)),
        _ if encoding == Encoding::Ascii && errors == "ignore" => {
            Ok(Value::from(bytes.iter().filter(|b| b.is_ascii()).map(|b| char::from(*b)).collect::<String>()))
        }
        _ if errors == "replace" && encoding == Encoding::Utf8 => {
            Ok(Value::from(String::from_utf8_lossy(bytes).into_owned()))
        }
        _ if errors == "ignore" => {
            Ok(Value::from(bytes.utf8_chunks().map(|chunk| chunk.valid()).collect::<String>()))
        }
        _ => Err(wrong("decode: these bytes are not in this encoding")),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

fn how(args: &[Value]) -> Result<(Encoding, String), Error> {
    let (encoding, errors, kwargs): (Option<String>, Option<String>, Kwargs) = from_args(args)?;
    let encoding = encoding.or(kwargs.get("encoding")?).unwrap_or_else(|| "utf-8".to_owned());
    let errors = errors.or(kwargs.get("errors")?).unwrap_or_else(|| "strict".to_owned());
    kwargs.assert_all_used()?;
    let encoding = match encoding.to_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Encoding::Utf8,
        "ascii" | "us-ascii" => Encoding::Ascii,
        "latin-1" | "latin1" | "iso-8859-1" => Encoding::Latin1,
        _ => return Err(wrong("only the encodings utf-8, ascii and latin-1 are known")),
    };
    Ok((encoding, errors))
}

/// Python's `repr` of bytes.
pub(super) fn repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7e => out.push(char::from(*byte)),
            byte => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

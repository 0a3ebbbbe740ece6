//! Encodings, digests, URLs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::hex;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::{bases, text_at};
use crate::template::functions::Answer;
use crate::template::value::Val;
use crate::url::Url;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let made = |make: fn(&str) -> String| text(0).map(|text| Val::text(make(&text)));
    Some(match name {
        "b64enc" => made(|text| STANDARD.encode(text)),
        "b64dec" => text(0).and_then(|text| decoded(bases::from_base64(&text))),
        "b32enc" => made(|text| bases::to_base32(text.as_bytes())),
        "b32dec" => text(0).and_then(|text| decoded(bases::from_base32(&text))),
        "sha1sum" => made(|text| hex(Sha1::digest(text))),
        "sha256sum" => made(|text| hex(Sha256::digest(text))),
        "sha512sum" => made(|text| hex(Sha512::digest(text))),
        "adler32sum" => made(|text| adler32(text).to_string()),
        "urlParse" => text(0).and_then(|text| url_parts(&text)),
        "urlJoin" => match arguments.first() {
            Some(Val::Map(map)) => url_joined(|key| match map.entries.borrow().get(key) {
                None => Ok(String::new()),
                Some(Val::Text(text)) => Ok(text.to_string()),
                Some(other) => Err(format!("{key} must be a text, not a {}", other.kind())),
            }),
            _ => Err("a dictionary is needed".to_owned()),
        },
        _ => return None,
    })
}

/// What was encoded. What is wrong with it is given as text, as sprig does; bytes that are no text have no place here.
fn decoded<'a>(bytes: Result<Vec<u8>, String>) -> Answer<'a> {
    match bytes {
        Ok(bytes) => {
            String::from_utf8(bytes).map(Val::text).map_err(|_| "what is in it is no text".to_owned())
        }
        Err(why) => Ok(Val::text(why)),
    }
}

fn adler32(text: &str) -> u32 {
    let (a, b) = text.bytes().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

fn url_parts<'a>(text: &str) -> Answer<'a> {
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    let (path, fragment) = (url.decoded_path(), url.decoded_fragment());
    let parts = [
        ("scheme", url.scheme()),
        ("userinfo", url.user()),
        ("host", url.host()),
        ("hostname", url.hostname()),
        ("path", path.as_str()),
        ("opaque", url.opaque()),
        ("query", url.query()),
        ("fragment", fragment.as_str()),
    ];
    Ok(Val::map(parts.into_iter().map(|(key, value)| (key.to_owned(), Val::text(value))).collect()))
}

/// The URL that the parts make.
fn url_joined<'a>(part: impl Fn(&str) -> Result<String, String>) -> Answer<'a> {
    let user = match part("userinfo")? {
        user if user.is_empty() => None,
        user => {
            let url = Url::parse(&format!("proto://{user}@host"))
                .map_err(|error| format!("this is no user: {error}"))?;
            url.has_user().then(|| url.user().to_owned())
        }
    };
    let (scheme, opaque, query) = (part("scheme")?, part("opaque")?, part("query")?);
    let url = Url::joined(scheme, opaque, query, user, [&part("host")?, &part("path")?, &part("fragment")?]);
    Ok(Val::text(url.to_string()))
}

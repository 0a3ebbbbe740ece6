//! Encodings, digests, URLs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::hex;
use sha2::{Digest as _, Sha256, Sha512};

use super::text_at;
use crate::template::functions::Answer;
use crate::template::value::Val;
use crate::url::Url;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let made = |make: fn(&str) -> String| text(0).map(|text| Val::text(make(&text)));
    Some(match name {
        "b64enc" => made(|text| STANDARD.encode(text)),
        "b64dec" => made(|text| match STANDARD.decode(text) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => "illegal base64 data".to_owned(),
        }),
        "sha256sum" => made(|text| hex(Sha256::digest(text))),
        "sha512sum" => made(|text| hex(Sha512::digest(text))),
        "adler32sum" => made(|text| adler32(text).to_string()),
        "urlParse" => text(0).and_then(|text| url_parts(&text)),
        _ => return None,
    })
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

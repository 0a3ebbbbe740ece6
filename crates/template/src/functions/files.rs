//! Keys and tokens read from files.

use std::path::Path;

use base64::Engine as _;
use minijinja::{Error, ErrorKind};
use serde_json::{Value as Json, json};

fn wrong(message: String) -> Error {
    crate::error::own(ErrorKind::InvalidOperation, message)
}

fn read(path: &Path, shown: &str) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| {
        wrong(match error.kind() {
            std::io::ErrorKind::NotFound => format!("file not found: {shown}"),
            std::io::ErrorKind::InvalidData => format!("{shown} is not UTF-8 text"),
            _ => format!("{shown} cannot be read ({})", error.kind()),
        })
    })
}

/// The longest run of word characters behind `prefix` (of Python's `\w`).
fn word_after<'t>(text: &'t str, prefix: &str, extra: &[char]) -> Option<&'t str> {
    text.match_indices(prefix).find_map(|(at, _)| {
        let rest = &text[at + prefix.len()..];
        let word = |c: char| c == '_' || c.is_ascii_alphanumeric() || extra.contains(&c);
        let len = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
        (len > 0).then(|| &text[at..at + prefix.len() + len])
    })
}

/// The public or private key of an age identity file. Post-quantum keys (`age1pq1…`, `AGE-SECRET-KEY-PQ-1…`) are
/// keys too.
pub(super) fn age_key(path: &Path, shown: &str, kind: &str) -> Result<String, Error> {
    let public = match kind {
        "public" => true,
        "private" => false,
        _ => return Err(wrong("age_key: the key type must be 'public' or 'private'".to_owned())),
    };
    let text = read(path, shown)?;
    if public {
        let behind = text.split_once("# public key: ").map(|(_, rest)| rest);
        let key =
            behind.filter(|rest| rest.starts_with("age1")).and_then(|rest| word_after(rest, "age1", &[]));
        return key.map(str::to_owned).ok_or_else(|| wrong(format!("could not find public key in {shown}")));
    }
    let key = word_after(&text, "AGE-SECRET-KEY-", &['-']);
    key.map(str::to_owned).ok_or_else(|| wrong(format!("could not find private key in {shown}")))
}

fn tunnel(path: &Path, shown: &str) -> Result<Json, Error> {
    serde_json::from_str(&read(path, shown)?).map_err(|error| {
        wrong(format!("{shown} is not valid JSON (line {}, column {})", error.line(), error.column()))
    })
}

fn key<'j>(tunnel: &'j Json, name: &str, shown: &str) -> Result<&'j str, Error> {
    let Some(value) = tunnel.get(name) else { return Err(wrong(format!("missing key {name} in {shown}"))) };
    let text = value.as_str().ok_or_else(|| wrong(format!("key {name} in {shown} is not a string")))?;
    if text.is_empty() {
        return Err(wrong(format!("key {name} in {shown} is empty")));
    }
    Ok(text)
}

/// `TunnelID` of the credentials file.
pub(super) fn tunnel_id(path: &Path, shown: &str) -> Result<String, Error> {
    Ok(key(&tunnel(path, shown)?, "TunnelID", shown)?.to_owned())
}

/// The token cloudflared takes: Base64 of `{"a":…,"t":…,"s":…}`.
pub(super) fn tunnel_secret(path: &Path, shown: &str) -> Result<String, Error> {
    let tunnel = tunnel(path, shown)?;
    let token = json!({
        "a": key(&tunnel, "AccountTag", shown)?,
        "t": key(&tunnel, "TunnelID", shown)?,
        "s": key(&tunnel, "TunnelSecret", shown)?,
    });
    Ok(base64::engine::general_purpose::STANDARD.encode(token.to_string()))
}

/// The content of a file without the blanks around it.
pub(super) fn trimmed(path: &Path, shown: &str) -> Result<String, Error> {
    Ok(read(path, shown)?.trim().to_owned())
}

/// As [`trimmed`]; an empty token is an error.
pub(super) fn push_token(path: &Path, shown: &str) -> Result<String, Error> {
    let token = trimmed(path, shown)?;
    if token.is_empty() { Err(wrong(format!("{shown} is empty"))) } else { Ok(token) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(content: &str, function: impl Fn(&Path) -> Result<String, Error>) -> Result<String, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, content).unwrap();
        function(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn age_keys() {
        // THROWAWAY: not a key, only its shape.
        let file = "# created: 2026\n# public key: age1THROWAWAY\nAGE-SECRET-KEY-1THROWAWAY\n";
        assert_eq!(with(file, |p| age_key(p, "f", "public")).unwrap(), "age1THROWAWAY");
        assert_eq!(with(file, |p| age_key(p, "f", "private")).unwrap(), "AGE-SECRET-KEY-1THROWAWAY");
        let file = "# public key: age1pq1THROWAWAY\nAGE-SECRET-KEY-PQ-1THROWAWAY\n";
        assert_eq!(with(file, |p| age_key(p, "f", "public")).unwrap(), "age1pq1THROWAWAY");
        assert_eq!(with(file, |p| age_key(p, "f", "private")).unwrap(), "AGE-SECRET-KEY-PQ-1THROWAWAY");
        for (kind, want) in
            [("public", "public key in f"), ("private", "private key in f"), ("x", "key type")]
        {
            assert!(with("nothing s3cret", |p| age_key(p, "f", kind)).unwrap_err().contains(want));
        }
        assert!(
            age_key(Path::new("/nowhere/age.key"), "age.key", "public")
                .unwrap_err()
                .to_string()
                .contains("file not found: age.key")
        );
    }

    #[test]
    fn tunnels() {
        let file = r#"{"AccountTag":"acc","TunnelSecret":"c2Vj","TunnelID":"id-1"}"#;
        assert_eq!(with(file, |p| tunnel_id(p, "f")).unwrap(), "id-1");
        // base64 -w0 <<< of the compact JSON, by hand.
        let want = base64::engine::general_purpose::STANDARD.encode(r#"{"a":"acc","t":"id-1","s":"c2Vj"}"#);
        assert_eq!(with(file, |p| tunnel_secret(p, "f")).unwrap(), want);
        for (content, want) in [
            ("{", "not valid JSON"),
            ("{}", "missing key TunnelID in f"),
            (r#"{"TunnelID":""}"#, "TunnelID in f is empty"),
        ] {
            assert!(with(content, |p| tunnel_id(p, "f")).unwrap_err().contains(want));
        }
    }

    #[test]
    fn tokens() {
        assert_eq!(with(" abc\n", |p| push_token(p, "f")).unwrap(), "abc");
        assert!(with(" \n", |p| push_token(p, "f")).unwrap_err().contains("f is empty"));
        assert_eq!(with("-----BEGIN\nx\n", |p| trimmed(p, "f")).unwrap(), "-----BEGIN\nx");
    }
}

//! `urlize`: links of the URLs and mail addresses in a text, as `jinja2.utils.urlize` of 3.1.6 finds them.

use minijinja::value::{Kwargs, Rest};
use minijinja::{AutoEscape, Error, ErrorKind, State, Value};

use super::arguments::Arguments;
use super::markup::escaped;

/// `_http_re`: a word with a scheme or `www.`, one with a well-known top-level domain, or an address with a scheme.
fn is_url(text: &str) -> bool {
    let scheme = ["https://", "http://"].iter().find_map(|scheme| without_case(text, scheme));
    let rest = scheme.or_else(|| without_case(text, "www."));
    let host = host(rest.unwrap_or(text));
    if rest.is_none() {
        let known = ["com", "net", "int", "edu", "gov", "org", "info", "mil"];
        return host.rsplit_once('.').is_some_and(|(names, top)| {
            known.iter().any(|known| top.eq_ignore_ascii_case(known))
                && names.split('.').all(|name| is_name(name) && (2..=63).contains(&name.chars().count()))
        });
    }
    let (names, top) = host.rsplit_once('.').unwrap_or(("", host));
    let names_are_right = !host.contains('.') || names.split('.').all(is_name);
    names_are_right && is_top(top) || scheme.is_some() && is_address(host)
}

/// What follows a prefix, whatever its case.
fn without_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// Up to the path, the query or the fragment, without a port.
fn host(rest: &str) -> &str {
    let all = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    match all.rsplit_once(':') {
        Some((host, port))
            if (1..=5).contains(&port.len()) && port.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            host
        }
        _ => all,
    }
}

/// Python's `\w`.
fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| is_word(c) || matches!(c, '%' | '-'))
}

/// Letters, or `xn--` and what encodes others.
fn is_top(name: &str) -> bool {
    let letters = (2..=63).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphabetic());
    letters
        || without_case(name, "xn--").is_some_and(|name| {
            (2..=59).contains(&name.chars().count()) && name.chars().all(|c| is_word(c) || c == '%')
        })
}

fn is_address(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let piece = |rest: &str| rest.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
        let mut rest = inner;
        let mut pieces = 0;
        while pieces < 2 || !rest.is_empty() {
            let behind = &rest[piece(rest)..];
            let Some(behind) = behind.strip_prefix(':').or((pieces >= 2).then_some(behind)) else {
                return false;
            };
            if behind.len() == rest.len() || pieces == 8 {
                return false;
            }
            rest = behind;
            pieces += 1;
        }
        return true;
    }
    let mut parts = 0;
    host.split('.').all(|part| {
        parts += 1;
        (1..=3).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    }) && parts == 4
}

/// `_email_re`.
fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let Some((before, top)) = host.rsplit_once('.') else { return false };
    !name.is_empty()
        && before.starts_with(is_word)
        && before.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
        && !top.is_empty()
        && top.chars().all(is_word)
}

/// How links are written.
struct Links {
    most: Option<usize>,
    /// `rel` and `target`.
    attributes: String,
    schemes: Vec<String>,
}

/// `urlize(trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None)`.
pub(super) fn urlize(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args =
        Arguments::new(args, kwargs, &["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"])?;
    let rel = args.text("rel").unwrap_or_default();
    let mut rel: Vec<&str> = rel.split_whitespace().collect();
    rel.push("noopener");
    if args.flag("nofollow", false) {
        rel.push("nofollow");
    }
    rel.sort_unstable();
    rel.dedup();
    let mut attributes = format!(" rel=\"{}\"", escaped(&rel.join(" ")));
    if let Some(target) = args.text("target").filter(|target| !target.is_empty()) {
        attributes = format!("{attributes} target=\"{}\"", escaped(&target));
    }
    let schemes = match args.value("extra_schemes") {
        Some(schemes) => schemes.try_iter()?.map(|scheme| crate::python::str_of(&scheme)).collect(),
        None => Vec::new(),
    };
    if !schemes.iter().all(|scheme| is_scheme(scheme)) {
        let message = "urlize: one of extra_schemes is no prefix such as 'tel:'";
        return Err(crate::error::own(ErrorKind::InvalidOperation, message));
    }
    let links = Links { most: args.get("trim_url_limit")?, attributes, schemes };
    let text = super::text(state, value)?;
    let text = if value.is_safe() { text } else { escaped(&text) };
    let linked = links.of(&text);
    Ok(match state.auto_escape() {
        AutoEscape::None => Value::from(linked),
        _ => Value::from_safe_string(linked),
    })
}

/// `_uri_scheme_re`: letters, digits, `.+-`, a colon and up to two slashes.
fn is_scheme(text: &str) -> bool {
    let bare = text.strip_suffix("//").or_else(|| text.strip_suffix('/')).unwrap_or(text);
    bare.strip_suffix(':').is_some_and(|name| {
        name.chars().count() > 1
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-'))
    })
}

impl Links {
    /// The words of an escaped text, with links.
    fn of(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        let mut rest = text;
        while !rest.is_empty() {
            let blank = rest.find(|c: char| !crate::front::is_space(c)).unwrap_or(rest.len());
            out.push_str(&rest[..blank]);
            rest = &rest[blank..];
            let word = rest.find(crate::front::is_space).unwrap_or(rest.len());
            out.push_str(&self.word(&rest[..word]));
            rest = &rest[word..];
        }
        out
    }

    fn word(&self, word: &str) -> String {
        let head = word.len() - without_start(word).len();
        let (head, rest) = word.split_at(head);
        let (middle, tail) = rest.split_at(without_end(rest).len());
        let (mut middle, mut tail) = (middle.to_owned(), tail);
        for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
            let opened = middle.matches(open).count();
            if opened <= middle.matches(close).count() {
                continue;
            }
            // As many as possible of what closes are taken back.
            for _ in 0..opened.min(tail.matches(close).count()) {
                let Some(at) = tail.find(close) else { break };
                middle.push_str(&tail[..at + close.len()]);
                tail = &tail[at + close.len()..];
            }
        }
        format!("{head}{}{tail}", self.link(middle))
    }

    fn link(&self, text: String) -> String {
        let attributes = &self.attributes;
        if is_url(&text) {
            let scheme =
                if text.starts_with("https://") || text.starts_with("http://") { "" } else { "https://" };
            return format!("<a href=\"{scheme}{text}\"{attributes}>{}</a>", self.trimmed(&text));
        }
        if let Some(address) = text.strip_prefix("mailto:").filter(|address| is_mail(address)) {
            return format!("<a href=\"{text}\">{address}</a>");
        }
        let is_address = !text.starts_with("www.") && !text.starts_with('@') && !text.contains(':');
        if is_address && text.contains('@') && is_mail(&text) {
            return format!("<a href=\"mailto:{text}\">{text}</a>");
        }
        let mut text = text;
        for scheme in &self.schemes {
            if text != *scheme && text.starts_with(scheme.as_str()) {
                text = format!("<a href=\"{text}\"{attributes}>{text}</a>");
            }
        }
        text
    }

    fn trimmed(&self, text: &str) -> String {
        match self.most {
            Some(most) if text.chars().count() > most => {
                format!("{}...", text.chars().take(most).collect::<String>())
            }
            _ => text.to_owned(),
        }
    }
}

/// Without the brackets it begins with.
fn without_start(mut text: &str) -> &str {
    while let Some(rest) = ["(", "<", "&lt;"].iter().find_map(|start| text.strip_prefix(start)) {
        text = rest;
    }
    text
}

/// Without the brackets and punctuation it ends with.
fn without_end(mut text: &str) -> &str {
    while let Some(rest) = [")", ">", ".", ",", "\n", "&gt;"].iter().find_map(|end| text.strip_suffix(end)) {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `_http_re` and `_email_re` of jinja2.utils 3.1.6.
    #[test]
    fn urls_and_addresses() {
        for text in [
            "https://example.com",
            "HTTP://x.de:8080/a?b#c",
            "http://localhost/x",
            "www.x.org",
            "example.com/x",
            "ab.info",
            "http://10.0.0.1:80/",
            "https://[fe80::1]/x",
            "https://xn--bcher-kva.xn--p1ai",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "example.de",
            "http://",
            "http://a..b.com",
            "a.com",
            "http://1.2.3",
            "http://x:123456",
            "www.",
            "https://[1]",
            "x",
        ] {
            assert!(!is_url(text), "{text}");
        }
        for (text, want) in [
            ("a@b.c", true),
            ("a@b@c.org", true),
            ("@b.c", false),
            ("a@b", false),
            ("a@.c", false),
            ("a@b.c-d", false),
        ] {
            assert_eq!(is_mail(text), want, "{text}");
        }
    }
}

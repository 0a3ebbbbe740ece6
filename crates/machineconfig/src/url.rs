//! URLs as Go's net/url reads and writes them: enough for endpoints, registries and log destinations.

mod escape;

use std::fmt;
use std::net::Ipv6Addr;

pub(crate) use escape::query;
use escape::{Part, canonical, decoded};

/// Why a part is refused.
const ESCAPE: &str = "a percent sign in it is not followed by two digits of a byte";

/// A URL in parts, each with the escapes that Go writes. Absent parts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Url {
    scheme: String,
    opaque: String,
    /// A path stood behind the scheme at once, without `//`.
    omit_host: bool,
    user: Option<String>,
    host: String,
    path: String,
    query: Option<String>,
    fragment: String,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.chars().any(|c| c.is_ascii_control()) {
            return Err("it holds control characters");
        }
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let fragment = canonical(fragment, Part::Fragment).ok_or(ESCAPE)?;
        let mut url = Self { fragment, ..Self::default() };
        let mut rest = url.take_scheme(rest)?;
        if let Some((before, query)) = rest.split_once('?') {
            url.query = Some(query.to_owned());
            rest = before;
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("its first path segment contains a colon");
            }
        }
        if let Some(after) =
            rest.strip_prefix("//").filter(|_| !(url.scheme.is_empty() && rest.starts_with("///")))
        {
            let end = after.find('/').unwrap_or(after.len());
            url.authority(&after[..end])?;
            rest = &after[end..];
        } else {
            url.omit_host = !url.scheme.is_empty();
        }
        url.path = canonical(rest, Part::Path).ok_or(ESCAPE)?;
        Ok(url)
    }

    /// A URL of parts without escapes: host, path and fragment get those they need.
    pub(crate) fn joined(
        scheme: String,
        opaque: String,
        query: String,
        user: Option<String>,
        [host, path, fragment]: [&str; 3],
    ) -> Self {
        let escaped = |text: &str, part| escape::escaped(text.as_bytes(), part);
        let alone = scheme.is_empty() && opaque.is_empty() && user.is_none() && host.is_empty();
        // Else the first part of the path would be taken for a scheme.
        let colon = alone && path.split('/').next().is_some_and(|segment| segment.contains(':'));
        let path = if path == "*" { path.to_owned() } else { escaped(path, Part::Path) };
        Self {
            scheme,
            opaque,
            omit_host: false,
            user,
            host: escaped(host, Part::Host),
            path: if colon { format!("./{path}") } else { path },
            query: Some(query).filter(|query| !query.is_empty()),
            fragment: escaped(fragment, Part::Fragment),
        }
    }

    fn take_scheme<'t>(&mut self, text: &'t str) -> Result<&'t str, &'static str> {
        for (at, c) in text.char_indices() {
            match c {
                'a'..='z' | 'A'..='Z' => {}
                '0'..='9' | '+' | '-' | '.' if at > 0 => {}
                ':' if at == 0 => return Err("its scheme is missing"),
                ':' => {
                    self.scheme = text[..at].to_lowercase();
                    return Ok(&text[at + 1..]);
                }
                _ => break,
            }
        }
        Ok(text)
    }

    fn authority(&mut self, text: &str) -> Result<(), &'static str> {
        let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
        let port = match host.strip_prefix('[') {
            Some(inner) => {
                let (address, port) =
                    inner.rsplit_once(']').ok_or("the bracket of its host is not closed")?;
                let (address, _) = address.split_once("%25").unwrap_or((address, ""));
                address.parse::<Ipv6Addr>().map_err(|_| "what stands in brackets is no IPv6 address")?;
                port
            }
            None => self.colon(host).map_or("", |colon| &host[colon..]),
        };
        let digits = port.strip_prefix(':');
        if !port.is_empty() && !digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit())) {
            return Err("its port is not a number");
        }
        self.user = user.map(userinfo).transpose()?;
        self.host = canonical(host, Part::Host).ok_or("its host holds what no host can")?;
        Ok(())
    }

    /// Where the port begins: with HTTP a host has no colons.
    fn colon(&self, host: &str) -> Option<usize> {
        if matches!(self.scheme.as_str(), "http" | "https") { host.find(':') } else { host.rfind(':') }
    }

    /// The host without brackets and port.
    pub(crate) fn hostname(&self) -> &str {
        match self.host.strip_prefix('[') {
            Some(inner) => inner.split_once(']').map_or(inner, |(host, _)| host),
            None => self.host.split_once(':').map_or(self.host.as_str(), |(host, _)| host),
        }
    }

    /// The port, when one is written.
    pub(crate) fn port(&self) -> Option<&str> {
        let after = self.host.rsplit_once(']').map_or(self.host.as_str(), |(_, after)| after);
        after.rsplit_once(':').map(|(_, port)| port)
    }

    /// Whether anything stands where a host belongs.
    pub(crate) fn has_host(&self) -> bool {
        !self.host.is_empty()
    }

    /// The host with brackets and port.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether a user stands before the host.
    pub(crate) fn has_user(&self) -> bool {
        self.user.is_some()
    }

    /// User and password, escaped.
    pub(crate) fn user(&self) -> &str {
        self.user.as_deref().unwrap_or_default()
    }

    /// What stands behind a scheme without a slash.
    pub(crate) fn opaque(&self) -> &str {
        &self.opaque
    }

    /// What stands behind the question mark.
    pub(crate) fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// What stands behind the hash sign, escaped.
    pub(crate) fn fragment(&self) -> &str {
        &self.fragment
    }

    /// As [`Self::fragment`], without escapes.
    pub(crate) fn decoded_fragment(&self) -> String {
        decoded(&self.fragment, Part::Fragment)
    }

    /// The path, escaped.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// As [`Self::path`], without escapes.
    pub(crate) fn decoded_path(&self) -> String {
        decoded(&self.path, Part::Path)
    }

    /// The scheme, in lower case.
    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The parts of `other`, and this one's where it has none.
    pub(crate) fn merged(self, other: Self) -> Self {
        let pick = |old: String, new: String| if new.is_empty() { old } else { new };
        let old_query = self.query.filter(|query| !query.is_empty());
        Self {
            scheme: pick(self.scheme, other.scheme),
            opaque: pick(self.opaque, other.opaque),
            omit_host: other.omit_host,
            user: other.user.or(self.user),
            host: pick(self.host, other.host),
            path: pick(self.path, other.path),
            // A question mark alone is the new one's.
            query: other.query.map(|query| pick(old_query.clone().unwrap_or_default(), query)).or(old_query),
            fragment: pick(self.fragment, other.fragment),
        }
    }
}

/// User and password as Go writes them.
fn userinfo(text: &str) -> Result<String, &'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !text.chars().all(fits) {
        return Err("its user or password holds what must be escaped");
    }
    let escaped = |text: &str| canonical(text, Part::User).ok_or(ESCAPE);
    Ok(match text.split_once(':') {
        Some((name, password)) => format!("{}:{}", escaped(name)?, escaped(password)?),
        None => escaped(text)?,
    })
}

impl Url {
    /// User, host and path.
    fn hierarchy(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.user.is_some() || !self.host.is_empty();
        let pathed = !self.scheme.is_empty() && !self.omit_host && !self.path.is_empty();
        if named || pathed {
            f.write_str("//")?;
            if let Some(user) = &self.user {
                write!(f, "{user}@")?;
            }
            f.write_str(&self.host)?;
        }
        // A path that is joined to a host begins with a slash.
        if !self.host.is_empty() && !self.path.is_empty() && !self.path.starts_with('/') {
            f.write_str("/")?;
        }
        f.write_str(&self.path)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        f.write_str(&self.opaque)?;
        if self.opaque.is_empty() {
            self.hierarchy(f)?;
        }
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.fragment)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let url = Url::parse("https://[fd00::10]:6443").unwrap();
        assert_eq!((url.hostname(), url.port(), url.scheme()), ("fd00::10", Some("6443"), "https"));
        let url = Url::parse("HTTP://user:word@host:80/a/b?c=d#e").unwrap();
        assert_eq!(url.hostname(), "host");
        assert_eq!(url.to_string(), "http://user:word@host:80/a/b?c=d#e");
    }

    #[test]
    fn written_as_read() {
        for text in
            ["tcp://10.0.0.1:3478/", "udp://h:1?x=y", "/only/path", "", "mailto:x@y", "https://h", "//h/p"]
        {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "10.0.0.1:6443",
            ":x",
            "https://h:port",
            "https://[::1",
            "https://[10.0.0.1]",
            "https://[fe80::1%eth0]",
            "https://a b",
            "https://a%20b",
            "https://a:1:2",
            "https://h/%zz",
            "https://h/#%",
            "https://u p@h",
            "https://u%zz@h",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    // As Go 1.26 writes them, of which talosctl 1.13.0 is built.
    #[test]
    fn escapes() {
        for (text, want) in [
            ("https://h/a b", "https://h/a%20b"),
            ("https://h/%2F", "https://h/%2F"),
            ("https://h/a b/%2F", "https://h/a%20b//"),
            ("https://h/ä<x>[y]", "https://h/%C3%A4%3Cx%3E%5By%5D"),
            ("https://h/[y]'(!)*", "https://h/[y]'(!)*"),
            ("https://h/#a#b c", "https://h/#a%23b%20c"),
            ("https://h/?a b=<ä>", "https://h/?a b=<ä>"),
            ("https://ä.example/", "https://%C3%A4.example/"),
            ("https://u%2F:p%40q!@h", "https://u%2F:p%40q%21@h"),
            ("https://u@v@h", "https://u%40v@h"),
            ("https://@h/", "https://@h/"),
            ("https://[fe80::1%25eth0]:1/", "https://[fe80::1%25eth0]:1/"),
            ("https://", "https:"),
            ("https:/x", "https:/x"),
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), want, "{text}");
        }
    }

    #[test]
    fn merged_part_by_part() {
        let merge = |a: &str, b: &str| Url::parse(a).unwrap().merged(Url::parse(b).unwrap()).to_string();
        assert_eq!(merge("https://a:1/x", "http://b:2"), "http://b:2/x");
        assert_eq!(merge("https://a", "https://b/y"), "https://b/y");
        assert_eq!(merge("https://a:1", "y"), "https://a:1/y");
        assert_eq!(merge("tcp://a:1?", "/y"), "tcp://a:1/y");
        assert_eq!(merge("tcp://a:1?x", "/y?"), "tcp://a:1/y?x");
        assert_eq!(merge("https:", "/y"), "https:///y");
        assert_eq!(merge("https://h/x", "a:o?q"), "a:o?q");
    }
}

//! URLs as Go's net/url reads and writes them: enough for endpoints, registries and log destinations.

use std::fmt;

/// A URL in parts. Absent parts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Url {
    scheme: String,
    opaque: String,
    /// Whether `//` stood before the host.
    authority: bool,
    user: String,
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
        let mut url = Self { fragment: fragment.to_owned(), ..Self::default() };
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
        }
        rest.clone_into(&mut url.path);
        Ok(url)
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
        self.authority = true;
        let (user, host) = text.rsplit_once('@').unwrap_or(("", text));
        let port = match host.strip_prefix('[') {
            Some(inner) => inner.split_once(']').ok_or("the bracket of its host is not closed")?.1,
            None => host.find(':').map_or("", |colon| &host[colon..]),
        };
        let digits = port.strip_prefix(':');
        if !port.is_empty() && !digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit())) {
            return Err("its port is not a number");
        }
        if host.contains(' ') {
            return Err("its host holds a blank");
        }
        user.clone_into(&mut self.user);
        host.clone_into(&mut self.host);
        Ok(())
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

    /// User and password as they are written.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// What stands behind a scheme without a slash.
    pub(crate) fn opaque(&self) -> &str {
        &self.opaque
    }

    /// What stands behind the question mark.
    pub(crate) fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// What stands behind the hash sign.
    pub(crate) fn fragment(&self) -> &str {
        &self.fragment
    }

    /// The path.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The scheme, in lower case.
    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The parts of `other`, and this one's where it has none.
    pub(crate) fn merged(self, other: Self) -> Self {
        let pick = |old: String, new: String| if new.is_empty() { old } else { new };
        Self {
            scheme: pick(self.scheme, other.scheme),
            opaque: pick(self.opaque, other.opaque),
            authority: self.authority || other.authority,
            user: pick(self.user, other.user),
            host: pick(self.host, other.host),
            path: pick(self.path, other.path),
            query: other.query.filter(|query| !query.is_empty()).or(self.query),
            fragment: pick(self.fragment, other.fragment),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        f.write_str(&self.opaque)?;
        if self.authority {
            f.write_str("//")?;
            if !self.user.is_empty() {
                write!(f, "{}@", self.user)?;
            }
            f.write_str(&self.host)?;
        }
        // A path that is joined to a host begins with a slash.
        if !self.host.is_empty() && !self.path.is_empty() && !self.path.starts_with('/') {
            f.write_str("/")?;
        }
        f.write_str(&self.path)?;
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
        for text in ["10.0.0.1:6443", ":x", "https://h:port", "https://[::1", "https://a b"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn merged_part_by_part() {
        let merge = |a: &str, b: &str| Url::parse(a).unwrap().merged(Url::parse(b).unwrap()).to_string();
        assert_eq!(merge("https://a:1/x", "http://b:2"), "http://b:2/x");
        assert_eq!(merge("https://a", "https://b/y"), "https://b/y");
        assert_eq!(merge("https://a:1", "y"), "https://a:1/y");
    }
}

//! Forms of names, versions and addresses.

use std::net::IpAddr;

/// Whether `text` is a host name (one label).
pub(crate) fn is_hostname(text: &str) -> bool {
    is_domain(text) && text.len() <= 63
}

/// Whether `text` is a DNS name.
pub(crate) fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether `text` is an address or a DNS name.
pub(crate) fn is_host(text: &str) -> bool {
    is_ip(text) || is_domain(text)
}

/// Whether `text` is an address.
pub(crate) fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Whether `text` is a network or an address with its prefix length.
pub(crate) fn is_cidr(text: &str) -> bool {
    text.parse::<ipnet::IpNet>().is_ok()
}

/// Whether `text` is the URL of an API server: scheme, host, and perhaps a port.
pub(crate) fn is_endpoint(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match (authority.strip_prefix('['), authority.rsplit_once(':')) {
        (Some(v6), _) => match v6.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => return false,
        },
        (None, Some((host, port))) => (host, Some(port)),
        (None, None) => (authority, None),
    };
    is_host(host) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Whether `text` is a version such as `v1.11.5` or `1.34.2-rc.0`.
pub(crate) fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (core, suffix) = match text.split_once(['-', '+']) {
        Some((core, suffix)) => (core, Some(suffix)),
        None => (text, None),
    };
    let numbers: Vec<_> = core.split('.').collect();
    let numeric = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let word = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    numbers.len() == 3
        && numbers.iter().all(numeric)
        && suffix.is_none_or(|suffix| !suffix.is_empty() && suffix.chars().all(word))
}

/// Whether `text` is the key of a label: a name, perhaps after a DNS name and a slash.
pub(crate) fn is_label_key(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_domain) && !name.is_empty() && is_label_value(name)
}

/// Whether `text` is the value of a label.
pub(crate) fn is_label_value(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 63
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && (text.is_empty() || (text.starts_with(edge) && text.ends_with(edge)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for good in ["https://10.0.0.1:6443", "https://k8s.example.com", "https://[fd00::1]:6443"] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in ["10.0.0.1:6443", "https://", "https://10.0.0.1:x", "ftp://a", "https://a b"] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn versions() {
        for good in ["v1.11.5", "1.34.2", "v1.14.0-alpha.2", "v1.10.3+x"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "v1.11", "latest", "1.2.x", "v1.2.3-", "1.2.3.4"] {
            assert!(!is_version(bad), "{bad}");
        }
    }

    #[test]
    fn labels() {
        assert!(is_label_key("topology.kubernetes.io/zone") && is_label_key("a_b.c"));
        assert!(
            !is_label_key("bad key") && !is_label_key("a/b/c") && !is_label_key("/x") && !is_label_key("")
        );
        assert!(is_label_value("") && !is_label_value("-x"));
        assert!(is_hostname("cp-0") && !is_hostname("not_a_hostname") && !is_hostname("-a"));
    }
}

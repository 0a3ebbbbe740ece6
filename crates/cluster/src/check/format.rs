//! Whether a text has the form it should have, what it is in canonical form, and how to mend it when it has not.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;

use crate::codes;
use crate::declaration::{Format, RESERVED_NODE_NAMES};

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    /// Goes behind the quoted text: "is not …".
    pub(crate) what: String,
    pub(crate) help: Option<String>,
    /// What was surely meant: further checks go on with it.
    pub(crate) meant: Option<String>,
}

impl Problem {
    fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), help: None, meant: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Nothing is wrong but blanks.
    fn blanks(self) -> Self {
        Self::new(self.code, "has blanks or a line break at its ends").help("remove them")
    }

    /// Suggests the text that was meant.
    fn meant(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.help = Some(format!("write it {text}"));
        self.meant = Some(text);
        self
    }
}

/// The canonical form of a text.
pub(crate) fn normalize(format: Format, text: &str) -> Result<String, Problem> {
    canonical(format, text).map_err(|problem| {
        let trimmed = text.trim();
        // A message that shows the text would not show what is wrong with it.
        match canonical(format, trimmed) {
            Ok(meant) if trimmed != text => Problem { meant: Some(meant), ..problem.blanks() },
            _ => problem,
        }
    })
}

fn canonical(format: Format, text: &str) -> Result<String, Problem> {
    let same = |()| text.to_owned();
    match format {
        Format::Ipv4 => ipv4(text).map(|address| address.to_string()),
        Format::Cidr => cidr(text).map(|net| net.to_string()),
        Format::Fqdn => host_name(text, 2).map(same),
        Format::Hostname => host_name(text, 1).map(same),
        Format::Host => host(text).map(same),
        Format::Asn => number(text, format, codes::ASN).map(|number| number.to_string()),
        Format::Vlan => number(text, format, codes::VLAN).map(|number| number.to_string()),
        Format::Port => number(text, format, codes::PORT).map(|number| number.to_string()),
        Format::Mac => mac(text),
        Format::NodeName => node_name(text).map(same),
        Format::Repository => repository(text).map(same),
        Format::Schematic => schematic(text).map(same),
        Format::LabelKey => label_key(text).map(same),
        Format::LabelValue => label_name(text, true).map(same),
        Format::Quantity => pattern(text, format, codes::QUANTITY).map(same),
        Format::Duration => pattern(text, format, codes::DURATION).map(same),
        Format::Uri => pattern(text, format, codes::URI).map(same),
        Format::Semver => pattern(text, format, codes::VERSION).map(same),
    }
}

fn expected(code: &'static str, format: Format) -> Problem {
    Problem::new(code, format!("is not {}", format.expects()))
}

fn ipv4(text: &str) -> Result<Ipv4Addr, Problem> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Err(ipv6("address"));
    }
    let problem = Problem::new(codes::IPV4, "is not an IPv4 address");
    if let Some((address, _)) = text.split_once('/')
        && address.parse::<Ipv4Addr>().is_ok()
    {
        return Err(problem.meant(address).help(format!("write the address alone: {address}")));
    }
    let parts: Vec<_> = text.split('.').collect();
    let decimal: Option<Vec<u8>> = parts.iter().map(|part| part.parse().ok()).collect();
    match decimal.as_deref() {
        // Some programs read a part with a leading zero as octal, so it is never guessed at.
        Some([a, b, c, d]) => Err(problem.meant(Ipv4Addr::new(*a, *b, *c, *d).to_string())),
        _ => Err(problem.help("four numbers from 0 to 255 with dots between them, such as 192.168.1.10")),
    }
}

fn ipv6(what: &str) -> Problem {
    Problem::new(codes::IPV6, format!("is an IPv6 {what}, and only IPv4 is supported for now"))
        .help(format!("give an IPv4 {what}"))
}

fn cidr(text: &str) -> Result<Ipv4Net, Problem> {
    let parts = text.split_once('/').and_then(|(address, prefix)| {
        // As of an address: nobody agrees on what a leading zero means.
        let plain = prefix == "0" || !prefix.starts_with(['0', '+']);
        Some((address.parse().ok()?, prefix.parse().ok().filter(|_| plain)?))
    });
    let Some(net) = parts.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok()) else {
        return Err(no_cidr(text));
    };
    if net == net.trunc() {
        return Ok(net);
    }
    let what = format!("has host bits set: {} is an address in the network {}", net.addr(), net.trunc());
    Err(Problem::new(codes::CIDR_HOST_BITS, what).meant(net.trunc().to_string()))
}

fn no_cidr(text: &str) -> Problem {
    let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
    if address.parse::<Ipv6Addr>().is_ok() {
        return ipv6("network");
    }
    let problem = Problem::new(codes::CIDR, "is not an IPv4 network");
    if address.parse::<Ipv4Addr>().is_ok() {
        if prefix.is_empty() {
            return problem.help(format!("add the prefix length, such as {address}/24"));
        }
        return problem.help("the prefix length behind the slash is a number from 0 to 32");
    }
    let meant = ipv4(address).err().and_then(|problem| problem.meant);
    let prefix = prefix.parse::<u8>().ok().filter(|prefix| *prefix <= 32);
    let meant = meant.zip(prefix).map(|(address, prefix)| format!("{address}/{prefix}"));
    match meant.map(|text| cidr(&text).map(|net| net.to_string())) {
        Some(Ok(net) | Err(Problem { meant: Some(net), .. })) => problem.meant(net),
        _ => problem.help("write address/prefix length, such as 192.168.1.0/24"),
    }
}

fn host(text: &str) -> Result<(), Problem> {
    if text.parse::<Ipv4Addr>().is_ok() {
        return Ok(());
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Err(ipv6("address"));
    }
    host_name(text, 2)
}

/// RFC 1123, lower case, of at least `labels` labels.
fn host_name(text: &str, labels: usize) -> Result<(), Problem> {
    let what = if labels > 1 { "is not a domain name" } else { "is not a host name" };
    let problem = Problem::new(codes::HOST_NAME, what);
    let plain = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let plain = plain.trim_end_matches(['/', '.']);
    let lower = plain.to_lowercase();
    if lower.len() > 253 || !lower.split('.').all(is_dns_label) || lower.parse::<Ipv4Addr>().is_ok() {
        return Err(match text.chars().find(|c| !c.is_ascii()) {
            Some(_) => problem.help("write its ASCII form (xn--…)"),
            None => problem
                .help("letters, digits and hyphens, with dots between the parts, such as k8s.example.com"),
        });
    }
    if lower.split('.').count() < labels {
        return Err(problem.help(format!("it needs at least {labels} parts, such as example.com")));
    }
    let last = lower.rsplit('.').next().unwrap_or_default();
    if labels > 1 && last.chars().any(|c| c.is_ascii_digit()) && !last.starts_with("xn--") {
        return Err(problem.help("its last part has letters only, such as com"));
    }
    if lower == text { Ok(()) } else { Err(problem.meant(lower)) }
}

fn is_dns_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn number(text: &str, format: Format, code: &'static str) -> Result<u32, Problem> {
    let (minimum, maximum) = format.range().unwrap_or((0, u32::MAX));
    let problem = || expected(code, format);
    if let Some(number) = as_dotted(text).filter(|_| format == Format::Asn) {
        return Err(problem().meant(number.to_string()));
    }
    if let Some(digits) =
        text.get(2..).filter(|_| format == Format::Asn && text.to_lowercase().starts_with("as"))
        && digits.parse::<u32>().is_ok()
    {
        return Err(problem().meant(digits));
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(problem().help("write it in digits"));
    }
    match text.parse() {
        Ok(number) if (minimum..=maximum).contains(&number) => Ok(number),
        _ => Err(problem().help(format!("it is in the range {minimum}-{maximum}"))),
    }
}

/// An AS number in two parts, `1.10` for 65546 (RFC 5396).
fn as_dotted(text: &str) -> Option<u32> {
    let (high, low) = text.split_once('.')?;
    Some(u32::from(high.parse::<u16>().ok()?) << 16 | u32::from(low.parse::<u16>().ok()?))
}

fn mac(text: &str) -> Result<String, Problem> {
    let digits: String = text.chars().filter(|c| !":-.".contains(*c)).collect::<String>().to_lowercase();
    let lengths = |separator| text.split(separator).map(str::len).collect::<Vec<_>>();
    let pairs = [':', '-'].into_iter().any(|separator| lengths(separator) == [2; 6]);
    let grouped = pairs || lengths('.') == [4; 3] || text.len() == 12;
    if digits.len() != 12 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) || !grouped {
        return Err(expected(codes::MAC, Format::Mac).help("six pairs of hexadecimal digits"));
    }
    let first = u8::from_str_radix(&digits[..2], 16).unwrap_or_default();
    if first & 1 == 1 {
        return Err(Problem::new(codes::MAC, "is a multicast address, which no network interface has")
            .help("take the address that `talosctl get links` shows for the interface"));
    }
    if digits.bytes().all(|b| b == b'0') {
        return Err(Problem::new(codes::MAC, "is not the address of an interface")
            .help("take the address that `talosctl get links` shows for the interface"));
    }
    let pairs: Vec<_> = (0..6).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
    Ok(pairs.join(":"))
}

fn node_name(text: &str) -> Result<(), Problem> {
    if RESERVED_NODE_NAMES.contains(&text) {
        let what = "is not free: talos/patches has a folder of this name, for several nodes";
        return Err(
            Problem::new(codes::RESERVED_NAME, what).help(format!("give another name, such as {text}-0"))
        );
    }
    if is_dns_label(text) {
        return Ok(());
    }
    let problem = Problem::new(codes::NODE_NAME, "is not a name a node may have");
    let lower = text.to_lowercase().replace('_', "-");
    Err(if is_dns_label(&lower) {
        problem.meant(lower)
    } else {
        problem.help(
            "1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit",
        )
    })
}

fn repository(text: &str) -> Result<(), Problem> {
    let simple =
        text.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..").count() == 2;
    if simple && pattern(text, Format::Repository, codes::REPOSITORY_NAME).is_ok() {
        return Ok(());
    }
    let problem = Problem::new(codes::REPOSITORY_NAME, "is not owner/name");
    let path = text.trim_end_matches('/').trim_end_matches(".git");
    let mut parts = path.rsplit(['/', ':']);
    Err(match (parts.next(), parts.next(), text.contains("://") || text.contains('@')) {
        (Some(name), Some(owner), true) if !name.is_empty() && !owner.is_empty() => {
            problem.meant(format!("{owner}/{name}"))
        }
        _ => problem.help("write owner/name, such as onedr0p/home-ops"),
    })
}

fn schematic(text: &str) -> Result<(), Problem> {
    let hexadecimal = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if text.len() == 64 && hexadecimal(text) {
        return Ok(());
    }
    let problem = Problem::new(codes::SCHEMATIC, "is not a schematic id");
    let inside = text.split(['/', ':']).find(|part| part.len() == 64 && hexadecimal(part));
    if let Some(id) = inside {
        return Err(problem
            .meant(id)
            .help(format!("give the id alone, without the rest of the address: {id}")));
    }
    let lower = text.to_lowercase();
    if lower != text && text.len() == 64 && hexadecimal(&lower) {
        return Err(problem.meant(lower));
    }
    if hexadecimal(text) && !text.is_empty() {
        let cut = if text.len() < 64 { "is it cut off?" } else { "was something appended?" };
        return Err(problem.help(format!("it has {} digits instead of 64: {cut}", text.len())));
    }
    Err(problem.help("64 hexadecimal digits (0-9, a-f), as factory.talos.dev shows them for a schematic"))
}

fn label_key(text: &str) -> Result<(), Problem> {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    let prefix_ok = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_dns_label));
    if !prefix_ok {
        return Err(Problem::new(codes::LABEL, "is not a label key")
            .help("before the slash stands a lower-case domain, such as topology.kubernetes.io/zone"));
    }
    label_name(name, false).map_err(|problem| Problem { what: "is not a label key".to_owned(), ..problem })
}

fn label_name(text: &str, empty: bool) -> Result<(), Problem> {
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let fits = text.len() <= 63
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    if fits || (empty && text.is_empty()) {
        return Ok(());
    }
    Err(Problem::new(codes::LABEL, "is not a label value")
        .help("at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"))
}

/// For formats that are nothing but a pattern.
fn pattern(text: &str, format: Format, code: &'static str) -> Result<(), Problem> {
    match format.pattern() {
        Some(pattern) if !super::matches(pattern, text) => Err(expected(code, format).help(match format {
            Format::Quantity => "digits, and a unit such as m, Mi or Gi directly behind them",
            Format::Duration => "digits with a unit directly behind them: s, m, h, d, w or y",
            Format::Semver => "three numbers with dots between them",
            _ => "a scheme such as https, ://, a host and a path",
        })),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(format: Format, text: &str, canonical: &str) {
        assert_eq!(normalize(format, text).as_deref(), Ok(canonical), "{text}");
    }

    fn bad(format: Format, text: &str, code: &str, help: &str) {
        let problem = normalize(format, text).expect_err(text);
        assert_eq!(problem.code, code, "{text}");
        let shown = problem.help.unwrap_or(problem.what);
        assert!(shown.contains(help), "{text}: {shown}");
    }

    #[test]
    fn addresses_and_networks() {
        ok(Format::Ipv4, "10.0.0.1", "10.0.0.1");
        bad(Format::Ipv4, "1.1.1", "config/ipv4", "four numbers");
        bad(Format::Ipv4, "10.0.0.1/24", "config/ipv4", "10.0.0.1");
        bad(Format::Ipv4, "10.0.0.01", "config/ipv4", "write it 10.0.0.1");
        bad(Format::Ipv4, "fd00::1", "config/ipv6", "IPv4");
        ok(Format::Cidr, "10.0.0.0/8", "10.0.0.0/8");
        bad(Format::Cidr, "10.10.10.5/24", "config/cidr-host-bits", "write it 10.10.10.0/24");
        bad(Format::Cidr, "10.0.0.0", "config/cidr", "10.0.0.0/24");
        bad(Format::Cidr, "10.0.0.0/33", "config/cidr", "0 to 32");
        bad(Format::Cidr, "fd00::/64", "config/ipv6", "IPv4 network");
        bad(Format::Cidr, "10.042.0.0/16", "config/cidr", "write it 10.42.0.0/16");
        bad(Format::Cidr, "10.042.1.0/08", "config/cidr", "write it 10.0.0.0/8");
        bad(Format::Cidr, "10.0.0.0/08", "config/cidr", "0 to 32");
        bad(Format::Cidr, "10.0.0.0/+8", "config/cidr", "0 to 32");
        bad(Format::Cidr, "foo", "config/cidr", "192.168.1.0/24");
        bad(Format::Cidr, "10.0.0.0/8\n", "config/cidr", "remove them");
        bad(Format::Ipv4, " 10.0.0.1", "config/ipv4", "remove them");
    }

    #[test]
    fn names() {
        ok(Format::Fqdn, "k8s.example.com", "k8s.example.com");
        ok(Format::Fqdn, "example.xn--p1ai", "example.xn--p1ai");
        bad(Format::Fqdn, "k8s_api", "config/host-name", "letters, digits");
        bad(Format::Fqdn, "localhost", "config/host-name", "at least 2 parts");
        bad(Format::Fqdn, "Example.COM", "config/host-name", "write it example.com");
        bad(Format::Fqdn, "https://example.com/", "config/host-name", "write it example.com");
        bad(Format::Fqdn, "exämple.com", "config/host-name", "xn--");
        bad(Format::Fqdn, "10.0.0.1", "config/host-name", "");
        bad(Format::Fqdn, "example.c0m", "config/host-name", "letters only");
        ok(Format::Hostname, "nas", "nas");
        ok(Format::Host, "10.0.0.1", "10.0.0.1");
        ok(Format::NodeName, "k", "k");
        ok(Format::NodeName, "k8s-0", "k8s-0");
        bad(Format::NodeName, "K8S_0", "config/node-name", "write it k8s-0");
        bad(Format::NodeName, "-a", "config/node-name", "beginning and ending");
        bad(Format::NodeName, &"a".repeat(64), "config/node-name", "63");
        for reserved in ["global", "controller", "worker"] {
            bad(Format::NodeName, reserved, "config/reserved-name", "another name");
        }
        ok(Format::Repository, "a/b.c", "a/b.c");
        bad(Format::Repository, "cluster", "config/repository-name", "owner/name");
        bad(Format::Repository, "a/b/c", "config/repository-name", "owner/name");
        bad(Format::Repository, "git@github.com:a/b.git", "config/repository-name", "write it a/b");
        bad(Format::Repository, "https://github.com/a/b", "config/repository-name", "write it a/b");
        ok(Format::LabelKey, "topology.kubernetes.io/zone", "topology.kubernetes.io/zone");
        bad(Format::LabelKey, "a b", "config/label", "63");
        bad(Format::LabelKey, "A_b/c", "config/label", "domain");
        ok(Format::LabelValue, "", "");
        bad(Format::LabelValue, "a b", "config/label", "63");
    }

    #[test]
    fn numbers_as_text() {
        ok(Format::Asn, "64512", "64512");
        ok(Format::Asn, "4294967295", "4294967295");
        bad(Format::Asn, "4294967296", "config/asn", "1-4294967295");
        bad(Format::Asn, "0", "config/asn", "range");
        bad(Format::Asn, "abc", "config/asn", "digits");
        bad(Format::Asn, "1.10", "config/asn", "write it 65546");
        bad(Format::Asn, "AS64512", "config/asn", "write it 64512");
        ok(Format::Vlan, "4094", "4094");
        bad(Format::Vlan, "5000", "config/vlan", "1-4094");
        bad(Format::Port, "65536", "config/port", "1-65535");
    }

    #[test]
    fn mac_addresses_in_any_form() {
        for text in ["AA:BB:CC:DD:EE:0f", "aa-bb-cc-dd-ee-0f", "aabb.ccdd.ee0f", "AABBCCDDEE0F"] {
            ok(Format::Mac, text, "aa:bb:cc:dd:ee:0f");
        }
        bad(Format::Mac, "aa:bb:cc:dd:ee", "config/mac", "six pairs");
        bad(Format::Mac, "aa:bb-cc:dd-ee:0f", "config/mac", "six pairs");
        bad(Format::Mac, "aabb:ccdd:ee0f", "config/mac", "six pairs");
        bad(Format::Mac, "aabb.ccdd-ee0f", "config/mac", "six pairs");
        bad(Format::Mac, "aab:bcc:dde:e0f", "config/mac", "six pairs");
        bad(Format::Mac, "01:00:5e:00:00:01", "config/mac", "talosctl");
        bad(Format::Mac, "00:00:00:00:00:00", "config/mac", "talosctl");
    }

    #[test]
    fn schematics() {
        let id = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";
        ok(Format::Schematic, id, id);
        bad(Format::Schematic, &id[1..], "config/schematic", "63 digits");
        bad(Format::Schematic, &id.to_uppercase(), "config/schematic", id);
        bad(Format::Schematic, &format!("factory.talos.dev/installer/{id}:v1.13.0"), "config/schematic", id);
        bad(Format::Schematic, &"z".repeat(64), "config/schematic", "hexadecimal");
    }

    #[test]
    fn patterns() {
        for text in ["500m", "2", "10Gi", "1.5", "1e3", "128Mi"] {
            ok(Format::Quantity, text, text);
        }
        bad(Format::Quantity, "10 GB", "config/quantity", "directly behind");
        ok(Format::Duration, "168h", "168h");
        bad(Format::Duration, "1 day", "config/duration", "directly behind");
        ok(Format::Uri, "https://pve.example.com:8006/api2/json", "https://pve.example.com:8006/api2/json");
        bad(Format::Uri, "pve.example.com", "config/uri", "://");
        ok(Format::Semver, "v1.19.0-pre.3", "v1.19.0-pre.3");
        bad(Format::Semver, "1.19", "config/version", "three numbers");
    }
}

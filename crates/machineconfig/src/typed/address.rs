//! IP addresses, prefixes and ports, in the form Go writes them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// An IP address in the form Go writes it.
pub(crate) fn parse_addr(text: &str) -> Option<String> {
    if let Some((address, zone)) = text.split_once('%') {
        let address: Ipv6Addr = address.parse().ok()?;
        return (!zone.is_empty()).then(|| format!("{address}%{zone}"));
    }
    text.parse::<IpAddr>().ok().map(|address| address.to_string())
}

/// A prefix in the form Go writes it; its host bits stay.
pub(crate) fn parse_prefix(text: &str) -> Option<String> {
    let (address, bits) = text.rsplit_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    if bits.is_empty()
        || bits.len() > 3
        || !bits.chars().all(|c| c.is_ascii_digit())
        || (bits.len() > 1 && bits.starts_with('0'))
    {
        return None;
    }
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.parse::<u8>().ok().filter(|bits| *bits <= most).map(|bits| format!("{address}/{bits}"))
}

/// An address with its port.
pub(super) fn addr_port(text: &str) -> Option<String> {
    text.parse::<SocketAddr>().ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(parse_prefix("10.0.0.5/24").as_deref(), Some("10.0.0.5/24"));
        assert_eq!(parse_prefix("FD00:0::1/64").as_deref(), Some("fd00::1/64"));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "x/1", "10.0.0.0/"] {
            assert_eq!(parse_prefix(wrong), None, "{wrong}");
        }
        assert_eq!(parse_addr("fe80::1%eth0").as_deref(), Some("fe80::1%eth0"));
        assert_eq!(parse_addr("010.0.0.1"), None);
    }
}

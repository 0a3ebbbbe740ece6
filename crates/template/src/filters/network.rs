//! The filters of the field's plugin: `basename` and `nthhost`.

use std::net::{Ipv4Addr, Ipv6Addr};

use minijinja::{Error, State, Value};

/// `basename`: the file name without its last extension (`Path(value).stem`).
pub(super) fn basename(state: &State, value: &Value) -> Result<String, Error> {
    let path = super::text(state, value)?;
    let name = path.split('/').rfind(|part| !part.is_empty() && *part != ".").unwrap_or_default();
    let dot = name.rfind('.').filter(|at| *at > 0 && *at + 1 < name.len());
    Ok(dot.map_or(name, |at| &name[..at]).to_owned())
}

/// `nthhost(n)`: address number `n` of a network counted from its network address; `False` when there is none, and
/// for text that is no network. Host bits are ignored.
pub(super) fn nthhost(state: &State, value: &Value, n: &Value) -> Result<Value, Error> {
    let text = super::text(state, value)?;
    let wrong = || crate::error::own(minijinja::ErrorKind::InvalidOperation, "nthhost needs an integer");
    let n = i128::try_from(n.clone()).map_err(|_| wrong())?;
    Ok(address(&text, n).map_or(Value::from(false), Value::from))
}

fn address(text: &str, n: i128) -> Option<String> {
    let n = u128::try_from(n).ok()?;
    let (address, mask) = match text.split_once('/') {
        Some((address, mask)) => (address, Some(mask)),
        None => (text, None),
    };
    if let Ok(address) = address.parse::<Ipv4Addr>() {
        let prefix = mask.map_or(Some(32), ipv4_prefix)?;
        let host = 32 - prefix;
        let network = (u64::from(u32::from(address)) >> host) << host;
        let last = u64::try_from(n).ok().filter(|n| *n < 1 << host)?;
        return u32::try_from(network + last).ok().map(|address| Ipv4Addr::from(address).to_string());
    }
    let address: u128 = address.parse::<Ipv6Addr>().ok()?.into();
    let host = 128 - mask.map_or(Some(128), |mask| digits(mask).filter(|prefix| *prefix <= 128))?;
    let mask = 1_u128.checked_shl(host).map_or(u128::MAX, |size| size - 1);
    (n <= mask).then(|| Ipv6Addr::from((address & !mask) + n).to_string())
}

/// A length, a netmask or a hostmask.
fn ipv4_prefix(mask: &str) -> Option<u32> {
    if let Some(prefix) = digits(mask) {
        return (prefix <= 32).then_some(prefix);
    }
    let bits = u32::from(mask.parse::<Ipv4Addr>().ok()?);
    let ones = bits.leading_ones();
    if bits.count_ones() == ones {
        return Some(ones);
    }
    let zeros = bits.leading_zeros();
    (bits.count_zeros() == zeros).then_some(zeros)
}

fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::address;

    /// Expectations: `ipaddress.ip_network(value, strict=False)[n]` of CPython 3.11.
    #[test]
    fn nth_hosts() {
        for (network, n, want) in [
            ("10.0.0.0/24", 0, Some("10.0.0.0")),
            ("10.0.0.77/24", 1, Some("10.0.0.1")),
            ("10.0.0.0/24", 255, Some("10.0.0.255")),
            ("10.0.0.0/24", 256, None),
            ("10.0.0.0/24", -1, None),
            ("10.0.0.0/255.255.255.0", 5, Some("10.0.0.5")),
            ("10.0.0.0/0.0.0.255", 5, Some("10.0.0.5")),
            ("10.0.0.9", 0, Some("10.0.0.9")),
            ("0.0.0.0/0", 4_294_967_295, Some("255.255.255.255")),
            ("fd00::1/64", 16, Some("fd00::10")),
            ("::/0", 1, Some("::1")),
            ("text", 1, None),
            ("10.0.0.0/33", 1, None),
        ] {
            assert_eq!(address(network, n).as_deref(), want, "{network} {n}");
        }
    }
}

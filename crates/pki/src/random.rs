//! The random words of a secrets bundle, in the forms Talos gives them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use zeroize::Zeroizing;

use crate::{Error, Result, Secret};

/// Random bytes of the operating system.
///
/// # Errors
/// [`Error::Random`].
pub fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// 32 bytes in base64: the cluster secret, the key that etcd's content is encrypted with.
///
/// # Errors
/// [`Error::Random`].
pub fn base64() -> Result<Secret> {
    Ok(Secret::new(STANDARD.encode(bytes::<32>()?.as_slice())))
}

/// 32 bytes in the URL-safe alphabet of base64: the cluster ID.
///
/// # Errors
/// [`Error::Random`].
pub fn base64_url() -> Result<Secret> {
    Ok(Secret::new(URL_SAFE.encode(bytes::<32>()?.as_slice())))
}

/// A token as kubeadm's: six and sixteen of `0-9a-z`, with a dot between.
///
/// # Errors
/// [`Error::Random`].
pub fn token() -> Result<Secret> {
    const CHARACTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = String::with_capacity(23);
    while text.len() < 23 {
        if text.len() == 6 {
            text.push('.');
            continue;
        }
        // 252 is the largest multiple of 36 a byte can hold: beyond it some characters would come more often.
        let byte = usize::from(bytes::<1>()?[0]);
        if byte < 252 {
            text.push(char::from(CHARACTERS[byte % CHARACTERS.len()]));
        }
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let token = token().unwrap();
        let (first, second) = token.expose().split_once('.').unwrap();
        assert_eq!((first.len(), second.len()), (6, 16));
        assert!(first.chars().chain(second.chars()).all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()));
        assert_eq!(STANDARD.decode(base64().unwrap().expose()).unwrap().len(), 32);
        assert_eq!(URL_SAFE.decode(base64_url().unwrap().expose()).unwrap().len(), 32);
        assert_ne!(base64().unwrap(), base64().unwrap());
    }
}

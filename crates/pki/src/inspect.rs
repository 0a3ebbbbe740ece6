//! Reading certificates and keys, to check a secrets bundle before it is used.

use std::time::{Duration, SystemTime};

use rcgen::{KeyPair as Signer, PublicKeyData as _};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::time::ASN1Time;

use crate::{Error, KeyPair, Result, key, pem};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// It is valid from here …
    pub not_before: SystemTime,
    /// … to here.
    pub not_after: SystemTime,
    /// It may sign others.
    pub is_authority: bool,
}

impl Certificate {
    /// The day it ends on, `2026-11-20` (UTC).
    pub fn last_day(&self) -> String {
        time::OffsetDateTime::from(self.not_after).date().to_string()
    }
}

/// Reads a certificate in PEM form.
///
/// # Errors
/// [`Error::Pem`], [`Error::Certificate`].
pub fn read_certificate(text: &str) -> Result<Certificate> {
    let block = pem::decode(text)?;
    parse(&block.bytes).map(|certificate| described(&certificate))
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>> {
    X509Certificate::from_der(der).map(|(_, certificate)| certificate).map_err(|_| Error::Certificate)
}

fn described(certificate: &X509Certificate<'_>) -> Certificate {
    Certificate {
        not_before: moment(certificate.validity().not_before),
        not_after: moment(certificate.validity().not_after),
        is_authority: certificate.is_ca(),
    }
}

/// Checks that certificate and key can be read and belong together.
///
/// # Errors
/// [`Error::Pem`], [`Error::Certificate`], [`Error::Key`], [`Error::Mismatch`].
pub fn check_pair(pair: &KeyPair) -> Result<Certificate> {
    let block = pem::decode(&pair.certificate)?;
    let certificate = parse(&block.bytes)?;
    signer_of(&certificate, pair.key.expose())?;
    Ok(described(&certificate))
}

/// The certificate (DER) and the key of a pair that belongs together.
///
/// # Errors
/// As [`check_pair`].
pub(crate) fn opened(pair: &KeyPair) -> Result<(Vec<u8>, Signer)> {
    let der = pem::decode(&pair.certificate)?.bytes.to_vec();
    let signer = signer_of(&parse(&der)?, pair.key.expose())?;
    Ok((der, signer))
}

/// The key, which must be that of the certificate.
fn signer_of(certificate: &X509Certificate<'_>, key: &str) -> Result<Signer> {
    let signer = key::from_pem(key)?;
    if certificate.public_key().raw == signer.subject_public_key_info() {
        Ok(signer)
    } else {
        Err(Error::Mismatch)
    }
}

/// Checks that a private key can be read, and that its parts belong together.
///
/// # Errors
/// [`Error::Pem`], [`Error::Key`].
pub fn check_key(text: &str) -> Result<()> {
    key::check(text)
}

/// Times before 1970 count as 1970: long over either way.
fn moment(at: ASN1Time) -> SystemTime {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Whom a certificate names, and who signed it: as `O=talos`, empty when nobody.
#[cfg(test)]
pub(crate) fn names(text: &str) -> (String, String) {
    let block = pem::decode(text).unwrap();
    let certificate = parse(&block.bytes).unwrap();
    (certificate.subject().to_string(), certificate.issuer().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read() {
        assert_eq!(read_certificate("hello").unwrap_err(), Error::Pem);
        assert_eq!(read_certificate(&pem::encode("CERTIFICATE", &[1, 2])).unwrap_err(), Error::Certificate);
        assert_eq!(check_key("hello").unwrap_err(), Error::Pem);
    }
}

//! Reading certificates and keys, to check a secrets bundle before it is used.

use std::time::{Duration, SystemTime};

use rcgen::PublicKeyData as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::time::ASN1Time;

use crate::{Error, KeyPair, Result, key, pem};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names, as `O=talos`; empty when nobody.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
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
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
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
    let signer = key::from_pem(pair.key.expose())?;
    if certificate.public_key().raw != signer.subject_public_key_info() {
        return Err(Error::Mismatch);
    }
    Ok(described(&certificate))
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

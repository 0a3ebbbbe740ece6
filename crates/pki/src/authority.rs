//! The certificate authorities of a cluster: what they are called, what they may do and how long they live, as Talos
//! makes them (siderolabs/crypto: serial and key identifier are random, the aggregator's subject is empty).

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyIdMethod, KeyPair as Signer, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;

use crate::{Error, KeyPair, Result, key, pem, random};

/// How long an authority lives: 87600 hours, ten years of 365 days.
pub const AUTHORITY_LIFETIME: Duration = Duration::from_hours(87_600);

/// The authority of etcd (ECDSA P-256).
///
/// # Errors
/// When the backend gives no key, or for a time no certificate can hold.
pub fn etcd_authority(now: SystemTime) -> Result<KeyPair> {
    authority(Some("etcd"), &key::generate_p256()?, now)
}

/// The authority of Kubernetes (ECDSA P-256).
///
/// # Errors
/// As [`etcd_authority`].
pub fn kubernetes_authority(now: SystemTime) -> Result<KeyPair> {
    authority(Some("kubernetes"), &key::generate_p256()?, now)
}

/// The authority of the API aggregation layer (ECDSA P-256), without a name.
///
/// # Errors
/// As [`etcd_authority`].
pub fn aggregator_authority(now: SystemTime) -> Result<KeyPair> {
    authority(None, &key::generate_p256()?, now)
}

/// The authority of the Talos API (Ed25519).
///
/// # Errors
/// As [`etcd_authority`].
pub fn talos_authority(now: SystemTime) -> Result<KeyPair> {
    authority(Some("talos"), &key::generate_ed25519()?, now)
}

fn authority(organization: Option<&str>, signer: &Signer, now: SystemTime) -> Result<KeyPair> {
    let mut params = params(organization, now, AUTHORITY_LIFETIME)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.key_identifier_method = KeyIdMethod::PreSpecified(random::bytes::<20>()?.to_vec());
    let certificate = params.self_signed(signer).map_err(|_| Error::Backend("no signature"))?;
    Ok(KeyPair { certificate: pem::encode(pem::CERTIFICATE, certificate.der()), key: key::to_pem(signer)? })
}

/// What authorities and clients have in common: a random serial number, a subject, a validity.
pub(crate) fn params(
    organization: Option<&str>,
    now: SystemTime,
    lifetime: Duration,
) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    if let Some(name) = organization {
        let name = name.try_into().map_err(|_| Error::Backend("a name that no certificate can hold"))?;
        params.distinguished_name.push(DnType::OrganizationName, DnValue::PrintableString(name));
    }
    params.serial_number = Some(SerialNumber::from(random::bytes::<16>()?.to_vec()));
    params.not_before = moment(now)?;
    params.not_after = moment(now.checked_add(lifetime).ok_or(Error::Time)?)?;
    Ok(params)
}

/// A time as certificates know it: whole seconds, at most the year 9999.
fn moment(at: SystemTime) -> Result<OffsetDateTime> {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| Error::Time)?.as_secs();
    let seconds = i64::try_from(seconds).map_err(|_| Error::Time)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| Error::Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check_pair, read_certificate};

    // A fixed time: 2026-11-20 23:58:36 UTC.
    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_116)
    }

    #[test]
    fn names_and_lifetimes() {
        let all = [
            (etcd_authority(now()).unwrap(), "O=etcd"),
            (kubernetes_authority(now()).unwrap(), "O=kubernetes"),
            (aggregator_authority(now()).unwrap(), ""),
            (talos_authority(now()).unwrap(), "O=talos"),
        ];
        for (pair, subject) in all {
            let read = read_certificate(&pair.certificate).unwrap();
            assert_eq!(crate::inspect::names(&pair.certificate).0, subject);
            assert_eq!(read.not_before, now());
            assert_eq!(read.not_after, now() + AUTHORITY_LIFETIME);
            assert!(read.is_authority);
            check_pair(&pair).unwrap();
        }
    }

    #[test]
    fn times_out_of_range_are_errors() {
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 45);
        assert_eq!(etcd_authority(far).unwrap_err(), Error::Time);
        assert_eq!(etcd_authority(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).unwrap_err(), Error::Time);
    }
}

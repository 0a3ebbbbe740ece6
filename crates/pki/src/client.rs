//! Client certificates for the Talos API: signed by the cluster's own authority, the role in the organisation field.

use std::time::{Duration, SystemTime};

use rcgen::{ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose};

use crate::authority::params;
use crate::{Error, KeyPair, Result, inspect, key, pem};

/// How long a client certificate lives when nothing else is said: a year.
pub const CLIENT_LIFETIME: Duration = Duration::from_hours(365 * 24);

/// Makes an Ed25519 key and a client certificate for it, signed by `authority`, with `role` (`os:admin`) as its
/// organisation.
///
/// # Errors
/// When the authority's certificate or key cannot be read or do not belong together, or as
/// [`etcd_authority`](crate::etcd_authority).
pub fn talos_client(authority: &KeyPair, role: &str, lifetime: Duration, now: SystemTime) -> Result<KeyPair> {
    let (der, signer) = inspect::opened(authority)?;
    let issuer = Issuer::from_ca_cert_der(&der.into(), signer).map_err(|_| Error::Certificate)?;
    let mut params = params(Some(role), now, lifetime)?;
    params.is_ca = IsCa::NoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let signer = key::generate_ed25519()?;
    let certificate = params.signed_by(&signer, &issuer).map_err(|_| Error::Backend("no signature"))?;
    Ok(KeyPair { certificate: pem::encode(pem::CERTIFICATE, certificate.der()), key: key::to_pem(&signer)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check_pair, etcd_authority, read_certificate, talos_authority};

    #[test]
    fn role_and_lifetime() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_116);
        let authority = talos_authority(now).unwrap();
        let client = talos_client(&authority, "os:admin", CLIENT_LIFETIME, now).unwrap();
        let read = read_certificate(&client.certificate).unwrap();
        assert_eq!(inspect::names(&client.certificate), ("O=os:admin".to_owned(), "O=talos".to_owned()));
        assert_eq!(read.not_after, now + CLIENT_LIFETIME);
        assert!(!read.is_authority);
        check_pair(&client).unwrap();
    }

    #[test]
    fn a_key_of_another_authority_is_refused() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_116);
        let mut authority = talos_authority(now).unwrap();
        authority.key = etcd_authority(now).unwrap().key;
        assert_eq!(talos_client(&authority, "os:admin", CLIENT_LIFETIME, now).unwrap_err(), Error::Mismatch);
    }
}

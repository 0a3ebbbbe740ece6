//! Private keys: made, written in the forms Talos uses, and read in all of them.
//!
//! Talos writes ECDSA keys as SEC 1 (`EC PRIVATE KEY`, with curve and public point), RSA keys as PKCS#1
//! (`RSA PRIVATE KEY`) and Ed25519 keys as PKCS#8 under a label of its own (`ED25519 PRIVATE KEY`).

use rcgen::{
    KeyPair as Signer, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData as _, RsaKeySize,
};
use zeroize::Zeroizing;

use crate::der::{self, Reader, element};
use crate::{Error, Result, Secret, pem, rsa};

const EC: &str = "EC PRIVATE KEY";
const RSA: &str = "RSA PRIVATE KEY";
const ED25519: &str = "ED25519 PRIVATE KEY";
const PKCS8: &str = "PRIVATE KEY";

/// Object identifiers, encoded: id-ecPublicKey, prime256v1, rsaEncryption, id-Ed25519.
const OID_EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const OID_P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const OID_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const OID_ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// PKCS#8 of an Ed25519 key (RFC 8410) up to the 32 bytes of the key.
const ED25519_PREFIX: &[u8] =
    &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The kind of key that signs service-account tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceAccountKey {
    /// RSA with 4096 bits: Talos 1.7 and later.
    Rsa4096,
    /// ECDSA on P-256: before that.
    EcdsaP256,
}

/// Makes the key that signs service-account tokens, in PEM form.
///
/// # Errors
/// When the backend gives no key.
pub fn service_account_key(kind: ServiceAccountKey) -> Result<Secret> {
    match kind {
        ServiceAccountKey::Rsa4096 => {
            let signer = Signer::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096)
                .map_err(|_| Error::Backend("no RSA key"))?;
            let pkcs8 = Zeroizing::new(signer.serialize_der());
            Ok(Secret::new(pem::encode(RSA, inner(&pkcs8)?)))
        }
        ServiceAccountKey::EcdsaP256 => to_pem(&generate_p256()?),
    }
}

pub(crate) fn generate_p256() -> Result<Signer> {
    Signer::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| Error::Backend("no ECDSA key"))
}

/// An Ed25519 key is 32 random bytes (RFC 8032, 5.1.5). They are the operating system's: before the backend gives its first
/// random byte it measures the jitter of the clock for longer than all the rest of a run takes.
pub(crate) fn generate_ed25519() -> Result<Signer> {
    let seed = crate::random::bytes::<32>()?;
    let pkcs8 = Zeroizing::new([ED25519_PREFIX, seed.as_slice()].concat());
    Signer::try_from(pkcs8.as_slice()).map_err(|_| Error::Backend("no Ed25519 key"))
}

/// The PEM form Talos gives a P-256 or Ed25519 key.
pub(crate) fn to_pem(signer: &Signer) -> Result<Secret> {
    let pkcs8 = Zeroizing::new(signer.serialize_der());
    let inner = inner(&pkcs8)?;
    let (label, bytes) = if signer.algorithm() == &PKCS_ED25519 {
        (ED25519, ed25519(inner)?)
    } else {
        (EC, sec1(inner, signer.der_bytes())?)
    };
    Ok(Secret::new(pem::encode(label, &bytes)))
}

/// Reads a private key of any form.
pub(crate) fn from_pem(text: &str) -> Result<Signer> {
    signer(&pkcs8(text)?)
}

/// Whether there is a private key of any form, whose parts belong together. Of an RSA key the backend is not asked: it
/// multiplies so that nobody who watches the clock learns a number, which takes a hundred times as long as doing it once.
pub(crate) fn check(text: &str) -> Result<()> {
    let pkcs8 = pkcs8(text)?;
    if algorithm(&pkcs8)?.0 == OID_RSA { rsa::check(inner(&pkcs8)?) } else { signer(&pkcs8).map(drop) }
}

/// Left to itself, the backend takes a key for one of every kind in turn, and checks it each time. So it is told the kind.
fn signer(pkcs8: &[u8]) -> Result<Signer> {
    let of_kind = |kind| Signer::from_pkcs8_der_and_sign_algo(&pkcs8.into(), kind);
    let signer = match algorithm(pkcs8)? {
        (OID_RSA, _) => of_kind(&PKCS_RSA_SHA256),
        (OID_EC, Some(OID_P256)) => of_kind(&PKCS_ECDSA_P256_SHA256),
        (OID_ED25519, _) => of_kind(&PKCS_ED25519),
        _ => Signer::try_from(pkcs8),
    };
    signer.map_err(|_| Error::Key)
}

/// The PKCS#8 of a private key of any form.
fn pkcs8(text: &str) -> Result<Zeroizing<Vec<u8>>> {
    // The older form says so in a header within the block (RFC 1421), the newer one by its label.
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(Error::Encrypted);
    }
    let block = pem::decode(text)?;
    match block.label.as_str() {
        EC => wrap_sec1(&block.bytes),
        RSA => {
            Ok(wrap(&[&element(der::OBJECT_IDENTIFIER, &[OID_RSA]), &element(der::NULL, &[])], &block.bytes))
        }
        ED25519 | PKCS8 => Ok(block.bytes),
        "ENCRYPTED PRIVATE KEY" => Err(Error::Encrypted),
        "EC PARAMETERS" => Err(Error::Parameters),
        _ => Err(Error::Key),
    }
}

/// The algorithm that PKCS#8 names, and its curve where it names one: object identifiers.
fn algorithm(pkcs8: &[u8]) -> Result<(&[u8], Option<&[u8]>)> {
    let mut fields = Reader::new(Reader::new(pkcs8).take(der::SEQUENCE)?);
    fields.take(der::INTEGER)?;
    let mut named = Reader::new(fields.take(der::SEQUENCE)?);
    Ok((named.take(der::OBJECT_IDENTIFIER)?, named.take(der::OBJECT_IDENTIFIER).ok()))
}

/// The key inside of PKCS#8: version, algorithm, key.
fn inner(pkcs8: &[u8]) -> Result<&[u8]> {
    let mut fields = Reader::new(Reader::new(pkcs8).take(der::SEQUENCE)?);
    fields.take(der::INTEGER)?;
    fields.take(der::SEQUENCE)?;
    fields.take(der::OCTET_STRING)
}

fn ed25519(inner: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let seed = Reader::new(inner).take(der::OCTET_STRING)?;
    if seed.len() != 32 {
        return Err(Error::Key);
    }
    Ok(Zeroizing::new([ED25519_PREFIX, seed].concat()))
}

/// SEC 1: version 1, the key, the curve, the public point.
fn sec1(inner: &[u8], point: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut fields = Reader::new(Reader::new(inner).take(der::SEQUENCE)?);
    fields.take(der::INTEGER)?;
    let scalar = fields.take(der::OCTET_STRING)?;
    let curve = element(der::CONTEXT_0, &[&element(der::OBJECT_IDENTIFIER, &[OID_P256])]);
    let public = element(der::CONTEXT_1, &[&element(der::BIT_STRING, &[&[0], point])]);
    let version = element(der::INTEGER, &[&[1]]);
    Ok(element(der::SEQUENCE, &[&version, &element(der::OCTET_STRING, &[scalar]), &curve, &public]))
}

fn wrap_sec1(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut fields = Reader::new(Reader::new(bytes).take(der::SEQUENCE)?);
    fields.take(der::INTEGER)?;
    fields.take(der::OCTET_STRING)?;
    let curve = match fields.peek() {
        Some(der::CONTEXT_0) => Reader::new(fields.take(der::CONTEXT_0)?).take(der::OBJECT_IDENTIFIER)?,
        _ => OID_P256,
    };
    let algorithm = [element(der::OBJECT_IDENTIFIER, &[OID_EC]), element(der::OBJECT_IDENTIFIER, &[curve])];
    Ok(wrap(&[&algorithm[0], &algorithm[1]], bytes))
}

fn wrap(algorithm: &[&[u8]], key: &[u8]) -> Zeroizing<Vec<u8>> {
    let version = element(der::INTEGER, &[&[0]]);
    element(
        der::SEQUENCE,
        &[&version, &element(der::SEQUENCE, algorithm), &element(der::OCTET_STRING, &[key])],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_written_under_its_label_and_read_back() {
        for (signer, label) in [(generate_p256().unwrap(), EC), (generate_ed25519().unwrap(), ED25519)] {
            let text = to_pem(&signer).unwrap();
            assert!(text.expose().starts_with(&format!("-----BEGIN {label}-----\n")));
            assert_eq!(from_pem(text.expose()).unwrap().der_bytes(), signer.der_bytes());
        }
    }

    #[test]
    fn service_account_keys() {
        let rsa = service_account_key(ServiceAccountKey::Rsa4096).unwrap();
        assert!(rsa.expose().starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
        // A modulus of 4096 bits alone fills 512 bytes of the public key.
        assert!(from_pem(rsa.expose()).unwrap().der_bytes().len() > 512);
        let bytes = pem::decode(rsa.expose()).unwrap().bytes;
        let pkcs8 = wrap(&[&element(der::OBJECT_IDENTIFIER, &[OID_RSA]), &element(der::NULL, &[])], &bytes);
        assert!(from_pem(&pem::encode(PKCS8, &pkcs8)).is_ok());
        assert_eq!((check(rsa.expose()), check(&pem::encode(PKCS8, &pkcs8))), (Ok(()), Ok(())));
        // Its numbers belong together: in these places stand the modulus, the private exponent, a prime and the inverse.
        for part in [1, 5, 9, 14] {
            let mut wrong = bytes.to_vec();
            let at = bytes.len() * part / 15;
            wrong[at] ^= 4;
            let wrong = pem::encode(RSA, &wrong);
            assert_eq!(
                (from_pem(&wrong).err(), check(&wrong)),
                (Some(Error::Key), Err(Error::Key)),
                "byte {at}"
            );
        }
        let ec = service_account_key(ServiceAccountKey::EcdsaP256).unwrap();
        assert_eq!((from_pem(ec.expose()).is_ok(), check(ec.expose())), (true, Ok(())));
    }

    #[test]
    fn keys_that_openssl_writes_otherwise() {
        let inside = pem::encode(RSA, &[1]).replacen("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n\n", 1);
        assert_eq!(check(&inside), Err(Error::Encrypted));
        assert_eq!(check(&pem::encode("ENCRYPTED PRIVATE KEY", &[1])), Err(Error::Encrypted));
        assert_eq!(check(&pem::encode("EC PARAMETERS", &[1])), Err(Error::Parameters));
    }

    #[test]
    fn what_is_no_key() {
        for (label, bytes) in [(EC, &[1][..]), (RSA, &[]), (PKCS8, &[0x30, 0]), ("CERTIFICATE", &[0x30, 0])] {
            let text = pem::encode(label, bytes);
            assert_eq!((from_pem(&text).err(), check(&text)), (Some(Error::Key), Err(Error::Key)), "{label}");
        }
    }
}

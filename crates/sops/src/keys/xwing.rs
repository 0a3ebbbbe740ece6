//! X-Wing (MLKEM768-X25519, draft-connolly-cfrg-xwing-kem; HPKE's KEM 0x647a): ML-KEM-768 and X25519 together, put
//! together here from their crates because the crates that have it whole cannot stand beside the age crate.

use hpke::kem::SharedSecret;
use hpke::rand_core::{CryptoRng, RngCore};
use hpke::{Deserializable, HpkeError, Serializable};
use ml_kem::kem::{Decapsulate as _, Encapsulate as _};
use ml_kem::{Ciphertext, EncodedSizeUser, KemCore, MlKem768};
use sha3::digest::generic_array::typenum::{Sum, U32, U64, U128, U1024};
use sha3::digest::{ExtendableOutput as _, FixedOutput as _, Update as _, XofReader as _};
use sha3::{Sha3_256, Shake256};
use x25519_dalek::{PublicKey as Point, StaticSecret};
use zeroize::{Zeroize as _, Zeroizing};

/// What the combiner ends in: a small drawing of an X-wing.
const LABEL: &[u8; 6] = br"\.//^\";
const ML_KEM_PUBLIC: usize = 1184;
const ML_KEM_CIPHERTEXT: usize = 1088;
const X25519: usize = 32;
const SEED: usize = 32;

type Encapsulation = <MlKem768 as KemCore>::EncapsulationKey;
type Decapsulation = <MlKem768 as KemCore>::DecapsulationKey;

/// The mechanism.
pub(super) struct XWing;

/// A seed, from which both private keys are made when they are needed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PrivateKey(Zeroizing<[u8; SEED]>);

/// Both public keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PublicKey {
    ml_kem: Encapsulation,
    x25519: Point,
}

impl Eq for PublicKey {}

/// Both ciphertexts.
#[derive(Clone)]
pub(super) struct EncappedKey {
    ml_kem: Ciphertext<MlKem768>,
    x25519: Point,
}

impl PrivateKey {
    fn expand(&self) -> (Decapsulation, Encapsulation, StaticSecret) {
        let mut stream = Shake256::default().chain(&self.0[..]).finalize_xof();
        let mut part = || {
            let mut bytes = Zeroizing::new([0; 32]);
            stream.read(&mut *bytes);
            bytes
        };
        let (d, z, x) = (part(), part(), part());
        let (mut d, mut z) = (ml_kem::B32::from(*d), ml_kem::B32::from(*z));
        let (private, public) = MlKem768::generate_deterministic(&d, &z);
        d.zeroize();
        z.zeroize();
        (private, public, StaticSecret::from(*x))
    }
}

fn length(expected: usize, found: usize) -> HpkeError {
    HpkeError::IncorrectInputLength(expected, found)
}

fn point(bytes: &[u8]) -> Result<Point, HpkeError> {
    <[u8; X25519]>::try_from(bytes).map(Point::from).map_err(|_| length(X25519, bytes.len()))
}

impl Deserializable for PrivateKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        let seed = bytes.try_into().map_err(|_| length(SEED, bytes.len()))?;
        Ok(Self(Zeroizing::new(seed)))
    }
}

impl Serializable for PrivateKey {
    type OutputSize = U32;
    fn write_exact(&self, out: &mut [u8]) {
        out.copy_from_slice(&self.0[..]);
    }
}

impl Deserializable for PublicKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        if bytes.len() != ML_KEM_PUBLIC + X25519 {
            return Err(length(ML_KEM_PUBLIC + X25519, bytes.len()));
        }
        let (first, second) = bytes.split_at(ML_KEM_PUBLIC);
        let encoded = first.try_into().map_err(|_| HpkeError::ValidationError)?;
        let ml_kem = Encapsulation::from_bytes(&encoded);
        // FIPS 203, 7.2: coefficients must be reduced.
        if ml_kem.as_bytes() != encoded {
            return Err(HpkeError::ValidationError);
        }
        Ok(Self { ml_kem, x25519: point(second)? })
    }
}

impl Serializable for PublicKey {
    type OutputSize = Sum<U1024, Sum<U128, U64>>;
    fn write_exact(&self, out: &mut [u8]) {
        out[..ML_KEM_PUBLIC].copy_from_slice(&self.ml_kem.as_bytes());
        out[ML_KEM_PUBLIC..].copy_from_slice(self.x25519.as_bytes());
    }
}

impl Deserializable for EncappedKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        if bytes.len() != ML_KEM_CIPHERTEXT + X25519 {
            return Err(length(ML_KEM_CIPHERTEXT + X25519, bytes.len()));
        }
        let (first, second) = bytes.split_at(ML_KEM_CIPHERTEXT);
        let ml_kem = first.try_into().map_err(|_| HpkeError::ValidationError)?;
        Ok(Self { ml_kem, x25519: point(second)? })
    }
}

impl Serializable for EncappedKey {
    type OutputSize = Sum<U1024, Sum<U64, U32>>;
    fn write_exact(&self, out: &mut [u8]) {
        out[..ML_KEM_CIPHERTEXT].copy_from_slice(&self.ml_kem);
        out[ML_KEM_CIPHERTEXT..].copy_from_slice(self.x25519.as_bytes());
    }
}

impl hpke::Kem for XWing {
    type PublicKey = PublicKey;
    type PrivateKey = PrivateKey;
    type EncappedKey = EncappedKey;
    type NSecret = U32;
    const KEM_ID: u16 = 0x647a;

    fn sk_to_pk(key: &PrivateKey) -> PublicKey {
        let (_, ml_kem, x25519) = key.expand();
        PublicKey { ml_kem, x25519: Point::from(&x25519) }
    }

    /// Not the derivation of HPKE, which age does not use: a seed is its own hash.
    fn derive_keypair(ikm: &[u8]) -> (PrivateKey, PublicKey) {
        let mut seed = Zeroizing::new([0; SEED]);
        Shake256::default().chain(ikm).finalize_xof().read(&mut *seed);
        let key = PrivateKey(seed);
        let public = Self::sk_to_pk(&key);
        (key, public)
    }

    /// A sender's key is not taken: this mechanism does not authenticate.
    fn decap(
        key: &PrivateKey,
        sender: Option<&PublicKey>,
        encapped: &EncappedKey,
    ) -> Result<SharedSecret<Self>, HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::DecapError);
        }
        let (ml_kem, _, x25519) = key.expand();
        let first = ml_kem.decapsulate(&encapped.ml_kem).map_err(|()| HpkeError::DecapError)?;
        let second = x25519.diffie_hellman(&encapped.x25519);
        if !second.was_contributory() {
            return Err(HpkeError::DecapError);
        }
        Ok(combine(&first, second.as_bytes(), &encapped.x25519, &Point::from(&x25519)))
    }

    fn encap<R: CryptoRng + RngCore>(
        public: &PublicKey,
        sender: Option<(&PrivateKey, &PublicKey)>,
        random: &mut R,
    ) -> Result<(SharedSecret<Self>, EncappedKey), HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::EncapError);
        }
        let (ml_kem, first) = public.ml_kem.encapsulate(random).map_err(|()| HpkeError::EncapError)?;
        let own = StaticSecret::random_from_rng(&mut *random);
        let x25519 = Point::from(&own);
        let second = own.diffie_hellman(&public.x25519);
        if !second.was_contributory() {
            return Err(HpkeError::EncapError);
        }
        let secret = combine(&first, second.as_bytes(), &x25519, &public.x25519);
        Ok((secret, EncappedKey { ml_kem, x25519 }))
    }
}

fn combine(first: &[u8], second: &[u8], sent: &Point, public: &Point) -> SharedSecret<XWing> {
    let hash = Sha3_256::default()
        .chain(first)
        .chain(second)
        .chain(sent.as_bytes())
        .chain(public.as_bytes())
        .chain(LABEL);
    SharedSecret(hash.finalize_fixed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hpke::Kem as _;
    use hpke::rand_core::OsRng;

    #[test]
    fn both_sides_agree() {
        let (key, public) = XWing::gen_keypair(&mut OsRng);
        let read = PublicKey::from_bytes(&public.to_bytes()).unwrap();
        assert!(read == public);
        let (secret, sent) = XWing::encap(&read, None, &mut OsRng).unwrap();
        let sent = EncappedKey::from_bytes(&sent.to_bytes()).unwrap();
        assert!(XWing::decap(&key, None, &sent).unwrap().0 == secret.0);
        let (other, _) = XWing::gen_keypair(&mut OsRng);
        assert!(XWing::decap(&other, None, &sent).unwrap().0 != secret.0);
    }

    #[test]
    fn wycheproof() {
        use crate::wycheproof::{bytes, cases};
        for case in cases("x25519") {
            let array = |name| <[u8; X25519]>::try_from(bytes(&case, name)).unwrap();
            let shared = StaticSecret::from(array("private")).diffie_hellman(&Point::from(array("public")));
            assert_eq!(shared.to_bytes(), array("shared"), "{}", case["tcId"]);
            assert_eq!(shared.was_contributory(), case["zero"] == false, "{}", case["tcId"]);
        }
        for case in cases("ml_kem_768_decaps") {
            let seed = bytes(&case, "seed");
            let half = |half: &[u8]| ml_kem::B32::try_from(half).unwrap();
            let (key, _) = MlKem768::generate_deterministic(&half(&seed[..32]), &half(&seed[32..]));
            let sent = bytes(&case, "c").as_slice().try_into().unwrap();
            assert_eq!(key.decapsulate(&sent).unwrap().to_vec(), bytes(&case, "K"), "{}", case["tcId"]);
        }
        for case in cases("ml_kem_768_modulus_overflow") {
            let mut public = bytes(&case, "ek");
            public.extend([9; X25519]);
            assert!(PublicKey::from_bytes(&public).is_err(), "{}", case["tcId"]);
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let (_, public) = XWing::gen_keypair(&mut OsRng);
        let mut bytes = public.to_bytes();
        assert!(PublicKey::from_bytes(&bytes[1..]).is_err());
        // A coefficient that is not reduced.
        bytes[0] = 0xff;
        bytes[1] |= 0x0f;
        assert!(PublicKey::from_bytes(&bytes).is_err());
        assert!(EncappedKey::from_bytes(&bytes).is_err() && PrivateKey::from_bytes(&[0; 31]).is_err());
        // A point of low order shares nothing.
        let mut low = public.to_bytes();
        low[ML_KEM_PUBLIC..].fill(0);
        assert!(XWing::encap(&PublicKey::from_bytes(&low).unwrap(), None, &mut OsRng).is_err());
    }
}

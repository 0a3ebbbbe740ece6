//! Whether the numbers of an RSA key belong together, so that a key that was damaged on its way is found before a cluster is
//! made with it. Whether its primes are prime is not asked: what was damaged does not hold to what is checked here.

use num_bigint::BigUint;

use crate::der::{self, Reader};
use crate::{Error, Result};

/// The sizes of a modulus, in bits, that the backend takes.
const SIZES: std::ops::RangeInclusive<u64> = 2048..=8192;
/// The largest public exponent that the backend takes, in bits.
const EXPONENT: u64 = 33;

/// A key as PKCS#1 has it (RFC 8017, A.1.2): version 0 and eight numbers.
struct Key {
    modulus: BigUint,
    public_exponent: BigUint,
    private_exponent: BigUint,
    primes: [BigUint; 2],
    /// The private exponent modulo each prime less one.
    exponents: [BigUint; 2],
    /// The inverse of the second prime modulo the first.
    coefficient: BigUint,
}

/// Checks a key in PKCS#1 form.
///
/// # Errors
/// [`Error::Key`]: this is no RSA key of a size that is used, or its numbers do not belong together.
pub(crate) fn check(pkcs1: &[u8]) -> Result<()> {
    let key = Key::read(pkcs1)?;
    if key.has_usual_sizes() && key.fits_together() { Ok(()) } else { Err(Error::Key) }
}

impl Key {
    fn read(pkcs1: &[u8]) -> Result<Self> {
        let mut outer = Reader::new(pkcs1);
        let mut fields = Reader::new(outer.take(der::SEQUENCE)?);
        if outer.peek().is_some() || fields.take(der::INTEGER)? != [0] {
            return Err(Error::Key);
        }
        let mut next = || number(&mut fields);
        let key = Self {
            modulus: next()?,
            public_exponent: next()?,
            private_exponent: next()?,
            primes: [next()?, next()?],
            exponents: [next()?, next()?],
            coefficient: next()?,
        };
        if fields.peek().is_some() { Err(Error::Key) } else { Ok(key) }
    }

    fn has_usual_sizes(&self) -> bool {
        let one = BigUint::from(1_u8);
        SIZES.contains(&self.modulus.bits())
            && self.public_exponent.bits() <= EXPONENT
            && self.public_exponent > one
            && self.private_exponent < self.modulus
            // Nothing is multiplied that is longer than the modulus.
            && self.primes.iter().chain(&self.exponents).all(|number| *number < self.modulus)
            && self.primes.iter().all(|prime| *prime > one && prime.bit(0))
            && self.coefficient < self.primes[0]
    }

    /// What RFC 8017 (3.2) says of the numbers of a key.
    fn fits_together(&self) -> bool {
        let one = BigUint::from(1_u8);
        let [first, second] = &self.primes;
        let is_inverse = |prime: &BigUint, exponent: &BigUint| {
            let less = prime - &one;
            &self.public_exponent * exponent % &less == one && &self.private_exponent % &less == *exponent
        };
        first * second == self.modulus
            && is_inverse(first, &self.exponents[0])
            && is_inverse(second, &self.exponents[1])
            && second * &self.coefficient % first == one
    }
}

/// A number that is not negative, in as few bytes as DER has it.
fn number(fields: &mut Reader<'_>) -> Result<BigUint> {
    match fields.take(der::INTEGER)? {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => Err(Error::Key),
        bytes => Ok(BigUint::from_bytes_be(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ServiceAccountKey, pem, service_account_key};

    #[test]
    fn no_bit_can_change() {
        let key = service_account_key(ServiceAccountKey::Rsa4096).unwrap();
        let bytes = pem::decode(key.expose()).unwrap().bytes;
        assert_eq!(check(&bytes), Ok(()));
        for at in 0..bytes.len() {
            let mut wrong = bytes.to_vec();
            wrong[at] ^= 1 << (at % 8);
            assert_eq!(check(&wrong), Err(Error::Key), "byte {at}");
        }
    }

    #[test]
    fn no_byte_can_be_missing_or_added() {
        let key = service_account_key(ServiceAccountKey::Rsa4096).unwrap();
        let bytes = pem::decode(key.expose()).unwrap().bytes;
        assert_eq!(check(&[bytes.as_slice(), &[0]].concat()), Err(Error::Key));
        for end in (0..bytes.len()).step_by(37) {
            assert_eq!(check(&bytes[..end]), Err(Error::Key), "{end} bytes");
        }
    }
}

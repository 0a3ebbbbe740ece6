//! Whether an RSA private key (PKCS#1) is one: the form of its nine numbers, and that the modulus is the product of the
//! primes. That is told by remainders, in microseconds; the backend's own check divides numbers of 4096 bits in constant
//! time, which takes longer than making the configurations of a small cluster.

use crate::der::{self, Reader};
use crate::{Error, Result};

/// The shortest modulus that may sign tokens, in bits.
const SHORTEST: usize = 2048;

/// Primes below 2^61, by which remainders are compared. A wrong product passes all of them once in 2^120.
const MODULI: [u64; 2] = [2_305_843_009_213_693_951, 2_305_843_009_213_693_921];

/// Checks a key.
///
/// # Errors
/// [`Error::Key`].
pub(crate) fn check(pkcs1: &[u8]) -> Result<()> {
    let mut fields = Reader::new(Reader::new(pkcs1).take(der::SEQUENCE)?);
    let version = fields.take(der::INTEGER)?;
    // Modulus, both exponents, both primes, the private exponent for each of them, the inverse of the second.
    let mut numbers: [&[u8]; 8] = [&[]; 8];
    for number in &mut numbers {
        *number = positive(fields.take(der::INTEGER)?)?;
    }
    let [modulus, public, private, one, two, private_one, private_two, inverse] = numbers;
    let odd = [modulus, public, one, two].into_iter().all(is_odd);
    let smaller = [(private, modulus), (private_one, one), (private_two, two), (inverse, one)];
    let fits = bits(modulus) >= SHORTEST
        && (bits(one) + bits(two)).checked_sub(bits(modulus)).is_some_and(|more| more <= 1)
        && bits(public) > 1
        && smaller.into_iter().all(|(small, large)| bits(small) <= bits(large));
    let is_product =
        MODULI.into_iter().all(|m| residue(modulus, m) == times(residue(one, m), residue(two, m), m));
    if version == [0] && fields.peek().is_none() && odd && fits && is_product {
        Ok(())
    } else {
        Err(Error::Key)
    }
}

/// A number above zero, without the zero byte that keeps it from being negative.
fn positive(bytes: &[u8]) -> Result<&[u8]> {
    match bytes {
        [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Ok(rest),
        [first, ..] if (1..0x80).contains(first) => Ok(bytes),
        _ => Err(Error::Key),
    }
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|byte| byte & 1 == 1)
}

fn times(a: u64, b: u64, modulus: u64) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "a remainder is smaller than the modulus")]
    let product = (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
    product
}

fn residue(number: &[u8], modulus: u64) -> u64 {
    let step = |sum: u64, byte: &u8| (times(sum, 256, modulus) + u64::from(*byte)) % modulus;
    number.iter().fold(0, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::element;

    /// A key of these numbers, each in hexadecimal.
    fn key(numbers: [&[u8]; 8]) -> Vec<u8> {
        let integer = |number: &[u8]| {
            let zero: &[u8] = if number[0] >= 0x80 { &[0] } else { &[] };
            element(der::INTEGER, &[zero, number]).to_vec()
        };
        let parts: Vec<_> = std::iter::once(vec![2, 1, 0]).chain(numbers.into_iter().map(integer)).collect();
        element(der::SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>()).to_vec()
    }

    /// The product of two numbers.
    fn product(a: &[u8], b: &[u8]) -> Vec<u8> {
        let mut out = vec![0_u32; a.len() + b.len()];
        for (i, x) in a.iter().rev().enumerate() {
            for (j, y) in b.iter().rev().enumerate() {
                out[i + j] += u32::from(*x) * u32::from(*y);
            }
        }
        for at in 0..out.len() - 1 {
            out[at + 1] += out[at] >> 8;
            out[at] &= 0xff;
        }
        let bytes: Vec<u8> = out.iter().rev().map(|byte| u8::try_from(*byte).unwrap()).collect();
        bytes.into_iter().skip_while(|byte| *byte == 0).collect()
    }

    #[test]
    fn the_modulus_is_the_product_of_the_primes() {
        // What counts is the product; that they are primes is not looked at.
        let p: Vec<u8> = (0..128_u8).map(|n| (0xd3 ^ n) | 1).collect();
        let q: Vec<u8> = (0..128_u8).map(|n| (0xc5 ^ n.wrapping_mul(7)) | 1).collect();
        let n = product(&p, &q);
        let small: &[u8] = &[7];
        let good: [&[u8]; 8] = [&n, &[1, 0, 1], small, &p, &q, small, small, small];
        assert_eq!(check(&key(good)), Ok(()));
        for at in [0, 3, 4] {
            let mut number = good[at].to_vec();
            number[50] ^= 4;
            let mut bad = good;
            bad[at] = &number;
            assert_eq!(check(&key(bad)), Err(Error::Key), "{at}");
        }
        let mut long = good;
        let too_long = [&n[..], &[1][..]].concat();
        long[2] = &too_long;
        assert_eq!(check(&key(long)), Err(Error::Key), "the private exponent is longer than the modulus");
        let bytes = key(good);
        assert_eq!(check(&bytes[..bytes.len() - 1]), Err(Error::Key));
        assert_eq!(check(&[]), Err(Error::Key));
    }
}

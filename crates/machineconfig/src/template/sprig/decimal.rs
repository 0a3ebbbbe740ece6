//! Decimal numbers, with which sprig calculates what must not lose a fraction: `addf`, `subf`, `mulf`, `divf`.

use num_bigint::{BigInt, Sign};

/// How many digits behind the point a quotient has.
const PLACES: u32 = 16;

/// `digits × 10^exponent`.
#[derive(Clone)]
pub(super) struct Decimal {
    digits: BigInt,
    exponent: i32,
}

impl Decimal {
    /// The shortest decimal number that is this float.
    pub(super) fn of(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = yaml::go::shortest(value);
        let (mantissa, exponent) = text.split_once('e')?;
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        // No more than seventeen of them.
        let digits = BigInt::from(mantissa.replace('.', "").parse::<i64>().ok()?);
        Some(Self { digits, exponent: exponent.parse::<i32>().ok()? - i32::try_from(places).ok()? })
    }

    /// The nearest float.
    pub(super) fn float(&self) -> f64 {
        format!("{}e{}", written(&self.digits), self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// The digits of both for one exponent.
    fn aligned(self, other: Self) -> (BigInt, BigInt, i32) {
        let exponent = self.exponent.min(other.exponent);
        let scaled = |number: Self| number.digits * power(number.exponent.abs_diff(exponent));
        (scaled(self), scaled(other), exponent)
    }

    pub(super) fn add(self, other: Self) -> Self {
        let (left, right, exponent) = self.aligned(other);
        Self { digits: left + right, exponent }
    }

    pub(super) fn subtract(self, other: Self) -> Self {
        let (left, right, exponent) = self.aligned(other);
        Self { digits: left - right, exponent }
    }

    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.checked_add(other.exponent)?;
        Some(Self { digits: self.digits * other.digits, exponent })
    }

    /// The quotient, rounded half away from zero; nothing for a division by zero.
    pub(super) fn divide(self, other: Self) -> Option<Self> {
        if other.digits.sign() == Sign::NoSign {
            return None;
        }
        let negative = (self.digits.sign() == Sign::Minus) != (other.digits.sign() == Sign::Minus);
        let (left, right, _) = self.aligned(other);
        let (left, right) = (left.magnitude() * power(PLACES).magnitude(), right.magnitude().clone());
        let rounded = (left * 2_u32 + &right) / (right * 2_u32);
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Some(Self { digits: BigInt::from_biguint(sign, rounded), exponent: -16 })
    }
}

/// The number as text. The crate's own way needs logarithms, for which the program would load libm.
fn written(number: &BigInt) -> String {
    const GROUP: u64 = 1_000_000_000_000_000_000;
    let (mut rest, mut groups) = (number.magnitude().clone(), Vec::new());
    while rest.bits() > 0 {
        groups.push(u64::try_from(&rest % GROUP).unwrap_or_default());
        rest /= GROUP;
    }
    let sign = if number.sign() == Sign::Minus { "-" } else { "" };
    let first = groups.pop().unwrap_or_default();
    let rest: Vec<_> = groups.iter().rev().map(|group| format!("{group:018}")).collect();
    format!("{sign}{first}{}", rest.concat())
}

fn power(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

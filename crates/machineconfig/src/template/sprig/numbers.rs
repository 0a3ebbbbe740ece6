//! Arithmetic.

use super::cast::{to_float, to_int};
use super::decimal::Decimal;
use super::{int_at, string, text_at};
use crate::template::functions::Answer;
use crate::template::number;
use crate::template::value::{Of, Val};

/// The most numbers a sequence may have.
const MOST: i128 = 100_000;

/// The most numbers that decimal arithmetic takes at once: their digits may add up.
const DECIMALS: usize = 1000;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    whole(name, arguments)
        .map(|number| number.map(Val::Long))
        .or_else(|| fractions(name, arguments).map(|number| number.map(Val::Float)))
        .or_else(|| others(name, arguments))
}

/// Whole numbers, which run over as Go's do.
fn whole(name: &str, arguments: &[Val<'_>]) -> Option<Result<i64, String>> {
    let numbers = || arguments.iter().map(to_int);
    let first = || arguments.first().map_or(0, to_int);
    let second = || arguments.get(1).map_or(0, to_int);
    let divided = |divide: fn(i64, i64) -> i64| match second() {
        0 => Err("division by zero".to_owned()),
        by => Ok(divide(first(), by)),
    };
    Some(match name {
        "add" => Ok(numbers().fold(0, i64::wrapping_add)),
        "add1" => Ok(first().wrapping_add(1)),
        "sub" => Ok(first().wrapping_sub(second())),
        "mul" => Ok(numbers().fold(1, i64::wrapping_mul)),
        "div" => divided(i64::wrapping_div),
        "mod" => divided(i64::wrapping_rem),
        "max" | "biggest" => Ok(numbers().max().unwrap_or(0)),
        "min" => Ok(numbers().min().unwrap_or(0)),
        "int64" => Ok(first()),
        "toDecimal" => Ok(arguments.first().map_or(0, octal)),
        _ => return None,
    })
}

/// The digits of an octal number, as the modes of files are written.
fn octal(value: &Val<'_>) -> i64 {
    i64::from_str_radix(&string(value), 8).unwrap_or(0)
}

fn fractions(name: &str, arguments: &[Val<'_>]) -> Option<Result<f64, String>> {
    let floats = || arguments.iter().map(to_float);
    let first = || arguments.first().map_or(0.0, to_float);
    Some(match name {
        "add1f" => decimal([1.0, first()], |a, b| Some(a.add(b))),
        "addf" => decimal([0.0].into_iter().chain(floats()), |a, b| Some(a.add(b))),
        "subf" => decimal(floats(), |a, b| Some(a.subtract(b))),
        "mulf" => decimal(floats(), Decimal::multiply),
        "divf" => decimal(floats(), Decimal::divide),
        "maxf" => Ok(floats().reduce(larger).unwrap_or(0.0)),
        "minf" => Ok(floats().reduce(|a, b| -larger(-a, -b)).unwrap_or(0.0)),
        "ceil" => Ok(first().ceil()),
        "floor" => Ok(first().floor()),
        "round" => {
            int_at(arguments, 1).map(|places| rounded(first(), places, arguments.get(2).map(to_float)))
        }
        "float64" => Ok(first()),
        _ => return None,
    })
}

/// Calculates in decimal numbers, from left to right.
fn decimal(
    floats: impl IntoIterator<Item = f64>,
    calculate: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<f64, String> {
    let mut result: Option<Decimal> = None;
    for (n, float) in floats.into_iter().enumerate() {
        if n > DECIMALS {
            return Err("these are very many numbers".to_owned());
        }
        let next = Decimal::of(float).ok_or("infinity and what is no number cannot be calculated with")?;
        result = Some(match result {
            None => next,
            Some(before) => calculate(before, next).ok_or("division by zero")?,
        });
    }
    result.map(|result| result.float()).ok_or_else(|| "a value is missing".to_owned())
}

/// The larger of two floats; what is no number counts, unless the other is infinite.
fn larger(left: f64, right: f64) -> f64 {
    if left == f64::INFINITY || right == f64::INFINITY {
        f64::INFINITY
    } else if left.is_nan() || right.is_nan() {
        f64::NAN
    } else if left > right || (left == 0.0 && right == 0.0 && right.is_sign_negative()) {
        left
    } else {
        right
    }
}

/// Rounds up from `from` on, else down, whichever sign the number has.
fn rounded(number: f64, places: i64, from: Option<f64>) -> f64 {
    let size = 10_f64.powi(i32::try_from(places.unsigned_abs()).unwrap_or(i32::MAX));
    let power = if places < 0 { 1.0 / size } else { size };
    let digits = power * number;
    let up = digits - digits.trunc() >= from.unwrap_or(0.5);
    (if up { digits.ceil() } else { digits.floor() }) / power
}

fn others<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let int = |n| int_at(arguments, n).map(i128::from);
    Some(match name {
        "int" => int_at(arguments, 0).map(Val::Int),
        "atoi" => text_at(arguments, 0).map(|text| Val::Int(number::decimal(&text))),
        "until" => int(0).and_then(|end| steps(0, end, if end < 0 { -1 } else { 1 })).map(numbers),
        "untilStep" => int(0).and_then(|start| steps(start, int(1)?, int(2)?)).map(numbers),
        "seq" => sequence(&arguments.iter().map(|value| i128::from(to_int(value))).collect::<Vec<_>>()),
        _ => return None,
    })
}

fn numbers<'a>(values: Vec<i64>) -> Val<'a> {
    Val::list_of(values.into_iter().map(Val::Int).collect(), Of::Ints)
}

/// From `start` on, up or down to before `end`.
fn steps(start: i128, end: i128, step: i128) -> Result<Vec<i64>, String> {
    let distance = if end < start { start - end } else { end - start };
    if (end < start) != (step < 0) || step == 0 {
        return Ok(Vec::new());
    }
    if distance / step.abs() > MOST {
        return Err("this would be very long".to_owned());
    }
    let values =
        (0..).map(|n| start + n * step).take_while(|at| if step > 0 { *at < end } else { *at > end });
    Ok(values.filter_map(|value| i64::try_from(value).ok()).collect())
}

/// Numbers with blanks between, as the shell's seq.
fn sequence<'a>(bounds: &[i128]) -> Answer<'a> {
    let (start, step, end) = match *bounds {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok(Val::text("")),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return Ok(Val::text(""));
    }
    let values = steps(start, end + direction, step.unwrap_or(direction))?;
    Ok(Val::text(values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")))
}

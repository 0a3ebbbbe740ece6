//! Arithmetic.

use super::{int_at, string, text_at};
use crate::template::functions::Answer;
use crate::template::value::Val;

/// The most numbers a sequence may have.
const MOST: i64 = 100_000;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let ints = || arguments.iter().map(to_int).collect::<Vec<_>>();
    let floats = || arguments.iter().map(to_float).collect::<Vec<_>>();
    let int = |value: Option<i64>| {
        value.map(Val::Int).ok_or_else(|| "the result does not fit, or a value is missing".to_owned())
    };
    let float = |value: Option<f64>| value.map(Val::Float).ok_or_else(|| "a value is missing".to_owned());
    Some(match name {
        "add" => int(ints().into_iter().try_fold(0_i64, i64::checked_add)),
        "add1" => int(ints().first().and_then(|n| n.checked_add(1))),
        "sub" => int(pair(&ints()).and_then(|(a, b)| a.checked_sub(b))),
        "mul" => int(ints().into_iter().try_fold(1_i64, i64::checked_mul)),
        "div" => pair(&ints())
            .and_then(|(a, b)| a.checked_div(b))
            .map(Val::Int)
            .ok_or_else(|| "division by zero".to_owned()),
        "mod" => pair(&ints())
            .and_then(|(a, b)| a.checked_rem(b))
            .map(Val::Int)
            .ok_or_else(|| "division by zero".to_owned()),
        "max" | "biggest" => int(ints().into_iter().max()),
        "min" => int(ints().into_iter().min()),
        "add1f" => float(floats().first().map(|x| x + 1.0)),
        "addf" => float(Some(floats().iter().sum())),
        "subf" => float(floats().into_iter().reduce(|a, b| a - b)),
        "mulf" => float(Some(floats().iter().product())),
        "divf" => float(floats().into_iter().reduce(|a, b| a / b)),
        "maxf" => float(floats().into_iter().reduce(f64::max)),
        "minf" => float(floats().into_iter().reduce(f64::min)),
        "ceil" => float(floats().first().map(|x| x.ceil())),
        "floor" => float(floats().first().map(|x| x.floor())),
        "round" => float(pair(&floats()).map(|(x, places)| rounded(x, places))),
        "int" | "int64" => int_at(arguments, 0).map(Val::Int),
        "float64" => float(floats().first().copied()),
        "atoi" => text_at(arguments, 0).map(|text| Val::Int(text.parse().unwrap_or(0))),
        "toDecimal" => Ok(Val::Int(
            arguments.first().map_or(0, |value| i64::from_str_radix(&string(value), 8).unwrap_or(0)),
        )),
        "until" => int_at(arguments, 0).and_then(|end| steps(0, end, if end < 0 { -1 } else { 1 })),
        "untilStep" => {
            int_at(arguments, 0).and_then(|start| steps(start, int_at(arguments, 1)?, int_at(arguments, 2)?))
        }
        "seq" => sequence(&ints()),
        _ => return None,
    })
}

fn pair<T: Copy>(values: &[T]) -> Option<(T, T)> {
    Some((*values.first()?, *values.get(1)?))
}

/// A number out of anything, as sprig casts: texts are parsed, what is none is 0.
#[expect(clippy::cast_possible_truncation, reason = "Go truncates too")]
pub(super) fn to_int(value: &Val<'_>) -> i64 {
    match value.target() {
        Val::Int(value) => *value,
        Val::Mode(mode) => i64::from(*mode),
        Val::Float(value) => *value as i64,
        Val::Bool(value) => i64::from(*value),
        Val::Text(text) => {
            let digits = text.trim_start_matches('0');
            let prefixed = text.strip_prefix("0x").and_then(|hex| i64::from_str_radix(hex, 16).ok());
            prefixed.or_else(|| text.parse().ok()).or_else(|| digits.parse().ok()).unwrap_or(0)
        }
        _ => 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "as Go converts")]
fn to_float(value: &Val<'_>) -> f64 {
    match value.target() {
        Val::Int(value) => *value as f64,
        Val::Mode(mode) => f64::from(*mode),
        Val::Float(value) => *value,
        Val::Text(text) => text.parse().unwrap_or(0.0),
        _ => 0.0,
    }
}

fn rounded(x: f64, places: f64) -> f64 {
    let power = 10_f64.powf(places);
    (x * power + 0.5).floor() / power
}

fn steps<'a>(start: i64, end: i64, step: i64) -> Answer<'a> {
    if step == 0 || (end - start).signum() * step.signum() < 0 {
        return Ok(Val::list(Vec::new()));
    }
    if (end - start) / step > MOST {
        return Err("this would be very long".to_owned());
    }
    let mut values = Vec::new();
    let mut at = start;
    while (step > 0 && at < end) || (step < 0 && at > end) {
        values.push(Val::Int(at));
        at += step;
    }
    Ok(Val::list(values))
}

/// Numbers with blanks between, as the shell's seq.
fn sequence<'a>(bounds: &[i64]) -> Answer<'a> {
    let direction = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let (start, step, end) = match *bounds {
        [end] => (1, direction(1, end), end),
        [start, end] => (start, direction(start, end), end),
        [start, step, end] => (start, step, end),
        _ => return Ok(Val::text("")),
    };
    let Val::List(values) = steps(start, end + step.signum(), step)? else { return Ok(Val::text("")) };
    Ok(Val::text(values.iter().map(string).collect::<Vec<_>>().join(" ")))
}

//! Python's `range`: numbers that are counted when they are asked for.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, Value};

use super::methods::wrong;

/// More numbers than this are refused: a template that asks for them would not end.
const MOST: usize = 10_000_000;

/// The numbers from `start` to before `stop`.
#[derive(Debug)]
pub(crate) struct Range {
    start: i64,
    stop: i64,
    step: i64,
    len: usize,
}

/// `range(stop)`, `range(start, stop)`, `range(start, stop, step)`.
pub(crate) fn range(first: i64, stop: Option<i64>, step: Option<i64>) -> Result<Value, Error> {
    let (start, stop) = stop.map_or((0, first), |stop| (first, stop));
    let step = step.unwrap_or(1);
    let distance = match step {
        0 => return Err(wrong("range() arg 3 must not be zero")),
        1.. => stop.saturating_sub(start),
        _ => start.saturating_sub(stop),
    };
    let len = u64::try_from(distance).unwrap_or(0).div_ceil(step.unsigned_abs());
    match usize::try_from(len) {
        Ok(len) if len <= MOST => Ok(Value::from_object(Range { start, stop, step, len })),
        _ => Err(wrong("range() of more than 10000000 numbers")),
    }
}

impl Range {
    /// Its `repr`.
    pub(super) fn text(&self) -> String {
        match self.step {
            1 => format!("range({}, {})", self.start, self.stop),
            step => format!("range({}, {}, {step})", self.start, self.stop),
        }
    }
}

impl Object for Range {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let at = key.as_usize().filter(|at| *at < self.len)?;
        Some(Value::from(self.start + i64::try_from(at).ok()? * self.step))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.len)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `list(range(…))` of CPython 3.11.
    #[test]
    fn counts_as_python() {
        for ((first, stop, step), want) in [
            ((3, None, None), vec![0, 1, 2]),
            ((2, Some(8), Some(3)), vec![2, 5]),
            ((3, Some(0), Some(-1)), vec![3, 2, 1]),
            ((0, Some(-5), None), vec![]),
            ((5, Some(0), Some(-2)), vec![5, 3, 1]),
        ] {
            let numbers: Vec<_> =
                range(first, stop, step).unwrap().try_iter().unwrap().filter_map(|n| n.as_i64()).collect();
            assert_eq!(numbers, want);
        }
        for (first, stop, step) in
            [(0, Some(1), Some(0)), (1_000_000_000_000, None, None), (i64::MIN, Some(i64::MAX), Some(1))]
        {
            assert!(range(first, stop, step).is_err());
        }
    }
}

//! Slices as Python takes them: of text, lists and tuples, with any start, stop and step.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, ErrorKind, Value};

/// `value[start:stop:step]` of text, lists and tuples; nothing else has slices.
pub(crate) fn slice(value: &Value, start: &Value, stop: &Value, step: &Value) -> Result<Value, Error> {
    let (start, stop, step) = (bound(start)?, bound(stop)?, bound(step)?.unwrap_or(1));
    if step == 0 {
        return Err(crate::error::own(ErrorKind::InvalidOperation, "slice step cannot be zero"));
    }
    if let Some(text) = value.as_str() {
        let chars: Vec<char> = text.chars().collect();
        let picked: String = indices(chars.len(), start, stop, step).filter_map(|at| chars.get(at)).collect();
        return Ok(crate::filters::like(value, picked));
    }
    let is_view = value.downcast_object_ref::<super::View>().is_some();
    if is_view || !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        let message = format!("a value of type {} has no slices", value.kind());
        return Err(crate::error::own(ErrorKind::InvalidOperation, message));
    }
    let items: Vec<Value> = value.try_iter()?.collect();
    let picked: Vec<_> =
        indices(items.len(), start, stop, step).filter_map(|at| items.get(at).cloned()).collect();
    Ok(if value.is_tuple() { Value::from(Tuple::new(picked)) } else { super::list(picked) })
}

fn bound(value: &Value) -> Result<Option<i64>, Error> {
    if value.is_none() {
        return Ok(None);
    }
    let wrong = || crate::error::own(ErrorKind::InvalidOperation, "slice indices must be integers or none");
    value.as_i64().map(Some).ok_or_else(wrong)
}

/// Python's `slice.indices`, walked.
fn indices(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> impl Iterator<Item = usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |at: i64| (if at < 0 { at.saturating_add(len) } else { at }).clamp(lowest, highest);
    let first = start.map_or(if step > 0 { lowest } else { highest }, clamp);
    let end = stop.map_or(if step > 0 { highest } else { lowest }, clamp);
    let mut at = first;
    std::iter::from_fn(move || {
        let inside = if step > 0 { at < end } else { at > end };
        let here = usize::try_from(at).ok().filter(|_| inside)?;
        at = at.saturating_add(step);
        Some(here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: CPython 3.11.
    #[test]
    fn slices() {
        let none = Value::from(());
        let of = |n: Option<i64>| n.map_or_else(|| none.clone(), Value::from);
        for (text, start, stop, step, want) in [
            ("abcdef", Some(1), Some(3), None, "bc"),
            ("abcdef", Some(-2), None, None, "ef"),
            ("abcdef", None, Some(-2), None, "abcd"),
            ("abcdef", None, None, Some(-1), "fedcba"),
            ("abcdef", Some(4), Some(1), Some(-2), "ec"),
            ("abcdef", Some(10), None, Some(-3), "fc"),
            ("abcdef", Some(5), Some(-10), Some(-1), "fedcba"),
            ("abcdef", Some(-100), Some(100), Some(5), "af"),
            ("abcdef", Some(3), Some(1), None, ""),
            ("", None, None, Some(-1), ""),
            ("äöü", Some(1), None, None, "öü"),
            ("ab", None, None, Some(i64::MIN), "b"),
            ("ab", None, None, Some(i64::MAX), "a"),
        ] {
            let got = slice(&Value::from(text), &of(start), &of(stop), &of(step)).unwrap();
            assert_eq!(got.as_str(), Some(want), "{text}[{start:?}:{stop:?}:{step:?}]");
        }
        assert!(slice(&Value::from("a"), &none, &none, &Value::from(0)).is_err());
        assert!(slice(&Value::from(5), &none, &none, &none).is_err());
    }
}

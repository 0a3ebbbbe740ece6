//! The order go-yaml v2 sorts keys in: letters before nothing but letters, and numbers inside a key by their value.

use std::cmp::Ordering;

/// Sorts by `compare`. The order of the keys has cycles (`a10`, `a1a`, `a01`, `a2`), where go-yaml's result is a matter of
/// chance; the standard library's sort may panic then, this one never does.
pub(crate) fn sort<T: Copy>(items: &mut [T], compare: &impl Fn(T, T) -> Ordering) {
    if items.len() <= 12 {
        for end in 1..items.len() {
            let mut at = end;
            while at > 0 && compare(items[at], items[at - 1]) == Ordering::Less {
                items.swap(at, at - 1);
                at -= 1;
            }
        }
        return;
    }
    let (left, right) = items.split_at_mut(items.len() / 2);
    sort(left, compare);
    sort(right, compare);
    let mut merged = Vec::with_capacity(items.len());
    let (left, right) = items.split_at(items.len() / 2);
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(*b, *a) == Ordering::Less { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    items.copy_from_slice(&merged);
}

/// Compares two keys.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    // The same beginning decides nothing, except whether digits before count (see `number`).
    if a == b {
        return Ordering::Equal;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let mut at = common;
    while !a.is_char_boundary(at) || !b.is_char_boundary(at) {
        at -= 1;
    }
    let (Some(x), Some(y)) = (a[at..].chars().next(), b[at..].chars().next()) else {
        return a.chars().count().cmp(&b.chars().count());
    };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let seed = i64::from((x == '0' || y == '0') && significant_before(&a[..at]));
    let ((x_number, x_digits), (y_number, y_digits)) = (number(&a[at..], seed), number(&b[at..], seed));
    x_number.cmp(&y_number).then(x_digits.cmp(&y_digits)).then(x.cmp(&y))
}

/// Whether a digit other than 0 stands in the run of digits right before.
fn significant_before(before: &str) -> bool {
    before.chars().rev().take_while(|c| is_digit(*c)).any(|c| c != '0')
}

/// The number at the beginning and how many digits it has; overflow wraps as in Go.
fn number(text: &str, seed: i64) -> (i64, usize) {
    text.chars().take_while(|c| is_digit(*c)).fold((seed, 0), |(value, digits), c| {
        let digit = i64::from(u32::from(c)) - i64::from(u32::from('0'));
        (value.wrapping_mul(10).wrapping_add(digit), digits + 1)
    })
}

/// Go's `unicode.IsDigit`, for ASCII; other scripts' digits are not worth a table.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::{compare, sort};

    /// Expectations from kustomize 5.8.1.
    #[test]
    fn order_of_keys() {
        let sorted = [
            "-x", "_b", "1", "2", "10", "A1", "B", "a", "a 1", "a-b", "a.b", "a1", "a01", "a001", "a2",
            "a10", "ab", "é",
        ];
        let mut keys = sorted;
        keys.reverse();
        sort(&mut keys, &|a, b| compare(a, b));
        assert_eq!(keys, sorted);
    }

    #[test]
    fn cycles_do_no_harm() {
        let mut keys: Vec<&str> = ["a10", "a1a", "a01", "a2"].repeat(20);
        sort(&mut keys, &|a, b| compare(a, b));
        assert_eq!(keys.len(), 80);
    }
}

//! How much a template may do: enough for every configuration, and no way to fill the memory or to run for hours.

use super::value::Val;

/// What a value may weigh: bytes of text, and some for everything that holds them.
pub(super) const VALUE: usize = 1 << 21;

/// What all that is read, made and written may weigh.
pub(super) const WORK: usize = 1 << 26;

/// What each step counts, however small.
pub(super) const STEP: usize = 16;

/// How deep blocks, parentheses and templates may lie in each other while they run.
pub(super) const LEVELS: usize = 200;

/// How deep lists and dictionaries may lie in each other; one that holds itself has no end.
const NESTED: usize = 100;

/// How much a value weighs, with all it holds.
pub(super) fn weight(value: &Val<'_>) -> Result<usize, String> {
    weights(std::slice::from_ref(value))
}

/// How much values weigh together.
pub(super) fn weights(values: &[Val<'_>]) -> Result<usize, String> {
    let mut left = VALUE;
    values.iter().try_for_each(|value| weigh(value, NESTED, &mut left))?;
    Ok(VALUE - left)
}

fn weigh(value: &Val<'_>, depth: usize, left: &mut usize) -> Result<(), String> {
    let depth = depth
        .checked_sub(1)
        .ok_or("lists and dictionaries lie too deeply in each other, or in themselves")?;
    let own = match value {
        Val::Text(text) => text.len(),
        Val::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    *left = left.checked_sub(own + STEP).ok_or_else(too_long)?;
    match value {
        Val::List(items) => items.iter().try_for_each(|item| weigh(item, depth, left)),
        Val::Map(map) => map.entries.borrow().iter().try_for_each(|(key, value)| {
            *left = left.checked_sub(key.len()).ok_or_else(too_long)?;
            weigh(value, depth, left)
        }),
        Val::Pointer(inner) => weigh(inner, depth, left),
        _ => Ok(()),
    }
}

fn too_long() -> String {
    "this would be very long".to_owned()
}

/// Whether `count` pieces of `length` bytes may stand beside `rest` bytes in one value.
pub(super) fn fits(count: usize, length: usize, rest: usize) -> Result<(), String> {
    let whole = count.saturating_mul(length).saturating_add(rest);
    if whole > VALUE { Err(too_long()) } else { Ok(()) }
}

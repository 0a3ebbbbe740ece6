//! The way to a value: `spec.containers[0].image`.

use std::fmt::Write as _;

/// Longer names are cut.
const MAX_NAME: usize = 100;

/// One step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    /// To a field.
    Field(&'a str),
    /// To an item.
    Item(usize),
}

/// The way in words. Keys that are no plain names stand in brackets.
pub(crate) fn text(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Item(index) => drop(write!(out, "[{index}]")),
            Step::Field(name) if is_plain(name) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(name);
            }
            Step::Field(name) => match name.char_indices().nth(MAX_NAME) {
                Some((end, _)) => drop(write!(out, "[{:?}…]", &name[..end])),
                None => drop(write!(out, "[{name:?}]")),
            },
        }
    }
    out
}

/// The keys and indices on the way.
pub(crate) fn segments(steps: &[Step]) -> Vec<String> {
    let segment = |step: &Step| match step {
        Step::Field(name) => (*name).to_owned(),
        Step::Item(index) => index.to_string(),
    };
    steps.iter().map(segment).collect()
}

fn is_plain(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        let steps = [Step::Field("metadata"), Step::Field("a.b/c"), Step::Item(2), Step::Field("x")];
        assert_eq!(text(&steps), "metadata[\"a.b/c\"][2].x");
    }
}

//! Optional parts of a system and combinations of them: all that a configuration may have on or off beside what it must
//! have. Which combinations there are is decided here, the same ones each time; what is made of them is for the tests.

use std::collections::BTreeSet;

/// An optional part: its name, what it adds to cluster.yaml, and the parts that it wants or that cannot be with it.
#[derive(Debug)]
pub struct Part {
    /// What it is called here.
    pub name: &'static str,
    /// The lines of cluster.yaml that switch it on.
    pub lines: &'static str,
    wants: &'static [&'static str],
    not_with: &'static [&'static str],
}

/// A part that stands alone.
pub const fn part(name: &'static str, lines: &'static str) -> Part {
    Part { name, lines, wants: &[], not_with: &[] }
}

impl Part {
    /// The same, to be on only with these, which stand before it.
    #[must_use]
    pub const fn wants(mut self, wants: &'static [&'static str]) -> Self {
        self.wants = wants;
        self
    }

    /// The same, not to be on with these, which stand before it.
    #[must_use]
    pub const fn not_with(mut self, not_with: &'static [&'static str]) -> Self {
        self.not_with = not_with;
        self
    }
}

/// Parts that are on, by their places in the list.
pub type Chosen = BTreeSet<usize>;

/// Of the parts that `choose` wants those that can be on together.
pub fn chosen(parts: &[Part], mut choose: impl FnMut(&Part) -> bool) -> Chosen {
    let mut on = Chosen::new();
    for (at, part) in parts.iter().enumerate() {
        let is_on = |name: &&str| on.iter().any(|one| parts[*one].name == *name);
        if choose(part) && part.wants.iter().all(&is_on) && !part.not_with.iter().any(is_on) {
            on.insert(at);
        }
    }
    on
}

/// A part with all that it wants, and nothing else.
///
/// # Panics
/// When it cannot be on: the list is wrong.
pub fn alone(parts: &[Part], at: usize) -> Chosen {
    let on = together(parts, &[at]);
    assert!(on.contains(&at), "{} cannot be on", parts[at].name);
    on
}

/// Some parts with all that they want, as far as they can be on together.
fn together(parts: &[Part], some: &[usize]) -> Chosen {
    let mut names: Vec<_> = some.iter().map(|at| parts[*at].name).collect();
    for other in parts.iter().rev() {
        if names.contains(&other.name) {
            names.extend(other.wants);
        }
    }
    chosen(parts, |part| names.contains(&part.name))
}

/// So many random combinations.
pub fn random(parts: &[Part], count: usize) -> Vec<Chosen> {
    let mut dice = Dice(0x5eed);
    (0..count).map(|_| chosen(parts, |_| dice.below(2) == 0)).collect()
}

/// A few combinations in which any two parts are both on, both off, and each without the other, wherever they can be:
/// most mistakes need no more than two parts to show.
pub fn pairs(parts: &[Part]) -> Vec<Chosen> {
    let mut rows = candidates(parts);
    let mut missing: BTreeSet<_> = rows.iter().flat_map(|row| covered(parts.len(), row)).collect();
    let mut taken = Vec::new();
    while !missing.is_empty() {
        let gain = |row: &Chosen| covered(parts.len(), row).filter(|pair| missing.contains(pair)).count();
        // The first of the best, so that the choice is the same each time.
        let gains: Vec<_> = rows.iter().map(gain).collect();
        let best = gains.iter().max().and_then(|best| gains.iter().position(|gain| gain == best));
        let row = rows.swap_remove(best.unwrap());
        for pair in covered(parts.len(), &row) {
            missing.remove(&pair);
        }
        taken.push(row);
    }
    taken
}

/// All, none, each part, any two, and random ones of every density.
fn candidates(parts: &[Part]) -> Vec<Chosen> {
    let mut dice = Dice(0xc0de);
    let mut rows = vec![chosen(parts, |_| true), Chosen::new()];
    for density in (10..=90).step_by(10) {
        rows.extend((0..20).map(|_| chosen(parts, |_| dice.below(100) < density)));
    }
    for one in 0..parts.len() {
        rows.push(alone(parts, one));
        for other in one + 1..parts.len() {
            let both = together(parts, &[one, other]);
            if both.contains(&one) && both.contains(&other) {
                // With the rest at random, so that a row is worth something for others, too.
                rows.push(chosen(parts, |part| {
                    let named = both.iter().any(|at| parts[*at].name == part.name);
                    let excluded = both.iter().any(|at| {
                        parts[*at].not_with.contains(&part.name) || part.not_with.contains(&parts[*at].name)
                    });
                    named || (!excluded && dice.below(2) == 0)
                }));
                rows.push(both);
            }
        }
    }
    rows
}

/// What a row shows of each two parts.
fn covered(count: usize, row: &Chosen) -> impl Iterator<Item = (usize, usize, bool, bool)> {
    let pairs = (0..count).flat_map(move |one| (one + 1..count).map(move |other| (one, other)));
    pairs.map(|(one, other)| (one, other, row.contains(&one), row.contains(&other)))
}

/// A fixed sequence of numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &[Part] = &[
        part("a", ""),
        part("b", "").wants(&["a"]),
        part("c", "").not_with(&["b"]),
        part("d", ""),
        part("e", "").wants(&["c"]),
    ];

    #[test]
    fn wishes_and_exclusions_are_kept() {
        assert_eq!(chosen(PARTS, |_| true), [0, 1, 3].into());
        assert_eq!(chosen(PARTS, |part| part.name != "a"), [2, 3, 4].into());
        assert_eq!(alone(PARTS, 1), [0, 1].into());
        assert_eq!(alone(PARTS, 4), [2, 4].into());
    }

    #[test]
    fn any_two_parts_are_seen_in_every_way_that_they_can_be() {
        let rows = pairs(PARTS);
        let seen: BTreeSet<_> = rows.iter().flat_map(|row| covered(PARTS.len(), row)).collect();
        let mut possible = BTreeSet::new();
        for bits in 0..32_usize {
            let mut at = 0..PARTS.len();
            let row = chosen(PARTS, |_| bits >> at.next().unwrap() & 1 == 1);
            possible.extend(covered(PARTS.len(), &row));
        }
        assert_eq!(seen, possible);
        assert!(rows.len() <= 10, "{}", rows.len());
    }
}

//! "Did you mean": the nearest known name.

/// What is longer is no name that somebody misspelt.
const LONGEST: usize = 200;

/// The candidate nearest to `name`, when it is near enough to be what was meant.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    let letters = letters_of(&wanted);
    let distance = |candidate: &'a str| {
        let most = 1.max(name.len().max(candidate.len()) / 4);
        // A change brings one letter and takes another at most: what differs by more letters is not looked at.
        let differ =
            letters.zip(letters_of(candidate)).is_some_and(|(a, b)| (a ^ b).count_ones() as usize > 2 * most);
        if differ {
            return None;
        }
        let known = candidate.to_lowercase();
        // They differ by as much as their lengths at least: that is cheaper to find out.
        let may_be_near = length.abs_diff(known.chars().count()) <= most;
        let distance = may_be_near.then(|| strsim::damerau_levenshtein(&wanted, &known))?;
        (distance <= most).then_some((distance, candidate))
    };
    candidates.into_iter().filter_map(distance).min().map(|(_, candidate)| candidate)
}

/// The letters of a text, whatever their case, a bit each (some share one); none when it has others than ASCII's.
fn letters_of(text: &str) -> Option<u64> {
    text.is_ascii().then(|| text.bytes().fold(0, |all, byte| all | 1 << (byte.to_ascii_lowercase() & 63)))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    /// Names that are few changes apart share nearly all letters.
    #[test]
    fn letters_are_no_reason_to_miss_a_name() {
        for (name, known) in
            [("abcd", "bacd"), ("abcd", "abce"), ("abcd", "abc"), ("a_b-c.d", "A_b-c.d"), ("éab", "éac")]
        {
            assert_eq!(did_you_mean(name, ["zzzz", known]), Some(known), "{name}");
        }
    }

    #[test]
    fn near_names_only() {
        let known = ["node_cidr", "cluster_api_addr", "nodes"];
        assert_eq!(did_you_mean("node_cird", known), Some("node_cidr"));
        assert_eq!(did_you_mean("Node_CIDR", known), Some("node_cidr"));
        assert_eq!(did_you_mean("password", known), None);
        assert_eq!(did_you_mean("nod", known), None);
        assert_eq!(did_you_mean(&"x".repeat(10_000_000), known), None);
    }
}

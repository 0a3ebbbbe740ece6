//! The nearest name to one that is not known, with little work for names that cannot be near to any.

/// The nearest of the candidates, if one is near enough. What is far longer or shorter is not looked at.
pub(crate) fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// No name is near to one that is longer than this.
    const LONGEST: usize = 200;
    if name.len() > LONGEST {
        return None;
    }
    let length = name.chars().count();
    // Names differ by at least the difference of their lengths.
    let may_be_near = |candidate: &&str| {
        length.abs_diff(candidate.chars().count()) <= 1.max(name.len().max(candidate.len()) / 4)
    };
    cliutil::did_you_mean(name, candidates.into_iter().filter(may_be_near))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn what_is_left_out_could_not_be_near() {
        let known = ["node_cidr", "cluster_api_addr", "nodes", "ä", "a", "proxmox_csi_token_secret"];
        let long = "node_cidr".repeat(3);
        for name in ["node_cird", "nodes_cidr", "node", "nodess", "ö", "", "abc", "cluster_addr", &long] {
            assert_eq!(did_you_mean(name, known), cliutil::did_you_mean(name, known), "{name}");
        }
        assert_eq!(did_you_mean(&"x".repeat(10_000_000), known), None);
    }
}

//! "Did you mean": the nearest known name.

/// The candidate nearest to `name`, when it is near enough to be what was meant.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| *distance <= 1.max(name.len().max(candidate.len()) / 4))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn near_names_only() {
        let known = ["node_cidr", "cluster_api_addr", "nodes"];
        assert_eq!(did_you_mean("node_cird", known), Some("node_cidr"));
        assert_eq!(did_you_mean("Node_CIDR", known), Some("node_cidr"));
        assert_eq!(did_you_mean("password", known), None);
    }
}

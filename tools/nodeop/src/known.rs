//! What nodeop knows of other projects' layouts and words: lists in `data/known.yaml`, each with its source.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde::Deserialize;

/// The file.
const TEXT: &str = include_str!("../data/known.yaml");

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    // It is part of the program, and the test below reads it.
    serde_yaml::from_str(TEXT).unwrap_or_default()
});

/// The lists.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// What `bootstrap apps` applies.
    pub(crate) bootstrap: Bootstrap,
    /// The kinds that `debug` lists.
    pub(crate) debug: Vec<String>,
    hopeless: Vec<String>,
}

/// What `bootstrap apps` applies.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bootstrap {
    /// Holds a folder for each namespace.
    pub(crate) namespaces: PathBuf,
    /// Files of secrets, in their order; those that are there count.
    pub(crate) secrets: Vec<PathBuf>,
    /// The namespace of those.
    pub(crate) namespace: String,
    /// The helmfile of the CustomResourceDefinitions.
    pub(crate) crds: PathBuf,
    /// The helmfile of the releases.
    pub(crate) releases: PathBuf,
}

/// All of it.
pub(crate) fn known() -> &'static Known {
    &KNOWN
}

impl Known {
    /// Whether trying again cannot help after a program said this.
    pub(crate) fn is_hopeless(&self, line: &str) -> bool {
        self.hopeless.iter().any(|words| line.contains(words.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_read() {
        let known: Known = serde_yaml::from_str(TEXT).unwrap();
        assert_eq!((known.bootstrap.secrets.len(), known.debug.len()), (3, 9));
        assert!(known.hopeless.iter().all(|words| words.len() > 4), "{:?}", known.hopeless);
    }

    #[test]
    fn what_time_may_mend_is_not_hopeless() {
        for line in [
            "rpc error: code = Unavailable desc = connection refused",
            "rpc error: code = FailedPrecondition desc = bootstrap is not available yet",
            "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
            "no matches for kind \"Certificate\" in version \"cert-manager.io/v1\"",
        ] {
            assert!(!known().is_hopeless(line), "{line}");
        }
        for line in [
            "rpc error: code = InvalidArgument desc = unknown keys found during decoding",
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
            "Error from server (Forbidden): namespaces is forbidden",
            "error: unknown flag: --force-conflict",
        ] {
            assert!(known().is_hopeless(line), "{line}");
        }
    }
}

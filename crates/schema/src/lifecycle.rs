//! When Kubernetes' own kinds came, were deprecated and are gone. The facts are those of `k8s.io/api`, which the
//! generator writes to `schemas/lifecycle.tsv`, and of the older kinds that it holds no longer.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::version::KubernetesVersion;

/// The facts about one kind in one version of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lifecycle {
    /// The first release that served it.
    pub introduced: Option<KubernetesVersion>,
    /// The release since which it should not be used.
    pub deprecated: Option<KubernetesVersion>,
    /// The first release that does not serve it any more.
    pub removed: Option<KubernetesVersion>,
    /// The `apiVersion` and kind to use instead, `apps/v1 Deployment`; may be empty.
    pub replacement: &'static str,
}

const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/lifecycle.tsv"));

/// What `k8s.io/api` does not say: kinds whose types it holds no longer (source: the deprecated API migration guide), and
/// kinds that the API server itself warns of.
const MORE: &str = "\
apiextensions.k8s.io/v1beta1/CustomResourceDefinition\t1.7\t1.16\t1.22\tapiextensions.k8s.io/v1 CustomResourceDefinition
apiregistration.k8s.io/v1beta1/APIService\t1.7\t1.19\t1.22\tapiregistration.k8s.io/v1 APIService
auditregistration.k8s.io/v1alpha1/AuditSink\t1.13\t1.19\t1.19\t
batch/v2alpha1/CronJob\t1.5\t1.8\t1.21\tbatch/v1 CronJob
policy/v1beta1/PodSecurityPolicy\t1.10\t1.21\t1.25\t
settings.k8s.io/v1alpha1/PodPreset\t1.6\t1.20\t1.20\t
v1/ComponentStatus\t1.0\t1.19\t\t
v1/Endpoints\t1.0\t1.33\t\tdiscovery.k8s.io/v1 EndpointSlice
";

static FACTS: LazyLock<HashMap<&'static str, Lifecycle>> = LazyLock::new(|| {
    // The later line counts.
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).chain(MORE.lines());
    lines.map(line).collect()
});

fn line(line: &'static str) -> (&'static str, Lifecycle) {
    let mut cells = line.split('\t');
    let mut next = || cells.next().unwrap_or_default();
    let key = next();
    let mut version = || next().parse().ok();
    let (introduced, deprecated, removed) = (version(), version(), version());
    (key, Lifecycle { introduced, deprecated, removed, replacement: next() })
}

/// The facts about `apps/v1/Deployment`, if there are any.
pub(crate) fn of(key: &str) -> Option<Lifecycle> {
    FACTS.get(key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_the_guide() {
        let removed = |key| of(key).and_then(|facts| facts.removed).map(|version| version.to_string());
        assert_eq!(removed("extensions/v1beta1/Ingress").as_deref(), Some("1.22"));
        assert_eq!(removed("apps/v1beta2/Deployment").as_deref(), Some("1.16"));
        assert_eq!(removed("policy/v1beta1/PodDisruptionBudget").as_deref(), Some("1.25"));
        assert_eq!(removed("batch/v1beta1/CronJob").as_deref(), Some("1.25"));
        assert_eq!(removed("autoscaling/v2beta2/HorizontalPodAutoscaler").as_deref(), Some("1.26"));
        assert_eq!(removed("flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema").as_deref(), Some("1.32"));
        assert_eq!(removed("policy/v1beta1/PodSecurityPolicy").as_deref(), Some("1.25"));
        assert_eq!(of("extensions/v1beta1/Ingress").unwrap().replacement, "networking.k8s.io/v1 Ingress");
        assert_eq!(removed("v1/Pod"), None);
    }
}

//! Which lists of the built-in kinds are merged item by item, and by which keys: the patch annotations of the API of
//! Kubernetes 1.21.2, which is the one kustomize 5.8.1 brings. Lists not listed here are replaced; so are all lists of
//! kinds that are not known, custom resources included.

/// What is known of a mapping.
#[derive(Debug)]
pub(crate) struct Type {
    fields: &'static [(&'static str, Field)],
}

/// What is known of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Field {
    Object(&'static Type),
    /// A list that is merged; no keys: one of plain values.
    List {
        keys: &'static [&'static str],
        item: Option<&'static Type>,
    },
}

impl Type {
    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, field)| *field)
    }
}

const fn list(keys: &'static [&'static str]) -> Field {
    Field::List { keys, item: None }
}

const fn list_of(keys: &'static [&'static str], item: &'static Type) -> Field {
    Field::List { keys, item: Some(item) }
}

const NAME: &[&str] = &["name"];

static META: Type = Type { fields: &[("finalizers", list(&[])), ("ownerReferences", list(&["uid"]))] };
static CONDITIONS: Type = Type { fields: &[("conditions", list(&["type"]))] };
static CONTAINER: Type = Type {
    fields: &[
        ("env", list(NAME)),
        ("ports", list(&["containerPort", "protocol"])),
        ("volumeDevices", list(&["devicePath"])),
        ("volumeMounts", list(&["mountPath"])),
    ],
};
static EPHEMERAL_CONTAINER: Type = Type {
    fields: &[
        ("env", list(NAME)),
        ("volumeDevices", list(&["devicePath"])),
        ("volumeMounts", list(&["mountPath"])),
    ],
};
static CLAIM_TEMPLATE: Type = Type { fields: &[("metadata", Field::Object(&META))] };
static EPHEMERAL: Type = Type { fields: &[("volumeClaimTemplate", Field::Object(&CLAIM_TEMPLATE))] };
static VOLUME: Type = Type { fields: &[("ephemeral", Field::Object(&EPHEMERAL))] };
static POD_SPEC: Type = Type {
    fields: &[
        ("containers", list_of(NAME, &CONTAINER)),
        ("ephemeralContainers", list_of(NAME, &EPHEMERAL_CONTAINER)),
        ("hostAliases", list(&["ip"])),
        ("imagePullSecrets", list(NAME)),
        ("initContainers", list_of(NAME, &CONTAINER)),
        ("topologySpreadConstraints", list(&["topologyKey", "whenUnsatisfiable"])),
        ("volumes", list_of(NAME, &VOLUME)),
    ],
};
static POD_TEMPLATE: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("spec", Field::Object(&POD_SPEC))] };
static TEMPLATED: Type = Type { fields: &[("template", Field::Object(&POD_TEMPLATE))] };
static JOB_TEMPLATE: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("spec", Field::Object(&TEMPLATED))] };
static CRON_JOB_SPEC: Type = Type { fields: &[("jobTemplate", Field::Object(&JOB_TEMPLATE))] };
static POD_STATUS: Type = Type { fields: &[("conditions", list(&["type"])), ("podIPs", list(&["ip"]))] };
static NODE_SPEC: Type = Type { fields: &[("podCIDRs", list(&[]))] };
static NODE_STATUS: Type =
    Type { fields: &[("addresses", list(&["type"])), ("conditions", list(&["type"]))] };
static SERVICE_SPEC: Type = Type { fields: &[("ports", list(&["port", "protocol"]))] };
static CSI_NODE_SPEC: Type = Type { fields: &[("drivers", list(NAME))] };

static PLAIN: Type = Type { fields: &[("metadata", Field::Object(&META))] };
static WITH_STATUS: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("status", Field::Object(&CONDITIONS))] };
static WORKLOAD: Type = Type {
    fields: &[
        ("metadata", Field::Object(&META)),
        ("spec", Field::Object(&TEMPLATED)),
        ("status", Field::Object(&CONDITIONS)),
    ],
};
static CRON_JOB: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("spec", Field::Object(&CRON_JOB_SPEC))] };
static POD: Type = Type {
    fields: &[
        ("metadata", Field::Object(&META)),
        ("spec", Field::Object(&POD_SPEC)),
        ("status", Field::Object(&POD_STATUS)),
    ],
};
static POD_TEMPLATE_KIND: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("template", Field::Object(&POD_TEMPLATE))] };
static NODE: Type = Type {
    fields: &[
        ("metadata", Field::Object(&META)),
        ("spec", Field::Object(&NODE_SPEC)),
        ("status", Field::Object(&NODE_STATUS)),
    ],
};
static SERVICE: Type = Type {
    fields: &[
        ("metadata", Field::Object(&META)),
        ("spec", Field::Object(&SERVICE_SPEC)),
        ("status", Field::Object(&CONDITIONS)),
    ],
};
static SERVICE_ACCOUNT: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("secrets", list(NAME))] };
static COMPONENT_STATUS: Type =
    Type { fields: &[("conditions", list(&["type"])), ("metadata", Field::Object(&META))] };
static WEBHOOKS: Type = Type { fields: &[("metadata", Field::Object(&META)), ("webhooks", list(NAME))] };
static CSI_NODE: Type =
    Type { fields: &[("metadata", Field::Object(&META)), ("spec", Field::Object(&CSI_NODE_SPEC))] };
static KUSTOMIZATION: Type =
    Type { fields: &[("configMapGenerator", list(NAME)), ("secretGenerator", list(NAME))] };

/// Kinds of which only the metadata is known to hold such lists.
const PLAIN_KINDS: &[(&str, &[&str], &[&str])] = &[
    (
        "",
        &["v1"],
        &[
            "Binding",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "PersistentVolume",
            "ResourceQuota",
            "Secret",
        ],
    ),
    ("apiextensions.k8s.io", &["v1", "v1beta1"], &["CustomResourceDefinition"]),
    ("apps", &["v1"], &["ControllerRevision"]),
    ("authentication.k8s.io", &["v1"], &["TokenRequest"]),
    ("authentication.k8s.io", &["v1", "v1beta1"], &["TokenReview"]),
    (
        "authorization.k8s.io",
        &["v1", "v1beta1"],
        &[
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    ),
    ("autoscaling", &["v1", "v2beta1", "v2beta2"], &["HorizontalPodAutoscaler"]),
    ("autoscaling", &["v1"], &["Scale"]),
    ("certificates.k8s.io", &["v1", "v1beta1"], &["CertificateSigningRequest"]),
    ("coordination.k8s.io", &["v1", "v1beta1"], &["Lease"]),
    ("discovery.k8s.io", &["v1", "v1beta1"], &["EndpointSlice"]),
    ("events.k8s.io", &["v1", "v1beta1"], &["Event"]),
    ("extensions", &["v1beta1"], &["Ingress"]),
    ("flowcontrol.apiserver.k8s.io", &["v1beta1"], &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["v1", "v1beta1"], &["Ingress", "IngressClass"]),
    ("networking.k8s.io", &["v1"], &["NetworkPolicy"]),
    ("node.k8s.io", &["v1", "v1beta1"], &["RuntimeClass"]),
    ("policy", &["v1beta1"], &["Eviction", "PodSecurityPolicy"]),
    (
        "rbac.authorization.k8s.io",
        &["v1", "v1beta1"],
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    ),
    ("scheduling.k8s.io", &["v1", "v1beta1"], &["PriorityClass"]),
    ("storage.k8s.io", &["v1", "v1beta1"], &["CSIDriver", "StorageClass", "VolumeAttachment"]),
    ("storage.k8s.io", &["v1beta1"], &["CSIStorageCapacity"]),
];

/// What is known of a kind.
pub(crate) fn of(api_version: &str, kind: &str) -> Option<&'static Type> {
    let (group, version) = crate::ids::group_version(api_version);
    let known = match (group, version, kind) {
        ("", "v1", "Pod") => &POD,
        ("", "v1", "PodTemplate") => &POD_TEMPLATE_KIND,
        ("", "v1", "Service") => &SERVICE,
        ("", "v1", "ServiceAccount") => &SERVICE_ACCOUNT,
        ("", "v1", "Node") => &NODE,
        ("", "v1", "ComponentStatus") => &COMPONENT_STATUS,
        ("", "v1", "ReplicationController")
        | ("apps", "v1", "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet")
        | ("batch", "v1", "Job") => &WORKLOAD,
        ("batch", "v1" | "v1beta1", "CronJob") => &CRON_JOB,
        ("", "v1", "Namespace" | "PersistentVolumeClaim")
        | ("apiregistration.k8s.io", "v1" | "v1beta1", "APIService")
        | ("policy", "v1" | "v1beta1", "PodDisruptionBudget") => &WITH_STATUS,
        (
            "admissionregistration.k8s.io",
            "v1" | "v1beta1",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => &WEBHOOKS,
        ("storage.k8s.io", "v1" | "v1beta1", "CSINode") => &CSI_NODE,
        ("kustomize.config.k8s.io", "v1beta1", "Kustomization") => &KUSTOMIZATION,
        _ => {
            let plain = PLAIN_KINDS.iter().any(|(known, versions, kinds)| {
                *known == group && versions.contains(&version) && kinds.contains(&kind)
            });
            return plain.then_some(&PLAIN);
        }
    };
    Some(known)
}

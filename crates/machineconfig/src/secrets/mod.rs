//! The secrets bundle of a cluster (`talsecret.yaml`): made, read, checked and written.

mod adopt;

use std::time::SystemTime;

use pki::{KeyPair, Secret};
use yaml::{Dialect, Kind, Mapping, Node, Value};

use crate::cluster::substituted;
use crate::{Problem, Problems, goyaml, pem64};

/// Everything a cluster keeps secret. Nothing of it is ever printed.
#[derive(Clone)]
pub struct Secrets {
    pub(crate) cluster_id: Secret,
    pub(crate) cluster_secret: Secret,
    pub(crate) bootstrap_token: Secret,
    /// The key etcd's content is encrypted with; older bundles have an AES-CBC one instead or beside.
    pub(crate) secretbox: Secret,
    pub(crate) aes_cbc: Secret,
    pub(crate) trustd_token: Secret,
    pub(crate) etcd: KeyPair,
    pub(crate) kubernetes: KeyPair,
    pub(crate) aggregator: KeyPair,
    pub(crate) service_account: Secret,
    pub(crate) os: KeyPair,
}

/// The structure of the file: sections and their keys. `?` marks what may be missing.
const LAYOUT: &[(&str, &[&str])] = &[
    ("cluster", &["id", "secret"]),
    ("secrets", &["bootstraptoken", "aescbcencryptionsecret?", "secretboxencryptionsecret?"]),
    ("trustdinfo", &["token"]),
    ("certs", &["etcd", "k8s", "k8saggregator", "k8sserviceaccount", "os"]),
];

/// What to do about an authority that has expired.
const RENEW: &str = "renew it in the cluster (talosctl rotate-ca for those of Talos and Kubernetes), then take the bundle \
                     from a control plane: talosgen gensecret --from-configfile FILE";

/// What to do about a bundle that is not whole.
const COMPLETE: &str = "take the bundle of a running cluster from a control plane (talosgen gensecret --from-configfile \
                        FILE); for a new cluster make one with talosgen gensecret";

impl Secrets {
    /// Makes a new bundle, for Talos 1.8 and later.
    ///
    /// # Errors
    /// When the system gives no random bytes, or the backend no key.
    pub fn generate(now: SystemTime) -> pki::Result<Self> {
        Self::generate_with(pki::service_account_key(pki::ServiceAccountKey::Rsa4096)?, now)
    }

    /// A new bundle around a service-account key that is there.
    fn generate_with(service_account: Secret, now: SystemTime) -> pki::Result<Self> {
        Ok(Self {
            cluster_id: pki::random::base64_url()?,
            cluster_secret: pki::random::base64()?,
            bootstrap_token: pki::random::token()?,
            secretbox: pki::random::base64()?,
            aes_cbc: Secret::default(),
            trustd_token: pki::random::token()?,
            etcd: pki::etcd_authority(now)?,
            kubernetes: pki::kubernetes_authority(now)?,
            aggregator: pki::aggregator_authority(now)?,
            service_account,
            os: pki::talos_authority(now)?,
        })
    }

    /// Reads a bundle from decrypted text, with the variables of `env` put in (comments are left alone).
    ///
    /// # Errors
    /// Variables that have no value, and as [`Secrets::read`].
    pub fn load(text: &str, env: &talos::Talenv, now: SystemTime) -> Result<Self, Problems> {
        if !text.contains('$') {
            return Self::read(text, now);
        }
        let bare =
            zeroize::Zeroizing::new(goyaml::without_comments(text).map_err(|error| vec![error.into()])?);
        let done = substituted(&bare, env).map_err(|problem| vec![problem])?;
        let done = zeroize::Zeroizing::new(done);
        // Places in the substituted text mean nothing to anybody.
        Self::read(&done, now).map_err(|problems| {
            problems.into_iter().map(|problem| Problem { span: None, ..problem }).collect()
        })
    }

    /// Reads a bundle from decrypted text whose variables are put in.
    ///
    /// # Errors
    /// Every problem: unknown keys, what is missing, authorities that cannot be read, whose key and certificate do not
    /// belong together, or that have expired, and a service-account key that cannot be read.
    pub fn read(text: &str, now: SystemTime) -> Result<Self, Problems> {
        let stream = yaml::parse(text).map_err(|error| vec![error.into()])?;
        let duplicates = yaml::check_duplicates(&stream, Dialect::GoYamlV3);
        if !duplicates.is_empty() {
            return Err(duplicates.into_iter().map(Problem::from).collect());
        }
        let root = talos::first_document(stream).map(|document| document.root);
        let mut reader = Reader { now, problems: Vec::new() };
        let Some(root) = root.as_ref().filter(|root| root.as_mapping().is_some()) else {
            return Err(vec![Problem::new("secrets/incomplete", "there is no secrets bundle in this file")]);
        };
        if let Some(pair) = root.pair("sops") {
            return Err(vec![
                Problem::new("secrets/encrypted", "this secrets bundle is encrypted").at(pair.key.span),
            ]);
        }
        let secrets = reader.bundle(root);
        if reader.problems.is_empty() { Ok(secrets) } else { Err(reader.problems) }
    }

    /// The bundle as YAML, in talhelper's order.
    pub fn to_yaml(&self) -> String {
        yaml::emit(&self.to_value(), yaml::EmitOptions::default())
    }

    fn to_value(&self) -> Value {
        let text = |secret: &Secret| Value::from(secret.expose());
        let pair = |pair: &KeyPair| {
            let entries =
                [("crt", pem64::encode(&pair.certificate)), ("key", pem64::encode(pair.key.expose()))];
            Value::Mapping(entries.into_iter().collect())
        };
        let cluster: Mapping =
            [("id", text(&self.cluster_id)), ("secret", text(&self.cluster_secret))].into_iter().collect();
        let mut tokens = Mapping::new();
        tokens.insert("bootstraptoken", text(&self.bootstrap_token));
        for (key, secret) in
            [("aescbcencryptionsecret", &self.aes_cbc), ("secretboxencryptionsecret", &self.secretbox)]
        {
            if !secret.is_empty() {
                tokens.insert(key, text(secret));
            }
        }
        let trustd: Mapping = [("token", text(&self.trustd_token))].into_iter().collect();
        let account: Mapping = [("key", pem64::encode(self.service_account.expose()))].into_iter().collect();
        let certs: Mapping = [
            ("etcd", pair(&self.etcd)),
            ("k8s", pair(&self.kubernetes)),
            ("k8saggregator", pair(&self.aggregator)),
            ("k8sserviceaccount", account.into()),
            ("os", pair(&self.os)),
        ]
        .into_iter()
        .collect();
        let all: [(&str, Value); 4] = [
            ("cluster", cluster.into()),
            ("secrets", tokens.into()),
            ("trustdinfo", trustd.into()),
            ("certs", certs.into()),
        ];
        Value::Mapping(all.into_iter().collect())
    }
}

struct Reader {
    now: SystemTime,
    problems: Problems,
}

impl Reader {
    fn bundle(&mut self, root: &Node) -> Secrets {
        self.layout(root);
        let certs = root.get("certs");
        let secrets = Secrets {
            cluster_id: self.text(root, "cluster", "id"),
            cluster_secret: self.text(root, "cluster", "secret"),
            bootstrap_token: self.text(root, "secrets", "bootstraptoken"),
            secretbox: optional(root, "secrets", "secretboxencryptionsecret"),
            aes_cbc: optional(root, "secrets", "aescbcencryptionsecret"),
            trustd_token: self.text(root, "trustdinfo", "token"),
            etcd: self.pair(certs, "etcd"),
            kubernetes: self.pair(certs, "k8s"),
            aggregator: self.pair(certs, "k8saggregator"),
            service_account: self.account(certs),
            os: self.pair(certs, "os"),
        };
        if secrets.secretbox.is_empty() && secrets.aes_cbc.is_empty() {
            let message = "secrets.secretboxencryptionsecret or secrets.aescbcencryptionsecret is missing";
            self.problems.push(Problem::new("secrets/incomplete", message).on("secrets").at(root.span));
        }
        secrets
    }

    /// Keys that do not belong there.
    fn layout(&mut self, root: &Node) {
        let sections = LAYOUT.iter().map(|(name, _)| *name);
        self.unknown(root, "", &sections.collect::<Vec<_>>());
        for (section, keys) in LAYOUT {
            if let Some(node) = root.get(section) {
                let keys: Vec<_> = keys.iter().map(|key| key.trim_end_matches('?')).collect();
                self.unknown(node, section, &keys);
            }
        }
    }

    fn unknown(&mut self, node: &Node, at: &str, known: &[&str]) {
        for pair in node.as_mapping().unwrap_or_default() {
            let key = pair.key.as_str().unwrap_or_default();
            if known.contains(&key) {
                continue;
            }
            let near = cliutil::did_you_mean(key, known.iter().copied());
            let problem = Problem::new("secrets/unknown-key", format!("{key} is no key of a secrets bundle"))
                .on(at)
                .at(pair.key.span);
            self.problems.push(Problem { help: near.map(|near| format!("did you mean {near}?")), ..problem });
        }
    }

    fn missing(&mut self, path: String, node: Option<&Node>) {
        let problem =
            Problem::new("secrets/incomplete", format!("{path} is missing")).on(path).with_help(COMPLETE);
        self.problem(problem, node);
    }

    fn text(&mut self, root: &Node, section: &str, key: &str) -> Secret {
        let secret = optional(root, section, key);
        if secret.is_empty() {
            self.missing(format!("{section}.{key}"), root.get(section));
        }
        secret
    }

    fn pem(&mut self, certs: Option<&Node>, name: &str, key: &str) -> Secret {
        let node = certs.and_then(|certs| certs.get(name)).and_then(|pair| pair.get(key));
        let path = format!("certs.{name}.{key}");
        let Some(text) = node.and_then(Node::as_str).filter(|text| !text.is_empty()) else {
            self.missing(path, certs.and_then(|certs| certs.get(name)).or(certs));
            return Secret::default();
        };
        pem64::decode(text).unwrap_or_else(|| {
            let problem =
                Problem::new("secrets/invalid", format!("{path} is not base64 of a text")).on(path.clone());
            self.problem(problem, node);
            Secret::default()
        })
    }

    fn pair(&mut self, certs: Option<&Node>, name: &str) -> KeyPair {
        let before = self.problems.len();
        let pair = KeyPair {
            certificate: self.pem(certs, name, "crt").expose().to_owned(),
            key: self.pem(certs, name, "key"),
        };
        if self.problems.len() == before {
            let found = pki::check_pair(&pair);
            let path = format!("certs.{name}");
            let problem = match found {
                Ok(certificate) if certificate.not_after < self.now => {
                    let day = certificate.last_day();
                    Problem::new("secrets/expired", format!("{path}: the certificate expired on {day}"))
                        .on(path)
                        .with_help(RENEW)
                }
                Ok(_) => return pair,
                Err(error) => Problem::new("secrets/invalid", format!("{path}: {error}")).on(path),
            };
            self.problem(problem, certs.and_then(|certs| certs.get(name)));
        }
        pair
    }

    /// The service-account key.
    fn account(&mut self, certs: Option<&Node>) -> Secret {
        const NAME: &str = "k8sserviceaccount";
        let before = self.problems.len();
        let key = self.pem(certs, NAME, "key");
        if self.problems.len() == before
            && let Err(error) = pki::check_key(key.expose())
        {
            let path = format!("certs.{NAME}.key");
            let problem = Problem::new("secrets/invalid", format!("{path}: {error}")).on(path);
            self.problem(problem, certs.and_then(|certs| certs.get(NAME)).and_then(|pair| pair.get("key")));
        }
        key
    }

    fn problem(&mut self, problem: Problem, place: Option<&Node>) {
        self.problems.push(match place {
            Some(node) => problem.at(node.span),
            None => problem,
        });
    }
}

fn optional(root: &Node, section: &str, key: &str) -> Secret {
    let node = root.get(section).and_then(|section| section.get(key));
    // A missing value is null, which is no text.
    let node = node.filter(|node| !matches!(&node.kind, Kind::Scalar(text, yaml::ScalarStyle::Plain) if text == "null" || text == "~"));
    Secret::from(node.and_then(Node::as_str).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_116)
    }

    fn codes(text: &str, now: SystemTime) -> Vec<&'static str> {
        Secrets::read(text, now).err().unwrap_or_default().iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn made_written_and_read_back() {
        let made = Secrets::generate(now()).unwrap();
        let text = made.to_yaml();
        let keys: Vec<_> = text
            .lines()
            .filter(|line| line.ends_with(':') || !line.contains("LS0tLS"))
            .map(|line| line.split(':').next().unwrap_or_default().trim())
            .collect();
        assert_eq!(
            keys,
            [
                "cluster",
                "id",
                "secret",
                "secrets",
                "bootstraptoken",
                "secretboxencryptionsecret",
                "trustdinfo",
                "token",
                "certs",
                "etcd",
                "k8s",
                "k8saggregator",
                "k8sserviceaccount",
                "os"
            ]
        );
        let read = Secrets::read(&text, now()).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(read.to_yaml(), text);
        let late = now() + pki::AUTHORITY_LIFETIME + Duration::from_secs(1);
        assert_eq!(codes(&text, late), ["secrets/expired"; 4]);
        let swapped = text
            .replace("etcd:", "x1:")
            .replace("k8s:", "etcd:")
            .replace("x1:", "k8s:")
            .replace("secretboxencryptionsecret", "secretbox");
        assert_eq!(codes(&swapped, now()), ["secrets/unknown-key", "secrets/incomplete"]);
    }

    // As talhelper reads it.
    #[test]
    fn an_empty_first_document_does_not_count() {
        let text = Secrets::generate(now()).unwrap().to_yaml();
        let read = Secrets::read(&format!("---\n# c\n---\n{text}"), now()).unwrap();
        assert_eq!(read.to_yaml(), text);
        assert!(Secrets::read(&format!("null\n---\n{text}"), now()).is_err());
    }

    #[test]
    fn what_is_missing_is_named() {
        let problems = Secrets::read("cluster: {id: x}\n", now()).err().unwrap();
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert!(
            messages.contains(&"cluster.secret is missing") && messages.contains(&"certs.os.key is missing"),
            "{messages:?}"
        );
        assert!(problems.iter().all(|problem| problem.code == "secrets/incomplete"));
        assert_eq!(codes("", now()), ["secrets/incomplete"]);
        assert_eq!(codes("cluster: {id: x}\nsops: {mac: y}\n", now()), ["secrets/encrypted"]);
    }
}

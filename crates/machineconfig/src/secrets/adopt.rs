//! Bundles out of what is there already: a control plane's machine configuration, or kubeadm's folder of keys.

use std::path::Path;
use std::time::SystemTime;

use pki::{KeyPair, Secret};
use yaml::Value;

use super::Secrets;
use crate::cluster::Fields as _;
use crate::{Config, Problem, Problems, pem64};

impl Secrets {
    /// The bundle that a control plane's configuration was made from.
    ///
    /// # Errors
    /// What is missing: a worker's configuration does not hold it all.
    pub fn from_config(config: &Config) -> Result<Self, Problems> {
        let none = Value::Null;
        let root = config.v1alpha1().unwrap_or(&none);
        let mut taken = Taken { problems: Vec::new() };
        let (machine, cluster) = (root.get("machine").unwrap_or(&none), root.get("cluster").unwrap_or(&none));
        let etcd = cluster.get("etcd").unwrap_or(&none);
        let text = |value: &Value, key: &str| Secret::from(value.text(key));
        let secrets = Self {
            cluster_id: taken.text(cluster, "cluster", "id"),
            cluster_secret: taken.text(cluster, "cluster", "secret"),
            bootstrap_token: taken.text(cluster, "cluster", "token"),
            secretbox: text(cluster, "secretboxEncryptionSecret"),
            aes_cbc: text(cluster, "aescbcEncryptionSecret"),
            trustd_token: taken.text(machine, "machine", "token"),
            etcd: taken.pair(etcd, "cluster.etcd", "ca"),
            kubernetes: taken.pair(cluster, "cluster", "ca"),
            aggregator: taken.pair(cluster, "cluster", "aggregatorCA"),
            service_account: taken.key(cluster, "cluster.serviceAccount"),
            os: taken.pair(machine, "machine", "ca"),
        };
        if taken.problems.is_empty() { Ok(secrets) } else { Err(taken.problems) }
    }

    /// A bundle around the authorities of a cluster that kubeadm made: `ca.crt`, `ca.key`, `etcd/ca.crt`,
    /// `etcd/ca.key`, `front-proxy-ca.crt`, `front-proxy-ca.key` and `sa.key` in `folder`. All else is new.
    ///
    /// # Errors
    /// What cannot be read or does not fit together, and as [`Secrets::generate`].
    pub fn from_kubernetes_pki(
        folder: &Path,
        bootstrap_token: Option<&str>,
        now: SystemTime,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|error| {
                problems
                    .push(Problem::new("io/read", format!("{}: cannot be read: {error}", path.display())));
            })
        };
        let mut pair = |name: &str| {
            let (certificate, key) = (read(&format!("{name}.crt")), read(&format!("{name}.key")));
            Some(KeyPair { certificate: certificate.ok()?, key: Secret::new(key.ok()?) })
        };
        let found = (pair("ca"), pair("etcd/ca"), pair("front-proxy-ca"));
        let account = read("sa.key").ok().map(Secret::new);
        let (Some(kubernetes), Some(etcd), Some(aggregator), Some(service_account)) =
            (found.0, found.1, found.2, account)
        else {
            return Err(problems);
        };
        for (name, pair) in [("ca", &kubernetes), ("etcd/ca", &etcd), ("front-proxy-ca", &aggregator)] {
            if let Err(error) = pki::check_pair(pair) {
                problems.push(Problem::new("secrets/invalid", format!("{name}: {error}")));
            }
        }
        if let Err(error) = pki::check_key(service_account.expose()) {
            problems.push(Problem::new("secrets/invalid", format!("sa.key: {error}")));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let fresh = Self::generate_with(service_account, now);
        let mut secrets = fresh.map_err(|error| vec![Problem::new("secrets/random", error.to_string())])?;
        (secrets.kubernetes, secrets.etcd, secrets.aggregator) = (kubernetes, etcd, aggregator);
        if let Some(token) = bootstrap_token {
            secrets.bootstrap_token = Secret::from(token);
        }
        Ok(secrets)
    }
}

struct Taken {
    problems: Problems,
}

impl Taken {
    fn missing(&mut self, path: String) {
        let problem = Problem::new("secrets/incomplete", format!("{path} is missing")).on(path);
        self.problems.push(
            problem.with_help(
                "take the configuration of a control plane: a worker's does not hold every secret",
            ),
        );
    }

    fn text(&mut self, value: &Value, at: &str, key: &str) -> Secret {
        if value.text(key).is_empty() {
            self.missing(format!("{at}.{key}"));
        }
        Secret::from(value.text(key))
    }

    fn pem(&mut self, value: &Value, at: &str, key: &str) -> Secret {
        let found = Some(value.text(key)).filter(|text| !text.is_empty()).and_then(pem64::decode);
        found.unwrap_or_else(|| {
            self.missing(format!("{at}.{key}"));
            Secret::default()
        })
    }

    fn pair(&mut self, value: &Value, at: &str, key: &str) -> KeyPair {
        let none = Value::Null;
        let (pair, at) = (value.get(key).unwrap_or(&none), format!("{at}.{key}"));
        KeyPair {
            certificate: self.pem(pair, &at, "crt").expose().to_owned(),
            key: self.pem(pair, &at, "key"),
        }
    }

    fn key(&mut self, value: &Value, at: &str) -> Secret {
        let none = Value::Null;
        self.pem(value.get("serviceAccount").unwrap_or(&none), at, "key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_116)
    }

    #[test]
    fn a_worker_does_not_hold_every_secret() {
        let config =
            Config::load("machine: {type: worker, token: t}\ncluster: {id: i, secret: s, token: b}\n")
                .unwrap_or_default();
        let problems = Secrets::from_config(&config).err().unwrap();
        assert!(problems.iter().any(|problem| problem.path == "cluster.etcd.ca.key"), "{problems:?}");
        assert!(!problems.iter().any(|problem| problem.path == "machine.token"));
    }

    #[test]
    fn authorities_of_kubeadm_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let made = Secrets::generate(now()).unwrap();
        std::fs::create_dir(folder.path().join("etcd")).unwrap();
        for (name, pair) in
            [("ca", &made.kubernetes), ("etcd/ca", &made.etcd), ("front-proxy-ca", &made.aggregator)]
        {
            std::fs::write(folder.path().join(format!("{name}.crt")), &pair.certificate).unwrap();
            std::fs::write(folder.path().join(format!("{name}.key")), pair.key.expose()).unwrap();
        }
        let missing = Secrets::from_kubernetes_pki(folder.path(), None, now()).err().unwrap();
        assert!(missing[0].message.contains("sa.key"), "{missing:?}");
        std::fs::write(folder.path().join("sa.key"), made.service_account.expose()).unwrap();
        let adopted = Secrets::from_kubernetes_pki(folder.path(), Some("abc.def"), now())
            .unwrap_or_else(|problems| panic!("{problems:?}"));
        assert!(
            adopted.kubernetes == made.kubernetes
                && adopted.etcd == made.etcd
                && adopted.service_account == made.service_account
        );
        assert!(adopted.os != made.os && adopted.bootstrap_token.expose() == "abc.def");
    }
}

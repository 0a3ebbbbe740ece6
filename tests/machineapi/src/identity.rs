//! Who the machines are: certificates of the cluster's authority once they know it, one nobody vouches for before.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair, SanType};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// The authority of the Machine API: certificate and key in PEM form.
#[derive(Clone)]
pub struct Authority {
    /// Its certificate.
    pub certificate: String,
    /// Its key. THROWAWAY, as everything here.
    pub key: String,
}

/// Why something here cannot be.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

impl Authority {
    /// A new one.
    pub(crate) fn new() -> Result<Self, Error> {
        let pair = pki::talos_authority(SystemTime::now() - Duration::from_hours(1))?;
        Ok(Self { certificate: pair.certificate, key: pair.key.expose().to_owned() })
    }

    /// The one that a controller's configuration holds: a worker's has no key.
    pub(crate) fn of_configuration(text: &str) -> Option<Self> {
        let documents = yaml::load(text, yaml::Dialect::GoYamlV3).ok()?;
        let ca = documents.iter().find_map(|document| document.get("machine")?.get("ca"))?;
        let part = |name: &str| {
            let text = ca.get(name)?.as_str().filter(|text| !text.is_empty())?;
            String::from_utf8(STANDARD.decode(text).ok()?).ok()
        };
        Some(Self { certificate: part("crt")?, key: part("key")? })
    }

    /// The access file of talosctl: a certificate from `now` on, for `lifetime`.
    pub(crate) fn talosconfig(
        &self,
        cluster: &str,
        endpoints: &[String],
        now: SystemTime,
        lifetime: Duration,
    ) -> Result<String, Error> {
        let key = pki::Secret::new(self.key.clone());
        let authority = pki::KeyPair { certificate: self.certificate.clone(), key };
        let client = pki::talos_client(&authority, "os:admin", lifetime, now)?;
        let endpoints: Vec<_> = endpoints.iter().map(|one| format!("\n            - {one}")).collect();
        let endpoints = endpoints.concat();
        Ok(format!(
            "context: {cluster}\ncontexts:\n    {cluster}:\n        endpoints:{endpoints}\n        ca: {}\n        crt: {}\n        key: {}\n",
            STANDARD.encode(&self.certificate),
            STANDARD.encode(&client.certificate),
            STANDARD.encode(client.key.expose()),
        ))
    }

    /// What a configured machine shows and asks for.
    pub(crate) fn server(&self, address: &str) -> Result<Arc<ServerConfig>, Error> {
        let own = CertificateDer::from(der(&self.certificate)?);
        let mut roots = RootCertStore::empty();
        roots.add(own.clone())?;
        let clients = WebPkiClientVerifier::builder(roots.into()).build()?;
        let issuer = Issuer::from_ca_cert_der(&own, KeyPair::try_from(der(&self.key)?)?)?;
        let key = KeyPair::generate()?;
        let certificate = names(address)?.signed_by(&key, &issuer)?;
        let config = ServerConfig::builder().with_client_cert_verifier(clients);
        Ok(finish(config.with_single_cert(vec![certificate.der().clone()], private(&key)?)?))
    }
}

/// What a machine in maintenance mode shows: it asks for nothing.
pub(crate) fn maintenance(address: &str) -> Result<Arc<ServerConfig>, Error> {
    let key = KeyPair::generate()?;
    let certificate = names(address)?.self_signed(&key)?;
    let config = ServerConfig::builder().with_no_client_auth();
    Ok(finish(config.with_single_cert(vec![certificate.der().clone()], private(&key)?)?))
}

/// What stands between the lines of a PEM file, whatever it is called: Talos has its own name for Ed25519 keys.
pub(crate) fn der(pem: &str) -> Result<Vec<u8>, Error> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).map(str::trim).collect();
    Ok(STANDARD.decode(body)?)
}

fn names(address: &str) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::IpAddress(address.parse()?)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn private(key: &KeyPair) -> Result<PrivateKeyDer<'static>, Error> {
    Ok(PrivateKeyDer::try_from(key.serialize_der())?)
}

fn finish(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

//! The least of a gRPC client: calls over HTTP/2 and TLS, to the first endpoint that answers.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::identity::der;
use crate::serve::PORT;

/// What went wrong, as talosctl words it: code and description.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) code: i32,
    pub(crate) words: String,
}

impl Failure {
    fn unavailable(words: impl std::fmt::Display) -> Self {
        Self { code: 14, words: format!("connection error: desc = \"transport: {words}\"") }
    }

    /// Whether trying again may help.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.code, 1 | 14)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rpc error: code = {:?} desc = {}", tonic::Code::from(self.code), self.words)
    }
}

/// Whom a call is for.
#[derive(Debug, Clone)]
pub(crate) enum Nodes {
    /// One machine, whose answer comes as it is.
    One(String),
    /// Several, whose answers have their names.
    Many(Vec<String>),
    /// The one that is called.
    Here,
}

/// How machines are reached.
#[derive(Clone)]
pub(crate) struct Client {
    endpoints: Vec<String>,
    tls: Arc<ClientConfig>,
}

impl Client {
    /// With the credentials of an access file.
    pub(crate) fn open(path: &str) -> Result<Self, String> {
        let failed = |why: &dyn std::fmt::Display| format!("failed to open config file \"{path}\": {why}");
        let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
        let documents = yaml::load(&text, yaml::Dialect::GoYamlV3).map_err(|error| failed(&error))?;
        let root = documents.first().ok_or_else(|| failed(&"it is empty"))?;
        let name = root.get("context").and_then(yaml::Value::as_str).unwrap_or_default();
        let context =
            root.get("contexts").and_then(|all| all.get(name)).ok_or_else(|| failed(&"no context"))?;
        let part = |key: &str| -> Result<Vec<u8>, String> {
            let text = context.get(key).and_then(yaml::Value::as_str).unwrap_or_default();
            let pem = STANDARD.decode(text).map_err(|error| failed(&error))?;
            der(&String::from_utf8_lossy(&pem)).map_err(|error| failed(&error))
        };
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(part("ca")?)).map_err(|error| failed(&error))?;
        let key = PrivateKeyDer::try_from(part("key")?).map_err(|error| failed(&error))?;
        let tls = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![CertificateDer::from(part("crt")?)], key)
            .map_err(|error| failed(&error))?;
        let endpoints = context.get("endpoints").and_then(yaml::Value::as_sequence).unwrap_or_default();
        let endpoints = endpoints.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
        Ok(Self { endpoints, tls: Arc::new(alpn(tls)) })
    }

    /// To machines in maintenance mode, whoever they are.
    pub(crate) fn insecure(nodes: Vec<String>) -> Self {
        let tls = ClientConfig::builder()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody))
            .with_no_client_auth();
        Self { endpoints: nodes, tls: Arc::new(alpn(tls)) }
    }

    /// Calls, and gives the answers one by one.
    pub(crate) async fn call(
        &self,
        path: &str,
        nodes: &Nodes,
        message: &impl Message,
    ) -> Result<Answers, Failure> {
        let mut last = Failure::unavailable("no endpoints");
        for endpoint in &self.endpoints {
            match self.connect(endpoint).await {
                Ok(send) => return ask(send, path, nodes, message).await,
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    /// Calls, and gives the one answer.
    pub(crate) async fn one<M: Message + Default>(
        &self,
        path: &str,
        nodes: &Nodes,
        message: &impl Message,
    ) -> Result<M, Failure> {
        let mut answers = self.call(path, nodes, message).await?;
        let first = answers.next().await?;
        let bytes = first.ok_or_else(|| Failure { code: 13, words: "no answer".to_owned() })?;
        decode(&bytes)
    }

    /// Without TLS where `STANDIN_PLAIN` is set: the random numbers that TLS needs cost each process 50 ms of aws-lc's jitter
    /// entropy, and a test of nodeop's steps starts thousands.
    async fn connect(&self, address: &str) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let dialing = |why: &dyn std::fmt::Display| {
            Failure::unavailable(format!("Error while dialing: dial tcp {address}:{PORT}: connect: {why}"))
        };
        let stream = tokio::time::timeout(Duration::from_secs(3), TcpStream::connect((address, PORT))).await;
        let stream = stream.map_err(|_| dialing(&"i/o timeout"))?.map_err(|error| dialing(&error))?;
        if std::env::var_os("STANDIN_PLAIN").is_some() {
            let made = Builder::new(TokioExecutor::new()).handshake(TokioIo::new(stream)).await;
            let (send, connection) = made.map_err(Failure::unavailable)?;
            tokio::spawn(connection);
            return Ok(send);
        }
        let name = ServerName::try_from(address.to_owned()).map_err(|error| dialing(&error))?;
        let tls = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await;
        let tls = tls.map_err(|error| Failure::unavailable(handshake(&error)))?;
        let (send, connection) = Builder::new(TokioExecutor::new())
            .handshake(TokioIo::new(tls))
            .await
            .map_err(Failure::unavailable)?;
        tokio::spawn(connection);
        Ok(send)
    }
}

/// A failed handshake in Go's words, for nodeop reads those.
fn handshake(error: &std::io::Error) -> String {
    let words = error.to_string();
    let known = if words.contains("UnknownIssuer") {
        "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    } else if words.contains("CertificateRequired") {
        "remote error: tls: certificate required"
    } else {
        &words
    };
    format!("authentication handshake failed: {known}")
}

fn alpn(mut tls: ClientConfig) -> ClientConfig {
    tls.alpn_protocols = vec![b"h2".to_vec()];
    tls
}

/// A message out of its bytes.
pub(crate) fn decode<M: Message + Default>(bytes: &[u8]) -> Result<M, Failure> {
    M::decode(bytes).map_err(|error| Failure { code: 13, words: error.to_string() })
}

async fn ask(
    mut send: SendRequest<Full<Bytes>>,
    path: &str,
    nodes: &Nodes,
    message: &impl Message,
) -> Result<Answers, Failure> {
    let body = message.encode_to_vec();
    let mut framed = vec![0];
    framed.extend(u32::try_from(body.len()).unwrap_or(0).to_be_bytes());
    framed.extend(body);
    let mut request = http::Request::post(format!("https://machine{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    match nodes {
        Nodes::One(node) => request = request.header("node", node),
        Nodes::Many(nodes) => {
            for node in nodes {
                request = request.header("nodes", node);
            }
        }
        Nodes::Here => {}
    }
    let request = request.body(Full::new(Bytes::from(framed))).map_err(Failure::unavailable)?;
    let response = send.send_request(request).await.map_err(Failure::unavailable)?;
    let (parts, body) = response.into_parts();
    status(&parts.headers)?;
    Ok(Answers { body, buffer: Vec::new(), _send: send })
}

fn status(headers: &http::HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("grpc-status").and_then(|code| code.parse().ok()) {
        None | Some(0) => Ok(()),
        Some(code) => Err(Failure { code, words: percent(text("grpc-message").unwrap_or_default()) }),
    }
}

/// Undoes percent-encoding, as gRPC has it in its messages.
fn percent(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(part.as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answers of a call.
pub(crate) struct Answers {
    body: Incoming,
    buffer: Vec<u8>,
    // The connection ends with it.
    _send: SendRequest<Full<Bytes>>,
}

impl Answers {
    /// The next answer; none when there are no more.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            if let Some(head) = self.buffer.get(1..5) {
                let length = head.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte));
                if self.buffer.len() >= 5 + length {
                    let rest = self.buffer.split_off(5 + length);
                    let message = self.buffer.split_off(5);
                    self.buffer = rest;
                    return Ok(Some(message));
                }
            }
            match self.body.frame().await {
                None => return Ok(None),
                Some(Err(error)) => return Err(Failure::unavailable(error)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.buffer.extend_from_slice(&data),
                    Err(frame) => status(&frame.into_trailers().unwrap_or_default())?,
                },
            }
        }
    }
}

/// Takes everybody at their word, as --insecure does.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, tokio_rustls::rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, tokio_rustls::rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, tokio_rustls::rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ED25519]
    }
}

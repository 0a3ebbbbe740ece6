//! The Machine API: any call to any machine is taken by the machine that was called, which hands it on to the ones the
//! metadata names, as Talos's own proxy does. `node` names one, whose answer comes as it is; `nodes` names several,
//! whose answers come as one, each with its name, the failed ones too.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use hyper::body::Incoming;
use prost::Message as _;
use prost::bytes::{Buf as _, BufMut as _};
use prost::encoding::{WireType, encode_key, encode_varint};
use tokio_stream::Stream;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, ServerStreamingService};
use tonic::{Code, Status};

use crate::fault::Fault;
use crate::message::{Metadata, RpcStatus};
use crate::serve::{Line, Shared};
use crate::{calls, resources, streams};

/// Messages as they go over the line.
pub(crate) type Messages = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Status>> + Send>>;

/// Answers one request.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    here: String,
    line: Line,
    request: Request<Incoming>,
) -> Result<Response<tonic::body::Body>, std::convert::Infallible> {
    let call = Call { shared, here, line, path: request.uri().path().to_owned() };
    Ok(Grpc::new(Raw).server_streaming(call, request).await)
}

/// A call that has come in.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    /// The machine that was called.
    pub(crate) here: String,
    /// The connection it came by.
    pub(crate) line: Line,
    path: String,
}

impl ServerStreamingService<Vec<u8>> for Call {
    type Response = Vec<u8>;
    type ResponseStream = Messages;
    type Future = Pin<Box<dyn Future<Output = Result<tonic::Response<Messages>, Status>> + Send>>;

    fn call(&mut self, request: tonic::Request<Vec<u8>>) -> Self::Future {
        let call = self.clone();
        Box::pin(async move { call.answer(request).await.map(tonic::Response::new) })
    }
}

impl Call {
    /// Two services have a call named `Upgrade`.
    pub(crate) fn is_new_upgrade(&self) -> bool {
        self.path.starts_with("/machine.LifecycleService/")
    }

    async fn answer(&self, request: tonic::Request<Vec<u8>>) -> Result<Messages, Status> {
        let name = self.path.rsplit('/').next().unwrap_or_default().to_owned();
        let named = |key: &str| -> Vec<String> {
            let values = request.metadata().get_all(key).iter();
            let values = values.filter_map(|value| value.to_str().ok());
            let values = values.flat_map(|value| value.split(',')).map(|one| one.trim().to_owned());
            // Without a node, as in maintenance mode, talosctl names an empty one.
            values.filter(|one| !one.is_empty()).collect()
        };
        let (one, many) = (named("node"), named("nodes"));
        let body = request.get_ref();
        if let Some(address) = one.first() {
            return self.single(&name, address, body, false).await;
        }
        if many.is_empty() {
            return self.single(&name, &self.here, body, false).await;
        }
        if calls::is_known(&name) {
            return self.several(&name, &many, body).await;
        }
        match many.as_slice() {
            [address] => self.single(&name, address, body, true).await,
            _ => Err(Status::invalid_argument("one-2-many proxying is not supported for this call")),
        }
    }

    /// The answer of one machine, as it is or with its name.
    async fn single(&self, name: &str, address: &str, body: &[u8], named: bool) -> Result<Messages, Status> {
        let after = self.strike(name, address).await?;
        self.reachable(address)?;
        let tag = if named { metadata(address, None) } else { Vec::new() };
        let messages = if calls::is_known(name) {
            let inner = calls::answer(&self.shared, name, address, body)?;
            once(reply(&[tag, inner].concat()))
        } else if resources::is_known(&self.path) {
            resources::answer(&self.shared, name, address, body)?
        } else {
            streams::answer(self, name, address, body, tag)?
        };
        self.afterwards(after).await;
        Ok(messages)
    }

    /// The answers of several machines as one.
    async fn several(&self, name: &str, addresses: &[String], body: &[u8]) -> Result<Messages, Status> {
        let mut whole = Vec::new();
        for address in addresses {
            let answered = match self.strike(name, address).await {
                Err(status) => Err(status),
                Ok(after) => {
                    let inner = self
                        .reachable(address)
                        .and_then(|()| calls::answer(&self.shared, name, address, body));
                    self.afterwards(after).await;
                    inner
                }
            };
            let message = match answered {
                Ok(inner) => [metadata(address, None), inner].concat(),
                Err(status) => metadata(address, Some(&status)),
            };
            whole.extend(reply(&message));
        }
        Ok(once(whole))
    }

    /// What goes wrong before a call is worked on; gives what goes wrong afterwards.
    async fn strike(&self, name: &str, address: &str) -> Result<Option<Fault>, Status> {
        let Some(fault) = self.shared.with(|state| state.call(name, address)) else { return Ok(None) };
        match fault {
            Fault::Refuse => Err(refused(address)),
            Fault::Hang => std::future::pending().await,
            Fault::CutBefore => self.cut().await,
            Fault::Answer(code, words) => Err(Status::new(code, words)),
            Fault::Before(tell) => {
                tell();
                Ok(None)
            }
            after => Ok(Some(after)),
        }
    }

    async fn afterwards(&self, fault: Option<Fault>) {
        match fault {
            Some(Fault::CutAfter) => self.cut().await,
            Some(Fault::After(tell)) => tell(),
            _ => {}
        }
    }

    /// Breaks the connection; there is no answer.
    async fn cut<T>(&self) -> T {
        self.line.notify_one();
        std::future::pending().await
    }

    /// Whether a machine answers to the cluster's credentials, or is the one that was called.
    fn reachable(&self, address: &str) -> Result<(), Status> {
        self.shared.look(|state| match state.machine(address) {
            None => Err(Status::unavailable(format!("no route to host {address}"))),
            Some(machine) if !machine.is_up() => Err(refused(address)),
            Some(machine) if !machine.is_configured() && address != self.here => Err(Status::unavailable(
                "connection error: desc = \"transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority\"",
            )),
            Some(_) => Ok(()),
        })
    }
}

/// What the proxy says when nobody listens.
pub(crate) fn refused(address: &str) -> Status {
    Status::unavailable(format!(
        "connection error: desc = \"transport: Error while dialing: dial tcp {address}:50000: connect: connection refused\""
    ))
}

/// One message and no more.
pub(crate) fn once(message: Vec<u8>) -> Messages {
    Box::pin(tokio_stream::once(Ok(message)))
}

/// A reply that holds one message, in field 1 as all of them do.
fn reply(message: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    encode_key(1, WireType::LengthDelimited, &mut whole);
    encode_varint(message.len() as u64, &mut whole);
    whole.extend_from_slice(message);
    whole
}

/// Field 1 of a message: the machine, and why it gave no answer.
pub(crate) fn metadata(address: &str, error: Option<&Status>) -> Vec<u8> {
    let metadata = Metadata {
        hostname: address.to_owned(),
        error: error.map_or_else(String::new, |status| {
            format!("rpc error: code = {:?} desc = {}", status.code(), status.message())
        }),
        status: error
            .map(|status| RpcStatus { code: status.code() as i32, message: status.message().to_owned() }),
    };
    reply(&metadata.encode_to_vec())
}

/// What a call says that is not played here.
pub(crate) fn unknown(name: &str) -> Status {
    Status::new(Code::Unimplemented, format!("unknown method {name}"))
}

/// Messages as bytes: what they are is the call's matter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// A stream that another task fills.
pub(crate) struct Channel(pub(crate) tokio::sync::mpsc::Receiver<Result<Vec<u8>, Status>>);

impl Stream for Channel {
    type Item = Result<Vec<u8>, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

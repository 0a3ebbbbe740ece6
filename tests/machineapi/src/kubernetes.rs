//! A small Kubernetes API: nodes, which can be cordoned, namespaces, and a place that takes whatever is applied. It is
//! there while etcd has its quorum. Plain HTTP on loopback: what it is asked by is not what is tested here.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::machine::{Machine, Stage};
use crate::serve::Shared;
use crate::state::State;

/// Answers until the end.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&shared), request));
            // How a connection ends is the client's matter.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let words: Vec<_> = parts.uri.path().trim_matches('/').split('/').collect();
    let (status, value) = shared.with(|state| {
        if state.has_quorum() {
            route(state, &parts.method, &words, &text)
        } else {
            failure(StatusCode::SERVICE_UNAVAILABLE, "etcdserver: no leader")
        }
    });
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    Ok(response)
}

fn route(state: &mut State, method: &Method, path: &[&str], body: &str) -> (StatusCode, Value) {
    match (method.as_str(), path) {
        ("GET", ["version"]) => (StatusCode::OK, json!({ "gitVersion": state.kubelet })),
        ("GET", ["api", "v1", "nodes"]) => {
            let there = state.machines.iter().filter(|machine| machine.is_configured());
            let items: Vec<_> = there.map(|machine| node(state, machine)).collect();
            (
                StatusCode::OK,
                json!({ "kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": items }),
            )
        }
        ("GET", ["api", "v1", "nodes", name]) => one(state, name),
        ("PATCH", ["api", "v1", "nodes", name]) => {
            let cordoned = body.replace(' ', "").contains("\"unschedulable\":true");
            if let Some(machine) = state.machines.iter_mut().find(|machine| machine.hostname == *name) {
                machine.cordoned = cordoned;
            }
            one(state, name)
        }
        ("GET", ["api", "v1", "pods"] | ["api", "v1", "namespaces", _, "pods"]) => {
            (StatusCode::OK, json!({ "kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [] }))
        }
        ("GET", ["api", "v1", "namespaces", name]) => {
            if state.namespaces.iter().any(|one| one == name) {
                (StatusCode::OK, json!({ "kind": "Namespace", "metadata": { "name": name } }))
            } else {
                failure(StatusCode::NOT_FOUND, &format!("namespaces \"{name}\" not found"))
            }
        }
        ("POST", ["api", "v1", "namespaces", name]) => {
            if !state.namespaces.iter().any(|one| one == name) {
                state.namespaces.push((*name).to_owned());
            }
            (StatusCode::CREATED, json!({}))
        }
        ("POST", ["standin", "applied"]) => {
            state.applied.push(body.to_owned());
            (StatusCode::CREATED, json!({}))
        }
        ("POST", ["standin", "kubelet", version]) => {
            (*version).clone_into(&mut state.kubelet);
            (StatusCode::CREATED, json!({}))
        }
        ("POST", ["standin", "network"]) => {
            state.network = true;
            let addresses: Vec<_> = state.machines.iter().map(|machine| machine.address.clone()).collect();
            for address in &addresses {
                state.status_event(address);
            }
            (StatusCode::CREATED, json!({}))
        }
        _ => failure(StatusCode::NOT_FOUND, "the server could not find the requested resource"),
    }
}

fn one(state: &State, name: &str) -> (StatusCode, Value) {
    let found = state.machines.iter().find(|machine| machine.hostname == name && machine.is_configured());
    match found {
        Some(machine) => (StatusCode::OK, node(state, machine)),
        None => failure(StatusCode::NOT_FOUND, &format!("nodes \"{name}\" not found")),
    }
}

fn node(state: &State, machine: &Machine) -> Value {
    let ready = if state.network && machine.stage == Stage::Running { "True" } else { "False" };
    json!({
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": { "name": machine.hostname },
        "spec": { "unschedulable": machine.cordoned },
        "status": {
            "nodeInfo": { "kubeletVersion": state.kubelet },
            "addresses": [{ "type": "InternalIP", "address": machine.address }],
            "conditions": [{ "type": "Ready", "status": ready }],
        },
    })
}

fn failure(code: StatusCode, message: &str) -> (StatusCode, Value) {
    let reason = if code == StatusCode::NOT_FOUND { "NotFound" } else { "ServiceUnavailable" };
    (
        code,
        json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code.as_u16() }),
    )
}

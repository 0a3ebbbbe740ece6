//! The machines on the network: each listens on port 50000 of its own loopback address while it is up, over TLS as its
//! stage asks for, and its connections break when it goes down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::api;
use crate::identity::{self, Error};
use crate::machine::Stage;
use crate::state::State;

/// The port of the Machine API.
pub const PORT: u16 = 50000;

/// What all tasks share.
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Where the Kubernetes API answers.
    pub(crate) kubernetes: String,
    identities: Mutex<HashMap<(String, String), Arc<ServerConfig>>>,
}

/// A connection, which can be cut.
pub(crate) type Line = Arc<Notify>;

impl Shared {
    pub(crate) fn new(state: State, kubernetes: String) -> Self {
        let changed = watch::Sender::new(0);
        Self { state: Mutex::new(state), changed, kubernetes, identities: Mutex::default() }
    }

    /// The state, for a look or a change; whoever waits for a change is told afterwards.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let outcome = act(&mut self.lock());
        self.changed.send_modify(|count| *count += 1);
        outcome
    }

    /// The state, for a look.
    pub(crate) fn look<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl Fn(&mut State) -> bool) {
        let mut changes = self.changed.subscribe();
        while !self.look(|state| holds(state)) {
            // The sender lives as long as this does.
            let _ = changes.changed().await;
        }
    }

    fn identity(&self, address: &str) -> Result<Option<Arc<ServerConfig>>, Error> {
        let (configured, authority) = self.look(|state| {
            let configured = state.machine(address).is_some_and(|machine| machine.is_configured());
            (configured, state.authority.clone())
        });
        let key = match (configured, &authority) {
            (false, _) => String::new(),
            (true, Some(authority)) => authority.certificate.clone(),
            // It waits for a controller to vouch for it.
            (true, None) => return Ok(None),
        };
        let mut identities = self.identities.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = identities.get(&(address.to_owned(), key.clone())) {
            return Ok(Some(Arc::clone(known)));
        }
        let made = match authority.filter(|_| configured) {
            Some(authority) => authority.server(address)?,
            None => identity::maintenance(address)?,
        };
        identities.insert((address.to_owned(), key), Arc::clone(&made));
        Ok(Some(made))
    }
}

/// Answers at a machine's address while it is up.
pub(crate) async fn machine(shared: Arc<Shared>, address: String, first: TcpListener) {
    let mut listener = Some(first);
    loop {
        shared.until(|state| state.machine(&address).is_some_and(|machine| machine.is_up())).await;
        let bound = if let Some(bound) = listener.take() {
            bound
        } else if let Ok(bound) = TcpListener::bind((address.as_str(), PORT)).await {
            bound
        } else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        loop {
            let down = shared.until(|state| state.machine(&address).is_none_or(|machine| !machine.is_up()));
            tokio::select! {
                () = down => break,
                accepted = bound.accept() => {
                    if let Ok((stream, _)) = accepted {
                        tokio::spawn(connection(Arc::clone(&shared), address.clone(), stream));
                    }
                }
            }
        }
    }
}

/// Answers on one connection, until the machine goes down, changes who it is, or a fault cuts it.
async fn connection(shared: Arc<Shared>, address: String, stream: TcpStream) {
    let Ok(Some(identity)) = shared.identity(&address) else { return };
    let now = |state: &mut State| state.machine(&address).map(|one| (one.epoch, one.is_configured()));
    let begun = shared.look(now);
    let _ = stream.set_nodelay(true);
    let line: Line = Arc::new(Notify::new());
    let work = async {
        let mut first = [0];
        // A stand-in may come without TLS (see its client).
        let plain = stream.peek(&mut first).await.is_ok_and(|read| read == 1 && first == *b"P");
        let service = service_fn(|request| {
            api::answer(Arc::clone(&shared), address.clone(), Arc::clone(&line), request)
        });
        let builder = http2::Builder::new(TokioExecutor::new());
        // How a connection ends is the client's matter.
        if plain {
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        } else if let Ok(tls) = TlsAcceptor::from(identity).accept(stream).await {
            let _ = builder.serve_connection(TokioIo::new(tls), service).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = line.notified() => {}
        () = shared.until(|state| now(state) != begun) => {}
    }
}

/// A machine reboots: it goes down, is away for a while, and comes back, or not.
///
/// No event says that its services end: talosctl waits a second after that one and then asks only for what is new, which
/// on machines that boot as fast as these is too late.
pub(crate) fn reboot(shared: &Arc<Shared>, address: &str) {
    let (shared, address) = (Arc::clone(shared), address.to_owned());
    let away = shared.with(|state| {
        let machine = state.machine(&address)?;
        machine.stage = Stage::Rebooting;
        Some(machine.boot_time)
    });
    let Some(away) = away else { return };
    tokio::spawn(async move {
        // The answer to whoever asked for it goes out before.
        tokio::time::sleep(Duration::from_millis(10)).await;
        shared.with(|state| state.goes_down(&address));
        tokio::time::sleep(away).await;
        shared.with(|state| state.boots(&address));
    });
}

/// How long a machine that turns itself off waits for somebody to listen, and to hear of it. Draining it and ending its
/// services takes a real one longer; talosctl begins to listen while it asks for this.
const LAST_WORDS: Duration = Duration::from_millis(1500);

/// A machine turns itself off.
pub(crate) fn shut_down(shared: &Arc<Shared>, address: &str, actor: &str) {
    let (shared, address, actor) = (Arc::clone(shared), address.to_owned(), actor.to_owned());
    shared.with(|state| {
        if let Some(machine) = state.machine(&address) {
            machine.stage = Stage::ShuttingDown;
        }
    });
    tokio::spawn(async move {
        let listens = |state: &mut State| state.machine(&address).is_none_or(|one| one.listeners > 0);
        let somebody = tokio::time::timeout(LAST_WORDS, shared.until(listens)).await;
        shared.with(|state| state.services_end(&address, &actor));
        if somebody.is_ok() {
            let heard =
                |state: &mut State| state.machine(&address).is_none_or(|one| one.told >= one.events.len());
            let _ = tokio::time::timeout(LAST_WORDS, shared.until(heard)).await;
        }
        // What was told arrives before the connection breaks.
        tokio::time::sleep(Duration::from_millis(60)).await;
        shared.with(|state| state.goes_down(&address));
    });
}

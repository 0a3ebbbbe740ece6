//! A cluster that runs while it is held: what tests make, break and ask.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::fault::Rule;
use crate::identity::{Authority, Error};
use crate::kubernetes;
use crate::machine::{Machine, Member, Stage};
use crate::serve::{self, PORT, Shared};
use crate::state::{Deed, State};

/// A machine before it is one: host name, and whether it is a controller.
pub type Node<'n> = (&'n str, bool);

/// Three controllers and two workers.
pub const FIVE: [Node<'static>; 5] =
    [("cp-0", true), ("cp-1", true), ("cp-2", true), ("worker-0", false), ("worker-1", false)];

/// A cluster that runs.
pub struct Cluster {
    shared: Arc<Shared>,
    network: String,
    // Ends all tasks when it goes.
    runtime: Runtime,
}

impl Cluster {
    /// Machines in maintenance mode.
    ///
    /// # Panics
    /// When loopback has no place for them.
    pub fn fresh(nodes: &[Node]) -> Self {
        Self::start(nodes).unwrap_or_else(|error| panic!("the machines do not start: {error}"))
    }

    /// A cluster that is up: configured, with etcd on its controllers, a network, and an authority of its own.
    ///
    /// # Panics
    /// As [`Cluster::fresh`].
    pub fn running(nodes: &[Node]) -> Self {
        let cluster = Self::fresh(nodes);
        let authority = Authority::new().unwrap_or_else(|error| panic!("no authority: {error}"));
        cluster.shared.with(|state| {
            state.authority = Some(authority);
            state.network = true;
            for at in 0..state.machines.len() {
                let id = state.number();
                let machine = &mut state.machines[at];
                machine.config = Some(configuration(&machine.hostname, machine.controller).into_bytes());
                machine.stage = Stage::Running;
                machine.member = machine.controller.then_some(Member { id, alive: true, learner: false });
                state.etcd = true;
                let address = state.machines[at].address.clone();
                state.status_event(&address);
            }
        });
        cluster
    }

    fn start(nodes: &[Node]) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (network, listeners) = runtime.block_on(network(nodes.len()))?;
        let kube = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let machines = nodes.iter().zip(&listeners);
        let machines =
            machines.map(|((name, controller), (address, _))| Machine::new(name, address, *controller));
        let state = State::new(machines.collect());
        let shared = Arc::new(Shared::new(state, format!("http://{}", kube.local_addr()?)));
        runtime.spawn(kubernetes::serve(Arc::clone(&shared), kube));
        for (address, listener) in listeners {
            runtime.spawn(serve::machine(Arc::clone(&shared), address, listener));
        }
        Ok(Self { shared, network, runtime })
    }

    /// The first three numbers of all addresses.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The address of a machine.
    ///
    /// # Panics
    /// When there is no such machine.
    pub fn address(&self, hostname: &str) -> String {
        self.look(|state| {
            let machine = state.machines.iter().find(|machine| machine.hostname == hostname);
            machine.map(|machine| machine.address.clone())
        })
        .unwrap_or_else(|| panic!("there is no {hostname}"))
    }

    /// A look at the state.
    pub fn look<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.look(act)
    }

    /// A change of the state, which everybody who waits hears of.
    pub fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.shared.with(act)
    }

    /// A change of one machine.
    ///
    /// # Panics
    /// When there is no such machine.
    pub fn set(&self, hostname: &str, change: impl FnOnce(&mut Machine)) {
        let address = self.address(hostname);
        self.with(|state| state.machine(&address).map(change));
    }

    /// Has something go wrong.
    pub fn rule(&self, rule: Rule) {
        self.with(|state| state.rules.push(rule));
    }

    /// Nothing goes wrong any more; what has stays so.
    pub fn heal(&self) {
        self.with(|state| state.rules.clear());
    }

    /// Whether everything that was to go wrong has.
    pub fn struck(&self) -> bool {
        self.look(|state| state.rules.iter().all(Rule::is_over))
    }

    /// Turns a machine on that is off.
    pub fn turn_on(&self, hostname: &str) {
        let address = self.address(hostname);
        self.with(|state| state.boots(&address));
    }

    /// Turns a machine off at once, as a power cut does.
    pub fn turn_off(&self, hostname: &str) {
        let address = self.address(hostname);
        self.with(|state| state.goes_down(&address));
    }

    /// What was done to machines, in order.
    pub fn deeds(&self) -> Vec<Deed> {
        self.look(|state| state.deeds.clone())
    }

    /// The machines to which something was done, in order.
    pub fn done(&self, what: &str) -> Vec<String> {
        let hostname = |state: &mut State, address: &str| {
            state.machine(address).map_or_else(String::new, |machine| machine.hostname.clone())
        };
        let deeds = self.deeds().into_iter().filter(|deed| deed.what == what);
        let addresses: Vec<_> = deeds.map(|deed| deed.address).collect();
        self.look(|state| addresses.iter().map(|address| hostname(state, address)).collect())
    }

    /// What must never happen and did.
    pub fn violations(&self) -> Vec<String> {
        self.look(|state| state.violations.clone())
    }

    /// Where the Kubernetes API answers.
    pub fn kubernetes(&self) -> &str {
        &self.shared.kubernetes
    }

    /// The access file of kubectl.
    pub fn kubeconfig(&self) -> String {
        crate::streams::kubeconfig(self.kubernetes())
    }

    /// The access file of talosctl, valid for a day.
    ///
    /// # Panics
    /// When the cluster has no authority yet.
    pub fn talosconfig(&self) -> String {
        self.talosconfig_of(SystemTime::now() - Duration::from_hours(1), Duration::from_hours(24))
    }

    /// The access file of talosctl with a certificate that begins at a time and lives so long.
    ///
    /// # Panics
    /// As [`Cluster::talosconfig`].
    pub fn talosconfig_of(&self, from: SystemTime, lifetime: Duration) -> String {
        let (authority, endpoints) = self.look(|state| {
            let controllers = state.machines.iter().filter(|machine| machine.controller);
            (state.authority.clone(), controllers.map(|machine| machine.address.clone()).collect::<Vec<_>>())
        });
        let made = authority.map(|authority| authority.talosconfig("kubernetes", &endpoints, from, lifetime));
        made.and_then(Result::ok).unwrap_or_else(|| panic!("no authority"))
    }

    /// Waits until something holds, at most two minutes, which only a failure takes, and gives whether it does.
    pub fn wait(&self, holds: impl Fn(&mut State) -> bool) -> bool {
        let limit = Duration::from_mins(2);
        self.runtime.block_on(async { tokio::time::timeout(limit, self.shared.until(holds)).await.is_ok() })
    }
}

/// A configuration that says whose it is and what it is; what else it says does not matter to the machines here.
pub fn configuration(hostname: &str, controller: bool) -> String {
    let kind = if controller { "controlplane" } else { "worker" };
    format!(
        "version: v1alpha1\nmachine:\n  type: {kind}\n  token: THROWAWAY-machine-token\n  network:\n    hostname: {hostname}\ncluster:\n  secret: THROWAWAY-cluster-secret\n"
    )
}

/// A network on loopback that nobody uses, with a listener for each machine: 127.x.y.1 and so on.
async fn network(count: usize) -> Result<(String, Vec<(String, TcpListener)>), Error> {
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.subsec_nanos()
        ^ std::process::id().wrapping_mul(0x9e37);
    let mut last = None;
    for attempt in 0..200_u32 {
        let number = seed.wrapping_mul(2_654_435_761).wrapping_add(attempt.wrapping_mul(40_503)) >> 8;
        let network = format!("127.{}.{}", 1 + (number >> 8) % 250, number % 256);
        match bind(&network, count).await {
            Ok(listeners) => return Ok((network, listeners)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| "no network".into(), Into::into))
}

async fn bind(network: &str, count: usize) -> std::io::Result<Vec<(String, TcpListener)>> {
    let mut listeners = Vec::with_capacity(count);
    for host in 0..count {
        let address = format!("{network}.{}", 11 + host);
        let listener = TcpListener::bind((address.as_str(), PORT)).await?;
        listeners.push((address, listener));
    }
    Ok(listeners)
}

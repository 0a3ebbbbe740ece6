//! The cluster as one piece of state: machines, etcd, Kubernetes, faults, and a record of what was done to them. What
//! must never happen is noted when it does, so that a test need only ask for it at the end.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::fault::{Fault, Rule};
use crate::identity::Authority;
use crate::machine::{Happening, Machine, Member, Stage, System};
use crate::message::{MachineReadiness, MachineStatusEvent, TaskEvent};

/// Something that was done to a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// `apply`, `bootstrap`, `install`, `reboot`, `reset`, `shutdown`.
    pub what: &'static str,
    /// The machine.
    pub address: String,
    /// The version that was installed, the mode that was chosen.
    pub detail: String,
}

/// The whole cluster.
pub struct State {
    /// The machines.
    pub machines: Vec<Machine>,
    /// The authority of the Machine API: given, or learnt from the first controller's configuration.
    pub authority: Option<Authority>,
    /// etcd was bootstrapped.
    pub etcd: bool,
    /// IDs of members whose machine has left without saying so.
    pub ghosts: Vec<(u64, String)>,
    /// An alarm: member and kind.
    pub alarm: Option<(u64, i32)>,
    /// The member that leads; chosen anew when it is gone.
    pub leader: u64,
    /// A CNI runs, so that nodes are Ready.
    pub network: bool,
    /// The version of the kubelets.
    pub kubelet: String,
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// What etcd's data is, where it is to be something.
    pub snapshot: Option<Vec<u8>>,
    /// Everything that was applied to Kubernetes, by the order it came.
    pub applied: Vec<String>,
    /// What goes wrong.
    pub rules: Vec<Rule>,
    /// What was done.
    pub deeds: Vec<Deed>,
    /// Every call, by its last word and machine.
    pub calls: Vec<(String, String)>,
    /// What must never happen, and did.
    pub violations: Vec<String>,
    /// The most machines that were away at once, by role.
    pub away: BTreeMap<bool, usize>,
    next: u64,
}

impl State {
    /// A cluster of these machines.
    pub(crate) fn new(machines: Vec<Machine>) -> Self {
        Self {
            machines,
            authority: None,
            etcd: false,
            ghosts: Vec::new(),
            alarm: None,
            leader: 0,
            network: false,
            kubelet: "v1.34.2".to_owned(),
            namespaces: ["default", "kube-node-lease", "kube-public", "kube-system"]
                .map(str::to_owned)
                .into(),
            snapshot: None,
            applied: Vec::new(),
            rules: Vec::new(),
            deeds: Vec::new(),
            calls: Vec::new(),
            violations: Vec::new(),
            away: BTreeMap::new(),
            next: 1,
        }
    }

    /// The machine at an address.
    pub fn machine(&mut self, address: &str) -> Option<&mut Machine> {
        self.machines.iter_mut().find(|machine| machine.address == address)
    }

    /// A number that no other has.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        0x1000_0000_0000_0000 + self.next
    }

    /// Counts a call and gives what goes wrong with it.
    pub(crate) fn call(&mut self, call: &str, address: &str) -> Option<Fault> {
        self.calls.push((call.to_owned(), address.to_owned()));
        let mut struck = None;
        for rule in &mut self.rules {
            if struck.is_none() && !rule.fault.is_lasting() && rule.strikes(call, address) {
                struck = Some(rule.fault.clone());
            }
        }
        struck
    }

    /// Whether a fault that strikes a machine as it goes down strikes now.
    fn going_down(&mut self, address: &str, is: impl Fn(&Fault) -> bool) -> bool {
        self.rules.iter_mut().any(|rule| is(&rule.fault) && rule.strikes("Reboot", address))
    }

    /// Writes down what was done.
    pub(crate) fn done(&mut self, what: &'static str, address: &str, detail: impl Into<String>) {
        self.deeds.push(Deed { what, address: address.to_owned(), detail: detail.into() });
    }

    /// The IDs of all members of etcd, those that nobody runs any more included.
    pub fn members(&self) -> Vec<(u64, String, bool)> {
        let living = self.machines.iter().filter_map(|machine| {
            let member = machine.member.as_ref()?;
            Some((member.id, machine.hostname.clone(), member.learner))
        });
        living.chain(self.ghosts.iter().map(|(id, name)| (*id, name.clone(), false))).collect()
    }

    /// How many members answer.
    fn answering(&self) -> usize {
        self.machines.iter().filter(|machine| machine.has_etcd()).count()
    }

    /// Whether most members answer.
    pub fn has_quorum(&self) -> bool {
        let members = self.members().len();
        members > 0 && self.answering() > members / 2
    }

    /// The leader's ID; 0 without a quorum.
    pub fn leading(&mut self) -> u64 {
        if !self.has_quorum() {
            return 0;
        }
        let mut living = self.machines.iter().filter(|machine| machine.has_etcd());
        let id = |machine: &Machine| machine.member.as_ref().map_or(0, |member| member.id);
        if !living.clone().any(|machine| id(machine) == self.leader) {
            self.leader = living.next().map_or(0, id);
        }
        self.leader
    }

    /// Starts etcd on a controller.
    ///
    /// # Errors
    /// As the server's.
    pub(crate) fn bootstrap(&mut self, address: &str) -> Result<(), tonic::Status> {
        let id = self.number();
        let others = self.etcd;
        let Some(machine) = self.machine(address) else { return Err(tonic::Status::not_found("machine")) };
        if !machine.controller {
            return Err(tonic::Status::unimplemented(
                "bootstrap can only be performed on a control plane node",
            ));
        }
        if machine.member.is_some() {
            return Err(tonic::Status::already_exists("etcd data directory is not empty"));
        }
        machine.member = Some(Member { id, alive: true, learner: false });
        if others {
            self.violations.push(format!("a second etcd was made on {address}"));
        }
        self.etcd = true;
        self.done("bootstrap", address, "");
        self.join();
        Ok(())
    }

    /// Controllers that run join etcd when there is one.
    pub(crate) fn join(&mut self) {
        if !self.etcd || !self.has_quorum() {
            return;
        }
        let waiting = |machine: &Machine| {
            machine.controller && machine.member.is_none() && machine.stage == Stage::Running
        };
        while let Some(at) = self.machines.iter().position(waiting) {
            let id = self.number();
            self.machines[at].member = Some(Member { id, alive: true, learner: false });
        }
    }

    /// Whether a machine says that it is ready.
    pub fn is_ready(&self, machine: &Machine) -> bool {
        let etcd = !machine.controller || machine.has_etcd();
        machine.stage == Stage::Running && etcd && self.network
    }

    /// Notes an event of a machine.
    pub(crate) fn happens(&mut self, address: &str, kind: &'static str, value: Vec<u8>, actor: &str) {
        if let Some(machine) = self.machine(address) {
            machine.events.push(Happening { kind, value, actor: actor.to_owned() });
        }
    }

    /// Notes that a machine has reached a stage.
    pub(crate) fn status_event(&mut self, address: &str) {
        let Some(machine) = self.machines.iter().find(|machine| machine.address == address) else { return };
        let status = Some(MachineReadiness { ready: self.is_ready(machine) });
        let event = MachineStatusEvent { stage: machine.stage.number(), status };
        self.happens(address, "machine.MachineStatusEvent", event.encode_to_vec(), "");
    }

    /// Notes that a machine ends its services.
    pub(crate) fn services_end(&mut self, address: &str, actor: &str) {
        let event = TaskEvent { task: "stopAllServices".to_owned(), action: 0 };
        self.happens(address, "machine.TaskEvent", event.encode_to_vec(), actor);
    }

    /// A machine goes down: its connections break, and etcd may lose its quorum by it, which must not happen.
    pub(crate) fn goes_down(&mut self, address: &str) {
        let had = self.has_quorum();
        if let Some(machine) = self.machine(address) {
            machine.stage = Stage::Off;
            machine.is_cut();
        }
        self.wipe(address);
        for role in [true, false] {
            let gone = |machine: &&Machine| machine.controller == role && !machine.is_up() && !machine.wiped;
            let count = self.machines.iter().filter(gone).count();
            let most = self.away.entry(role).or_default();
            *most = count.max(*most);
        }
        // Whoever resets the whole cluster means to.
        let reset = self.deeds.iter().any(|deed| deed.what == "reset" && deed.address == address);
        if had && !self.has_quorum() && self.members().len() > 1 && !reset {
            self.violations.push(format!("etcd lost its quorum when {address} went down"));
        }
    }

    /// A machine boots, into what is installed, unless a fault has it otherwise. Gives whether it comes back.
    pub(crate) fn boots(&mut self, address: &str) -> bool {
        let rolls_back = self.going_down(address, |fault| matches!(fault, Fault::RollBack));
        let loses = self.going_down(address, |fault| matches!(fault, Fault::LoseMember));
        let gone = self.going_down(address, |fault| matches!(fault, Fault::NeverReturn));
        let Some(machine) = self.machine(address) else { return false };
        if gone || machine.wiped {
            return false;
        }
        machine.boots += 1;
        if rolls_back {
            machine.installed = machine.running.clone();
        }
        machine.running = machine.installed.clone();
        if let Some(config) = machine.staged.take() {
            machine.config = Some(config);
        }
        if loses && let Some(member) = machine.member.as_mut() {
            member.alive = false;
        }
        machine.stage = if machine.is_configured() { Stage::Running } else { Stage::Maintenance };
        self.join();
        self.status_event(address);
        true
    }

    /// Writes a system to a machine's disk.
    pub(crate) fn install(&mut self, address: &str, image: &str) {
        let system = System::of_image(image);
        let Some(machine) = self.machine(address) else { return };
        if machine.running == system {
            let version = system.version.clone();
            self.violations.push(format!("{address} runs {version} already and was upgraded to it"));
            return;
        }
        machine.installed = system.clone();
        self.done("install", address, system.version);
    }

    /// Takes a machine out of the cluster. What etcd does not hear of stays in its list.
    fn wipe(&mut self, address: &str) {
        let Some(machine) = self.machine(address) else { return };
        let Some(wiping) = machine.wiping.take() else { return };
        machine.wiped = wiping.disk;
        if wiping.state || wiping.disk {
            machine.config = None;
        }
        if let Some(member) = machine.member.take().filter(|_| !wiping.graceful) {
            let name = machine.hostname.clone();
            self.ghosts.push((member.id, name));
        }
        if self.machines.iter().all(|machine| machine.member.is_none()) {
            self.etcd = false;
            self.ghosts.clear();
        }
    }
}

impl Fault {
    /// Whether it strikes a machine as it goes down, not a call.
    fn is_lasting(&self) -> bool {
        matches!(self, Self::RollBack | Self::LoseMember | Self::NeverReturn)
    }
}

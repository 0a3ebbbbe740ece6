//! The plan: what is to be done to which machine, in order, as typed data that a person can read before it runs.
//!
//! A step is made by [`Step::new`] from its action and its machine; argv, conditions and checks follow from those. That
//! is also how a plan that comes back is judged ([`verify`]): what follows differently was edited.

mod action;
mod condition;
mod identity;
mod show;
mod verify;

use std::path::PathBuf;

use cliutil::{Failure, Outcome, Source};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use talos::{Inventory, Machine};
use yaml::{EmitOptions, Value};

pub(crate) use action::{Action, ApplyMode, RebootMode, WipeLabel};
pub(crate) use condition::{Condition, Object, Stage};
pub(crate) use identity::{FileHash, Identity};
pub(crate) use show::show;
pub(crate) use verify::verify;

/// The version of the plan's form.
pub(crate) const PLAN_VERSION: u32 = 1;

/// What is to be done, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Plan {
    /// The version of this form: 1.
    #[serde(rename = "planVersion")]
    pub(crate) version: u32,
    /// The operation it was made for, in words.
    pub(crate) operation: String,
    /// The cluster, versions and configuration it was made for; it runs against no other.
    pub(crate) cluster: Identity,
    /// The files that give access. Their content never stands in a plan.
    pub(crate) access: Access,
    /// How many workers may be worked on at once; controllers are always worked on alone.
    pub(crate) parallel: usize,
    /// The steps, in order.
    pub(crate) steps: Vec<Step>,
}

/// Where the access files are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Access {
    /// Access to the machines.
    pub(crate) talosconfig: PathBuf,
    /// Access to Kubernetes.
    pub(crate) kubeconfig: PathBuf,
}

/// One step: an action on one machine, or on the cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", try_from = "RawStep")]
#[schemars(!try_from)]
pub(crate) struct Step {
    /// Its name in results; unique in the plan.
    pub(crate) id: String,
    /// What is done, with its parameters.
    #[serde(flatten)]
    pub(crate) action: Action,
    /// The machine it is sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<Target>,
    /// Why, for people.
    pub(crate) reason: String,
    /// When all of these hold already, the step is skipped.
    pub(crate) unless: Vec<Condition>,
    /// What must hold before anything is sent.
    pub(crate) preconditions: Vec<Condition>,
    /// What must hold afterwards, before the next step begins.
    pub(crate) checks: Vec<Condition>,
    /// Limits of time.
    pub(crate) timeout: Timeout,
    /// What happens when a program fails.
    pub(crate) retry: Retry,
    /// The commands, each fed by the one before; for people, and compared with what the fields say.
    pub(crate) argv: Vec<Vec<String>>,
}

/// Limits of time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Timeout {
    /// How long preconditions may take to hold.
    pub(crate) before: u64,
    /// How long each command may run.
    pub(crate) command: u64,
    /// How long checks may take to hold.
    pub(crate) after: u64,
}

/// How often a command is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retry {
    /// At most so many times.
    pub(crate) attempts: u32,
    /// Seconds between two tries.
    pub(crate) delay: u64,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// Its host name.
    pub(crate) hostname: String,
    /// The address commands are sent to.
    pub(crate) address: String,
    /// Its role.
    pub(crate) role: Role,
}

/// What a machine is in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Runs etcd and the API server
    Controlplane,
    /// Runs work
    Worker,
}

impl From<&Machine> for Target {
    fn from(machine: &Machine) -> Self {
        Self {
            hostname: machine.hostname.clone(),
            address: machine.address().to_owned(),
            role: if machine.control_plane { Role::Controlplane } else { Role::Worker },
        }
    }
}

/// What steps are made with.
pub(crate) struct Maker<'p> {
    pub(crate) inventory: &'p Inventory,
    pub(crate) access: &'p Access,
}

impl Maker<'_> {
    /// The addresses of all controllers.
    pub(crate) fn controllers(&self) -> Vec<String> {
        self.inventory.controllers().map(|machine| machine.address().to_owned()).collect()
    }

    /// The addresses of all machines.
    pub(crate) fn machines(&self) -> Vec<String> {
        self.inventory.machines.iter().map(|machine| machine.address().to_owned()).collect()
    }

    /// A step on a machine.
    pub(crate) fn on(&self, machine: &Machine, action: Action, reason: impl Into<String>) -> Step {
        Step::new(self, Some(machine.into()), action, reason.into())
    }

    /// A step on the cluster.
    pub(crate) fn whole(&self, action: Action, reason: impl Into<String>) -> Step {
        Step::new(self, None, action, reason.into())
    }
}

impl Step {
    fn new(maker: &Maker, node: Option<Target>, action: Action, reason: String) -> Self {
        let (timeout, retry) = action.patience();
        let mut step = Self {
            id: action.id(node.as_ref()),
            unless: action.unless(node.as_ref(), maker),
            preconditions: action.preconditions(node.as_ref(), maker),
            checks: action.checks(node.as_ref(), maker),
            timeout,
            retry,
            argv: Vec::new(),
            action,
            node,
            reason,
        };
        step.argv = step.commands(maker.access).iter().map(crate::command::Command::argv).collect();
        step
    }

    /// The commands, from the typed fields alone.
    pub(crate) fn commands(&self, access: &Access) -> Vec<crate::command::Command> {
        self.action.commands(self.node.as_ref(), access, self.timeout.command)
    }

    /// The same step with another limit for its command.
    pub(crate) fn within(mut self, seconds: Option<u64>, access: &Access) -> Self {
        if let Some(seconds) = seconds {
            self.timeout.command = seconds;
            self.argv = self.commands(access).iter().map(crate::command::Command::argv).collect();
        }
        self
    }

    /// Whether it is on a worker, so that others like it may run beside it.
    pub(crate) fn on_worker(&self) -> bool {
        self.node.as_ref().is_some_and(|node| node.role == Role::Worker)
    }
}

/// A step as it is read: its parameters wait for the operation's name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawStep {
    id: String,
    operation: String,
    #[serde(default)]
    parameters: Option<serde_json::Value>,
    #[serde(default)]
    node: Option<Target>,
    reason: String,
    unless: Vec<Condition>,
    preconditions: Vec<Condition>,
    checks: Vec<Condition>,
    timeout: Timeout,
    retry: Retry,
    argv: Vec<Vec<String>>,
}

impl TryFrom<RawStep> for Step {
    type Error = String;

    fn try_from(raw: RawStep) -> Result<Self, String> {
        let mut tagged = serde_json::Map::new();
        tagged.insert("operation".to_owned(), raw.operation.into());
        if let Some(parameters) = raw.parameters {
            tagged.insert("parameters".to_owned(), parameters);
        }
        let action =
            serde_json::from_value(tagged.into()).map_err(|error| format!("step {}: {error}", raw.id))?;
        Ok(Self {
            id: raw.id,
            action,
            node: raw.node,
            reason: raw.reason,
            unless: raw.unless,
            preconditions: raw.preconditions,
            checks: raw.checks,
            timeout: raw.timeout,
            retry: raw.retry,
            argv: raw.argv,
        })
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// `nodeop/plan-form`: what the reader does not understand.
    pub(crate) fn read(source: &Source) -> Outcome<Self> {
        let plan: Self = serde_yaml::from_str(source.text()).map_err(|error| {
            let message = format!("{}: this is no plan: {error}", source.name());
            Failure::new("nodeop/plan-form", message.trim_end().to_owned())
                .with_help("make it with nodeop plan OPERATION; its form is what nodeop schema plan prints")
        })?;
        if plan.version != PLAN_VERSION {
            let message = format!("the plan has version {}, not {PLAN_VERSION}", plan.version);
            return Err(Failure::new("nodeop/plan-form", message).with_help("make it anew"));
        }
        Ok(plan)
    }

    /// The plan as YAML.
    ///
    /// # Errors
    /// `nodeop/plan-form` when it has no form as YAML, which no plan of ours lacks.
    pub(crate) fn to_yaml(&self) -> Outcome<String> {
        document(self)
    }

    /// Whether something is destroyed.
    pub(crate) fn destroys(&self) -> bool {
        self.steps.iter().any(|step| step.action.destroys())
    }

    /// Whether a person is to be asked before.
    pub(crate) fn asks(&self) -> bool {
        let applied = self.steps.iter().filter(|step| matches!(step.action, Action::Apply { .. })).count();
        applied > 1 || self.steps.iter().any(|step| step.action.asks())
    }

    /// The controllers' addresses where the machine that leads etcd is to come last.
    pub(crate) fn leads_last(&self) -> Option<Vec<String>> {
        let disturbing = |step: &&Step| step.action.leads_last() && !step.on_worker();
        let first = self.steps.iter().find(disturbing)?;
        let mut conditions = first.preconditions.iter().chain(&first.checks);
        conditions.find_map(Condition::controllers).map(<[String]>::to_vec)
    }

    /// Whether anything is changed, so that no other run may go on beside it.
    pub(crate) fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.action.changes())
    }
}

/// A document of a stream.
///
/// # Errors
/// `nodeop/plan-form` when there is no such form.
pub(crate) fn document(data: &impl Serialize) -> Outcome<String> {
    let json = serde_json::to_value(data)
        .map_err(|error| Failure::new("nodeop/plan-form", format!("cannot be written as YAML: {error}")))?;
    Ok(yaml::emit_stream(&[Value::from(json)], EmitOptions::default()))
}

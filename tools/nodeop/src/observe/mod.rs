//! Looks whether a condition holds: by asking the machines through talosctl and the API server through kubectl. The
//! cluster is the truth; nothing here remembers anything.

mod etcd;
mod kubernetes;
mod machine;
mod table;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cliutil::{Failure, Outcome, program};

use crate::command::Command;
use crate::plan::{Access, Condition, Plan, Step};
use crate::runner::{self, Ending, Said};
use crate::stop::Stop;

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It holds.
    Yes,
    /// It does not, and why.
    No(String),
    /// Nobody answers, and what was heard instead.
    Unknown(String),
}

impl Verdict {
    /// Whether it holds.
    pub(crate) fn holds(&self) -> bool {
        *self == Self::Yes
    }

    /// Why it does not hold.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Yes => "",
            Self::No(why) | Self::Unknown(why) => why,
        }
    }

    fn of(holds: bool, otherwise: impl FnOnce() -> String) -> Self {
        if holds { Self::Yes } else { Self::No(otherwise()) }
    }
}

/// The programs, found once.
pub(crate) struct Programs(BTreeMap<&'static str, PathBuf>);

impl Programs {
    /// Finds what a plan needs.
    ///
    /// # Errors
    /// `program/missing` for each that is not there.
    pub(crate) fn of(plan: &Plan) -> Outcome<Self> {
        let mut names: Vec<_> = plan
            .steps
            .iter()
            .flat_map(|step| {
                let conditions = step.unless.iter().chain(&step.preconditions).chain(&step.checks);
                let asked: Vec<_> = conditions.filter_map(needs).collect();
                step.commands(&plan.access)
                    .iter()
                    .map(|command| command.program)
                    .chain(asked)
                    .collect::<Vec<_>>()
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for name in names {
            match program::find(name, install(name)) {
                Ok(path) => drop(found.insert(name, path)),
                Err(failure) => missing.extend(failure.diagnostics),
            }
        }
        if missing.is_empty() { Ok(Self(found)) } else { Err(missing.into()) }
    }

    /// Whether a program is needed and there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Where a program is.
    ///
    /// # Errors
    /// `program/missing`.
    pub(crate) fn path(&self, name: &'static str) -> Outcome<&Path> {
        let missing = || Failure::new("program/missing", format!("{name}: program not found on PATH"));
        self.0.get(name).map(PathBuf::as_path).ok_or_else(missing)
    }
}

/// How a program is installed.
pub(crate) fn install(program: &str) -> &'static str {
    match program {
        "talosctl" => "install the version of your Talos: mise use talosctl@1.13, or talos.dev/install",
        "kubectl" => "install it: mise use kubectl, or kubernetes.io/docs/tasks/tools",
        "helmfile" => "install it with helm: mise use helmfile helm, or github.com/helmfile/helmfile",
        _ => "install it: mise use flux2, or fluxcd.io/flux/installation",
    }
}

/// The program that a condition is asked with.
fn needs(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::FileWritten { .. } => None,
        condition if condition.asks_kubernetes() => Some("kubectl"),
        _ => Some("talosctl"),
    }
}

/// Asks.
pub(crate) struct Observer<'o> {
    pub(crate) programs: &'o Programs,
    pub(crate) access: &'o Access,
    pub(crate) stop: &'o Stop,
    /// How long one question may take.
    pub(crate) question: Duration,
    /// Answers of one sweep: several conditions ask the same.
    answers: Option<Mutex<BTreeMap<Vec<OsString>, Said>>>,
}

impl<'o> Observer<'o> {
    /// One that asks every time.
    pub(crate) fn new(
        programs: &'o Programs,
        access: &'o Access,
        stop: &'o Stop,
        question: Duration,
    ) -> Self {
        Self { programs, access, stop, question, answers: None }
    }

    /// One for a single sweep over conditions, which asks nothing twice.
    pub(crate) fn sweep(&self) -> Self {
        Self {
            answers: Some(Mutex::default()),
            ..Self::new(self.programs, self.access, self.stop, self.question)
        }
    }
}

impl Observer<'_> {
    /// Whether a condition of a step holds now.
    ///
    /// # Errors
    /// `program/start`, `program/missing`.
    pub(crate) fn look(&self, condition: &Condition, step: &Step) -> Outcome<Verdict> {
        let address = step.node.as_ref().map_or("", |node| node.address.as_str());
        let hostname = step.node.as_ref().map_or("", |node| node.hostname.as_str());
        match condition {
            Condition::HostnameMatches => self.hostname_matches(address, hostname),
            Condition::MachineStage { stage } => self.machine_stage(address, *stage),
            Condition::MachineReady => self.machine_ready(address),
            Condition::MachineConfigured => self.machine_configured(address),
            Condition::ControllersConfigured { controllers } => self.controllers_configured(controllers),
            Condition::ConfigurationApplied { file } => self.configuration_applied(address, file),
            Condition::TalosVersion { version, schematic } => {
                self.talos_version(address, version, schematic.as_deref())
            }
            Condition::TalosMinorStep { version } => self.talos_minor_step(address, version),
            Condition::KubernetesMinorStep { version } => self.kubernetes_minor_step(version),
            Condition::KubernetesFits { talos } => self.kubernetes_fits(address, talos),
            Condition::TalosFits { machines, kubernetes } => self.talos_fits(machines, kubernetes),
            Condition::EtcdHealthy { controllers } => self.etcd_healthy(controllers),
            Condition::EtcdQuorumWithout { controllers } => self.etcd_quorum_without(controllers),
            Condition::EtcdBootstrapped { controllers } => self.etcd_bootstrapped(controllers),
            Condition::KubeletVersion { version } => self.kubelet_version(version),
            Condition::FileWritten { path } => Ok(file_written(path)),
            Condition::NodesRegistered => self.nodes_registered(),
            Condition::ObjectsReady { objects } => self.objects_ready(objects),
            Condition::NamespaceExists { name } => self.namespace_exists(name),
        }
    }

    /// The first of the conditions that does not hold, and why not.
    ///
    /// # Errors
    /// As [`Observer::look`].
    pub(crate) fn first_open(
        &self,
        conditions: &[Condition],
        step: &Step,
    ) -> Outcome<Option<(String, Verdict)>> {
        for condition in conditions {
            let verdict = self.look(condition, step)?;
            if !verdict.holds() {
                return Ok(Some((condition.to_string(), verdict)));
            }
        }
        Ok(None)
    }

    /// The version of talosctl itself, with its v; none where it does not say.
    ///
    /// # Errors
    /// As [`Observer::look`].
    pub(crate) fn talosctl_version(&self) -> Outcome<Option<String>> {
        let said =
            self.ask(&Command::bare("talosctl", self.question).args(["version", "--client", "--short"]))?;
        let mut words = said.output.iter().flat_map(|line| line.split_whitespace());
        Ok(words.find(|word| talos::compatibility::Version::parse(word).is_some()).map(str::to_owned))
    }

    /// A question to machines.
    fn talosctl(&self, words: &[&str], nodes: &str) -> Outcome<Said> {
        let command = Command::bare("talosctl", self.question)
            .args(words.iter().copied())
            .path_arg("--talosconfig", &self.access.talosconfig)
            .flag("--nodes", nodes);
        self.ask(&command)
    }

    /// A question to the API server.
    fn kubectl(&self, verb: &str, words: &[&str]) -> Outcome<Said> {
        let command = Command::kubectl(verb, &self.access.kubeconfig, self.question)
            .flag("--request-timeout", &format!("{}s", (self.question.as_secs() * 2 / 3).max(1)))
            .args(words.iter().copied());
        self.ask(&command)
    }

    fn ask(&self, command: &Command) -> Outcome<Said> {
        let answers = self.answers.as_ref().map(|all| all.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(said) = answers.as_ref().and_then(|all| all.get(&command.args)) {
            return Ok(said.clone());
        }
        let mut said = runner::run_with(self.programs.path(command.program)?, command, None, self.stop)?;
        if said.ending == Ending::Timeout {
            said.messages.push(said.ending.words(command));
        }
        if let Some(mut all) = answers {
            all.insert(command.args.clone(), said.clone());
        }
        Ok(said)
    }
}

/// The documents of a stream that a program wrote; nothing when it failed or wrote something else.
fn documents(said: &Said) -> Option<Vec<yaml::Value>> {
    if said.ending != Ending::Well {
        return None;
    }
    yaml::load(&String::from_utf8_lossy(&said.raw), yaml::Dialect::GoYamlV3).ok()
}

/// What was heard instead of an answer.
fn heard(said: &Said, program: &str) -> String {
    let last = said.messages.iter().rev().find(|line| !line.trim().is_empty());
    match (&said.ending, last) {
        (Ending::Stopped, _) => "stopped on request".to_owned(),
        (_, Some(line)) => line.trim().to_owned(),
        _ => format!("{program} gave no answer that can be read"),
    }
}

fn file_written(path: &Path) -> Verdict {
    let written = std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > 0);
    Verdict::of(written, || format!("{} is missing or empty", path.display()))
}

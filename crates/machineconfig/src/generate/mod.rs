//! From a talconfig and a secrets bundle to the machine configurations of its nodes, by talhelper's steps: base,
//! node fields, label and annotation templates, CNI, inline manifests, generated documents, patches of the node, patches
//! of the cluster, extra manifests.

mod fields;
mod names;
mod patches;

use cliutil::{Diagnostic, Location, Severity, parallel};
use talos::Talenv;
use yaml::Value;

use crate::base::Base;
use crate::cluster::{Cluster, Fields as _, Node};
use crate::config::Config;
use crate::files::Files;
use crate::{Client, Mode, Problem, Problems, Secrets, check, documents};

/// What generating needs beside the talconfig.
pub struct Inputs<'i> {
    /// The secrets bundle.
    pub secrets: &'i Secrets,
    /// Variables for patch files.
    pub env: &'i Talenv,
    /// How files are read.
    pub files: &'i dyn Files,
    /// What the machines run on.
    pub mode: Mode,
}

/// The machine configuration of a node.
pub struct Machine {
    /// The host name.
    pub hostname: String,
    /// Where it belongs below the output folder.
    pub file_name: String,
    /// Its documents as YAML. As values, those of a thousand nodes would not fit into 100 MB.
    pub yaml: String,
}

/// The machine configurations of a talconfig.
pub struct Generated {
    /// In the order of its nodes.
    pub machines: Vec<Machine>,
    /// What its Talos cannot read yet. No error: talhelper writes the same.
    pub warnings: Vec<Diagnostic>,
}

/// A thread takes as long to start as a machine or two to make.
const WORTH_A_THREAD: usize = 3;

/// Documents as YAML, with `---` between them.
fn stream(documents: &[Value]) -> String {
    let mut out = String::new();
    for (n, document) in documents.iter().enumerate() {
        if n > 0 {
            out.push_str("---\n");
        }
        out.push_str(&yaml::emit(document, yaml::EmitOptions::default()));
    }
    out
}

/// A problem of a node, with its place in the talconfig.
struct Failed {
    problem: Problem,
    at: Option<Location>,
    file: Option<String>,
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self { problem, at: None, file: None }
    }
}

/// The problems of all nodes. What is wrong with a patch that many have is told once.
#[derive(Default)]
struct Found(Vec<(Failed, Location, Vec<String>)>);

impl Found {
    fn add(&mut self, cluster: &Cluster, node: &Node, failed: Failed) {
        let place = failed.at.clone().unwrap_or_else(|| cluster.node_location(node, ""));
        let name = node.hostname().to_owned();
        let known = self.0.iter_mut().find(|(known, at, _)| {
            (&known.problem, &known.file) == (&failed.problem, &failed.file)
                && (at.source.name(), &at.range) == (place.source.name(), &place.range)
        });
        match known {
            Some((_, _, nodes)) if nodes.contains(&name) => {}
            Some((_, _, nodes)) => nodes.push(name),
            None => self.0.push((failed, place, vec![name])),
        }
    }

    fn into_diagnostics(self, severity: Severity) -> Vec<Diagnostic> {
        let diagnostics = self.0.into_iter().map(|(Failed { problem, file, .. }, place, nodes)| {
            let about = file.map(|file| format!("{file}: ")).unwrap_or_default();
            let of = match nodes.as_slice() {
                [first, others @ ..] if others.len() > 2 => format!("{first} and {} others", others.len()),
                few => few.join(", "),
            };
            let mut diagnostic = Diagnostic::error(problem.code, format!("{of}: {about}{problem}")).at(place);
            diagnostic.severity = severity;
            diagnostic.help = problem.help;
            diagnostic
        });
        diagnostics.collect()
    }
}

impl Cluster {
    /// Generates the configurations of all nodes, in their order.
    ///
    /// # Errors
    /// The problems of all nodes.
    pub fn generate(&self, inputs: &Inputs<'_>) -> Result<Generated, Vec<Diagnostic>> {
        let shared = patches::Shared::default();
        let results =
            parallel::map_with(&self.nodes, WORTH_A_THREAD, |node| self.machine(node, inputs, &shared));
        let mut machines = Vec::with_capacity(results.len());
        let (mut problems, mut warnings) = (Found::default(), Found::default());
        let version = self.root.get("talosVersion").map(|_| self.location("talosVersion"));
        for (node, result) in self.nodes.iter().zip(results) {
            match result {
                Ok((machine, later)) => {
                    machines.push(machine);
                    for problem in later {
                        warnings.add(self, node, Failed { problem, at: version.clone(), file: None });
                    }
                }
                Err(failed) => {
                    for failed in failed {
                        problems.add(self, node, failed);
                    }
                }
            }
        }
        if !problems.0.is_empty() {
            return Err(problems.into_diagnostics(Severity::Error));
        }
        names::distinct(&machines).map_err(|problem| vec![problem.to_diagnostic()])?;
        Ok(Generated { machines, warnings: warnings.into_diagnostics(Severity::Warning) })
    }

    /// The client configuration (`talosconfig`), with what [`Secrets::client`] made; whether its nodes are listed, so that
    /// commands go to all of them when none is named.
    pub fn client(&self, secrets: &Secrets, made: &Client, list_nodes: bool) -> Value {
        let endpoints = self.nodes.iter().filter(|node| node.control_plane()).flat_map(Node::addresses);
        let nodes = self.nodes.iter().flat_map(Node::addresses);
        let name = self.root.text("clusterName");
        crate::client::client(
            name,
            &endpoints.collect::<Vec<_>>(),
            &nodes.collect::<Vec<_>>(),
            list_nodes,
            secrets,
            made,
        )
    }

    fn machine(
        &self,
        node: &Node,
        inputs: &Inputs<'_>,
        shared: &patches::Shared,
    ) -> Result<(Machine, Problems), Vec<Failed>> {
        let one = |problem: Problem| vec![Failed::from(problem)];
        let control_plane = node.control_plane();
        let mut start = shared.base(control_plane, || self.base(inputs.secrets).documents(control_plane));
        if let Some(first) = start.first_mut() {
            fields::apply(self, node, &mut first.value)
                .map_err(|problem| vec![self.located(node, problem)])?;
        }
        let start = Config::new(start).map_err(one)?;
        let generated =
            documents::of_node(node, self.contract).map_err(|problem| vec![self.located(node, problem)])?;
        let patched = patches::Run { cluster: self, node, inputs, shared }.all(start, generated)?;
        let problems = check::check_values(&patched, inputs.mode);
        if !problems.is_empty() {
            return Err(problems.into_iter().map(Failed::from).collect());
        }
        let file_name = names::file_name(self, node).map_err(|problem| vec![self.located(node, problem)])?;
        let later = check::later(&patched, self.contract);
        Ok((Machine { hostname: node.hostname().to_owned(), file_name, yaml: stream(&patched) }, later))
    }

    /// A problem whose path begins with a field of the node.
    fn located(&self, node: &Node, problem: Problem) -> Failed {
        let field = problem.path.split(['.', '[']).next().unwrap_or_default();
        Failed { at: Some(self.node_location(node, field)), file: None, problem }
    }

    fn base<'b>(&'b self, secrets: &'b Secrets) -> Base<'b> {
        let nets = |key, default: &str| match self.root.items(key) {
            [] => Value::Sequence(vec![Value::from(default)]),
            nets => Value::Sequence(nets.to_vec()),
        };
        let domain = self.root.text("domain");
        Base {
            contract: self.contract,
            secrets,
            cluster_name: self.root.text("clusterName"),
            endpoint: self.root.text("endpoint"),
            kubernetes: self.kubernetes_version(),
            domain: if domain.is_empty() { "cluster.local" } else { domain },
            pod_nets: nets("clusterPodNets", "10.244.0.0/16"),
            service_nets: nets("clusterSvcNets", "10.96.0.0/12"),
            machine_sans: self.root.get("additionalMachineCertSans"),
            api_sans: self.root.items("additionalApiServerCertSans"),
            schedule_on_control_planes: self.root.flag("allowSchedulingOnMasters")
                || self.root.flag("allowSchedulingOnControlPlanes"),
        }
    }
}

//! `nodeop status`: the nodes as Kubernetes sees them, their Talos versions, and the cluster's health. Each part is
//! asked for and reported by itself.

use std::path::PathBuf;
use std::time::Duration;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, program};
use talos::{Inventory, Machine};
use yaml::{EmitOptions, Mapping, Value};

use crate::cli::{OutputForm, StatusArgs};
use crate::command::Command;
use crate::execute::json_line;
use crate::inventory::Cluster;
use crate::runner::{Ending, Said};
use crate::{access, files, inventory, runner};

/// What a program may take beyond its own time limit before it is ended.
const GRACE: Duration = Duration::from_secs(15);

/// One part of the status.
struct Part {
    name: &'static str,
    /// The machines it is about.
    nodes: Vec<String>,
    command: Command,
    /// What to look at when it fails.
    remedy: &'static str,
}

pub(crate) fn run(args: &StatusArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let cluster = inventory::cluster(&args.files)?;
    let inventory = &cluster.inventory;
    let machines = inventory::select(inventory, &args.nodes)?;
    let environment = |name: &str| std::env::var_os(name);
    let talosconfig = files::talosconfig(&args.files, &environment);
    let kubeconfig = files::kubeconfig(&args.files, &environment);
    if kubeconfig.is_none() && !common.quiet {
        io.say("nodes: left out, for there is no kubeconfig");
    }
    let access = Access { talosconfig, kubeconfig };
    let parts = parts(args, inventory, &machines, &access)?;
    if args.dry_run {
        return dry_run(&parts, io);
    }
    let programs = preconditions(&parts, &access, &cluster)?;
    let mut failed = false;
    if !common.quiet {
        for part in &parts {
            let limit = part.command.timeout.as_secs();
            io.say(format!("{}: asking {} (at most {limit} s)", part.name, part.command.program));
        }
    }
    for (part, said) in parts.iter().zip(ask(&parts, &programs)) {
        let said = said?;
        let document = document(part, &said);
        io.write_out(match args.output {
            OutputForm::Yaml => yaml::emit_stream(&[document], EmitOptions::default()),
            OutputForm::Json => json_line(&serde_json::Value::from(document))?,
        })?;
        if let Some(note) = note(part, &said) {
            failed = true;
            reporter.show(&[note], true, io);
        }
    }
    Ok(if failed { Exit::No } else { Exit::Yes })
}

/// Asks all parts at once; the answers are in their order.
fn ask(parts: &[Part], programs: &[PathBuf]) -> Vec<Outcome<Said>> {
    std::thread::scope(|scope| {
        let begun: Vec<_> = parts
            .iter()
            .zip(programs)
            .map(|(part, path)| scope.spawn(move || runner::run(path, &part.command)))
            .collect();
        let lost = || Failure::new("program/start", "the program could not be waited for");
        begun.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(lost()))).collect()
    })
}

/// The files that give access.
struct Access {
    talosconfig: PathBuf,
    kubeconfig: Option<PathBuf>,
}

fn parts(
    args: &StatusArgs,
    inventory: &Inventory,
    machines: &[&Machine],
    access: &Access,
) -> Outcome<Vec<Part>> {
    let limit = Duration::from_secs(args.timeout);
    let mut parts = Vec::new();
    if let Some(kubeconfig) = &access.kubeconfig {
        let names: Vec<_> = machines.iter().map(|machine| machine.hostname.clone()).collect();
        parts.push(Part {
            name: "nodes",
            command: Command::kubectl("get", kubeconfig, limit + GRACE)
                .flag("--request-timeout", &format!("{}s", args.timeout))
                .args(["nodes", "--output=wide"])
                .args(names.clone()),
            nodes: names,
            remedy: "is the API server's address reachable? nodes are NotReady until the apps are bootstrapped",
        });
    }
    let addresses = addresses(machines.iter().copied());
    parts.push(Part {
        name: "versions",
        command: Command::talosctl("version", &access.talosconfig, limit)
            .flag("--nodes", &addresses.join(","))
            .args(["--short"]),
        nodes: addresses,
        remedy: "are the machines on, and is the talosconfig the one of this cluster?",
    });
    parts.push(health(args, inventory, access)?);
    Ok(parts)
}

/// Health is a property of the whole cluster: the first controller is told of every machine that belongs to it.
fn health(args: &StatusArgs, inventory: &Inventory, access: &Access) -> Outcome<Part> {
    let controllers = addresses(inventory.controllers());
    let workers = addresses(inventory.workers());
    let Some(first) = controllers.first() else {
        return Err(Failure::new("talos/no-controller", "no node of the configuration is a controller")
            .with_help("give at least one of them controlPlane: true"));
    };
    let limit = Duration::from_secs(args.wait_timeout);
    let mut command = Command::talosctl("health", &access.talosconfig, limit + GRACE)
        .flag("--nodes", first)
        .flag("--control-plane-nodes", &controllers.join(","));
    if !workers.is_empty() {
        command = command.flag("--worker-nodes", &workers.join(","));
    }
    Ok(Part {
        name: "health",
        command: command.flag("--wait-timeout", &format!("{}s", args.wait_timeout)),
        nodes: controllers.iter().chain(&workers).cloned().collect(),
        remedy: "look at the machines named above: talosctl dmesg, talosctl services",
    })
}

fn addresses<'m>(machines: impl Iterator<Item = &'m Machine>) -> Vec<String> {
    machines.map(|machine| machine.address().to_owned()).collect()
}

/// Every file and program that is needed is there, and no credential has ended or is another cluster's; all that is wrong
/// is named at once.
fn preconditions(parts: &[Part], files: &Access, cluster: &Cluster) -> Outcome<Vec<PathBuf>> {
    let configuration = cluster.first_controller().ok().map(|machine| cluster.configuration(machine));
    let mut missing = Vec::new();
    missing.extend(access::talos(&files.talosconfig, configuration.as_deref()).err());
    if let Some(kubeconfig) = &files.kubeconfig {
        missing.extend(access::kubernetes(kubeconfig, configuration.as_deref()).err());
    }
    let mut missing: Vec<_> = missing.into_iter().flat_map(|failure| failure.diagnostics).collect();
    let mut programs = Vec::new();
    for part in parts {
        let name = part.command.program;
        match program::find(name, crate::observe::install(name)) {
            Ok(path) => programs.push(path),
            Err(failure) => missing.extend(failure.diagnostics),
        }
    }
    missing.dedup_by(|one, other| one.message == other.message);
    if missing.is_empty() { Ok(programs) } else { Err(missing.into()) }
}

fn dry_run(parts: &[Part], io: &mut Io) -> Outcome<Exit> {
    let documents: Vec<_> = parts
        .iter()
        .map(|part| {
            let mut map: Mapping = std::iter::once(("part", part.name)).collect();
            part.command.describe(&mut map);
            map.into()
        })
        .collect();
    io.write_out(yaml::emit_stream(&documents, EmitOptions::default()))?;
    Ok(Exit::Yes)
}

/// The result of a part.
fn document(part: &Part, said: &Said) -> Value {
    let mut map: Mapping = std::iter::once(("part", part.name)).collect();
    map.insert("ok", said.ending == Ending::Well);
    map.insert("nodes", part.nodes.clone());
    if said.ending != Ending::Well {
        map.insert("reason", said.ending.words(&part.command));
    }
    map.insert("output", said.output.clone());
    if !said.messages.is_empty() {
        map.insert("messages", said.messages.clone());
    }
    map.into()
}

/// The words about a part that failed.
fn note(part: &Part, said: &Said) -> Option<Diagnostic> {
    if said.ending == Ending::Well {
        return None;
    }
    let mut message = format!("{}: {}", part.name, said.ending.words(&part.command));
    for line in said.messages.iter().rev().take(5).rev().filter(|line| !line.trim().is_empty()) {
        message.push_str("\n  ");
        message.push_str(line);
    }
    Some(Diagnostic::warning("nodeop/part-failed", message).with_help(part.remedy))
}

//! `talosgen genconfig`: machine configurations of all nodes and the client configuration, from talconfig.yaml, the
//! secrets bundle and talenv.yaml. Everything is made before anything is written.

mod changes;
mod gitignore;
mod output;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, ReadOptions, Reporter, Severity, Source};
use machineconfig::{ClientOptions, Cluster, Files, Inputs, Machine, Mode, Secrets};
use talos::Talenv;
use yaml::{EmitOptions, Value};

use crate::cli::GenconfigArgs;
use crate::inputs;

/// The name of the client configuration.
const CLIENT: &str = "talosconfig";

pub(crate) fn run(
    args: &GenconfigArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let made = make(args, common, reporter, io)?;
    if args.stdout {
        return io.write_out(stream(&made.machines)).map(|()| Exit::Yes);
    }
    if args.dry_run {
        return io.write_out(changes::describe(&args.out_dir, &made.machines)).map(|()| Exit::Yes);
    }
    let client = yaml::emit(&made.client, EmitOptions::default());
    let machines = made.machines.iter().map(|machine| (machine.file_name.as_str(), machine.yaml.as_str()));
    let files: Vec<_> = machines.chain([(CLIENT, client.as_str())]).collect();
    output::write(&args.out_dir, &files)?;
    if !args.no_gitignore {
        gitignore::update(&args.out_dir, files.iter().map(|(name, _)| *name))?;
    }
    if !common.quiet {
        for machine in &made.machines {
            let path = args.out_dir.join(&machine.file_name);
            io.say(format!("generated config for {} in {}", machine.hostname, path.display()));
        }
        io.say(format!("generated client config in {}", args.out_dir.join(CLIENT).display()));
    }
    Ok(Exit::Yes)
}

struct Made {
    machines: Vec<Machine>,
    client: Value,
}

/// Everything, in memory.
fn make(args: &GenconfigArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Made> {
    let source = Arc::new(cliutil::read_input(io, &args.config_file, ReadOptions::default())?);
    let folder = args.config_file.parent().map(Path::to_path_buf).unwrap_or_default();
    let files = inputs::Decrypting::default();
    let env = inputs::environment(&args.env_file, &files)?;
    let now = SystemTime::now();
    let (env, files) = (&env, &files);
    std::thread::scope(|scope| {
        let (give, take) = std::sync::mpsc::sync_channel(1);
        // The keys of the bundle are checked beside all the rest; nothing is written before that is done.
        let checked = scope.spawn(move || {
            let bundle = inputs::secrets(&args.secret_file, env, files, now).map(Arc::new);
            let read = bundle.as_ref().ok().map(Arc::clone);
            // Whoever is gone wants it no more.
            let _ = give.send(bundle);
            read.map_or(Ok(()), |bundle| bundle.check_account())
        });
        let loaded = load(&source, env, &folder, files);
        let bundle = take.recv();
        let (cluster, findings) = loaded?;
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(findings.into());
        }
        let shown: Vec<Diagnostic> = findings.into_iter().filter(|_| !common.quiet).collect();
        reporter.show(&shown, true, io);
        let made = match bundle {
            Ok(bundle) => generate(args, &cluster, &bundle?.secrets, (env, files), now),
            Err(_) => Err(Failure::new("secrets/missing", "the secrets bundle was not read")),
        };
        checked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        made
    })
}

fn generate(
    args: &GenconfigArgs,
    cluster: &Cluster,
    secrets: &Secrets,
    (env, files): (&Talenv, &dyn Files),
    now: SystemTime,
) -> Outcome<Made> {
    let mode = Mode::parse(&args.talos_mode).unwrap_or(Mode::Metal);
    let machines = cluster.generate(&Inputs { secrets, env, files, mode })?;
    let options =
        ClientOptions { role: args.role.clone(), lifetime: args.crt_ttl, nodes: !args.disable_nodes_section };
    let client = cluster.client(secrets, &options, now).map_err(|error| {
        Failure::new("secrets/invalid", format!("the client certificate cannot be made: {error}"))
    })?;
    Ok(Made { machines, client })
}

/// The talconfig, and what is to be said of it.
fn load(
    source: &Arc<Source>,
    env: &Talenv,
    folder: &Path,
    files: &dyn Files,
) -> Outcome<(Cluster, Vec<Diagnostic>)> {
    let cluster = Cluster::load(source, env, folder, files)?;
    let mut findings = cluster.check();
    findings.extend(cluster.warnings.iter().cloned());
    findings.extend(cluster.notes());
    Ok((cluster, inputs::without_values(findings, env)))
}

/// All documents of all nodes, each file's name in a comment before its first document.
fn stream(machines: &[Machine]) -> String {
    let part = |machine: &Machine| format!("---\n# {}\n{}", machine.file_name, machine.yaml);
    machines.iter().map(part).collect()
}

//! `talosgen genconfig`: machine configurations of all nodes and the client configuration, from talconfig.yaml, the
//! secrets bundle and talenv.yaml. Everything is made before anything is written.

mod changes;
mod gitignore;
mod output;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, ReadOptions, Reporter, Severity, Source};
use machineconfig::{Cluster, Files, Generated, Inputs, Machine, Mode};
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
    let (cluster, findings) = load(&source, &env, &folder, &files)?;
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(findings.into());
    }
    let generated = generate(args, &cluster, &env, &files);
    let warnings = generated.as_ref().map(|(made, _)| made.warnings.clone()).unwrap_or_default();
    let findings = findings.into_iter().chain(inputs::without_values(warnings, &env));
    let shown: Vec<Diagnostic> = findings.filter(|_| !common.quiet).collect();
    reporter.show(&shown, true, io);
    let (Generated { machines, .. }, client) = generated?;
    Ok(Made { machines, client })
}

/// The configurations of the machines, and that of the client.
fn generate(
    args: &GenconfigArgs,
    cluster: &Cluster,
    env: &Talenv,
    files: &inputs::Decrypting,
) -> Outcome<(Generated, Value)> {
    let now = SystemTime::now();
    let secrets = inputs::secrets(&args.secret_file, env, files, now)?;
    let mode = Mode::parse(&args.talos_mode).unwrap_or(Mode::Metal);
    let made = cluster.generate(&Inputs { secrets: &secrets, env, files, mode })?;
    let client = secrets.client(&args.role, args.crt_ttl, now).map_err(|error| {
        Failure::new("secrets/invalid", format!("the client certificate cannot be made: {error}"))
    })?;
    let client = cluster.client(&secrets, &client, !args.disable_nodes_section);
    Ok((made, client))
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

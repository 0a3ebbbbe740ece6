//! `validate config`, `explain`, `schema` and `sample`: the configuration and its declarations.

mod args;
mod deploy_key;
mod fix;
mod sample;
mod schema;
mod tracked;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use cliutil::{
    CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, ReadOptions, Reporter, Severity, Source, read_input,
};
use cluster::{Checked, Context, Inputs, Model};

pub(crate) use args::{ConfigArgs, ExplainArgs, SampleArgs, SchemaArgs};
pub(crate) use sample::run as run_sample;
pub(crate) use schema::run as run_schema;

/// Runs `validate explain`.
pub(crate) fn run_explain(args: &ExplainArgs, io: &mut Io) -> Outcome<Exit> {
    if let Some(rule) = crate::rules::RULES.iter().find(|rule| rule.id == args.key) {
        io.write_out(rule.page)?;
        return Ok(Exit::Yes);
    }
    let model = Model::load(&args.templates, &args.system)?;
    io.write_out(cluster::explain(&model, &args.key)?)?;
    Ok(Exit::Yes)
}

/// Runs `validate config`.
pub(crate) fn run(args: &ConfigArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    if args.fix {
        fix::check_paths(&paths(args))?;
    }
    let mut inputs = Inputs::parse(sources(args, io)?)?;
    // What fills memory is left to the end of the process, which is faster than giving it back piece by piece.
    let model =
        ManuallyDrop::new(model(&args.templates, inputs.system().unwrap_or(cluster::DEFAULT_SYSTEM))?);
    if args.fix {
        inputs = fix::run(args, common, inputs, &model, io)?;
    }
    let inputs = ManuallyDrop::new(inputs);
    let Checked { context, mut findings, private_repository, secrets } = cluster::check(&inputs, &model)?;
    findings.extend(tracked::findings(&secrets, &paths(args)));
    // What stands beside the two files has a say too.
    let mut around = crate::versions::of_catalogue(&args.templates, &model)?;
    around.extend(deploy_key::finding(private_repository, &paths(args)));
    let context = context
        .filter(|_| around.iter().all(|finding| finding.severity != Severity::Error))
        .map(ManuallyDrop::new);
    findings.extend(around);
    // With --check (and after --fix) the findings are all there is to say; else standard output is the context's.
    let only_findings = args.check || args.fix;
    let is_shown = |finding: &Diagnostic| match finding.severity {
        Severity::Error => true,
        Severity::Warning => !common.quiet || args.strict,
        Severity::Note => !common.quiet && only_findings,
    };
    let shown: Vec<_> = findings.into_iter().filter(is_shown).collect();
    Reporter::new("validate", common, io).show(&shown, !only_findings, io);
    let warned = shown.iter().any(|finding| finding.severity == Severity::Warning);
    let Some(context) = context.filter(|_| !(args.strict && warned)) else { return Ok(Exit::No) };
    if !only_findings {
        print(&context, args.reveal, io)?;
    }
    Ok(Exit::Yes)
}

fn print(context: &Context, reveal: bool, io: &mut Io) -> Outcome<()> {
    let masked = io.stdout_is_terminal && !reveal;
    io.write_out(if masked { context.to_masked_yaml() } else { context.to_yaml() })
}

/// The catalogue of a system. A system that there is not is reported with the other findings, so the check goes on
/// with the usual one.
fn model(templates: &Path, system: &str) -> Outcome<Model> {
    let known = cluster::SYSTEMS.contains(&system);
    Model::load(templates, if known { system } else { cluster::DEFAULT_SYSTEM })
}

/// The files that are named, or those of a repository.
fn paths(args: &ConfigArgs) -> Vec<PathBuf> {
    let defaults = || vec![PathBuf::from("cluster.yaml"), PathBuf::from("nodes.yaml")];
    if args.files.is_empty() { defaults() } else { args.files.clone() }
}

/// Reads the inputs, each once; every file that cannot be read is named.
fn sources(args: &ConfigArgs, io: &mut Io) -> Outcome<Vec<Source>> {
    let paths = paths(args);
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    for path in &paths {
        match read_input(io, path, ReadOptions::default()) {
            Ok(source) => sources.push(source),
            Err(failure) => problems.extend(failure.diagnostics),
        }
    }
    for problem in &mut problems {
        if let Some(help) = help(problem.code, args.files.is_empty()) {
            problem.help = Some(help.to_owned());
        }
    }
    if problems.is_empty() { Ok(sources) } else { Err(Failure::from(problems)) }
}

/// How to mend an input that cannot be read, where that is particular to this command.
fn help(code: &str, defaults: bool) -> Option<&'static str> {
    match code {
        "io/missing" if defaults => Some("`just init` makes it from a sample; or name the files to check"),
        "io/empty" => Some("the stage before it probably failed; there is no configuration without keys"),
        _ => None,
    }
}

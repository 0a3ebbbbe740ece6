//! `validate versions`: which versions go together, and whether those of talenv.yaml do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use cliutil::{
    CommonArgs, Diagnostic, Exit, Failure, Io, Mask, Outcome, ReadOptions, Reporter, Severity, Source,
    read_input,
};
use cluster::Model;
use talos::Talenv;
use talos::compatibility::{MATRIX, Talos, Version};
use yaml::{EmitOptions, Mapping, Value};

const TALENV: &str = "talos/talenv.yaml";
const TALOS: &str = "talosVersion";
const KUBERNETES: &str = "kubernetesVersion";

/// Arguments of `validate versions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate versions
  validate versions talos/talenv.yaml --check

Talos minors with the Kubernetes minors they run, and the versions of the catalogue's components, as YAML.
Without FILE talos/talenv.yaml is checked where it exists.
Exit codes: 0 fine, 1 versions that do not go together, 2 something cannot be read.")]
pub(crate) struct VersionsArgs {
    /// The talenv.yaml to check; - is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Check only, print no matrix
    #[arg(long)]
    check: bool,
    /// The folder of the catalogue
    #[arg(long, value_name = "DIR", default_value = "templates")]
    templates: PathBuf,
    /// The system whose catalogue it is
    #[arg(long, value_name = "SYSTEM", default_value = cluster::DEFAULT_SYSTEM)]
    system: String,
}

/// Runs it.
pub(crate) fn run(args: &VersionsArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let default = Path::new(TALENV);
    let file = args.file.as_deref().or_else(|| default.exists().then_some(default));
    let findings = match file {
        Some(path) => checked(&Arc::new(masked(read_input(io, path, ReadOptions::default())?)))?,
        None => Vec::new(),
    };
    Reporter::new("validate", common, io).show(&findings, !args.check, io);
    if !args.check {
        let model = Model::load(&args.templates, &args.system)?;
        io.write_out(yaml::emit(&matrix(&model), EmitOptions::default()))?;
    }
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if wrong { Exit::No } else { Exit::Yes })
}

/// What is wrong with the versions that a repository of this catalogue gets: those of its own talenv.yaml, or else of
/// the catalogue's.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn of_catalogue(templates: &Path, system: &str) -> Outcome<Vec<Diagnostic>> {
    let own = Path::new("overrides").join(TALENV);
    let shipped = templates.join(system).join(TALENV);
    match [own, shipped].iter().find(|path| path.is_file()) {
        Some(path) => checked(&Arc::new(masked(cliutil::read_file(path)?))),
        None => Ok(Vec::new()),
    }
}

/// Other variables of the file may be secret: only the versions are shown.
fn masked(source: Source) -> Source {
    let stream = yaml::parse(source.text()).ok();
    let root = stream.as_ref().and_then(|stream| Some(&stream.documents.first()?.root));
    let shown = [TALOS, KUBERNETES].iter().filter_map(|name| Some(root?.get(name)?.span.range())).collect();
    source.with_mask(Mask::Except(shown))
}

/// What is wrong with the versions of a talenv.yaml.
fn checked(source: &Arc<Source>) -> Outcome<Vec<Diagnostic>> {
    let env = Talenv::parse(source).map_err(Failure::from)?;
    let mut findings = Vec::new();
    let talos = version(&env, TALOS, source, &mut findings);
    let kubernetes = version(&env, KUBERNETES, source, &mut findings);
    let Some(talos) = talos else { return Ok(findings) };
    let Some(row) = Talos::of(talos) else {
        let [first, .., last] = MATRIX;
        let message = format!("Talos {}.{} is not a version that is known here", talos.major, talos.minor);
        let help = format!("the versions from 1.{} to 1.{} are", first.minor, last.minor);
        findings.push(at(Diagnostic::error("versions/talos-unknown", message), &env, TALOS).with_help(help));
        return Ok(findings);
    };
    if let Some(kubernetes) = kubernetes.filter(|kubernetes| !row.runs(*kubernetes)) {
        let message = format!(
            "Talos {}.{} does not run Kubernetes {}.{}",
            talos.major, talos.minor, kubernetes.major, kubernetes.minor
        );
        let help = format!("it runs Kubernetes 1.{} to 1.{}", row.kubernetes.0, row.kubernetes.1);
        let finding =
            at(Diagnostic::error("versions/unsupported", message), &env, KUBERNETES).with_help(help);
        findings.push(match env.place(TALOS) {
            Some(place) => finding.with_related(place, "for this version of Talos"),
            None => finding,
        });
    }
    Ok(findings)
}

/// The version that a variable of the file gives; what is wrong with it is a finding.
fn version(env: &Talenv, name: &str, source: &Source, findings: &mut Vec<Diagnostic>) -> Option<Version> {
    let Some(text) = env.own(name) else {
        let message = format!("{name} is not given");
        let finding = Diagnostic::error("versions/missing", message).in_file(source.name());
        findings.push(finding.with_help(format!("add a line such as {name}: {}", example(name))));
        return None;
    };
    let version = Version::parse(text);
    if version.is_none() {
        let finding = Diagnostic::error("versions/form", format!("{name} is not a version"));
        findings.push(at(finding, env, name).with_help(format!("write it as in {}", example(name))));
    }
    version
}

fn example(name: &str) -> &'static str {
    if name == TALOS { "v1.11.5" } else { "v1.34.2" }
}

fn at(finding: Diagnostic, env: &Talenv, name: &str) -> Diagnostic {
    match env.place(name) {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// The matrix as data.
fn matrix(model: &Model) -> Value {
    let rows = MATRIX.map(|row| {
        let kubernetes: Vec<_> =
            (row.kubernetes.0..=row.kubernetes.1).map(|minor| format!("1.{minor}")).collect();
        let mut mapping = Mapping::new();
        mapping.insert("version", format!("1.{}", row.minor));
        mapping.insert("kubernetes", kubernetes.iter().map(String::as_str).collect::<Vec<_>>());
        mapping.insert("upgradeFrom", format!("1.{}", row.upgrade_from));
        Value::Mapping(mapping)
    });
    let mut all = Mapping::new();
    all.insert("talos", Value::Sequence(rows.into()));
    all.insert("components", model.versions());
    Value::Mapping(all)
}

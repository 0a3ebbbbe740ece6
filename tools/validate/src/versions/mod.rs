//! `validate versions`: which versions go together, and whether those do that a repository pins.

mod matrix;
mod pins;
mod talenv;

use std::path::{Path, PathBuf};

use clap::Args;
use cliutil::{
    CommonArgs, Diagnostic, Exit, Io, Outcome, ReadOptions, Reporter, Severity, Source, read_file, read_input,
};
use cluster::Model;
use yaml::EmitOptions;

const TALENV: &str = "talos/talenv.yaml";

/// Arguments of `validate versions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate versions
  validate versions --system olm --check
  validate versions talos/talenv.yaml --check

Talos minors with the Kubernetes minors they run, the versions of the catalogue's components, and for each product what
goes with it and where that is written, as YAML. What talenv.yaml and the catalogue pin is checked against it: what does
not go together is an error, what no project tests together a note. Without FILE, talos/talenv.yaml is read, or else the
catalogue's own.
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
    let env = read_env(args, io)?;
    let (versions, mut findings) = talenv::read(env, talconfig(args.file.as_deref()))?;
    // A talenv.yaml can be checked where there is no catalogue.
    let has_catalogue = args.templates.join(&args.system).is_dir();
    let model =
        (has_catalogue || !args.check).then(|| Model::load(&args.templates, &args.system)).transpose()?;
    let of_pins = model.as_ref().map(|model| pins::findings(model, &versions, !common.quiet));
    findings.extend(of_pins.unwrap_or_default());
    Reporter::new("validate", common, io).show(&findings, !args.check, io);
    if let Some(model) = model.filter(|_| !args.check) {
        io.write_out(yaml::emit(&matrix::all(&model), EmitOptions::default()))?;
    }
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if wrong { Exit::No } else { Exit::Yes })
}

/// The talenv.yaml that is asked about: the one named, that of the folder, or the catalogue's.
fn read_env(args: &VersionsArgs, io: &mut Io) -> Outcome<Option<Source>> {
    let here = Path::new(TALENV);
    match args.file.as_deref().or_else(|| here.exists().then_some(here)) {
        Some(path) => read_input(io, path, ReadOptions::default()).map(Some),
        None => catalogues_env(&args.templates, &args.system),
    }
}

/// The talconfig.yaml beside the talenv.yaml that is asked about; who generates configurations reports what is wrong
/// with it.
fn talconfig(file: Option<&Path>) -> Option<Source> {
    let talenv = file.unwrap_or(Path::new(TALENV));
    let beside = talenv.with_file_name("talconfig.yaml");
    (talenv != Path::new("-") && beside.is_file()).then(|| read_file(&beside).ok())?
}

/// The talenv.yaml that a repository of this catalogue gets: its own, or else the catalogue's.
fn catalogues_env(templates: &Path, system: &str) -> Outcome<Option<Source>> {
    let own = Path::new("overrides").join(TALENV);
    let shipped = templates.join(system).join(TALENV);
    [own, shipped].iter().find(|path| path.is_file()).map(|path| read_file(path)).transpose()
}

/// What does not go together of the versions that a repository of this catalogue gets.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn of_catalogue(templates: &Path, model: &Model) -> Outcome<Vec<Diagnostic>> {
    let (versions, mut findings) = talenv::read(catalogues_env(templates, model.system())?, None)?;
    findings.extend(pins::findings(model, &versions, false));
    Ok(findings)
}

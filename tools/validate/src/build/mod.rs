//! `validate build`: the objects of a kustomization as kustomize writes them, and, with Flux on top, those of a cluster.

mod args;

use std::mem::ManuallyDrop;
use std::path::Path;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Format, Io, Outcome, Reporter, Severity, program};
use kustomize::flux::{Kustomization, Options};
use kustomize::{KUSTOMIZATION_FILES, Loader};

use crate::applied::{self, Cluster, DISK, Search};
use crate::place::Place;
pub(crate) use args::BuildArgs;
use args::With;

/// Runs `validate build`.
pub(crate) fn run(args: &BuildArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    if args.with == With::Kustomize {
        return other_program(args, io);
    }
    let has_kustomization = KUSTOMIZATION_FILES.iter().any(|name| args.folder.join(name).is_file());
    if args.flux || args.kustomization.is_some() || !has_kustomization && holds_flux(&args.folder) {
        return with_flux(args, common, io);
    }
    let loader = Loader::new(DISK);
    let loader = match crate::place::repository(&args.folder) {
        Some(root) => loader.within(&root),
        None => loader,
    };
    // The process ends with them: taking them apart piece by piece would only cost time.
    let loader = ManuallyDrop::new(loader);
    let build = ManuallyDrop::new(kustomize::build(&loader, &args.folder).map_err(Failure::from)?);
    tell(&build.warnings, common, io);
    io.write_out(kustomize::to_yaml(&build.resources))?;
    Ok(Exit::Yes)
}

/// Words that are no reason to fail, on standard error.
fn tell(warnings: &[Diagnostic], common: &CommonArgs, io: &mut Io) {
    if !common.quiet {
        let words = CommonArgs { format: Format::Human, ..common.clone() };
        Reporter::new("validate", &words, io).show(warnings, true, io);
    }
}

/// Whether a folder without a kustomization is one that Flux can be started with.
fn holds_flux(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|entry| entry.path()).any(|path| {
        path.extension().is_some_and(|end| end == "yaml" || end == "yml")
            && std::fs::read_to_string(&path).is_ok_and(|text| text.contains("kustomize.toolkit.fluxcd.io/"))
    })
}

fn with_flux(args: &BuildArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let place = Place::find(&args.folder, args.root.as_deref(), &args.entry)?;
    let loader = Loader::new(DISK);
    let options =
        Options { strict: !args.lenient, assume_sources: true, owner_labels: !args.no_owner_labels };
    let starts = applied::starts(&loader, &place.root, &place.entry, Search::below(&place.folder));
    let (mut out, mut warnings, mut errors) = (String::new(), Vec::new(), Vec::new());
    let mut known = Vec::new();
    let mut elsewhere = 0;
    for start in starts {
        elsewhere += start.loose.iter().filter(|object| Kustomization::is(object)).count();
        let cluster = Cluster::build(&loader, &place.root, start, options);
        let (wrong, words): (Vec<_>, Vec<_>) =
            cluster.problems.iter().cloned().partition(|problem| problem.severity == Severity::Error);
        warnings.extend(words);
        for node in &cluster.nodes {
            let flux = &node.kustomization;
            let name = format!("{}/{}", flux.namespace, flux.name);
            let wanted = match &args.kustomization {
                Some(one) => *one == name || *one == flux.name,
                None => place.holds(&flux.origin().file().display().to_string(), &flux.path),
            };
            known.push(name);
            match &node.build {
                _ if !wanted => {}
                Ok(Some(build)) if !build.resources.is_empty() => {
                    if !out.is_empty() {
                        out.push_str("---\n");
                    }
                    out.push_str(&kustomize::to_yaml(&build.resources));
                }
                Ok(_) => {}
                Err(problems) => errors.extend(problems.iter().cloned()),
            }
        }
        if args.kustomization.is_none() && errors.is_empty() {
            errors.extend(wrong);
        }
    }
    check_name(args, &known, elsewhere)?;
    if !errors.is_empty() {
        return Err(Failure { diagnostics: errors });
    }
    tell(&warnings, common, io);
    io.write_out(out)?;
    Ok(Exit::Yes)
}

/// A name that was asked for must be one of those there are. `elsewhere` counts those whose files are not here.
fn check_name(args: &BuildArgs, known: &[String], elsewhere: usize) -> Outcome<()> {
    let Some(wanted) = &args.kustomization else {
        if known.is_empty() && elsewhere > 0 {
            let message = format!(
                "{}: the files of every Flux Kustomization are made in the cluster (ExternalArtifact)",
                args.folder.display()
            );
            return Err(Failure::new("build/nothing", message)
                .with_help("build a folder that one of them applies: validate build FOLDER"));
        }
        if known.is_empty() {
            let message = format!("{}: there is no Flux Kustomization", args.folder.display());
            return Err(Failure::new("build/nothing", message)
                .with_help("name the repository, or the folder with the first Flux Kustomizations"));
        }
        return Ok(());
    };
    if known.iter().any(|name| name == wanted || name.rsplit('/').next() == Some(wanted)) {
        return Ok(());
    }
    let near = cliutil::did_you_mean(
        wanted,
        known.iter().flat_map(|name| [name.as_str(), name.rsplit('/').next().unwrap_or(name)]),
    );
    let help = near
        .map_or_else(|| format!("there are {}", known.join(", ")), |near| format!("did you mean {near}?"));
    Err(Failure::new("build/kustomization", format!("there is no Flux Kustomization {wanted}"))
        .with_help(help))
}

/// kustomize itself, for what ours refuses by name: charts, plugins, remote bases.
fn other_program(args: &BuildArgs, io: &mut Io) -> Outcome<Exit> {
    if args.flux || args.kustomization.is_some() {
        return Err(Failure::new(
            "usage/with",
            "--with kustomize builds kustomizations, not what Flux makes of them",
        )
        .with_help("leave out --flux and --kustomization"));
    }
    let kustomize = program::find(
        "kustomize",
        "needed for --with kustomize; see https://kubectl.docs.kubernetes.io/installation/kustomize",
    )?;
    let mut words: Vec<std::ffi::OsString> =
        ["build", "--load-restrictor=LoadRestrictionsNone"].map(Into::into).to_vec();
    words.extend(args.kustomize_flag.iter().map(Into::into));
    words.push("--".into());
    words.push(args.folder.clone().into_os_string());
    let ended = program::run(&kustomize, &words, b"", None)?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    if !ended.success {
        let said = said.trim();
        let said = if said.is_empty() { "it gives no reason" } else { said };
        return Err(Failure::new("build/kustomize", format!("kustomize: {said}")));
    }
    let _ = io.stderr.write_all(said.as_bytes());
    io.write_out(String::from_utf8_lossy(&ended.stdout).into_owned())?;
    Ok(Exit::Yes)
}

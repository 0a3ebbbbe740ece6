//! `validate manifests`: what can be found from the files of a generated repository alone, without a cluster, a
//! network or another program.
//!
//! [`found`] finds the files, [`tree`] reads and parses each once; [`kustomization`] says what a kustomization lists; [`build`] puts
//! together what kustomize and Flux would apply, as far as names and namespaces go, for what nothing refers to and for what a
//! mistake keeps from being built; [`built`] has the real builds, whose objects [`references`], the schemas and the rules
//! look at. The other modules are the checks of files as they stand.

mod applied;
mod args;
mod build;
mod built;
mod checks;
mod encrypted;
mod files;
mod findings;
mod flux;
mod found;
mod graph;
mod identity;
mod kustomization;
mod kustomize;
mod object;
mod reach;
mod references;
mod results;
mod schemas;
mod scope;
mod tree;

#[cfg(test)]
mod tests;

use std::mem::ManuallyDrop;

use ::kustomize::Loader;
use cliutil::{CommonArgs, Diagnostic, Exit, Format, Io, Outcome, Reporter, Severity};
use rayon::prelude::*;

pub(crate) use args::ManifestsArgs;
use results::Results;
use scope::Scope;
use tree::Tree;

use crate::applied::DISK;

/// Runs `validate manifests`.
pub(crate) fn run(args: &ManifestsArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let scope = Scope::new(args)?;
    let schemas = schemas::Check::new(&args.schemas, &scope)?;
    // The process ends with what was read: taking it apart piece by piece would only cost time.
    let mut tree = ManuallyDrop::new(Tree::load(&scope, args.allow_empty, io)?);
    let manifests = files::manifests(&tree);
    let loader = ManuallyDrop::new(Loader::new(DISK).with_parsed(tree.take_parsed()));
    let (starts, (mut findings, foreseen)) =
        rayon::join(|| built::starts(&tree, &scope, &loader), || all_findings(&tree, &scope, &manifests));
    let manifests: Vec<usize> = manifests.into_iter().map(|(at, _)| at).collect();
    tree.forget();
    let clusters = ManuallyDrop::new(built::clusters(&tree, &scope, &loader, starts, &foreseen));
    // Patches may rename or remove one of two objects of one name.
    if built::is_complete(&clusters) {
        findings.retain(|one| one.code != "kustomize/clash" || one.file() == Some("<stdin>"));
    }
    let ((against_schemas, unchecked), built) =
        rayon::join(|| schemas.run(&tree, &manifests, &clusters), || built::check(&tree, &clusters));
    findings.extend(against_schemas);
    findings.extend(built::unknown(&tree, built, &findings));
    let sources = tree.files.par_iter().filter(|file| file.checked).map(|file| &file.source);
    let mut findings = crate::rules::silence(findings, sources);
    let fails = |finding: &Diagnostic| args.strict || finding.severity == Severity::Error;
    let exit = if findings.iter().any(|finding| finding.code.starts_with("io/")) {
        Exit::Failed
    } else if findings.iter().any(fails) {
        Exit::No
    } else {
        Exit::Yes
    };
    if common.quiet {
        findings.retain(fails);
    }
    let results = || Results::new(&tree, &findings, &unchecked);
    let reporter = Reporter::new("validate", common, io);
    match args.format {
        Format::Junit => io.write_out(results().junit())?,
        Format::Tap => io.write_out(results().tap())?,
        Format::Json => {
            let mut report = reporter.document(&findings);
            results().add_to(&mut report, args.verbose);
            io.write_out(format!("{report:#}\n"))?;
        }
        _ => reporter.show(&findings, false, io),
    }
    if args.format == Format::Human && !common.quiet {
        io.say(summary(&tree, &findings, unchecked.without_schema));
    }
    if args.summary && args.format == Format::Human {
        io.say(results().summary(tree.checked().0));
    }
    Ok(exit)
}

/// What is wrong with the files in scope as they stand, and the objects that there would be if nothing were; the rest of
/// the repository is only looked at.
fn all_findings(
    tree: &Tree,
    scope: &Scope,
    manifests: &[(usize, bool)],
) -> (Vec<Diagnostic>, Vec<build::Instance>) {
    let mut findings = findings::Findings::new();
    findings.extend(tree.problems.iter().cloned());
    files::check(tree, manifests, &mut findings);
    let foreseen = checks::check(tree, scope, manifests, &mut findings);
    encrypted::check(tree, &mut findings);
    (findings.within(tree), foreseen)
}

fn summary(tree: &Tree, findings: &[Diagnostic], without_schema: usize) -> String {
    let (files, objects) = tree.checked();
    let count =
        |severity| findings.iter().filter(|finding: &&Diagnostic| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let verdict = match (errors, warnings) {
        (0, 0) => "nothing found".to_owned(),
        _ => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    };
    let unchecked = match without_schema {
        0 => String::new(),
        count => format!("; {} without schema", plural(count, "object")),
    };
    let charts = match tree.charts {
        0 => String::new(),
        count => format!("; the templates of {} left out", plural(count, "chart")),
    };
    format!("{} with {}: {verdict}{unchecked}{charts}", plural(files, "file"), plural(objects, "object"))
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

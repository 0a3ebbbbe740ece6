//! `talosgen validate`: a talconfig with its variables put in, checked as talhelper would, and a little more: unknown
//! fields (which talhelper ignores), names and addresses given twice, patch files that are not there. And machine
//! configurations, checked as Talos would.

mod checker;
mod files;
mod machine;
mod nodes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{
    CommonArgs, Diagnostic, Exit, Failure, Io, Mask, Outcome, ReadOptions, Reporter, Severity, Source,
};
use machineconfig::{Cluster, Files, PlainFiles, is_encrypted};
use talos::{Document, Talenv};

use crate::cli::ValidateArgs;
use crate::inputs;
use checker::Checker;
use machine::Machines;

pub(crate) fn run(
    args: &ValidateArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let machines = Machines::new(args)?;
    let mut findings = Vec::new();
    for path in &args.files {
        if path.is_dir() {
            for name in crate::diff::names(path)? {
                let source = secret(cliutil::read_file(&path.join(name))?);
                findings.extend(machines.check(&source)?);
            }
            continue;
        }
        let source = cliutil::read_input(io, path, ReadOptions::default())?;
        if machine::is_machine(source.text()) {
            findings.extend(machines.check(&secret(source))?);
        } else {
            findings.extend(talconfig(args, path, &Arc::new(source))?);
        }
    }
    if common.quiet {
        findings.retain(|finding| args.strict || finding.severity == Severity::Error);
    }
    reporter.show(&findings, false, io);
    let failed = |finding: &Diagnostic| args.strict || finding.severity == Severity::Error;
    Ok(if findings.iter().any(failed) { Exit::No } else { Exit::Yes })
}

/// A machine configuration, of which nothing is shown.
fn secret(source: Source) -> Arc<Source> {
    Arc::new(source.with_mask(Mask::Except(Vec::new())))
}

fn talconfig(args: &ValidateArgs, path: &Path, source: &Arc<Source>) -> Outcome<Vec<Diagnostic>> {
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let env = environment(args.talenv.as_deref(), &folder)?;
    match Document::read(source, &env) {
        Ok(document) => Ok(check(&document, source, &env, &folder)),
        // What is no talconfig at all cannot be checked; a variable without a value is a finding.
        Err(problems) if problems.iter().all(|problem| problem.code.starts_with("talos/variable")) => {
            Ok(problems)
        }
        Err(problems) => Err(Failure::from(problems)),
    }
}

/// The variables: of the file that is named, or of talenv.yaml beside the talconfig when it is there.
fn environment(named: Option<&Path>, folder: &Path) -> Outcome<Talenv> {
    let beside = ["talenv.yaml", "talenv.yml"].iter().map(|name| folder.join(name));
    let path = match named {
        Some(path) => Some(path.to_path_buf()),
        None => beside.into_iter().find(|path: &PathBuf| path.is_file()),
    };
    let Some(path) = path else { return Ok(Talenv::default()) };
    Talenv::parse(&Arc::new(cliutil::read_file(&path)?)).map_err(Failure::from)
}

/// Files as they are on the disk; of an encrypted one, which no check needs to open, nothing.
struct Closed;

impl Files for Closed {
    fn text(&self, path: &Path) -> Result<String, String> {
        match std::fs::read_to_string(path) {
            Ok(text) if is_encrypted(&text) => Ok(String::new()),
            _ => PlainFiles.text(path),
        }
    }
}

/// All findings in a talconfig whose files are looked for below `folder`: talhelper's, then what it does not look for.
pub(crate) fn check(
    document: &Document,
    source: &Arc<Source>,
    env: &Talenv,
    folder: &Path,
) -> Vec<Diagnostic> {
    let mut checker = Checker::new(document);
    nodes::check(&mut checker);
    files::check(&mut checker, folder);
    let mut findings = Vec::new();
    // What stands at a place that has an error already follows from it, or says it twice.
    let place = |finding: &Diagnostic| finding.location.as_ref().map(cliutil::Location::line_column);
    let mut add = |found: Vec<Diagnostic>| {
        let known: Vec<_> = findings.iter().map(place).collect();
        findings.extend(found.into_iter().filter(|finding| !known.contains(&place(finding))));
    };
    match Cluster::read(source, env, folder, &Closed) {
        Ok((cluster, problems)) => {
            add(problems);
            add(cluster.check());
            add(cluster.warnings.iter().cloned().chain(cluster.notes()).collect());
        }
        Err(problems) => add(problems),
    }
    add(checker.findings);
    findings.sort_by_key(|finding| finding.location.as_ref().map(cliutil::Location::line_column));
    inputs::without_values(findings, env)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str, env: &str) -> Vec<String> {
        let env = Talenv::parse(&Arc::new(Source::new("talenv.yaml", env))).unwrap();
        let source = Arc::new(Source::new("talconfig.yaml", text));
        match Document::read(&source, &env) {
            Ok(document) => lines(&check(&document, &source, &env, Path::new("no-such-folder"))),
            Err(problems) => lines(&problems),
        }
    }

    fn lines(findings: &[Diagnostic]) -> Vec<String> {
        findings
            .iter()
            .map(|one| {
                let (line, column) = one.location.as_ref().unwrap().line_column();
                let help = one.help.as_deref().unwrap_or("-");
                format!("{line}:{column} {}[{}] {} | {help}", one.severity.word(), one.code, one.message)
            })
            .collect()
    }

    const GOOD: &str = "clusterName: c\ntalosVersion: ${T}\nkubernetesVersion: ${K}\nendpoint: https://10.0.0.10:6443\nnodes:\n  - hostname: a\n    ipAddress: 10.0.0.1\n    controlPlane: true\n    installDisk: /dev/sda\n";

    #[test]
    fn a_good_one_has_no_findings() {
        assert!(findings(GOOD, "T: v1.11.5\nK: v1.34.2\n").is_empty());
    }

    #[test]
    fn values_of_variables_are_checked_and_not_shown() {
        let found = findings(GOOD, "T: s3cret-t\nK: s3cret-k\n");
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("2:15 error[talos/version] talosVersion: \"${T}\" is"), "{found:?}");
        assert!(!found.concat().contains("s3cret"), "{found:?}");
    }

    #[test]
    fn every_message() {
        let text = "clusterName: ''\ntalosVersion: 1.11\nendpont: x\nendpoint: 10.58.0.10:6443\ndomain: not a domain\nclusterPodNets: [10.244.0.0]\nclusterSvcNets: 5\npatches:\n  - '@./patches/none.yaml'\n  - 'a: [1'\ncontrolPlane:\n  nameserver: [1.1.1.1]\nnodes:\n  - hostname: not_a_hostname\n    ipAddress: 10.58.0.11\n    installDisk: /dev/sda\n    controlplane: true\n    talosImageURL: factory.talos.dev/installer/00:v1.11.5\n    machineSpec: {bootMethod: floppy, secureboot: maybe}\n    nodeLabels: {bad key: x, ok: '-x', templated: '{{ .x }}'}\n    nodeTaints: {a: 'x:Sometimes'}\n    nameservers: [dns.example]\n    networkInterfaces:\n      - deviceSelector: {hardwareAddres: aa}\n        addresses: [10.0.0.300/24]\n        mtu: big\n        routes: [{network: 0.0.0.0/0, gateway: gw}]\n        vlans: [{vlanId: 5000}]\n        vip: {ip: x}\n      - {}\n    machineFiles:\n      - content: '@./files/none'\n  - hostname: b\n    ipAddress: 10.58.0.11,bad address\n  - hostname: b\n    ipAddress: 10.58.0.12\n    installDisk: /dev/sda\n  - x\n";
        insta::assert_snapshot!(findings(text, "T: x\n").join("\n"));
    }

    #[test]
    fn required_fields() {
        insta::assert_snapshot!(findings("a: 1\n", "T: x\n").join("\n"));
    }
}

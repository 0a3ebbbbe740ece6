//! Every optional part of each catalogue in combinations: what `just configure` makes of them is checked by `validate
//! manifests` without a finding, what is off leaves nothing behind, and Terraform's references resolve. Each thread
//! configures one repository again and again, so that what is switched off has to go, too.
//!
//! In `just test` all, none, and the few combinations in which most pairs of parts meet; in the full conformance run so
//! many that any two parts meet in every way that they can, each part alone, and 200 random combinations.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod cluster_template;
mod olm;
mod proxmox;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use acceptance::parts::{self, Chosen, Part};
use acceptance::{Configuration, Look, terraform, yaml};
use pipeline::{Repository, full, root, text};
use yaml::Mapping;

/// A system with its parts.
struct Parts {
    system: &'static str,
    base: Configuration,
    all: &'static [Part],
    /// How many combinations of those in which parts meet are made in every test run.
    few: usize,
}

impl Parts {
    /// All, none, and what lets parts meet: the best few, or with the full set everything.
    fn combinations(&self) -> Vec<Chosen> {
        let mut rows = vec![parts::chosen(self.all, |_| true), Chosen::new()];
        let pairs = parts::pairs(self.all);
        if full() {
            rows.extend(pairs);
            rows.extend((0..self.all.len()).map(|at| parts::alone(self.all, at)));
            rows.extend(parts::random(self.all, 200));
        } else {
            rows.extend(pairs.into_iter().take(self.few));
        }
        let mut seen = std::collections::BTreeSet::new();
        rows.retain(|row| seen.insert(row.clone()));
        for (at, part) in self.all.iter().enumerate() {
            let on = rows.iter().filter(|row| row.contains(&at)).count();
            assert!(on > 0 && on < rows.len(), "{} is on in {on} of {}", part.name, rows.len());
        }
        rows
    }

    /// Configures all of them, on two threads.
    fn pass(&self) {
        let rows = self.combinations();
        let folders = component_folders(self.system);
        let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let repository = self.base.repository();
                    while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(found) = self.check(&repository, row, &folders) {
                            let names: Vec<_> = row.iter().map(|at| self.all[*at].name).collect();
                            wrong.lock().unwrap().push(format!("{names:?}: {found}"));
                        }
                    }
                });
            }
        });
        let wrong = wrong.into_inner().unwrap();
        println!("{}: {} combinations of {} parts", self.system, rows.len(), self.all.len());
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    }

    /// Configures a repository with these parts on.
    fn check(&self, repository: &Repository, on: &Chosen, folders: &[Folder]) -> Result<(), String> {
        let mut configuration = self.base.clone();
        for at in on {
            configuration = configuration.with(self.all[*at].lines.trim_end());
        }
        if on.iter().any(|at| self.all[*at].name == "counted nodes") {
            configuration = configuration.nodes_text("nodes: []\n");
        }
        configuration.write(repository);
        let done = repository.just(&["configure", "--yes"]);
        let said = text(&done);
        let odd: Vec<_> = said.lines().filter(|line| is_finding(line)).collect();
        if !done.status.success() || !odd.is_empty() || !said.contains("objects: ") {
            return Err(if odd.is_empty() { said.clone() } else { odd.join("\n") });
        }
        left_behind(repository, folders)?;
        terraform_problems(repository)
    }
}

/// Whether a line is a finding about what was generated; what is odd about a configuration is said before.
fn is_finding(line: &str) -> bool {
    (line.contains("warning[") || line.contains("error[")) && !line.contains("warning[config/")
}

/// A component's folder in the generated tree.
struct Folder {
    /// `namespace/app`.
    id: String,
    path: PathBuf,
    /// Whether anything is rendered into it.
    has_files: bool,
}

fn component_folders(system: &str) -> Vec<Folder> {
    let templates = root().join("templates").join(system);
    let files = pipeline::files(&templates);
    let named = files.keys().filter(|path| path.ends_with("component.yaml"));
    named
        .map(|file| {
            let path = file.parent().unwrap().to_path_buf();
            let last: Vec<_> = path.iter().rev().take(2).map(|part| part.to_str().unwrap()).collect();
            let has_files = files.keys().any(|other| other != file && other.starts_with(&path));
            Folder { id: format!("{}/{}", last[1], last[0]), path, has_files }
        })
        .collect()
}

/// What is on is there, and nothing of what is off.
fn left_behind(repository: &Repository, folders: &[Folder]) -> Result<(), String> {
    let context = repository.run("validate", &["config"]);
    let context = yaml(&String::from_utf8(context.stdout).unwrap());
    let components = context.at("components").as_mapping().into_iter().flat_map(Mapping::iter);
    let on: Vec<_> = components
        .flat_map(|(namespace, apps)| {
            let apps = apps.as_sequence().unwrap_or_default().iter();
            apps.map(move |app| format!("{}/{}", namespace.text(""), app.text("")))
        })
        .collect();
    for folder in folders {
        let is_there = repository.path().join(&folder.path).exists();
        let is_on = on.contains(&folder.id);
        if is_there != (is_on && folder.has_files) {
            let state = if is_on { "on" } else { "off" };
            return Err(format!("{} is {state}; there: {is_there}", folder.path.display()));
        }
    }
    Ok(())
}

/// What is wrong with the generated Terraform, where there is any.
fn terraform_problems(repository: &Repository) -> Result<(), String> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for part in ["infrastructure", "gitops"] {
        let files = pipeline::files(&repository.path().join(part)).into_keys();
        folders.extend(
            files
                .filter(|file| file.to_string_lossy().ends_with(".tf.json"))
                .map(|file| Path::new(part).join(file).parent().unwrap().to_path_buf()),
        );
    }
    folders.sort();
    folders.dedup();
    let problems: Vec<_> = folders
        .iter()
        .flat_map(|folder| terraform::problems(&terraform::read(&repository.path(), folder)))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

#[test]
fn parts_of_cluster_template() {
    let base = cluster_template::base();
    Parts { system: "cluster-template", base, all: cluster_template::PARTS, few: 8 }.pass();
}

#[test]
fn parts_of_proxmox() {
    Parts { system: "proxmox", base: proxmox::base(), all: proxmox::PARTS, few: 5 }.pass();
}

#[test]
fn parts_of_olm() {
    Parts { system: "olm", base: olm::base(), all: olm::PARTS, few: 3 }.pass();
}

#[test]
fn a_finding_is_seen() {
    assert!(is_finding("x.yaml:1:1: error[schema/type]: no"));
    assert!(is_finding("x.yaml: warning[flux/order]: no"));
    assert!(!is_finding("cluster.yaml: warning[config/empty-value]: no"));
}

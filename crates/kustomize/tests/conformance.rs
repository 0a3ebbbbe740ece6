//! Random kustomizations built by us and by the real kustomize, which must write the same bytes or fail, too.
//!
//! Runs where `CLUSTERPIPE_PEERS` names a folder with `bin/kustomize` (5.8.1); without it the test says so and passes.
//! `CLUSTERPIPE_CASES` sets the number of cases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

#[path = "conformance/random.rs"]
mod random;

use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn peer() -> Option<PathBuf> {
    let peers = std::env::var_os("CLUSTERPIPE_PEERS")?;
    Some(Path::new(&peers).join("bin/kustomize"))
}

fn kustomize(program: &Path, folder: &Path) -> Result<String, String> {
    let output = Command::new(program)
        .args(["build", "--load-restrictor=LoadRestrictionsNone"])
        .arg(folder)
        .output()
        .expect("kustomize can be started");
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).expect("kustomize writes UTF-8"));
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn ours(folder: &Path) -> Result<String, String> {
    let loader = kustomize::Loader::new(&kustomize::Disk);
    match kustomize::build(&loader, folder) {
        Ok(build) => Ok(kustomize::to_yaml(&build.resources)),
        Err(problems) => {
            let told: Vec<_> =
                problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect();
            Err(told.join("\n"))
        }
    }
}

/// The lines around the first one that differs.
fn difference(theirs: &str, ours: &str) -> String {
    let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.lines().collect(), ours.lines().collect());
    let at = theirs.iter().zip(&ours).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| {
        lines.iter().skip(at.saturating_sub(6)).take(12).copied().collect::<Vec<_>>().join("\n")
    };
    format!("--- kustomize, around line {}\n{}\n--- ours\n{}", at + 1, part(&theirs), part(&ours))
}

#[test]
fn random_trees_build_as_kustomize_builds_them() {
    let Some(program) = peer() else {
        eprintln!("skipped: CLUSTERPIPE_PEERS is not set");
        return;
    };
    let cases = std::env::var("CLUSTERPIPE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150);
    let config = Config { cases, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    let (mut built, mut refused) = (0, 0);
    let choices = prop::collection::vec(any::<u16>(), 20..600);
    let result = TestRunner::new(config).run(&choices, |choices| {
        let tree = random::tree(&choices);
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &tree {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = folder.path().join("over");
        let (theirs, ours) = (kustomize(&program, &root), ours(&root));
        let shown =
            || tree.iter().map(|(path, text)| format!("== {path}\n{text}")).collect::<Vec<_>>().concat();
        match (&theirs, &ours) {
            (Ok(theirs), Ok(ours)) => {
                prop_assert!(theirs == ours, "{}\n{}", difference(theirs, ours), shown());
            }
            (Err(_), Err(_)) => {}
            _ => prop_assert!(false, "theirs {:?}\nours {:?}\n{}", theirs, ours, shown()),
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Counted apart, because the runner's closure must not change what it captures.
    for seed in 0..20_u16 {
        let choices: Vec<u16> = (0..400).map(|n: u16| n.wrapping_mul(seed.wrapping_mul(7919) | 1)).collect();
        let tree = random::tree(&choices);
        let fs =
            tree.iter().fold(kustomize::Memory::new(), |fs, (path, text)| fs.with(path, text.as_bytes()));
        match kustomize::build(&kustomize::Loader::new(&fs), Path::new("over")) {
            Ok(_) => built += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(built > refused, "most random trees must build: {built} do, {refused} do not");
}

//! Kustomizations of every field and pair of fields, and random ones, built by us and by the real kustomize, which must
//! write the same bytes or fail, too; texts with variables, filled in by us and by the controller's own library.
//!
//! Runs where `CLUSTERPIPE_PEERS` names a folder with `bin/kustomize` (5.8.1); without it the test says so and passes.
//! `CLUSTERPIPE_CASES` sets the number of cases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

#[path = "conformance/fields.rs"]
mod fields;
#[path = "conformance/random/mod.rs"]
mod random;
mod support;

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

#[test]
fn every_field_and_pair_of_fields_builds_as_kustomize_builds_it() {
    let Some(program) = peer() else {
        eprintln!("skipped: CLUSTERPIPE_PEERS is not set");
        return;
    };
    let cases = fields::cases();
    assert!(cases.len() >= 250, "only {} cases", cases.len());
    let next = std::sync::atomic::AtomicUsize::new(0);
    let built = std::sync::atomic::AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    let work = || {
        while let Some((name, files)) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
            let folder = tempfile::tempdir().unwrap();
            for (path, content) in files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
            let root = folder.path().join("over");
            match (kustomize(&program, &root), ours(&root)) {
                (Ok(theirs), Ok(ours)) if theirs == ours => {
                    built.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
                (Ok(theirs), Ok(ours)) => {
                    wrong.lock().unwrap().push(format!("{name}:\n{}", difference(&theirs, &ours)));
                }
                (Err(_), Err(_)) => {}
                (theirs, ours) => {
                    // The error is what matters; of what was built the beginning.
                    let short = |built: Result<String, String>| format!("{:.600}", format!("{built:?}"));
                    let line = format!("{name}: theirs {}, ours {}", short(theirs), short(ours));
                    wrong.lock().unwrap().push(line);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let (wrong, built) = (wrong.into_inner().unwrap(), built.into_inner());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(built >= 150, "only {built} of {} build", cases.len());
    eprintln!("{} kustomizations, {built} of them built to the same bytes", cases.len());
}

/// What fluxcd/pkg/envsubst 1.5.0 answers, see `tests/conformance/flux-peer`.
const VECTORS: &str = include_str!("vectors/envsubst.json");

#[test]
fn recorded_substitutions_are_the_librarys() {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    let requests: Vec<_> = cases
        .iter()
        .map(|case| serde_json::json!({"text": case[0], "strict": case[1], "vars": vectors["variables"]}))
        .collect();
    let Some(answers) = support::peer("flux-peer", &requests) else {
        eprintln!("skipped: no flux-peer");
        return;
    };
    assert_eq!(cases.len(), answers.len());
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(case[2], *answer, "{}", case[0]);
    }
}

/// Texts of the marks that mean something, a thousand at a time.
#[test]
fn random_substitutions_are_the_librarys() {
    let mark = prop::sample::select(vec![
        "${", "${", "${a", "${m", "}", "}", "$", "a", "m", "b", ":", ":-", "=", "/", "#", "%", "*", "?", "[",
        "]", "-", "^", ",", "\\", "0", "1", "2", " ", "é", "\n", "_",
    ]);
    let texts = prop::collection::vec(prop::collection::vec(mark, 1..12), 1000);
    let cases = std::env::var("CLUSTERPIPE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let variables = std::collections::HashMap::from([("a", "abc/a-b.é*[1]\\"), ("b", "2"), ("ab", "")]);
    proptest!(config, |(texts in texts, strict in any::<bool>())| {
        let texts: Vec<String> = texts.iter().map(|marks| marks.concat()).collect();
        let requests: Vec<_> = texts
            .iter()
            .map(|text| serde_json::json!({"text": text, "strict": strict, "vars": variables}))
            .collect();
        if let Some(answers) = support::peer("flux-peer", &requests) {
            for (text, theirs) in texts.iter().zip(&answers) {
                let ours = kustomize::flux::substitute(text, &|name| variables.get(name).copied(), strict);
                prop_assert_eq!(ours.as_deref().ok(), theirs["out"].as_str(), "{:?} strict {} {}", text, strict, theirs);
            }
        }
    });
}

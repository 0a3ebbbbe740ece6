//! Plaintext of a secret never stands in the repository's folder: not while `configure` runs, and not when it is
//! killed at any moment.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pipeline::Repository;

/// Kills a process group; the recipe runs in one of its own.
fn kill_group(leader: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{leader}")]).stderr(Stdio::null()).status();
}

#[test]
fn nothing_plain_is_seen_while_configure_runs() {
    let repository = Repository::example("cluster-template");
    let mut child = repository
        .recipe(&["configure", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut looks = 0;
    loop {
        let ended = child.try_wait().unwrap();
        assert_eq!(repository.leaks(), Vec::<String>::new(), "after {looks} looks");
        looks += 1;
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
    }
    assert!(looks > 3, "the run was over before it could be watched");
}

#[test]
fn nothing_plain_is_left_when_configure_is_killed() {
    let whole = Repository::example("cluster-template");
    let start = Instant::now();
    whole.configure();
    // How long a run takes, as the last one that ended by itself did: the load of the machine comes and goes.
    let mut whole_run = start.elapsed();
    let repository = Repository::example("cluster-template");
    let tries = 12;
    let mut killed = 0;
    for n in 1..=tries {
        // Every run has everything to do.
        for folder in ["kubernetes", "bootstrap", "talos", ".clusterpipe"] {
            let _ = std::fs::remove_dir_all(repository.path().join(folder));
        }
        let start = Instant::now();
        let mut child = repository
            .recipe(&["configure", "--yes"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let end = whole_run * n / (tries + 1);
        while start.elapsed() < end && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let run = start.elapsed();
        kill_group(child.id());
        if child.wait().unwrap().success() {
            whole_run = run;
        } else {
            killed += 1;
        }
        // Grandchildren of the killed group may need a moment to be gone.
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(repository.leaks(), Vec::<String>::new(), "killed at {n}/{tries}");
    }
    assert!(killed > 0, "none of {tries} runs was killed before it ended");
    // The next whole run mends whatever the killed ones left, and ends where an undisturbed one does.
    repository.configure();
    let names = |repository: &Repository| -> Vec<_> {
        let files = repository.snapshot().into_keys();
        let files = files.filter(|path| path.starts_with("kubernetes") || path.starts_with("talos"));
        // A killed write leaves its temporary file behind, which git ignores; what was in it was looked at above.
        files
            .filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with(".clusterpipe-"))
            .collect()
    };
    assert_eq!(names(&repository), names(&whole));
}

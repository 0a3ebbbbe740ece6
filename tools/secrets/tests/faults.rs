//! Broken pipes, full devices, kills and bad input: nothing half-written, nothing lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use std::process::Stdio;

use common::{Ended, SECRET, SECRET_FILE, Sandbox};

#[test]
fn a_closed_pipe_ends_quietly() {
    let sandbox = Sandbox::new();
    let big: Vec<_> = (0..20_000).map(|n| format!("k{n}: v{n}")).collect();
    let big = big.join("\n");
    sandbox.write("talos/big.sops.yaml", &big);
    let mut child = sandbox
        .command(&["encrypt", "talos/big.sops.yaml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = Ended::from_output(&child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_full_device_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = sandbox.command(&["encrypt", SECRET_FILE]).stdout(full).output().unwrap();
    let ended = Ended::from_output(&output);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("io/write"), "{}", ended.stderr);
}

#[test]
fn in_place_keeps_the_mode_and_leaves_no_other_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    std::fs::set_permissions(sandbox.path(SECRET_FILE), std::fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    assert_eq!(sandbox.mode(SECRET_FILE), 0o640);
    sandbox.ok(&["decrypt", "-i", SECRET_FILE], "");
    assert_eq!((sandbox.mode(SECRET_FILE), sandbox.read(SECRET_FILE).as_str()), (0o640, SECRET));
    assert_eq!(std::fs::read_dir(sandbox.path("kubernetes/components")).unwrap().count(), 1);
}

#[test]
fn plain_text_goes_to_files_of_its_owner_alone() {
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    sandbox.ok(&["decrypt", "--output", "plain.yaml", SECRET_FILE], "");
    assert_eq!((sandbox.mode("plain.yaml"), sandbox.read("plain.yaml").as_str()), (0o600, SECRET));
}

#[test]
fn a_kill_leaves_the_old_file_or_the_new() {
    let sandbox = Sandbox::new();
    let plain: Vec<_> = (0..3_000).map(|n| format!("key{n}: value{n}")).collect();
    let plain = plain.join("\n");
    let name = "talos/big.sops.yaml";
    sandbox.write(name, &plain);
    for delay in (0..40).map(|n| n * 4) {
        let mut child = sandbox
            .command(&["encrypt", "-i", name])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
        let text = sandbox.read(name);
        if text != plain {
            assert_eq!(sandbox.ok(&["decrypt", name], ""), plain);
            sandbox.write(name, &plain);
        }
        for left in std::fs::read_dir(sandbox.path("talos")).unwrap() {
            let left = left.unwrap().file_name();
            if left != "big.sops.yaml" {
                // A temporary file that a kill left behind is private and holds no plain text.
                let text = std::fs::read_to_string(sandbox.path("talos").join(&left)).unwrap();
                assert!(!text.contains(": value1"));
                std::fs::remove_file(sandbox.path("talos").join(left)).unwrap();
            }
        }
    }
}

/// When a run is killed. Only what is killed depends on it, never what must hold.
#[derive(Clone, Copy)]
enum Moment {
    /// After a while.
    Later(u64),
    /// As soon as so many new contents stand beside the files.
    Staged(usize),
    /// As soon as this file was replaced.
    Replaced(usize),
}

impl Moment {
    fn of(round: u64, files: usize) -> Self {
        let number = usize::try_from(round * 7919).unwrap() % files;
        match round % 3 {
            0 => Self::Later(round * 37 % 400),
            1 => Self::Staged(number + 1),
            _ => Self::Replaced(number),
        }
    }

    /// Waits for it, or for the end of the run.
    fn wait(self, child: &mut std::process::Child, sandbox: &Sandbox, names: &[String]) {
        use std::os::unix::fs::MetadataExt as _;
        let inode = |number: usize| std::fs::metadata(sandbox.path(&names[number])).unwrap().ino();
        let before = match self {
            Self::Later(wait) => return std::thread::sleep(std::time::Duration::from_millis(wait)),
            Self::Replaced(number) => inode(number),
            Self::Staged(_) => 0,
        };
        while child.try_wait().unwrap().is_none() {
            let reached = match self {
                Self::Later(_) => true,
                Self::Replaced(number) => inode(number) != before,
                Self::Staged(count) => staged(sandbox).len() >= count,
            };
            if reached {
                return;
            }
        }
    }
}

/// New contents that stand beside the files.
fn staged(sandbox: &Sandbox) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(sandbox.path("talos")).unwrap().map(|entry| entry.unwrap());
    let ours = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".clusterpipe-");
    entries.filter(ours).map(|entry| entry.path()).collect()
}

/// Kills `encrypt -i` of many files again and again: each file is the old one or a whole new one.
fn kills(files: usize, count: u64) {
    let sandbox = Sandbox::new();
    let names: Vec<_> = (0..files).map(|number| format!("talos/{number}.sops.yaml")).collect();
    let plain = |number: usize| format!("key: value {number}\nlist:\n  - one # c\n  - two\n");
    let mut args = vec!["encrypt", "-i"];
    args.extend(names.iter().map(String::as_str));
    let (mut halfway, mut before) = (0, 0);
    for round in 0..count {
        for (number, name) in names.iter().enumerate() {
            sandbox.write(name, &plain(number));
        }
        let mut child = sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Moment::of(round, files).wait(&mut child, &sandbox, &names);
        let _ = child.kill();
        child.wait().unwrap();
        let new: Vec<_> =
            (0..files).filter(|number| sandbox.read(&names[*number]) != plain(*number)).collect();
        halfway += usize::from(!new.is_empty() && new.len() < files);
        if !new.is_empty() {
            let mut check = vec!["decrypt", "-i"];
            check.extend(new.iter().map(|number| names[*number].as_str()));
            sandbox.ok(&check, "");
            for number in new {
                assert_eq!(sandbox.read(&names[number]), plain(number));
            }
        }
        let left = staged(&sandbox);
        before += usize::from(left.len() > 1);
        for path in left {
            // Private, and no plain text.
            assert!(!std::fs::read_to_string(&path).unwrap().contains(": value"));
            std::fs::remove_file(path).unwrap();
        }
    }
    eprintln!(
        "{count} kills, {halfway} of them between the first file's rename and the last one's, {before} with contents staged"
    );
}

#[test]
fn kills_among_many_files_lose_nothing() {
    kills(60, 24);
}

#[test]
#[ignore = "a long repetition: just soak"]
fn kills_among_a_thousand_files_lose_nothing() {
    kills(1000, 500);
}

#[test]
fn bad_input_changes_nothing_on_disk() {
    let sandbox = Sandbox::new();
    let cases: [(&[u8], &str); 9] = [
        (b"", "sops/empty"),
        (b"# only a comment\n", "sops/empty"),
        (b"a: \xff\n", "io/encoding"),
        (b"- a\n", "sops/root"),
        (b"text\n", "sops/root"),
        (b"a: 1\na: 2\n", "yaml/duplicate-key"),
        (b"a: [1\n", "yaml/syntax"),
        (b"1: x\n", "sops/key-type"),
        (b"a: 18446744073709551615\n", "sops/number-range"),
    ];
    for (bytes, code) in cases {
        std::fs::create_dir_all(sandbox.path("talos")).unwrap();
        std::fs::write(sandbox.path("talos/x.sops.yaml"), bytes).unwrap();
        let ended = sandbox.run(&["encrypt", "-i", "talos/x.sops.yaml"], "");
        assert_eq!(ended.code, Some(2), "{code}");
        assert!(ended.stderr.contains(code), "{}", ended.stderr);
        assert_eq!(std::fs::read(sandbox.path("talos/x.sops.yaml")).unwrap(), bytes);
        assert_eq!(std::fs::read_dir(sandbox.path("talos")).unwrap().count(), 1);
    }
    let ended = sandbox.run(&["encrypt", "-i", "talos/absent.sops.yaml"], "");
    assert!(ended.code == Some(2) && ended.stderr.contains("io/missing"), "{}", ended.stderr);
    sandbox.write(SECRET_FILE, SECRET);
    let ended = sandbox.run(&["encrypt", "--output", "no/such/folder/x.yaml", SECRET_FILE], "");
    assert!(ended.code == Some(2) && ended.stderr.contains("io/write"), "{}", ended.stderr);
}

#[test]
fn no_value_is_ever_shown() {
    let sandbox = Sandbox::new();
    let broken = [
        "a: hunter2\na: hunter3\n",
        "k: [hunter2\n",
        "a: &x hunter2\nb: *y\n",
        "a: hunter2\n  b: hunter3: hunter4\n",
        "- hunter2\n",
        "a: !hunter hunter2\n",
        "1: hunter2\n",
        "a: \"hunter2\n",
        "a: hunter2 # hunter3\nsops: hunter4\n",
    ];
    for text in broken {
        for command in ["encrypt", "decrypt"] {
            let mut args = vec![command, "--filename-override", "talos/x.sops.yaml"];
            args.extend(["--format", "human"]);
            let ended = sandbox.run(&args, text);
            assert_eq!(ended.code, Some(2), "{text}");
            let shown = ended.stderr.replace("tagged !hunter", "");
            assert!(
                !shown.contains("hunter2") && !shown.contains("hunter3") && !shown.contains("hunter4"),
                "{text}\n{shown}"
            );
        }
    }
}

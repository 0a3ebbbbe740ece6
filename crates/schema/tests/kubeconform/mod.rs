//! Runs kubeconform on many objects at once, offline.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// What kubeconform says of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Valid,
    Invalid,
    /// It cannot be read as an object.
    Error,
    NoSchema,
}

/// A verdict with its words.
#[derive(Debug, Clone)]
pub(crate) struct Theirs {
    pub(crate) status: Status,
    pub(crate) message: String,
}

/// kubeconform with its schemas.
pub(crate) struct Peer {
    program: PathBuf,
    schemas: PathBuf,
}

impl Peer {
    /// The peer, or none when there are no peers here.
    pub(crate) fn find() -> Option<Self> {
        let Some(peers) = std::env::var_os("CLUSTERPIPE_PEERS") else {
            println!("SKIPPED: no CLUSTERPIPE_PEERS; run `just conformance`");
            return None;
        };
        let peers = Path::new(&peers);
        let peer = Self { program: peers.join("bin/kubeconform"), schemas: peers.join("schemas") };
        assert!(peer.program.exists() && peer.schemas.exists(), "no kubeconform: run `just conformance`");
        Some(peer)
    }

    /// Its schemas, as a location.
    pub(crate) fn template(&self) -> String {
        format!(
            "{}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
            self.schemas.display()
        )
    }

    /// The verdicts on objects, in their order.
    pub(crate) fn verdicts<'t>(&self, objects: impl Iterator<Item = &'t str>) -> Vec<Theirs> {
        let folder = tempfile::tempdir().unwrap();
        let mut count = 0;
        for (index, text) in objects.enumerate() {
            std::fs::write(folder.path().join(format!("{index}.yaml")), text).unwrap();
            count += 1;
        }
        let template = self.template();
        let done = Command::new(&self.program)
            .args(["-strict", "-verbose", "-output", "json", "-schema-location", &template])
            .arg(folder.path())
            .output()
            .unwrap();
        let answer: Json = serde_json::from_slice(&done.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)));
        let mut verdicts = vec![None; count];
        for resource in answer["resources"].as_array().unwrap() {
            let file = Path::new(resource["filename"].as_str().unwrap());
            let index: usize = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let theirs = theirs(resource);
            // Of a list the worst counts.
            if verdicts[index].as_ref().is_none_or(|one: &Theirs| one.status == Status::Valid) {
                verdicts[index] = Some(theirs);
            }
        }
        verdicts.into_iter().map(|verdict| verdict.expect("a verdict on every object")).collect()
    }
}

fn theirs(resource: &Json) -> Theirs {
    let message = resource["msg"].as_str().unwrap_or_default().to_owned();
    let status = match resource["status"].as_str().unwrap() {
        "statusValid" => Status::Valid,
        "statusInvalid" => Status::Invalid,
        _ if message.contains("could not find schema") => Status::NoSchema,
        _ => Status::Error,
    };
    Theirs { status, message }
}

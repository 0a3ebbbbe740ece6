//! Runs one step: look whether it is needed, look whether it may, do it, look whether it took effect.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use cliutil::{Failure, Outcome};

use super::{State, StepResult, already, drift, input};
use crate::observe::{Observer, Verdict};
use crate::plan::{Action, Condition, Step};
use crate::runner::{self, Ending, Said};

/// The first wait between two looks, which doubles up to [`LAST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait between two looks.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// What a program says when trying again cannot help.
const HOPELESS: &[&str] = &[
    "x509:",
    "certificate signed by unknown authority",
    "PermissionDenied",
    "Unauthenticated",
    "InvalidArgument",
    "Unimplemented",
    "unknown flag",
    "no such host",
];

/// How waiting ended.
enum Wait {
    Holds,
    Open(String),
    Stopped(String),
}

/// Runs a step.
pub(super) fn run(step: &Step, observer: &Observer) -> StepResult {
    let begun = Instant::now();
    let mut result = attempt(step, observer).unwrap_or_else(|failure| {
        let words: Vec<_> = failure.diagnostics.iter().map(|one| one.message.clone()).collect();
        StepResult { reason: Some(words.join("; ")), ..StepResult::of(step, State::Failed) }
    });
    result.seconds = begun.elapsed().as_secs();
    if !result.state.is_good() {
        result.remedy = Some(step.action.remedy().to_owned());
    }
    result
}

fn attempt(step: &Step, observer: &Observer) -> Outcome<StepResult> {
    if !step.unless.is_empty() && observer.first_open(&step.unless, step)?.is_none() {
        return Ok(StepResult { reason: Some(already(step)), ..StepResult::of(step, State::Skipped) });
    }
    match wait(&step.preconditions, step, step.timeout.before, observer)? {
        Wait::Holds => {}
        Wait::Open(why) => return Ok(ended(step, State::Failed, format!("{why}; nothing was sent"))),
        Wait::Stopped(why) => return Ok(ended(step, State::Stopped, format!("{why}; nothing was sent"))),
    }
    let mut result = commands(step, observer)?;
    if !result.state.is_good() {
        return Ok(result);
    }
    if let Action::EtcdSnapshot { path, keep: Some(keep) } = &step.action {
        result.messages.extend(prune(path, *keep));
    }
    match wait(&step.checks, step, step.timeout.after, observer)? {
        Wait::Holds => {}
        Wait::Open(why) => {
            result.state = State::Failed;
            let limit = step.timeout.after;
            result.reason = Some(format!("it was done, but within {limit} s this did not come true: {why}"));
        }
        Wait::Stopped(why) => {
            result.state = State::Stopped;
            result.reason = Some(format!("it was done, but this was not yet seen: {why}"));
        }
    }
    Ok(result)
}

/// Runs the commands, as often as the step allows.
fn commands(step: &Step, observer: &Observer) -> Outcome<StepResult> {
    let mut result = StepResult::of(step, State::Done);
    let commands = step.commands(observer.access);
    if commands.is_empty() {
        return Ok(result);
    }
    if let Action::EtcdSnapshot { path, .. } | Action::Talosconfig { path, .. } = &step.action {
        make_room(path)?;
    }
    loop {
        result.attempts += 1;
        let (reason, said) = pipe(step, &commands, observer)?;
        if let (Some(said), Action::Drift { file }) = (&said, &step.action)
            && reason.is_none()
        {
            return drift::compare(step, file, &said.raw, result);
        }
        if let Some(said) = said {
            result.output = shown(&step.action, said.output);
            result.messages = said.messages;
        }
        let Some(reason) = reason else { return Ok(result) };
        if done_nevertheless(step, observer)? {
            result.reason = Some(format!("{reason}, but {}", already(step)));
            return Ok(result);
        }
        let words = || result.messages.iter().chain(&result.output);
        let hopeless = words().any(|line| HOPELESS.iter().any(|word| line.contains(word)));
        result.reason = Some(reason);
        if observer.stop.soon() {
            result.state = State::Stopped;
            return Ok(result);
        }
        if hopeless || result.attempts >= step.retry.attempts {
            result.state = State::Failed;
            return Ok(result);
        }
        if !observer.stop.sleep(Duration::from_secs(step.retry.delay)) {
            result.state = State::Stopped;
            return Ok(result);
        }
    }
}

/// Makes the folder of a file that will hold secrets, for its owner only. talosctl makes the file so by itself. One that
/// is there is not overwritten.
fn make_room(path: &Path) -> Outcome<()> {
    let fail = |why: &dyn std::fmt::Display| Failure::new("io/write", format!("{}: {why}", path.display()));
    if path.exists() {
        return Err(fail(&"exists already and is not overwritten"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| fail(&error))
}

/// Removes all but the newest snapshots from a folder; gives what was removed, in words. Their names sort by time.
fn prune(path: &Path, keep: usize) -> Vec<String> {
    let Some(folder) = path.parent() else { return Vec::new() };
    let is_snapshot =
        |name: &str| name.strip_prefix("etcd-").is_some_and(|rest| rest.strip_suffix(".db").is_some());
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_snapshot))
        .map(|entry| entry.path())
        .collect();
    all.sort();
    let old = all.len().saturating_sub(keep.max(1));
    all.iter()
        .take(old)
        .map(|path| match std::fs::remove_file(path) {
            Ok(()) => format!("{}: removed, the newest {keep} stay", path.display()),
            Err(error) => format!("{}: cannot be removed: {error}", path.display()),
        })
        .collect()
}

/// A connection that breaks does not tell what the machine did: it is looked at.
fn done_nevertheless(step: &Step, observer: &Observer) -> Outcome<bool> {
    Ok(!step.unless.is_empty() && observer.first_open(&step.unless, step)?.is_none())
}

/// Runs commands one after the other, each fed by the one before. Gives what went wrong, and the last one's words.
fn pipe(
    step: &Step,
    commands: &[crate::command::Command],
    observer: &Observer,
) -> Outcome<(Option<String>, Option<Said>)> {
    let mut fed = input::first(&step.action)?;
    let mut last = None;
    for (index, command) in commands.iter().enumerate() {
        let program = observer.programs.path(command.program)?;
        let said = runner::run_with(program, command, fed.as_deref().map(Vec::as_slice), observer.stop)?;
        if said.ending != Ending::Well {
            return Ok((Some(said.ending.words(command)), Some(said)));
        }
        if index + 1 < commands.len() {
            fed = Some(input::between(&step.action, &said.raw)?);
        }
        last = Some(said);
    }
    Ok((None, last))
}

/// The upgrade of Kubernetes prints the manifests it changes, Secrets among them: lines of differences are left out.
fn shown(action: &Action, output: Vec<String>) -> Vec<String> {
    if !matches!(action, Action::UpgradeK8s { .. }) {
        return output;
    }
    let difference = |line: &String| line.starts_with(['+', '-', '@', ' ', '\t']) && !line.starts_with(" > ");
    output.into_iter().filter(|line| !difference(line)).collect()
}

/// Waits until all conditions hold. What time cannot mend ends it at once.
fn wait(conditions: &[Condition], step: &Step, limit: u64, observer: &Observer) -> Outcome<Wait> {
    let begun = Instant::now();
    let limit = Duration::from_secs(limit);
    let mut pause = FIRST_WAIT;
    loop {
        let Some((what, verdict)) = observer.first_open(conditions, step)? else { return Ok(Wait::Holds) };
        let why = format!("{what}: {}", verdict.why());
        if observer.stop.soon() {
            return Ok(Wait::Stopped(why));
        }
        let mendable = !is_final(conditions, &what, &verdict);
        if !mendable || begun.elapsed() >= limit {
            return Ok(Wait::Open(why));
        }
        if !observer.stop.sleep(pause.min(limit.saturating_sub(begun.elapsed()))) {
            return Ok(Wait::Stopped(why));
        }
        pause = (pause * 2).min(LAST_WAIT);
    }
}

/// Another machine, a minor left out, too few members: waiting does not change that.
fn is_final(conditions: &[Condition], what: &str, verdict: &Verdict) -> bool {
    let Some(condition) = conditions.iter().find(|condition| condition.to_string() == what) else {
        return false;
    };
    let lasting = match condition {
        Condition::HostnameMatches
        | Condition::TalosMinorStep { .. }
        | Condition::KubernetesMinorStep { .. }
        | Condition::KubernetesFits { .. }
        | Condition::TalosFits { .. } => true,
        Condition::EtcdQuorumWithout { controllers } => controllers.len() == 2,
        _ => false,
    };
    lasting && matches!(verdict, Verdict::No(_))
}

fn ended(step: &Step, state: State, reason: String) -> StepResult {
    StepResult { reason: Some(reason), ..StepResult::of(step, state) }
}

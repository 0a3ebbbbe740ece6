//! Runs one step: look whether it is needed, look whether it may, do it, look whether it took effect.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use cliutil::{Failure, Outcome};

use super::{State, StepResult, already, drift, input};
use crate::known::known;
use crate::observe::{Observer, Verdict};
use crate::plan::{Action, Condition, Step};
use crate::runner::{self, Ending, Said};

/// The first wait between two looks, which doubles up to [`LAST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait between two looks.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// How waiting ended.
enum Wait {
    Holds,
    Open(String),
    Stopped(String),
}

/// Is told what a step is about, in a word, and what it waits for.
pub(super) type Tell<'t> = &'t dyn Fn(Phase, &str);

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Phase {
    /// It looks whether there is anything to do.
    Looking,
    /// It waits for what must hold before.
    Waiting,
    /// A program works.
    Running,
    /// The program failed, and is started again.
    Again,
    /// It waits for what must hold afterwards.
    Checking,
}

/// Runs a step.
pub(super) fn run(step: &Step, observer: &Observer, tell: Tell) -> StepResult {
    let begun = Instant::now();
    tell(Phase::Looking, "");
    let mut result = attempt(step, observer, tell).unwrap_or_else(|failure| {
        let words: Vec<_> = failure.diagnostics.iter().map(|one| one.message.clone()).collect();
        StepResult { reason: Some(words.join("; ")), ..StepResult::of(step, State::Failed) }
    });
    if !result.state.is_good() {
        result.remedy = Some(step.action.remedy().to_owned());
    } else if let Some(note) = left_cordoned(step, observer) {
        result.reason = Some(result.reason.map_or(note.clone(), |reason| format!("{reason}; {note}")));
    }
    result.seconds = begun.elapsed().as_secs();
    result
}

/// talosctl takes pods off a machine before its upgrade and lets them back afterwards. When it was ended in between, what
/// runs again finds the upgrade done and would say nothing. Whether a person meant it so cannot be known: it is said.
fn left_cordoned(step: &Step, observer: &Observer) -> Option<String> {
    let node = step.node.as_ref().filter(|_| matches!(step.action, Action::Upgrade { .. }))?;
    let cordoned = observer.is_cordoned(&node.address).ok()??;
    cordoned.then(|| format!("it takes no pods: kubectl uncordon {}, if nobody meant it so", node.hostname))
}

fn attempt(step: &Step, observer: &Observer, tell: Tell) -> Outcome<StepResult> {
    let sweep = observer.sweep();
    if !step.unless.is_empty() && sweep.first_open(&step.unless, step)?.is_none() {
        return Ok(StepResult { reason: Some(already(step)), ..StepResult::of(step, State::Skipped) });
    }
    tell(Phase::Waiting, "");
    let waits = |why: &str| tell(Phase::Waiting, why);
    match wait(&step.preconditions, step, step.timeout.before, sweep, &waits)? {
        Wait::Holds => {}
        Wait::Open(why) => return Ok(ended(step, State::Failed, format!("{why}; nothing was sent"))),
        Wait::Stopped(why) => return Ok(ended(step, State::Stopped, format!("{why}; nothing was sent"))),
    }
    let mut result = commands(step, observer, tell)?;
    if !result.state.is_good() {
        return Ok(result);
    }
    tell(Phase::Checking, "");
    let checks = |why: &str| tell(Phase::Checking, why);
    match wait(&step.checks, step, step.timeout.after, observer.sweep(), &checks)? {
        // Old ones go only when the new one is there.
        Wait::Holds => {
            if let Action::EtcdSnapshot { path, keep: Some(keep) } = &step.action {
                result.messages.extend(prune(path, *keep));
            }
        }
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
fn commands(step: &Step, observer: &Observer, tell: Tell) -> Outcome<StepResult> {
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
        tell(Phase::Running, &words(&commands));
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
        let hopeless = result.messages.iter().chain(&result.output).any(|line| known().is_hopeless(line));
        result.reason = Some(reason.clone());
        if observer.stop.soon() {
            result.state = State::Stopped;
            return Ok(result);
        }
        if hopeless || result.attempts >= step.retry.attempts {
            result.state = State::Failed;
            return Ok(result);
        }
        tell(Phase::Again, &reason);
        if !observer.stop.sleep(Duration::from_secs(step.retry.delay)) {
            result.state = State::Stopped;
            return Ok(result);
        }
    }
}

/// The programs and what they do: the words before their first flag.
fn words(commands: &[crate::command::Command]) -> String {
    let one = |command: &crate::command::Command| {
        let argv = command.argv();
        argv.into_iter().take_while(|word| !word.starts_with('-')).collect::<Vec<_>>().join(" ")
    };
    commands.iter().map(one).collect::<Vec<_>>().join(" | ")
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

/// Waits until all conditions hold. What time cannot mend ends it at once. Each look is a new sweep; the first may know
/// what was just asked.
fn wait(
    conditions: &[Condition],
    step: &Step,
    limit: u64,
    mut observer: Observer,
    tell: &dyn Fn(&str),
) -> Outcome<Wait> {
    let begun = Instant::now();
    let limit = Duration::from_secs(limit);
    let mut pause = FIRST_WAIT;
    loop {
        let Some((what, verdict)) = observer.first_open(conditions, step)? else { return Ok(Wait::Holds) };
        observer = observer.sweep();
        let why = format!("{what}: {}", verdict.why());
        tell(&why);
        if observer.stop.soon() {
            return Ok(Wait::Stopped(why));
        }
        let mendable = !is_final(conditions, &what, &verdict) && !is_refused(conditions, &what, &verdict);
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

/// The API server does not know who asks: it will not later either. A machine may, for it shows another certificate once
/// it has its configuration.
fn is_refused(conditions: &[Condition], what: &str, verdict: &Verdict) -> bool {
    let asked =
        conditions.iter().any(|condition| condition.asks_kubernetes() && condition.to_string() == what);
    asked && matches!(verdict, Verdict::Unknown(why) if known().is_hopeless(why))
}

fn ended(step: &Step, state: State, reason: String) -> StepResult {
    StepResult { reason: Some(reason), ..StepResult::of(step, state) }
}

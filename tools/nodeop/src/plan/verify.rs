//! Judges a plan that comes back: made for this cluster, version and configuration, and not edited to say one thing and
//! do another.

use cliutil::{Diagnostic, Failure, Outcome};

use super::{Action, FileHash, Maker, Plan, Step, Target};
use crate::inventory::Cluster;

/// Checks a plan against the configuration that stands here.
///
/// # Errors
/// `nodeop/plan-empty`, `nodeop/plan-cluster`, `nodeop/plan-version`, `nodeop/plan-configuration`, `nodeop/plan-node`,
/// `nodeop/plan-step`: all that is wrong.
pub(crate) fn verify(plan: &Plan, cluster: &Cluster) -> Outcome<()> {
    if plan.steps.is_empty() {
        return Err(Failure::new("nodeop/plan-empty", "the plan has no steps"));
    }
    let mut problems = identity(plan, cluster);
    let maker = Maker { inventory: &cluster.inventory, access: &plan.access };
    let mut ids: Vec<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
    ids.sort_unstable();
    for twice in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        problems.push(edited(format!("two steps are called {}", twice[0])));
    }
    if !(1..=crate::cli::MAX_PARALLEL).contains(&plan.parallel) {
        problems.push(edited(format!("parallel: {} is not possible", plan.parallel)));
    }
    for one in &plan.steps {
        problems.extend(step(one, plan, cluster, &maker));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

fn identity(plan: &Plan, cluster: &Cluster) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut differs = |code, what: &str, planned: &str, here: &str| {
        if planned != here {
            problems.push(
                Diagnostic::error(code, format!("the plan is for {what} {planned}, but here it is {here}"))
                    .with_help("run it where it was made, or make it anew with nodeop plan"),
            );
        }
    };
    let planned = &plan.cluster;
    differs("nodeop/plan-cluster", "cluster", &planned.name, &cluster.inventory.cluster);
    differs("nodeop/plan-cluster", "endpoint", &planned.endpoint, &cluster.endpoint);
    differs("nodeop/plan-version", "Talos", &planned.talos_version, &cluster.talos_version);
    differs("nodeop/plan-version", "Kubernetes", &planned.kubernetes_version, &cluster.kubernetes_version);
    let mut changed = |message: String| {
        problems.push(
            Diagnostic::error("nodeop/plan-configuration", message)
                .with_help("make the plan anew with nodeop plan, and read it again"),
        );
    };
    for file in &planned.configuration {
        match FileHash::of(&file.path) {
            Ok(hash) if hash == *file => {}
            Ok(_) => changed(format!("{} changed since the plan was made", file.path.display())),
            Err(_) => changed(format!("{} cannot be read any more", file.path.display())),
        }
    }
    let used = plan.steps.iter().filter_map(|step| step.action.file());
    for path in cluster.files.iter().map(std::path::PathBuf::as_path).chain(used) {
        if !planned.configuration.iter().any(|file| file.path == path) {
            changed(format!("the plan was made without {}", path.display()));
        }
    }
    problems
}

fn step(step: &Step, plan: &Plan, cluster: &Cluster, maker: &Maker) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(node) = &step.node {
        let known = cluster.inventory.find(&node.hostname).map(Target::from);
        if known.as_ref() != Some(node) {
            let message = format!(
                "step {}: {} at {} is not a machine of this configuration",
                step.id, node.hostname, node.address
            );
            problems.push(Diagnostic::error("nodeop/plan-node", message));
            return problems;
        }
    }
    if step.action.needs_node() != step.node.is_some() {
        problems.push(edited(format!("step {}: node does not fit the operation", step.id)));
        return problems;
    }
    problems.extend(invalid(&step.action).map(|what| edited(format!("step {}: {what}", step.id))));
    let again = Step::new(maker, step.node.clone(), step.action.clone(), String::new());
    let argv: Vec<_> = step.commands(&plan.access).iter().map(crate::command::Command::argv).collect();
    if argv != step.argv {
        problems.push(edited(format!("step {}: argv is not what its operation and parameters say", step.id)));
    }
    let lists = [
        ("unless", &step.unless, &again.unless),
        ("preconditions", &step.preconditions, &again.preconditions),
        ("checks", &step.checks, &again.checks),
    ];
    for (name, _, _) in lists.iter().filter(|(_, given, wanted)| given != wanted) {
        problems.push(edited(format!("step {}: {name} are not those of its operation", step.id)));
    }
    let limits = [step.timeout.before, step.timeout.command, step.timeout.after, step.retry.delay];
    if limits.iter().any(|limit| *limit > crate::cli::MAX_SECONDS) || step.timeout.command == 0 {
        problems.push(edited(format!("step {}: its limits of time are not possible", step.id)));
    }
    if !(1..=1000).contains(&step.retry.attempts) {
        problems.push(edited(format!("step {}: retry.attempts is not possible", step.id)));
    }
    problems
}

/// Parameters that no plan of ours has.
fn invalid(action: &Action) -> Option<String> {
    let odd = action.texts().into_iter().find(|text| {
        text.is_empty() || text.starts_with('-') || text.chars().any(|c| c.is_control() || c.is_whitespace())
    })?;
    Some(format!("{odd:?} is not possible as a parameter"))
}

fn edited(message: String) -> Diagnostic {
    Diagnostic::error("nodeop/plan-step", message)
        .with_help("make the plan anew with nodeop plan; edit what it does by its options")
}

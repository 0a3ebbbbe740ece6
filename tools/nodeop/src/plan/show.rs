//! A plan as text for people.

use std::fmt::Write as _;

use super::{Plan, Step};

/// The plan, line by line. Writing to a String cannot fail.
pub(crate) fn show(plan: &Plan) -> String {
    let cluster = &plan.cluster;
    let mut out = format!(
        "Plan: {} of cluster {} ({}), Talos {}, Kubernetes {}\n",
        plan.operation, cluster.name, cluster.endpoint, cluster.talos_version, cluster.kubernetes_version
    );
    let width = plan.steps.len().to_string().len();
    for (index, step) in plan.steps.iter().enumerate() {
        let _ = writeln!(out, "{:>width$}. {}", index + 1, line(step));
        let indent = " ".repeat(width + 2);
        for argv in &step.argv {
            let _ = writeln!(out, "{indent}$ {}", argv.join(" "));
        }
        for (word, conditions) in
            [("unless", &step.unless), ("before", &step.preconditions), ("after", &step.checks)]
        {
            if !conditions.is_empty() {
                let texts: Vec<_> = conditions.iter().map(ToString::to_string).collect();
                let _ = writeln!(out, "{indent}{word}: {}", texts.join("; "));
            }
        }
    }
    if plan.leads_last().is_some() && plan.steps.iter().filter(|step| !step.on_worker()).count() > 1 {
        out.push_str(
            "The controller that leads etcd comes last among the controllers, whichever it is then.\n",
        );
    }
    out
}

fn line(step: &Step) -> String {
    match &step.node {
        Some(node) => format!("{} {} ({}): {}", step.action.name(), node.hostname, node.address, step.reason),
        None => format!("{}: {}", step.action.name(), step.reason),
    }
}

//! The question before a plan runs. It is asked at the terminal itself, for standard input may be the plan.

use std::io::{BufRead as _, BufReader, Write as _};

use cliutil::{Failure, Outcome};

use crate::cli::RunArgs;
use crate::plan::Plan;

/// Whether the plan may run.
///
/// # Errors
/// `usage/confirm` when `--confirm` names another cluster, or when there is nobody to ask.
pub(super) fn confirm(plan: &Plan, args: &RunArgs) -> Outcome<bool> {
    let name = &plan.cluster.name;
    if let Some(given) = args.confirm.as_ref().filter(|given| *given != name) {
        let message = format!("--confirm {given}: the cluster is called {name}");
        return Err(Failure::new("usage/confirm", message).with_help("nothing was sent"));
    }
    if plan.destroys() {
        if args.confirm.is_some() {
            return Ok(true);
        }
        let question =
            format!("This destroys what is on these machines. Type the cluster's name ({name}) to go on: ");
        let help = format!("--confirm {name} says so; --yes is not enough for what destroys");
        return Ok(ask(&question, &help)?.trim() == name);
    }
    if args.yes || args.confirm.is_some() || !plan.asks() {
        return Ok(true);
    }
    let answer = ask(&format!("Do this on cluster {name}? [y/N] "), "--yes answers it")?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn ask(question: &str, help: &str) -> Outcome<String> {
    let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|_| {
        Failure::new(
            "usage/confirm",
            "a question must be answered, but there is no terminal; nothing was sent",
        )
        .with_help(help)
    })?;
    let failed = |error| Failure::new("usage/confirm", format!("the terminal cannot be read: {error}"));
    write!(terminal, "{question}").and_then(|()| terminal.flush()).map_err(failed)?;
    let mut line = String::new();
    BufReader::new(terminal).read_line(&mut line).map_err(failed)?;
    Ok(line)
}

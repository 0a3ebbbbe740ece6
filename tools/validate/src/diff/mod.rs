//! `validate diff`: what changes in the cluster between two states of a repository, object by object, after build and
//! substitution. Values of Secrets are never shown, in other objects neither.

mod args;
mod compare;
mod known;
mod redact;
mod show;
mod side;

use cliutil::{CommonArgs, Exit, Format, Io, Outcome, Reporter};

pub(crate) use args::DiffArgs;
use side::Side;

/// Runs `validate diff`.
pub(crate) fn run(args: &DiffArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let (old, new) = (Side::load(&args.old, args)?, Side::load(&args.new, args)?);
    if !common.quiet {
        let words = CommonArgs { format: Format::Human, ..common.clone() };
        let reporter = Reporter::new("validate", &words, io);
        // What was wrong before and is wrong after is no news.
        let news = new.problems.iter().filter(|problem| {
            !old.problems.iter().any(|known| known.code == problem.code && known.message == problem.message)
        });
        let news: Vec<_> = news.cloned().collect();
        reporter.show(&news, true, io);
    }
    let changes = compare::changes(&old, &new, &args.strip_attrs);
    let text = match args.format {
        Format::Markdown => show::markdown(&changes, args.limit_bytes),
        Format::Json => show::json(&changes),
        _ => show::human(&changes, common.colored_output(io)),
    };
    io.write_out(text)?;
    Ok(if changes.is_empty() { Exit::Yes } else { Exit::No })
}

//! `validate diff`: what changes in the cluster between two states of a repository, object by object, after build and
//! substitution. Values of Secrets are never shown, in other objects neither.

mod args;
mod compare;
mod embedded;
mod known;
mod likely;
mod redact;
mod show;
mod side;

use std::collections::BTreeMap;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Format, Io, Outcome, Reporter};

pub(crate) use args::DiffArgs;
use known::Known;
use side::{Left, Name, Side};

/// Runs `validate diff`.
pub(crate) fn run(args: &DiffArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let (old, new) = (Side::load(&args.old, args)?, Side::load(&args.new, args)?);
    let old = old.named_as(&new);
    let left_out = side::left_out(&old, &new);
    if !left_out.is_empty() && old.without(&left_out).is_empty() && new.without(&left_out).is_empty() {
        let problems =
            left_out.into_values().flat_map(|left| if left.new.is_empty() { left.old } else { left.new });
        return Err(Failure { diagnostics: problems.collect() });
    }
    if !common.quiet {
        let words = CommonArgs { format: Format::Human, ..common.clone() };
        let reporter = Reporter::new("validate", &words, io);
        // What was wrong before and is wrong after is no news.
        let news = new.problems.iter().filter(|problem| {
            !old.problems.iter().any(|known| known.code == problem.code && known.message == problem.message)
        });
        let news: Vec<_> = news.cloned().chain(not_compared(&left_out)).collect();
        reporter.show(&news, true, io);
    }
    let known = Known::of(&old, &new);
    let changes = compare::changes(&old, &new, &left_out, &args.strip_attrs, &known);
    let names: Vec<String> = left_out.keys().map(|(_, name)| known.hidden(name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let text = match args.format {
        Format::Markdown => show::markdown(&changes, &names, args.limit_bytes),
        Format::Json => show::json(&changes, &names),
        _ => show::human(&changes, &names, common.colored_output(io)),
    };
    io.write_out(text)?;
    // What could be built before and cannot be now is a mistake; the rest is shown all the same.
    let is_fine =
        changes.is_empty() && left_out.values().all(|left| left.old.is_empty() == left.new.is_empty());
    let broken: Vec<Diagnostic> =
        left_out.into_values().filter(|left| left.old.is_empty()).flat_map(|left| left.new).collect();
    match broken.is_empty() {
        false => Err(Failure { diagnostics: broken }),
        true if is_fine => Ok(Exit::Yes),
        true => Ok(Exit::No),
    }
}

/// A word about each Kustomization that could not be built before, whether it can be now or not.
fn not_compared(left_out: &BTreeMap<Name, Left>) -> impl Iterator<Item = Diagnostic> {
    left_out.iter().filter_map(|((_, name), left)| {
        let first = left.old.first()?;
        let when = if left.new.is_empty() { "before" } else { "before or after" };
        let message = format!("{name} is not compared, it cannot be built {when}: {}", first.message);
        let place = left.new.first().unwrap_or(first);
        let mut word = Diagnostic::warning("diff/not-compared", message);
        word.location.clone_from(&place.location);
        word.path.clone_from(&place.path);
        word.help.clone_from(&place.help);
        Some(word)
    })
}

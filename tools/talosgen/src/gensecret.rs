//! `talosgen gensecret`: the secrets bundle of a cluster, on standard output or in a private file.

use std::time::SystemTime;

use cliutil::{Diagnostic, Exit, Failure, Io, Location, Mask, Outcome, WriteOptions};
use machineconfig::{Config, Problem, Secrets};

use crate::cli::GensecretArgs;

pub(crate) fn run(args: &GensecretArgs, io: &mut Io) -> Outcome<Exit> {
    let now = SystemTime::now();
    let secrets = match (&args.from_configfile, &args.from_kubernetes_pki) {
        (Some(path), _) => {
            // A machine configuration is full of secrets: nothing of it is quoted.
            let source = std::sync::Arc::new(cliutil::read_file(path)?.with_mask(Mask::Except(Vec::new())));
            let place = |problem: Problem| {
                let diagnostic = diagnostic(&problem);
                match problem.span {
                    Some(span) => diagnostic.at(Location::new(&source, span.range())),
                    None => diagnostic.in_file(source.name()),
                }
            };
            let found = Config::load(source.text()).and_then(|config| Secrets::from_config(&config));
            found.map_err(|problems| problems.into_iter().map(place).collect::<Vec<_>>())?
        }
        (None, Some(folder)) => {
            // A token in the arguments would be there for everybody to see.
            let token = std::env::var("KUBERNETES_BOOTSTRAP_TOKEN").ok().filter(|token| !token.is_empty());
            let found = Secrets::from_kubernetes_pki(folder, token.as_deref(), now);
            found.map_err(|problems| problems.iter().map(diagnostic).collect::<Vec<_>>())?
        }
        (None, None) => {
            Secrets::generate(now).map_err(|error| Failure::new("secrets/random", error.to_string()))?
        }
    };
    let text = secrets.to_yaml();
    match &args.output {
        Some(path) => cliutil::write_atomic(path, text.as_bytes(), WriteOptions::private_new())?,
        None => io.write_out(&text)?,
    }
    Ok(Exit::Yes)
}

/// A problem without its place.
pub(crate) fn diagnostic(problem: &Problem) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(problem.code, problem.message.clone());
    diagnostic.help.clone_from(&problem.help);
    diagnostic
}

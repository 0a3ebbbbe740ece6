//! `validate graph`: what Flux applies and what depends on what, drawn.

mod args;
mod dot;
mod json;
mod mermaid;
mod model;
mod svg;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Format, Io, Outcome, Reporter};
use kustomize::Loader;
use kustomize::flux::Options;

use crate::applied::{self, Cluster, DISK, Search};
use crate::place::Place;
pub(crate) use args::GraphArgs;
use model::Graph;

/// Runs `validate graph`.
pub(crate) fn run(args: &GraphArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let place = Place::find(&args.folder, args.root.as_deref(), &args.entry)?;
    let loader = Loader::new(DISK);
    let options = Options { assume_sources: true, ..Options::default() };
    let starts = applied::starts(&loader, &place.root, &place.entry, Search::below(&place.folder));
    let clusters = starts.into_iter().map(|start| {
        let name = start.name.clone();
        (name, Cluster::build(&loader, &place.root, start, options))
    });
    let clusters: Vec<(String, Cluster)> = clusters.collect();
    let mut problems: Vec<Diagnostic> =
        clusters.iter().flat_map(|(_, cluster)| cluster.problems.iter().cloned()).collect();
    if common.quiet {
        problems.retain(|problem| problem.severity == cliutil::Severity::Error);
    }
    let failed = clusters.iter().any(|(_, cluster)| cluster.has_failures());
    let graphs: Vec<Graph> =
        clusters.iter().map(|(name, cluster)| Graph::of(name, cluster, args.all).part(&place)).collect();
    // JSON has everything, drawings may have Kustomizations only.
    let is_nothing = |graph: &Graph| match args.format {
        Format::Json => graph.is_empty(),
        _ => graph.draws_nothing(),
    };
    if graphs.iter().all(is_nothing) {
        let shown = args.folder.display();
        let failure = Failure::new("graph/nothing", format!("{shown}: there is nothing that Flux applies"));
        return Err(failure.with_help(
            "name the repository's root, or the folder that holds the first Flux Kustomizations",
        ));
    }
    let text = match args.format {
        Format::Dot => dot::draw(&graphs),
        Format::Json => json::draw(&graphs),
        Format::Svg => svg::draw(&graphs, args.theme),
        _ => mermaid::draw(&graphs),
    };
    if args.format == Format::Mermaid
        && !common.quiet
        && let Some(why) = mermaid::too_large(&graphs, &text)
    {
        problems.push(
            Diagnostic::warning("graph/too-large", why)
                .with_help("draw a part (validate graph kubernetes/apps/NAMESPACE), or take --format svg"),
        );
    }
    // The drawing is the data: words about what could not be built go to standard error.
    let words = CommonArgs { format: Format::Human, ..common.clone() };
    Reporter::new("validate", &words, io).show(&problems, true, io);
    io.write_out(text)?;
    Ok(if failed { Exit::No } else { Exit::Yes })
}

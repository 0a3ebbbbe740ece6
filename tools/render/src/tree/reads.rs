//! `render vars` and `--list`: what templates read, without rendering any.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Diagnostic, Exit, Format, Io, Outcome, Reporter, Severity};
use serde_json::{Value as Json, json};
use template::{Engine, Reads};
use yaml::Mapping;

use super::plan::{self, Plan};
use super::{rendering, survey};
use crate::cli::VarsArgs;
use crate::data;
use crate::settings::Settings;

/// Where a name is read.
type Places = BTreeMap<String, BTreeSet<(String, usize)>>;

/// `render vars`.
pub(crate) fn vars(args: &VarsArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let mut settings = Settings::of_run(args.config.as_deref(), &args.settings)?;
    settings.force = true;
    let data = data::load(&settings.data, io, true).unwrap_or_default();
    if !data.contains_key("components") {
        // Without it all components count as on.
        settings.gate = None;
    }
    let output = settings.output.clone().unwrap_or_else(|| PathBuf::from("."));
    let plan = plan::make(&settings, &data, survey::survey(&settings), (&output, false), None)?;
    let engine = rendering::engine(&plan, &settings, data, None, false)?;
    let names = plan.files.iter().filter_map(|file| file.template.clone());
    let places = places(&all(names, &engine)?);
    if let Some(schema) = &args.schema {
        return against(schema, &places, common, io);
    }
    let text = if common.format == Format::Json {
        let at = |(template, line): &(String, usize)| json!({"template": template, "line": line});
        let all: serde_json::Map<String, Json> =
            places.iter().map(|(name, found)| (name.clone(), found.iter().map(at).collect())).collect();
        format!("{:#}\n", Json::Object(all))
    } else {
        let line = |(name, found): (&String, &BTreeSet<(String, usize)>)| {
            let at: Vec<_> = found.iter().map(|(template, line)| format!("{template}:{line}")).collect();
            format!("{name}  {}\n", at.join(" "))
        };
        places.iter().map(line).collect()
    };
    io.write_out(text).map(|()| Exit::Yes)
}

/// `--list`: each output with what it is made from, and the names its template reads.
pub(super) fn list(
    plan: &Plan,
    settings: &Settings,
    data: Mapping,
    common: &CommonArgs,
    io: &mut Io,
) -> Outcome<Exit> {
    let engine = rendering::engine(plan, settings, data, None, false)?;
    let mut text = String::new();
    let mut rows = Vec::new();
    for file in &plan.files {
        let (output, input) = (file.relative.display().to_string(), file.input.display().to_string());
        let names: BTreeSet<String> = match &file.template {
            Some(name) => {
                let names = places(&all([name.clone()], &engine)?).into_keys();
                names.map(|path| path.split('.').next().unwrap_or_default().to_owned()).collect()
            }
            None => BTreeSet::new(),
        };
        let names: Vec<_> = names.into_iter().collect();
        let what = match (&file.template, names.is_empty()) {
            (None, _) => " (copied)".to_owned(),
            (Some(_), true) => String::new(),
            (Some(_), false) => format!(": {}", names.join(", ")),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{output} <- {input}{what}");
        rows.push(json!({"output": output, "input": input, "template": file.template, "reads": names}));
    }
    let text = if common.format == Format::Json { format!("{:#}\n", Json::Array(rows)) } else { text };
    io.write_out(text).map(|()| Exit::Yes)
}

/// What the templates read, and those that they include or import.
fn all(names: impl IntoIterator<Item = String>, engine: &Engine) -> Outcome<BTreeMap<String, Reads>> {
    let mut queue: Vec<(String, bool)> = names.into_iter().map(|name| (name, true)).collect();
    let mut all = BTreeMap::new();
    let mut problems: Vec<Diagnostic> = Vec::new();
    while let Some((name, planned)) = queue.pop() {
        if all.contains_key(&name) {
            continue;
        }
        match engine.reads(&name) {
            Ok(reads) => {
                queue.extend(reads.templates.iter().map(|used| (used.clone(), false)));
                all.insert(name, reads);
            }
            // One that is included may be missing on purpose.
            Err(error) if !planned && error.code() == "template/not-found" => {}
            Err(error) => problems.push(error.to_diagnostic()),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(problems.into()) }
}

fn places(all: &BTreeMap<String, Reads>) -> Places {
    let mut places = Places::new();
    for (template, reads) in all {
        for read in &reads.names {
            places.entry(read.path.clone()).or_default().insert((template.clone(), read.line));
        }
    }
    places
}

/// The names that a JSON Schema does not have, as findings.
fn against(schema: &Path, places: &Places, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let source = if schema.as_os_str() == "-" {
        cliutil::read_input(io, schema, cliutil::ReadOptions { allow_empty: false })?
    } else {
        cliutil::read_file(schema)?
    };
    let schema: Json = serde_json::from_str(source.text()).map_err(|error| {
        cliutil::Failure::new("render/data", format!("{}: not valid JSON: {error}", source.name()))
    })?;
    let roots: BTreeSet<&str> = places.keys().filter_map(|path| path.split('.').next()).collect();
    let known = schema.get("properties").and_then(Json::as_object);
    let known: Vec<&str> = known.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut found = Vec::new();
    for root in roots.into_iter().filter(|root| *root != "env" && !known.contains(root)) {
        let at = places.iter().filter(|(path, _)| path.split('.').next() == Some(root));
        let at: BTreeSet<_> = at.flat_map(|(_, found)| found).collect();
        let at: Vec<_> = at.into_iter().map(|(template, line)| format!("{template}:{line}")).collect();
        let mut finding = Diagnostic::new(
            Severity::Error,
            "render/unknown-variable",
            format!("{root} is read by {} and is not in the schema", at.join(", ")),
        );
        finding.help =
            cliutil::did_you_mean(root, known.iter().copied()).map(|near| format!("did you mean {near}?"));
        found.push(finding);
    }
    Reporter::new("render", common, io).show(&found, false, io);
    Ok(if found.is_empty() { Exit::Yes } else { Exit::No })
}

//! `validate schema`: JSON Schemas (2020-12) of our formats, and of CustomResourceDefinitions.
//!
//! Those of plan and results follow from nodeop's types. A tool does not depend on a tool, so they stand here as the
//! files that `just docs` writes from `nodeop schema` and a test keeps current.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cliutil::{Exit, Failure, Io, Outcome, ReadOptions, WriteOptions};
use cluster::{Model, schema};

use super::args::{SchemaArgs, What};

/// The schema of plans.
const PLAN: &str = include_str!("../../../../schemas/plan.schema.json");

/// The schema of results.
const RESULTS: &str = include_str!("../../../../schemas/results.schema.json");

/// Runs `validate schema`.
pub(crate) fn run(args: &SchemaArgs, io: &mut Io) -> Outcome<Exit> {
    if args.what == What::Import {
        return import(args, io);
    }
    if let Some(file) = args.files.first() {
        let message = format!("{}: only import reads files", file.display());
        return Err(Failure::new("usage/schema", message).with_help("validate schema import FILE…"));
    }
    let load = || Model::load(&args.templates, &args.system);
    let schema = match args.what {
        What::Config => schema::config(&load()?),
        What::Context => schema::context(&load()?),
        // The fields of a node and the form of a component are the same for every catalogue.
        What::Nodes => schema::nodes(&Model::core(&args.system)?),
        What::Component | What::Import => schema::component(),
        What::Plan => return io.write_out(PLAN).map(|()| Exit::Yes),
        What::Results => return io.write_out(RESULTS).map(|()| Exit::Yes),
    };
    io.write_out(format!("{schema:#}\n"))?;
    Ok(Exit::Yes)
}

/// Writes a schema for each version of each kind that the files define. Nothing is written unless all of them can be.
fn import(args: &SchemaArgs, io: &mut Io) -> Outcome<Exit> {
    let mut schemas: BTreeMap<PathBuf, String> = BTreeMap::new();
    for file in &args.files {
        let source = cliutil::read_input(io, file, ReadOptions::default())?;
        let documents = yaml::load(source.text(), yaml::Dialect::Kubernetes).map_err(|error| {
            let source = std::sync::Arc::new(source.clone());
            Failure::from(cliutil::Diagnostic::from_yaml(&source, error))
        })?;
        let before = schemas.len();
        for document in documents {
            for kind in ::schema::custom_kinds(&serde_json::Value::from(document)) {
                let (group, version) = kind.api_version.split_once('/').unwrap_or_default();
                let name = format!("{}_{version}.json", kind.kind.to_lowercase());
                let path = Path::new(group).join(name);
                if !is_inside(&path) {
                    let message =
                        format!("{}: {} is no name of a group and kind", source.name(), path.display());
                    return Err(Failure::new("schema/import", message));
                }
                schemas.insert(path, format!("{:#}\n", kind.schema));
            }
        }
        if schemas.len() == before {
            let message =
                format!("{}: holds no CustomResourceDefinition that is not there already", source.name());
            return Err(Failure::new("schema/import", message)
                .with_help("name files with kind: CustomResourceDefinition"));
        }
    }
    for (path, text) in &schemas {
        let path = args.output.join(path);
        let folder = path.parent().unwrap_or(&args.output);
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::new("io/write", format!("{}: {error}", folder.display())))?;
        cliutil::write_if_changed(&path, text.as_bytes(), WriteOptions::default())?;
    }
    io.say(format!("{} schemas in {}", schemas.len(), args.output.display()));
    Ok(Exit::Yes)
}

/// Two plain names, whatever a definition says.
fn is_inside(path: &Path) -> bool {
    let parts: Vec<_> = path.components().collect();
    parts.len() == 2 && parts.iter().all(|part| matches!(part, std::path::Component::Normal(_)))
}

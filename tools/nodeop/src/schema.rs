//! The JSON Schemas of plan and results, from their types.

use cliutil::{Failure, Outcome};
use schemars::Schema;
use schemars::generate::SchemaSettings;

use crate::cli::SchemaFormat;
use crate::execute::ResultDocument;
use crate::plan::Plan;

/// A format's schema, as JSON.
///
/// # Errors
/// `nodeop/schema` when it has no form as JSON, which none of ours lacks.
pub(crate) fn print(format: SchemaFormat) -> Outcome<String> {
    let generator = || SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema: Schema = match format {
        SchemaFormat::Plan => generator().into_root_schema_for::<Plan>(),
        SchemaFormat::Results => generator().into_root_schema_for::<ResultDocument>(),
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Failure::new("nodeop/schema", format!("cannot be written as JSON: {error}")))?;
    Ok(text + "\n")
}

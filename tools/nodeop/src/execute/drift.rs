//! What differs between a machine's configuration and the generated one, by data; secrets are not shown.

use std::path::Path;

use cliutil::{Failure, Outcome};
use machineconfig::diff;
use yaml::{Dialect, Value};

use super::{State, StepResult};
use crate::plan::Step;

/// Compares what a machine said with a file.
///
/// # Errors
/// `nodeop/drift-form` when one of the two cannot be read. Its words show nothing of them.
pub(super) fn compare(step: &Step, file: &Path, said: &[u8], result: StepResult) -> Outcome<StepResult> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new("io/read", format!("{}: {error}", file.display())))?;
    let generated = documents(&text).ok_or_else(|| unreadable(&file.display().to_string()))?;
    let hostname = step.node.as_ref().map_or("the machine", |node| node.hostname.as_str());
    let machine =
        std::str::from_utf8(said).ok().and_then(configuration).ok_or_else(|| unreadable(hostname))?;
    let changes: Vec<_> = diff(&machine, &generated).iter().map(ToString::to_string).collect();
    if changes.is_empty() {
        return Ok(result);
    }
    let reason = format!("{} differences; - is the machine, + is {}", changes.len(), file.display());
    Ok(StepResult { state: State::Differs, reason: Some(reason), output: changes, ..result })
}

/// The documents of the machine's configuration: a text in the resource's spec, or, from old versions, data there.
fn configuration(text: &str) -> Option<Vec<Value>> {
    let resource = yaml::load(text, Dialect::GoYamlV3).ok()?.into_iter().next()?;
    match resource.get("spec")? {
        Value::String(text) => documents(text),
        spec @ Value::Mapping(_) => Some(vec![spec.clone()]),
        _ => None,
    }
}

fn documents(text: &str) -> Option<Vec<Value>> {
    let all = yaml::load(text, Dialect::GoYamlV3).ok()?;
    Some(all.into_iter().filter(|document| *document != Value::Null).collect())
}

fn unreadable(what: &str) -> Failure {
    Failure::new("nodeop/drift-form", format!("{what}: the configuration cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_text_or_data() {
        let one = configuration("node: a\nspec: |\n  machine: {type: worker}\n  ---\n  kind: X\n").unwrap();
        assert_eq!(one.len(), 2);
        assert_eq!(configuration("spec:\n  machine: {type: worker}\n").unwrap().len(), 1);
        assert!(configuration("spec: 1\n").is_none() && configuration("").is_none());
    }
}

//! What goes through pipes: secrets, decrypted here and never on disk, and CustomResourceDefinitions out of a stream.

use std::path::Path;

use cliutil::{Failure, Outcome};
use sops::{Environment, Keyring};
use yaml::{Dialect, EmitOptions, Value};
use zeroize::Zeroizing;

use crate::plan::Action;

/// What the first command of an action reads.
///
/// # Errors
/// `nodeop/decrypt`, `io/missing`.
pub(super) fn first(action: &Action) -> Outcome<Option<Zeroizing<Vec<u8>>>> {
    match action {
        Action::ApplySecret { file, .. } => decrypt(file).map(Some),
        _ => Ok(None),
    }
}

/// What the next command of an action reads, made from what the one before wrote.
///
/// # Errors
/// `nodeop/no-definitions`.
pub(super) fn between(action: &Action, bytes: &[u8]) -> Outcome<Zeroizing<Vec<u8>>> {
    match action {
        Action::ApplyCrds { .. } => definitions(bytes).map(Zeroizing::new),
        _ => Ok(Zeroizing::new(bytes.to_vec())),
    }
}

fn decrypt(file: &Path) -> Outcome<Zeroizing<Vec<u8>>> {
    let source = cliutil::read_file(file)?;
    let keyring = Keyring::new(Environment::of_process());
    let decrypted = sops::decrypt(source.text(), &keyring, false).map_err(|error| {
        // The reader's excerpts could show what it decrypted; its words do not.
        let failure = Failure::new("nodeop/decrypt", format!("{}: {}", file.display(), error.message));
        failure.with_help("is SOPS_AGE_KEY_FILE the key this repository was made with?")
    })?;
    Ok(Zeroizing::new(decrypted.text.as_bytes().to_vec()))
}

fn definitions(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let broken = |why: String| Failure::new("nodeop/no-definitions", why);
    let text = String::from_utf8_lossy(bytes);
    let documents = yaml::load(&text, Dialect::GoYamlV3)
        .map_err(|error| broken(format!("what helmfile rendered is no YAML: {error}")))?;
    let is_definition =
        |value: &Value| value.get("kind").and_then(Value::as_str) == Some("CustomResourceDefinition");
    let found: Vec<_> = documents.into_iter().filter(is_definition).collect();
    if found.is_empty() {
        return Err(broken("helmfile rendered no CustomResourceDefinition".to_owned()));
    }
    Ok(yaml::emit_stream(&found, EmitOptions::default()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_definitions_pass() {
        let stream = b"kind: Service\n---\n---\napiVersion: v1\nkind: CustomResourceDefinition\nx: 1\n";
        let passed = definitions(stream).unwrap();
        assert_eq!(
            String::from_utf8(passed).unwrap(),
            "---\napiVersion: v1\nkind: CustomResourceDefinition\nx: 1\n"
        );
        assert_eq!(definitions(b"").unwrap_err().diagnostics[0].code, "nodeop/no-definitions");
        assert_eq!(definitions(b"a: [").unwrap_err().diagnostics[0].code, "nodeop/no-definitions");
    }
}

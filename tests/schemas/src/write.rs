//! The files of `schemas/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::lifecycle::Facts;
use crate::pins::{Pin, files};
use crate::{Outcome, Source};

/// Writes everything anew. What a former run wrote and this one does not is removed.
pub(crate) fn all(
    out: &Path,
    sources: &BTreeMap<&str, Source>,
    facts: &BTreeMap<String, Facts>,
    pins: &[Pin],
) -> Outcome<()> {
    let bundle = out.join("bundle");
    if bundle.exists() {
        std::fs::remove_dir_all(&bundle)?;
    }
    std::fs::create_dir_all(&bundle)?;
    let mut kinds = String::from("# source\tkind\tscope\tflags; made by `just schemas`\n");
    for (name, source) in sources {
        std::fs::write(bundle.join(format!("{name}.json")), definitions(name, &source.definitions)?)?;
        for (key, [scope, flags]) in &source.kinds {
            writeln!(kinds, "{name}\t{key}\t{scope}\t{flags}")?;
        }
    }
    std::fs::write(out.join("kinds.tsv"), kinds)?;
    std::fs::write(out.join("lifecycle.tsv"), lifecycle(facts)?)?;
    std::fs::write(out.join("NOTICE.md"), notice(pins)?)?;
    Ok(())
}

/// Definitions, one a line, sorted by name: it is JSON, and any line of it can be read alone.
fn definitions(name: &str, definitions: &BTreeMap<String, Json>) -> Outcome<String> {
    let mut text = format!("{{\"$comment\":\"{name}: made by just schemas, see NOTICE.md\",\"$defs\":{{\n");
    for (index, (name, schema)) in definitions.iter().enumerate() {
        let comma = if index + 1 == definitions.len() { "" } else { "," };
        writeln!(text, "\"{name}\":{schema}{comma}")?;
    }
    text.push_str("}}\n");
    Ok(text)
}

fn lifecycle(facts: &BTreeMap<String, Facts>) -> Outcome<String> {
    let mut text =
        String::from("# kind\tintroduced\tdeprecated\tremoved\treplacement; made by `just schemas`\n");
    for (key, facts) in facts {
        writeln!(text, "{key}\t{}", facts.join("\t"))?;
    }
    Ok(text)
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn notice(pins: &[Pin]) -> Outcome<String> {
    let mut text = String::from(
        "# Where these schemas come from\n\n\
         Made by `just schemas` from the Go modules below, as the module proxy serves them and the checksum database knows\n\
         them. Kept is structure only: names and types of fields, what is required, limits, patterns and values. The licence\n\
         is that of the project whose schemas they are. The hash is SHA-256 of the input's files, one after the other in\n\
         the order of their paths.\n\n\
         | source | project | module | path | licence | SHA-256 |\n|---|---|---|---|---|---|\n",
    );
    for pin in pins {
        let mut hash = Sha256::new();
        for file in files(&pin.place)? {
            hash.update(std::fs::read(file)?);
        }
        let hash = hex(&hash.finalize());
        let module =
            if pin.module == "-" { "-".to_owned() } else { format!("{}@{}", pin.module, pin.version) };
        writeln!(
            text,
            "| {} | {} | {module} | {} | {} | {hash} |",
            pin.source, pin.project, pin.path, pin.licence
        )?;
    }
    Ok(text)
}

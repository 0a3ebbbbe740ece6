//! Reads the declarations that are shipped (the core's, and every component.yaml of the catalogue) once, when the program
//! is built, and puts them into it as MessagePack beside their text. A file that a run finds unchanged needs no YAML reader then,
//! which takes longer than everything else that `validate config` does. A changed or a new file is read as ever.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let templates = here.join("../../templates");
    let mut files = Vec::new();
    for (folder, wanted) in [(here.join("src"), "yaml"), (here.join("src/systems"), "yaml")] {
        for path in entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == wanted))
        {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, path));
        }
    }
    components(&templates, &templates, &mut files);
    files.sort();
    let mut table = String::from("&[\n");
    let mut packed = Vec::new();
    for (name, path) in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        // What cannot be read is told by who asks for it.
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let Ok(value) = yaml::load_one(&text, yaml::Dialect::Yaml12) else { continue };
        let Ok(bytes) = rmp_serde::to_vec(&serde_json::Value::from(value)) else { continue };
        let (start, end) = (packed.len(), packed.len() + bytes.len());
        packed.extend(bytes);
        let _ =
            writeln!(table, "    Shipped {{ name: {name:?}, text: {text:?}, packed: ({start}, {end}) }},");
    }
    table.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    for (name, bytes) in [("shipped.rs", table.into_bytes()), ("shipped.bin", packed)] {
        if let Err(error) = std::fs::write(out.join(name), bytes) {
            println!("cargo::error={name}: {error}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
}

/// What stands in a folder; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    read.map(|entry| entry.path()).collect()
}

fn components(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    for path in entries(folder) {
        if path.is_dir() {
            components(root, &path, files);
        } else if path.file_name().is_some_and(|name| name == "component.yaml") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, path));
        }
    }
}

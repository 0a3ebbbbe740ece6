//! Deflates the schemas of `schemas/` for embedding: one blob a source, decoded when the first kind of it is used.
//! The files are text in the repository so that a raised version can be read as a diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../schemas");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut table = String::from("pub(crate) static SOURCES: &[(&str, &[u8], usize)] = &[\n");
    for path in sources(&root)? {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read(&path)?;
        std::fs::write(out.join(format!("{name}.z")), miniz_oxide::deflate::compress_to_vec(&text, 8))?;
        writeln!(
            table,
            "    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.z\")), {:#x}),",
            text.len()
        )?;
    }
    table.push_str("];\n");
    std::fs::write(out.join("sources.rs"), table)?;
    for name in ["kinds.tsv", "lifecycle.tsv"] {
        let text = std::fs::read_to_string(root.join(name)).unwrap_or_default();
        std::fs::write(out.join(name), text)?;
    }
    Ok(())
}

/// The JSON files of the bundle, sorted.
fn sources(root: &Path) -> Outcome<Vec<PathBuf>> {
    let folder = root.join("bundle");
    let mut paths = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

//! Reads `matrix.yaml` once, when the program is built, and puts it there as MessagePack.

use std::path::Path;

const FILE: &str = "src/compatibility/matrix.yaml";

fn main() {
    println!("cargo::rerun-if-changed={FILE}");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = convert() {
        println!("cargo::error={FILE}: {error}");
    }
}

fn convert() -> Result<(), String> {
    let text = std::fs::read_to_string(FILE).map_err(|error| error.to_string())?;
    let value = yaml::load_one(&text, yaml::Dialect::Yaml12).map_err(|error| error.to_string())?;
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let packed = rmp_serde::to_vec(&serde_json::Value::from(value)).map_err(|error| error.to_string())?;
    std::fs::write(Path::new(&out).join("matrix.bin"), packed).map_err(|error| error.to_string())
}

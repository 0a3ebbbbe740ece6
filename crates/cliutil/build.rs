//! Links the unwinder into the tools, where the system has it as an archive: as a library of its own (libgcc_s) it takes an eighth
//! of the time that a tool needs to start. What is linked is the same code; without the archive nothing changes.

use std::path::PathBuf;
use std::process::Command;

/// The archive as GCC installs it; it is what `-static-libgcc` would link.
const ARCHIVE: &str = "libgcc_eh.a";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let native = std::env::var_os("HOST") == std::env::var_os("TARGET");
    if native
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && let Some(folder) = folder()
    {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:+verbatim={ARCHIVE}");
    }
}

/// Where the compiler that links has the archive.
fn folder() -> Option<PathBuf> {
    let said = Command::new("cc").arg(format!("-print-file-name={ARCHIVE}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
    // What it does not have, it names without a folder.
    let folder = path.parent().filter(|_| path.is_absolute() && path.is_file())?;
    folder.canonicalize().ok()
}

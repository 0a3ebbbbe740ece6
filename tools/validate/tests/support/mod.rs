//! Running `validate` in process on files of a test.

use std::path::Path;

use cliutil::Io;

/// Exit code and standard output of a call.
pub(crate) fn run(args: &[&str]) -> (i32, String) {
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let mut io = Io::piped(&mut stdin, &mut out, &mut err);
    let args = std::iter::once("validate").chain(args.iter().copied()).map(Into::into).collect();
    let exit = validate::run(args, &mut io);
    (i32::from(exit.code()), String::from_utf8(out).unwrap())
}

/// Writes files below a folder.
pub(crate) fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// The exit code and the report of `validate manifests` on the folder kubernetes of a repository.
pub(crate) fn manifests(root: &Path) -> (i32, serde_json::Value) {
    let root = root.display().to_string();
    let folder = format!("{root}/kubernetes");
    let args = ["manifests", "--format", "json", "--root", &root, "--ignore-missing-schemas", &folder];
    let (status, out) = run(&args);
    (status, serde_json::from_str(&out).unwrap())
}

/// File, line and code of what `validate manifests` finds in some files.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    write(folder.path(), &files);
    let (_, report) = manifests(folder.path());
    let prefix = format!("{}/", folder.path().display());
    let one = |finding: &serde_json::Value| {
        let file = finding["file"].as_str().unwrap_or_default().replace(&prefix, "");
        format!("{file}:{} {}", finding["line"], finding["code"].as_str().unwrap())
    };
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

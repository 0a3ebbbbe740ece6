//! The cases of `tests/cases`: an object each, with what is expected of it in comments above it.
//!
//!     # case: what it is about
//!     # expect: valid
//!     # expect: [warning|note] CODE PATH / words of the message / words of the help      (PATH `-`: the object itself)
//!     # differs: why kubeconform's verdict is another one
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use std::path::Path;

/// A case.
pub(crate) struct Case {
    /// File and name.
    pub(crate) name: String,
    /// The object.
    pub(crate) text: String,
    /// What is expected, as it is written.
    pub(crate) expected: Vec<String>,
    /// Why kubeconform's verdict is another one.
    #[allow(dead_code, reason = "only the comparison reads it")]
    pub(crate) differs: Option<String>,
}

/// All cases, in order.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| of_file(file)).collect()
}

fn of_file(file: &Path) -> Vec<Case> {
    let stem = file.file_stem().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(file).unwrap();
    text.split("---\n").map(|part| case(&stem, part)).collect()
}

fn case(stem: &str, text: &str) -> Case {
    let comments = |key: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("# ")?.strip_prefix(key));
        lines.map(|rest| rest.trim().to_owned()).collect()
    };
    let name = comments("case:").pop().unwrap_or_else(|| panic!("a case without a name in {stem}: {text}"));
    let expected = comments("expect:");
    assert!(!expected.is_empty(), "{stem}: {name} expects nothing");
    Case {
        name: format!("{stem}: {name}"),
        text: text.to_owned(),
        expected,
        differs: comments("differs:").pop(),
    }
}

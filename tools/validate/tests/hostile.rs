//! `validate manifests` and `build` on input that was made to hurt: they end, with a clear error, and nothing panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use support::run;

/// The exit code and the codes of the findings of `validate manifests` on some files.
fn manifests(files: &[(&str, Vec<u8>)]) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = files.iter().map(|(name, content)| (*name, content.as_slice())).collect();
    support::write(folder.path(), &files);
    let (status, report) = support::manifests(folder.path());
    let one = |finding: &serde_json::Value| {
        assert!(finding["message"].as_str().unwrap().len() < 2000);
        finding["code"].as_str().unwrap().to_owned()
    };
    let mut codes: Vec<String> = report["findings"].as_array().unwrap().iter().map(one).collect();
    assert!(codes.len() < 1000);
    codes.dedup();
    (status, codes)
}

fn one(content: impl Into<Vec<u8>>) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("kubernetes/a/kustomization.yaml", b"resources: [m.yaml]\n".to_vec()),
        ("kubernetes/a/m.yaml", content.into()),
    ]
}

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";

#[test]
fn a_file_of_50_mb() {
    let text = format!("{HEAD}  k: {}\n", "x".repeat(50 << 20));
    let (status, codes) = manifests(&one(text));
    // Told of the entry that names it, and of the file.
    assert_eq!((status, codes), (2, vec!["kustomize/too-large".to_owned(), "io/size".to_owned()]));
}

#[test]
fn aliases_that_stand_for_more_and_more() {
    let mut text = format!("{HEAD}  a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let inner = vec![format!("*a{}", n - 1); 9].join(", ");
        writeln!(text, "  a{n}: &a{n} [{inner}]").unwrap();
    }
    assert_eq!(manifests(&one(text)), (1, vec!["yaml/alias-bomb".to_owned()]));
}

#[test]
fn nesting_without_end() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("{HEAD}  a: {}{}\n", open.repeat(50_000), close.repeat(50_000));
        assert_eq!(manifests(&one(text)), (1, vec!["yaml/syntax".to_owned()]));
    }
}

#[test]
fn bytes_that_are_no_text() {
    let text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"\xff\"}\n".to_vec();
    assert_eq!(manifests(&one(text)), (2, vec!["io/encoding".to_owned()]));
}

#[test]
fn folders_in_a_cycle() {
    let files = vec![
        ("kubernetes/a/kustomization.yaml", b"resources: [../b]\n".to_vec()),
        ("kubernetes/b/kustomization.yaml", b"resources: [../a]\n".to_vec()),
    ];
    assert_eq!(manifests(&files), (1, vec!["kustomize/cycle".to_owned()]));
}

#[test]
fn files_outside_of_the_repository() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("secret.yaml");
    std::fs::write(&path, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n").unwrap();
    let repository = outside.path().join("repository");
    std::fs::create_dir_all(repository.join(".git")).unwrap();
    std::fs::create_dir_all(repository.join("app")).unwrap();
    std::fs::write(repository.join("app/kustomization.yaml"), "resources: [../../secret.yaml]\n").unwrap();
    let (status, out) = run(&["build", &repository.join("app").display().to_string()]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(Path::new(&path).exists());
}

#[test]
fn lists_of_very_many_items() {
    // Not a million, for debug builds; what one takes grows with the number and no faster.
    let mut text = format!("{HEAD}  k: v\nlist:\n");
    text.push_str(&"- item\n".repeat(100_000));
    let (status, codes) = manifests(&one(text));
    assert_eq!((status, codes), (1, vec!["schema/unknown-field".to_owned()]));
    let mut entries = String::new();
    for n in 0..100_000 {
        writeln!(entries, "- f{n}.yaml").unwrap();
    }
    let files = vec![("kubernetes/a/kustomization.yaml", format!("resources:\n{entries}").into_bytes())];
    assert_eq!(manifests(&files).0, 1);
}

/// Five thousand objects in one file, something wrong with each: in the file, and by a patch. When all of the file was read again
/// for each of them, this took minutes.
#[test]
fn a_finding_in_each_of_many_documents() {
    const COUNT: usize = 5000;
    let objects = |bad: &str| {
        (0..COUNT).fold(String::new(), |mut text, n| {
            let _ = write!(
                text,
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}{bad}}}\ndata: {{a: x}}\n"
            );
            text
        })
    };
    let patch = "resources: [m.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: add, path: /data/b, value: 2}\n";
    for (kustomization, text, place) in
        [("resources: [m.yaml]\n", objects(", bad: 1"), ", bad"), (patch, objects(""), "data: {a")]
    {
        let folder = tempfile::tempdir().unwrap();
        support::write(
            folder.path(),
            &[
                ("kubernetes/a/kustomization.yaml", kustomization.as_bytes()),
                ("kubernetes/a/m.yaml", text.as_bytes()),
            ],
        );
        let (status, report) = support::manifests(folder.path());
        assert_eq!(status, 1);
        let found = report["findings"].as_array().unwrap();
        let lines: Vec<_> = found.iter().filter_map(|finding| finding["line"].as_u64()).collect();
        // Each in its own document.
        let want: Vec<_> =
            (1_u64..).zip(text.lines()).filter(|(_, line)| line.contains(place)).map(|(n, _)| n).collect();
        assert_eq!(want.len(), COUNT);
        assert!(
            want.iter().all(|line| lines.contains(line)),
            "{place}: {} findings, {:?}",
            found.len(),
            found.first()
        );
    }
}

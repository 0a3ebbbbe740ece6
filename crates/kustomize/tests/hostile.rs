//! Input that was made to hurt: it ends, with a clear error where there is one, and nothing panics.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use kustomize::{Loader, Memory};

/// What a build of `a` says: the codes of its errors, or how many objects there are.
fn build(files: &Memory) -> Result<usize, Vec<&'static str>> {
    let started = Instant::now();
    let built = kustomize::build(&Loader::new(files), Path::new("a"));
    // Far more than it takes: a test on a busy machine must not fail.
    assert!(started.elapsed() < Duration::from_mins(2), "{:?}", started.elapsed());
    match built {
        Ok(build) => Ok(build.resources.len()),
        Err(problems) => {
            assert!(problems.len() < 1000 && problems.iter().all(|problem| problem.message.len() < 2000));
            Err(problems.iter().map(|problem| problem.code).collect())
        }
    }
}

fn one(content: impl Into<Vec<u8>>) -> Memory {
    Memory::new().with("a/kustomization.yaml", "resources: [m.yaml]\n").with("a/m.yaml", content)
}

#[test]
fn folders_that_take_in_each_other_or_themselves() {
    let files = Memory::new()
        .with("a/kustomization.yaml", "resources: [../b]\n")
        .with("b/kustomization.yaml", "resources: [../a]\n");
    assert_eq!(build(&files), Err(vec!["kustomize/cycle"]));
    for itself in [".", "../a", "./", "../a/../a"] {
        let files = Memory::new().with("a/kustomization.yaml", format!("resources: [\"{itself}\"]\n"));
        assert_eq!(build(&files), Err(vec!["kustomize/cycle"]), "{itself}");
    }
    let files = Memory::new().with("a/kustomization.yaml", "components: [.]\n");
    assert!(build(&files).is_err());
}

#[test]
fn folders_that_take_in_others_twice_on_many_levels() {
    let mut files = Memory::new();
    for n in 0..40 {
        let folder = if n == 0 { "a".to_owned() } else { format!("l{n}") };
        files.add(format!("{folder}/kustomization.yaml"), format!("resources: [../l{0}, ../m{0}]\n", n + 1));
        files
            .add(format!("m{n}/kustomization.yaml"), format!("namePrefix: m-\nresources: [../l{}]\n", n + 1));
    }
    files.add("l40/kustomization.yaml", "resources: []\n");
    files.add("m40/kustomization.yaml", "resources: []\n");
    assert!(build(&files).unwrap_err().contains(&"kustomize/too-large"));
}

#[test]
fn large_files() {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: ";
    assert_eq!(build(&one(format!("{head}{}\n", "x".repeat(50 << 20)))), Err(vec!["kustomize/too-large"]));
    let generator = Memory::new()
        .with("a/kustomization.yaml", "configMapGenerator: [{name: a, files: [m]}]\n")
        .with("a/m", vec![b'x'; 50 << 20]);
    assert_eq!(build(&generator), Err(vec!["kustomize/too-large"]));
    assert_eq!(build(&one(format!("{head}{}\n", "x".repeat(1 << 20)))), Ok(1));
}

#[test]
fn aliases_that_stand_for_more_and_more() {
    let mut text =
        String::from("apiVersion: v1\nkind: X\nmetadata: {name: a}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let inner = vec![format!("*a{}", n - 1); 9].join(", ");
        writeln!(text, "a{n}: &a{n} [{inner}]").unwrap();
    }
    assert_eq!(build(&one(text.clone())), Err(vec!["yaml/alias-bomb"]));
    let files = Memory::new().with("a/kustomization.yaml", text);
    assert_eq!(build(&files), Err(vec!["yaml/alias-bomb"]));
}

#[test]
fn nesting_without_end() {
    let head = "apiVersion: v1\nkind: X\nmetadata: {name: a}\nspec: ";
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("{head}{}{}\n", open.repeat(50_000), close.repeat(50_000));
        assert_eq!(build(&one(text)), Err(vec!["yaml/syntax"]));
    }
    let patch = format!("{{op: add, path: /spec, value: {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    let files = Memory::new()
        .with(
            "a/kustomization.yaml",
            format!("resources: [m.yaml]\npatches:\n- target: {{kind: X}}\n  patch: |-\n    - {patch}\n"),
        )
        .with("a/m.yaml", format!("{head}1\n"));
    assert!(build(&files).is_err());
}

/// Folders beside one another are built by threads whose stacks are smaller than that of the main one.
#[test]
fn the_deepest_folders_beside_others() {
    let mut files = Memory::new()
        .with("a/kustomization.yaml", "resources: [../l1, ../other]\n")
        .with("other/kustomization.yaml", "resources: [m.yaml]\n")
        .with("other/m.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: other}\n");
    for n in 1..99 {
        let next = if n < 98 { format!("../l{}", n + 1) } else { "m.yaml".to_owned() };
        files.add(format!("l{n}/kustomization.yaml"), format!("namePrefix: a-\nresources: [{next}]\n"));
    }
    let (open, close) = ("{a: ".repeat(240), "}".repeat(240));
    files
        .add("l98/m.yaml", format!("apiVersion: v1\nkind: X\nmetadata: {{name: a}}\nspec: {open}1{close}\n"));
    assert_eq!(build(&files), Ok(2));
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(
        build(&one(b"apiVersion: v1\nkind: X\nmetadata: {name: \"\xff\"}\n".to_vec())),
        Err(vec!["kustomize/encoding"])
    );
    let files = Memory::new().with("a/kustomization.yaml", b"resources: [\"\xfe\"]\n".to_vec());
    assert_eq!(build(&files), Err(vec!["kustomize/encoding"]));
    let files = Memory::new().with("a/kustomization.yaml", "resources: [\"a\\0b\", \"\", \"\\uFFFF\"]\n");
    assert!(build(&files).is_err());
}

#[test]
fn long_lists() {
    let items = "  - item\n".repeat(50_000);
    let text = format!("apiVersion: v1\nkind: X\nmetadata: {{name: a}}\nspec:\n{items}");
    assert_eq!(build(&one(text)), Ok(1));
    let files =
        Memory::new().with("a/kustomization.yaml", format!("resources:\n{}", "- m.yaml\n".repeat(500)));
    assert!(build(&files).is_err());
}

#[test]
fn lists_of_very_many_images() {
    let mut text = String::from("resources: [m.yaml]\nimages:\n");
    for n in 0..50_000 {
        writeln!(text, "- {{name: registry.example.com/team/app-{n}, newTag: v{n}}}").unwrap();
    }
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: registry.example.com/team/app-15000:v1}]}\n";
    let files = Memory::new().with("a/kustomization.yaml", text).with("a/m.yaml", pod);
    let built = kustomize::build(&Loader::new(&files), Path::new("a")).unwrap();
    assert!(
        kustomize::to_yaml(&built.resources).contains("image: registry.example.com/team/app-15000:v15000\n")
    );
    // Each pattern is a program of its own.
    let mut text = String::from("resources: [m.yaml]\nimages:\n");
    for n in 0..3000 {
        writeln!(text, "- {{name: \"app-{n}.*\", newTag: v{n}}}").unwrap();
    }
    let files = Memory::new().with("a/kustomization.yaml", text).with("a/m.yaml", pod);
    assert!(build(&files).unwrap_err().iter().all(|code| *code == "kustomize/too-large"));
}

#[test]
fn very_many_resources() {
    let mut missing = String::new();
    for n in 0..200_000 {
        writeln!(missing, "- f{n}.yaml").unwrap();
    }
    let files = Memory::new().with("a/kustomization.yaml", format!("resources:\n{missing}"));
    let codes = build(&files).unwrap_err();
    assert!(codes.len() < 200 && codes.iter().all(|code| *code == "kustomize/missing"), "{}", codes.len());
}

#[test]
fn copies_of_copies() {
    let mut text = String::from("resources: [m.yaml]\npatches:\n- target: {kind: X}\n  patch: |-\n");
    for n in 0..60 {
        writeln!(text, "    - {{op: copy, from: /spec, path: /spec/c{n}}}").unwrap();
    }
    let files = Memory::new()
        .with("a/kustomization.yaml", text)
        .with("a/m.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nspec: {a: 1}\n");
    assert_eq!(build(&files), Err(vec!["kustomize/patch"]));
}

#[test]
fn paths_that_lead_out_of_the_repository() {
    let files = Memory::new()
        .with("repo/app/kustomization.yaml", "resources: [../../m.yaml]\n")
        .with("m.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: a}\n");
    let codes = |loader: &Loader<'_>| match kustomize::build(loader, Path::new("repo/app")) {
        Ok(build) => Ok(build.resources.len()),
        Err(problems) => Err(problems.iter().map(|problem| problem.code).collect::<Vec<_>>()),
    };
    assert_eq!(codes(&Loader::new(&files)), Ok(1));
    assert_eq!(codes(&Loader::new(&files).within(Path::new("repo"))), Err(vec!["flux/outside"]));
}

//! Each field of a kustomization, and each with each other one, over a base with an object of most kinds that fields
//! work on: `fields/fields.txt` has the fields, a variant a block, `fields/base`, `comp` and `over` the files they need.

use std::collections::BTreeMap;
use std::path::Path;

/// A case: its name and its files; the folder to build is `over`.
pub(crate) type Case = (String, BTreeMap<String, Vec<u8>>);

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/fields");
    let mut files = BTreeMap::new();
    for part in ["base", "comp", "over"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{part}/{}", path.file_name().unwrap().to_str().unwrap());
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    let text = std::fs::read_to_string(folder.join("fields.txt")).unwrap();
    let fields = fields(&text);
    let case = |parts: &[(&str, &str)]| {
        let mut files = files.clone();
        files.insert("over/kustomization.yaml".to_owned(), kustomization(parts).into_bytes());
        let names: Vec<_> = parts.iter().map(|(name, text)| format!("{name} {}", text.len())).collect();
        (names.join(" + "), files)
    };
    let mut cases = Vec::new();
    for (n, (name, variants)) in fields.iter().enumerate() {
        cases.extend(variants.iter().map(|variant| case(&[(name, variant)])));
        for (m, (other, others)) in fields[n + 1..].iter().enumerate() {
            // Which variants meet differs from pair to pair; two meetings where there are several.
            for shift in 0..variants.len().max(others.len()).min(2) {
                let (one, two) = ((m + shift) % variants.len(), (n + shift) % others.len());
                cases.push(case(&[(name, variants[one]), (other, others[two])]));
            }
        }
    }
    cases
}

/// The fields in their order, with their variants.
fn fields(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    for block in text.split("=== ").skip(1) {
        let (name, variant) = block.split_once('\n').unwrap();
        match fields.last_mut() {
            Some((last, variants)) if *last == name => variants.push(variant),
            _ => fields.push((name, vec![variant])),
        }
    }
    fields
}

/// Parts of one kustomization; lists under the same key become one.
fn kustomization(parts: &[(&str, &str)]) -> String {
    let mut keys: Vec<(&str, String)> = Vec::new();
    for (_, text) in parts {
        let key = text.split(':').next().unwrap();
        match keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, all)) => all.push_str(text.split_once('\n').unwrap().1),
            None => keys.push((key, (*text).to_owned())),
        }
    }
    let rest: String = keys.into_iter().map(|(_, text)| text).collect();
    format!("resources: [../base]\n{rest}")
}

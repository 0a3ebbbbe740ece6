//! Schematics against the ones talhelper hashed.

use machineconfig::Schematic;
use yaml::{Dialect, Value};

#[test]
fn canonical_text_and_id() {
    let cases = yaml::load_one(include_str!("vectors/schematics.yaml"), Dialect::Yaml12).unwrap();
    let text = |case: &Value, key: &str| case.get(key).and_then(Value::as_str).unwrap().to_owned();
    let cases = cases.as_sequence().unwrap();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let schematic = Schematic::read(&text(case, "schematic")).unwrap();
        assert_eq!(schematic.canonical(), text(case, "canonical"));
        assert_eq!(schematic.id(), text(case, "id"));
    }
}

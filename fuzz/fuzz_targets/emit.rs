//! The emitter: what is written reads back as the same data, in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yaml::{Dialect, EmitOptions, Value};

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Yaml12, Dialect::PyYaml, Dialect::GoYamlV3, Dialect::Kubernetes] {
        for value in yaml::load(text, dialect).unwrap_or_default() {
            for options in [EmitOptions::default(), EmitOptions { indent: 4, indent_sequences: false }] {
                let written = yaml::emit(&value, options);
                match yaml::load_one(&written, dialect) {
                    Ok(read) => {
                        assert!(same(&read, &value), "{dialect:?}: {value:?} is written as {written:?}")
                    }
                    Err(error) => panic!("{dialect:?}: {value:?} is written as {written:?}: {error:?}"),
                }
            }
        }
    }
});

/// Equality in which not-a-number is itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Mapping(a), Value::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|((ak, av), (bk, bv))| same(ak, bk) && same(av, bv))
        }
        _ => a == b,
    }
}

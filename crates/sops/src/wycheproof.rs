//! Test vectors of Project Wycheproof, where the crates that do the work do not carry them: AES-256-GCM with the nonces of
//! sops, X25519, ML-KEM-768. The file says where they come from.

use serde_json::Value;

/// The cases of a group.
pub(crate) fn cases(group: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../tests/vectors/wycheproof.json")).unwrap();
    all[group].as_array().unwrap().clone()
}

/// A field in hexadecimal digits as bytes.
pub(crate) fn bytes(case: &Value, field: &str) -> Vec<u8> {
    let digits = case[field].as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

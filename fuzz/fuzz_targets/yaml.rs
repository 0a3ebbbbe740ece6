//! The YAML reader: whatever the text, an answer, and every span lies inside it on whole characters. With debug assertions,
//! as fuzzing has them, the reader for usual texts and the scanner are compared too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yaml::{Dialect, Kind, Node, Span};

fuzz_target!(|text: &str| {
    match yaml::parse(text) {
        Ok(stream) => {
            for document in &stream.documents {
                inside(&document.root, text);
            }
            for dialect in [Dialect::Yaml12, Dialect::PyYaml, Dialect::GoYamlV3, Dialect::Kubernetes] {
                let _ = yaml::check_duplicates(&stream, dialect);
                for document in &stream.documents {
                    let _ = yaml::to_value(&document.root, dialect);
                }
            }
        }
        Err(error) => span(error.span, text),
    }
});

fn inside(node: &Node, text: &str) {
    span(node.span, text);
    // What an alias stands for was looked at where it is written.
    match &node.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| inside(item, text)),
        Kind::Mapping(pairs) => {
            for pair in pairs {
                inside(&pair.key, text);
                inside(&pair.value, text);
            }
        }
        _ => {}
    }
}

fn span(span: Span, text: &str) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text");
}

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

// What the factory's own library (siderolabs/image-factory 1.4.0) makes of texts that YAML writers stumble over.
#[test]
fn awkward_texts() {
    for (argument, line, id) in [
        (
            "\"\\nk: v\\n\"",
            "|\n\n          k: v\n",
            "7622cf6916105c01b5b8ff8409713c161e35476f699de27984ded896e1a43f05",
        ),
        ("\"\\n\"", "\"\\n\"\n", "4e3d2fed7cce3a2933c0adf1f579c5559a83d81943352f60dc2838f30994ff18"),
        (
            "\"\\n\\nabc\"",
            "|-\n\n\n          abc\n",
            "34fdcfeb07e413539c61998f6e4ffacae38f5a350fb022ea9295414e4bc688be",
        ),
        (
            "\"a\\r\\nb\"",
            "\"a\\r\\nb\"\n",
            "4de3390471acdde81c3087703ed241b498d0571694489ef3c731268dc1f0a10e",
        ),
        ("\"a\\rb\"", "\"a\\rb\"\n", "b5d4f0c21e8e76e855516fb1bbb795dd9a419da2492ac48b6e8f5894df973263"),
        ("\"x\\u0085y\"", "\"x\\Ny\"\n", "4c8a065b5613106beb10c0d2522e253ffda03298ee76a869ffd5b48f3d81a189"),
        (
            "\"\\uFEFFx\"",
            "\"\\uFEFF\\x78\"\n",
            "92117f5d7b9e3febdef13cb16fe21e1d1a6725fe12c28c8ce2f93391bb9cc9c2",
        ),
        ("1e3", "\"1e3\"\n", "2faa1373bc80140fe71899a631f9f0b661b82191edde2189af0b12f7cd5813a5"),
        ("0o17", "\"0o17\"\n", "ed9e6c72128da1fcbeac20264d1254502e9d134ee712a9d5b754f3c93f212530"),
        ("0x1F", "\"0x1F\"\n", "73ba33637731a534f0882c7a77adebab8418a2c77f4370c84e7d9bf515f930b9"),
        (
            "\"  a\\nb\\n\"",
            "|4\n            a\n          b\n",
            "4ec1d9924cc5f956cd6a82aa71b8604aba3c13e450ad260bfd3b7f46331bf57d",
        ),
    ] {
        let schematic =
            Schematic::read(&format!("customization: {{extraKernelArgs: [{argument}]}}\n")).unwrap();
        let want = format!("customization:\n    extraKernelArgs:\n        - {line}");
        assert_eq!((schematic.canonical(), schematic.id().as_str()), (want.as_str(), id), "{argument}");
    }
}

// It refuses these too, those with unknown keys (which talhelper ignores) among them.
#[test]
fn what_is_no_schematic() {
    for (text, message) in [
        ("customisation: {}", "customisation is no key here"),
        ("customization: {extraKernelArg: [a]}", "customization: extraKernelArg is no key here"),
    ] {
        let (schematic, unknown) = Schematic::load(text).unwrap();
        assert_eq!(schematic.canonical(), "customization: {}\n");
        assert_eq!(unknown.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
    }
    for (text, code) in [
        ("customization: {extraKernelArgs: [a], extraKernelArgs: [b]}", "yaml/duplicate-key"),
        ("customization: {extraKernelArgs: a}", "config/type"),
        ("customization: {bootloader: lilo}", "config/type"),
        ("customization: {meta: [{key: 300, value: a}]}", "config/type"),
    ] {
        let problems = Schematic::read(text).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [code], "{text}");
    }
}

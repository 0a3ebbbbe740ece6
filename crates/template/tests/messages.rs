//! What errors say and where, for what the front writes otherwise than it stands in the template.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its engine is to fail")]

use template::{Engine, Options};

fn error(text: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/library");
    let data = yaml::load_one("{n: 7, list: [1], nothing: null}", yaml::Dialect::PyYaml).unwrap();
    let options = Options { folders: vec![folder], ..Options::default() };
    let engine = Engine::new(options, data.as_mapping().unwrap().clone()).unwrap();
    let error = engine.render_text("t", text).unwrap_err();
    let range = error.range().unwrap_or_default();
    format!("{error} [{}]", text.get(range).unwrap_or("elsewhere"))
}

#[test]
fn errors_name_what_the_template_says() {
    for (text, want) in [
        ("{% for i in 3 %}{% endfor %}", "t:1:14: a number is not iterable [ ]"),
        ("{% for i in nothing %}{% endfor %}", "t:1:20: none is not iterable [ ]"),
        ("{{ nope | int }}", "t:1:4: `nope` is undefined [nope]"),
        ("{{ nope | dictsort }}", "t:1:4: `nope` is undefined [nope]"),
        ("{{ nope < 1 }}", "t:1:4: `nope` is undefined [nope]"),
        ("{{ n[1:] }}", "t:1:5: a value of type number has no slices [[1:]]"),
        ("{% from 'seen.j2' import nope %}{{ nope.x }}", "t:1:36: `nope` is undefined [nope.x]"),
        ("{% from 'none.j2' import nope %}", "t:1:4: this template is not in any input [from]"),
        ("{% import 'none.j2' as none_ %}", "t:1:4: this template is not in any input [import]"),
        ("{% include 'none.j2' %}", "t:1:4: this template is not in any input [include 'none.j2']"),
        ("{% set a.b.c = 1 %}", "t:1:11: an attribute of an attribute cannot be set []"),
        ("{% from 'a' import %}", "t:1:13: an import without names []"),
        ("{{ 3 in 'ab' }}", "t:1:6: only text can be in text [in 'ab' ]"),
    ] {
        assert_eq!(error(text), want, "{text}");
    }
}

/// Jinja2 reads as it goes: an error before a tag that never ends comes first.
#[test]
fn the_first_error_comes_first() {
    for (text, want) in [
        ("{{ a | }}\n{# never", "t:1:8: unexpected end of variable block, expected identifier [}]"),
        ("{% nonsense %}{% if 'x", "t:1:4: unknown statement nonsense [nonsense]"),
        ("{% if a %}\n{# never", "t:2:1: this comment is never closed []"),
        ("a\n{{ 'x }}", "t:2:1: this tag is never closed []"),
        ("{% raw x %}{% endraw %}", "t:1:1: unknown statement raw []"),
    ] {
        assert_eq!(error(text), want, "{text}");
    }
}

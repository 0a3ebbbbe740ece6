//! Whatever the template: no panic, no hang, and every error within its text.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up is to fail")]

use proptest::prelude::*;
use template::{Engine, Expressions, Options, Syntax, Undefined};
use yaml::{Dialect, Mapping, Value};

fn data() -> Mapping {
    let text = "name: w\nn: 3\nlist: [1, b, [2]]\nmap: {a: 1, b: {c: d}}\nnothing: null\n";
    yaml::load_one(text, Dialect::PyYaml).unwrap().as_mapping().unwrap().clone()
}

fn engine(field: bool) -> Engine {
    let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    let mut options = Options { undefined: Undefined::Chainable, ..Options::default() };
    if field {
        options.syntax = Syntax {
            block: pair("#%", "%#"),
            variable: pair("#{", "}#"),
            comment: pair("#|", "#|"),
            ..Syntax::default()
        };
    }
    Engine::new(options, data()).unwrap()
}

/// Pieces of templates, put together without sense.
fn soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "#%",
        "%#",
        "#{",
        "}#",
        "#|",
        "-",
        "+",
        " ",
        "\n",
        "\r\n",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "|",
        "%",
        "~",
        "*",
        "**",
        "//",
        "=",
        "==",
        "<",
        "not ",
        "in ",
        "is ",
        "and ",
        "or ",
        "if ",
        "else ",
        "for ",
        "endfor ",
        "endif ",
        "set ",
        "raw ",
        "endraw ",
        "macro ",
        "endmacro ",
        "call ",
        "filter ",
        "endfilter ",
        "do ",
        "block ",
        "endblock ",
        "include ",
        "import ",
        "from ",
        "loop",
        "x",
        "name",
        "n",
        "list",
        "map",
        "1",
        "2.5",
        "'s'",
        "upper",
        "join",
        "é",
        "\u{2}",
        "\u{3}",
        "\u{0}",
        "😀",
        "range(3)",
        "namespace()",
        "append(1)",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Expressions that make sense more often.
fn expression() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "name", "n", "list", "map", "nothing", "missing", "1", "2.5", "'a b'", "[]", "true",
    ]);
    atom.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (
                inner.clone(),
                prop::sample::select(vec![
                    "+", "-", "*", "/", "%", "//", "**", "~", "in", "==", "<", "and", "or"
                ]),
                inner.clone()
            )
                .prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            (
                inner.clone(),
                prop::sample::select(vec![
                    "upper",
                    "list",
                    "join",
                    "tojson",
                    "int",
                    "sort",
                    "first",
                    "indent(2)",
                    "map('upper')",
                    "batch(2)"
                ])
            )
                .prop_map(|(a, filter)| format!("{a} | {filter}")),
            (
                inner.clone(),
                prop::sample::select(vec![
                    "[0]", "[1:]", "[::-1]", ".a", ".items()", ".split()", ".b.c", "[n]"
                ])
            )
                .prop_map(|(a, post)| format!("({a}){post}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("'%s %r' % ({a}, {b})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_renders_or_fails_in_its_place(text in soup(), field: bool) {
        if let Err(error) = engine(field).render_text("t", &text) {
            let normalized = text.replace("\r\n", "\n").replace('\r', "\n");
            if let Some(range) = error.range() {
                prop_assert!(normalized.get(range.clone()).is_some(), "{range:?} of {normalized:?}");
            }
            error.to_diagnostic();
        }
    }

    #[test]
    fn any_expression_evaluates_or_fails_in_its_place(text in expression()) {
        let expressions = Expressions::new().unwrap();
        if let Err(error) = expressions.eval(&text, &Value::Mapping(data()))
            && let Some(range) = error.range()
        {
            prop_assert!(text.get(range).is_some());
        }
        // What an expression evaluates to prints the same in a template.
        let _ = engine(false).render_text("t", &format!("{{{{ {text} }}}}"));
    }

    #[test]
    fn text_without_tags_comes_out_as_it_went_in(text in "[a-z #|%\n\t.:-]{0,60}") {
        let rendered = engine(false).render_text("t", &text);
        prop_assert_eq!(rendered.unwrap(), text);
    }
}

//! A test alone: whatever goes wrong with a value, no message holds it.

use yaml::{Mapping, Value};

use crate::{Engine, Expressions, Options, known};

const SECRET: &str = "S3CRET-VALUE";

fn data() -> Mapping {
    let mut data = Mapping::new();
    data.insert("secret", SECRET);
    data.insert("list", vec![SECRET, "b"]);
    data.insert("map", Mapping::from_iter([(SECRET, SECRET)]));
    data.insert("n", 5_i64);
    data
}

/// Filters, tests, methods and operators on values of every kind, most of them wrong.
fn expressions() -> Vec<String> {
    let mut all = Vec::new();
    let values = ["secret", "list", "map", "n", "[secret, n]", "{secret: [secret]}", "(secret, 1)"];
    let args = [
        "",
        "(secret)",
        "(n)",
        "(list, map)",
        "(secret=secret)",
        "(attribute=secret)",
        "(secret, secret, secret)",
    ];
    for value in values {
        for args in args {
            all.extend(known::FILTERS.iter().map(|filter| format!("{value} | {filter}{args} | list")));
            all.extend(known::TESTS.iter().map(|test| format!("{value} is {test}{args}")));
        }
        let methods = ["split", "format", "join", "get", "pop", "append", "zfill", "index", "update", "nope"];
        for method in methods {
            all.extend(args.iter().skip(1).map(|args| format!("{value}.{method}{args}")));
        }
        for operator in ["+", "-", "*", "/", "//", "%", "**", "<", "in", "~"] {
            all.extend(values.iter().map(|other| format!("{value} {operator} {other}")));
        }
        all.push(format!("{value}[secret].x.y"));
        all.push(format!("{value}[secret:]"));
        all.push(format!("{value}(secret)"));
        all.push(format!("-{value}"));
        all.push(format!("range({value})"));
        all.push(format!("dict({value})"));
        all.push(format!("namespace({value})"));
        all.push(format!("age_key({value})"));
    }
    for format in ["%d", "%s %s", "%(x)s", "%z", "%*d"] {
        all.extend(values.iter().map(|value| format!("'{format}' % {value}")));
    }
    all
}

#[test]
fn no_message_holds_a_value() {
    let options = Options { functions: Some(crate::FunctionContext::default()), ..Options::default() };
    let engine = Engine::new(options, data()).unwrap();
    let evaluator = Expressions::new().unwrap();
    let context = Value::Mapping(data());
    let mut failed = 0;
    let statements = [
        "{% include secret %}",
        "{% extends secret %}",
        "{% import secret as x %}",
        "{% set secret.x = 1 %}",
    ];
    let templates = expressions().into_iter().map(|expression| format!("{{{{ {expression} }}}}"));
    for template in templates.chain(statements.map(str::to_owned)) {
        if let Err(error) = engine.render_text("t", &template) {
            failed += 1;
            let shown = format!("{error} {error:?} {:?}", error.help());
            assert!(!shown.contains(SECRET), "{template}: {shown}");
        }
    }
    for expression in expressions() {
        if let Err(error) = evaluator.eval(&expression, &context) {
            let shown = format!("{error} {error:?} {:?}", error.help());
            assert!(!shown.contains(SECRET), "{expression}: {shown}");
        }
    }
    assert!(failed > 1000, "only {failed} failed: the test has lost its teeth");
}

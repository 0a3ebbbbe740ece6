//! Templates: whatever the text, it renders or says why not, in either set of delimiters; so do expressions.
//! Loops that never end are what libFuzzer's -timeout finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use template::{Engine, Expressions, Options, Syntax, Undefined};
use yaml::{Dialect, Mapping, Value};

thread_local! {
    static ENGINES: [Engine; 2] = [engine(Syntax::default()), engine(field())];
    static EXPRESSIONS: Expressions = Expressions::new().unwrap_or_else(|_| panic!("no evaluator"));
    static DATA: Value = Value::Mapping(data());
}

fuzz_target!(|text: &str| {
    ENGINES.with(|engines| {
        for engine in engines {
            let _ = engine.render_text("fuzz.j2", text);
        }
    });
    EXPRESSIONS.with(|expressions| {
        DATA.with(|data| {
            let _ = expressions.eval(text, data);
        });
    });
});

fn engine(syntax: Syntax) -> Engine {
    let options = Options { syntax, undefined: Undefined::Chainable, ..Options::default() };
    Engine::new(options, data()).unwrap_or_else(|_| panic!("no engine"))
}

fn field() -> Syntax {
    let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    Syntax {
        block: pair("#%", "%#"),
        variable: pair("#{", "}#"),
        comment: pair("#|", "#|"),
        ..Syntax::default()
    }
}

fn data() -> Mapping {
    let text = "name: w\nn: 3\nlist: [1, b, [2]]\nmap: {a: 1, b: {c: d}}\nnothing: null\n";
    let data = yaml::load_one(text, Dialect::PyYaml).unwrap_or_default();
    data.as_mapping().cloned().unwrap_or_default()
}

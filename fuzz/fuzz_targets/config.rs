//! `validate config`: whatever the input, an answer; and where there is a context, the context of it is itself.
#![no_main]

use cliutil::Source;
use cluster::{Inputs, Model, check};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static MODEL: Model = {
        let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/../templates");
        Model::load(templates.as_ref(), cluster::DEFAULT_SYSTEM).unwrap_or_else(|_| panic!("the catalogue is broken"))
    };
}

fuzz_target!(|text: &str| {
    MODEL.with(|model| {
        let Some(context) = context(model, text) else { return };
        let again = context_of(model, &context);
        assert_eq!(again, context, "the context of a context is another one");
    });
});

fn context(model: &Model, text: &str) -> Option<String> {
    let inputs = Inputs::parse(vec![Source::new("cluster.yaml", text)]).ok()?;
    Some(check(&inputs, model).ok()?.context?.to_yaml())
}

fn context_of(model: &Model, text: &str) -> String {
    context(model, text).unwrap_or_default()
}

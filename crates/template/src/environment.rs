//! The engine's environment, set up as Jinja2 would be.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, Output, State, Value};

use crate::{Undefined, filters, front, python};

/// An environment that reads what the front writes. Debug information is kept, so that errors have places.
pub(crate) fn environment(undefined: Undefined) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_debug(true);
    env.set_undefined_behavior(undefined.behavior());
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_formatter(print);
    env.set_unknown_method_callback(python::call_method);
    env.set_syntax(
        SyntaxConfig::builder()
            .block_delimiters(front::BLOCK.0, front::BLOCK.1)
            .variable_delimiters(front::VARIABLE.0, front::VARIABLE.1)
            .comment_delimiters(front::COMMENT.0, front::COMMENT.1)
            // The front has settled whitespace already.
            .keep_trailing_newline(true)
            .build()?,
    );
    env.add_function("joiner", minijinja_contrib::globals::joiner);
    // It prints the whole context, and Jinja2 has no such function.
    env.remove_global("debug");
    filters::add(&mut env);
    Ok(env)
}

/// Prints a value as Python does.
fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() {
        return Ok(out.write_str(&filters::escaped(&python::str_of(value)))?);
    }
    // Bytes have a text too, but print as Python's.
    match value.as_str().filter(|_| value.kind() == ValueKind::String) {
        Some(text) => out.write_str(text)?,
        None => out.write_str(&python::str_of(value))?,
    }
    Ok(())
}

//! Expressions on their own: `when`, computed values and assertions of the catalogue.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use cliutil::Source;
use foldhash::fast::RandomState;
use minijinja::Environment;
use yaml::Value;

use crate::compiled::Compiled;
use crate::environment::environment;
use crate::error::{Error, Place, Result};
use crate::explain::{explain_expression, undefined_help};
use crate::front;
use crate::logic::Logic;
use crate::sources::Loaded;
use crate::{Undefined, from_jinja, to_jinja};

/// Evaluates Jinja expressions over data. Undefined names are errors.
#[derive(Debug)]
pub struct Expressions {
    env: Environment<'static>,
    /// The names of functions.
    globals: HashSet<String, RandomState>,
}

impl Expressions {
    /// An evaluator.
    ///
    /// # Errors
    /// None today; the signature leaves room for settings.
    pub fn new() -> Result<Self> {
        let env = environment(Undefined::Strict)
            .map_err(|_| Error::new("template/operation", "the template engine cannot be set up", None))?;
        let globals = env.globals().map(|(name, _)| name.to_owned()).collect();
        Ok(Self { env, globals })
    }

    /// The value of an expression over a mapping.
    ///
    /// # Errors
    /// What is wrong in it, with the place in the expression; `template/operation` when the result is no data.
    pub fn eval(&self, expression: &str, context: &Value) -> Result<Value> {
        let (loaded, text) = prepare(expression);
        let result =
            self.env.compile_expression_owned(text).and_then(|compiled| compiled.eval(to_jinja(context)));
        let value = result.map_err(|error| explain_expression(&error, &loaded, Some(context)))?;
        if value.is_undefined() {
            return Err(self.undefined(expression, &loaded, context));
        }
        from_jinja(&value).ok_or_else(|| {
            let message = "the value of this expression is no data";
            Error::new("template/operation", message, Some(loaded.place(&(0..0))))
        })
    }

    /// Adds a filter for these expressions.
    pub fn add_filter(&mut self, name: &'static str, filter: fn(Value) -> Value) {
        self.env.add_filter(name, move |value: minijinja::Value| {
            to_jinja(&filter(from_jinja(&value).unwrap_or_default()))
        });
    }

    /// Reads an expression, to be evaluated often.
    ///
    /// # Errors
    /// `template/syntax`.
    pub fn compile(&self, expression: &str) -> Result<Compiled<'_>> {
        if let Some(logic) = Logic::read(expression) {
            let mut has_function = false;
            logic.each_name(&mut |name| has_function |= self.globals.contains(name));
            if !has_function {
                return Ok(Compiled::logic(self, expression, logic));
            }
        }
        self.compile_with_engine(expression)
    }

    pub(crate) fn compile_with_engine(&self, expression: &str) -> Result<Compiled<'_>> {
        let (loaded, text) = prepare(expression);
        let compiled = self
            .env
            .compile_expression_owned(text)
            .map_err(|error| explain_expression(&error, &loaded, None))?;
        Ok(Compiled::engine(self, compiled, loaded))
    }

    pub(crate) fn names_of(&self, compiled: &minijinja::Expression) -> BTreeSet<String> {
        let names = compiled.undeclared_variables(false).into_iter();
        names.filter(|name| !self.globals.contains(name)).collect()
    }

    /// What to say when the whole value is undefined: the name that is missing, where it is a name.
    fn undefined(&self, expression: &str, loaded: &Loaded, context: &Value) -> Error {
        let names = self.names(expression).unwrap_or_default();
        let Some(missing) = names.iter().find(|name| context.get(name).is_none()) else {
            let place = loaded.place(&(0..loaded.source.text().len()));
            return Error::new(
                "template/undefined",
                "the value of this expression is undefined",
                Some(place),
            );
        };
        let at = expression.find(missing.as_str()).unwrap_or_default();
        let place = Place { source: Arc::clone(&loaded.source), range: at..at + missing.len() };
        let message = format!("`{missing}` is undefined");
        let help = undefined_help(&message, Some(context));
        Error::new("template/undefined", message, Some(place)).with_help(help)
    }

    /// The names an expression refers to, sorted; functions are not among them.
    ///
    /// # Errors
    /// `template/syntax`.
    pub fn names(&self, expression: &str) -> Result<BTreeSet<String>> {
        let (loaded, text) = prepare(expression);
        let compiled = self
            .env
            .compile_expression_owned(text)
            .map_err(|error| explain_expression(&error, &loaded, None))?;
        Ok(self.names_of(&compiled))
    }
}

fn prepare(expression: &str) -> (Loaded, String) {
    let rewritten = front::rewrite_expression(expression);
    let source = Arc::new(Source::new("<expression>", expression));
    (Loaded { source, map: rewritten.map, error: None }, rewritten.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Value {
        let text = "a: 1\nb: ''\nc: null\nlist: [1, 2, 3]\nnodes:\n  - {name: n1, controller: true}\n  - {name: n2, controller: false}\n";
        yaml::load_one(text, yaml::Dialect::Yaml12).unwrap()
    }

    #[test]
    fn values() {
        let expressions = Expressions::new().unwrap();
        for (expression, want) in [
            ("a and b", Value::from("")),
            ("a or b", Value::from(1_i64)),
            ("c is none and a == 1", Value::from(true)),
            ("nodes | selectattr('controller') | list | length", Value::from(1_i64)),
            ("nodes | map(attribute='name') | list", Value::from(vec!["n1", "n2"])),
            ("'%s.%d' % ('x', a)", Value::from("x.1")),
            ("list[1:]", Value::from(vec![2_i64, 3])),
            ("'10.0.0.0/24' | nthhost(1)", Value::from("10.0.0.1")),
            ("[a, a + 1]", Value::from(vec![1_i64, 2])),
            ("{'k': a}.k", Value::from(1_i64)),
            ("2 if c else 3", Value::from(3_i64)),
            ("7 % 4", Value::from(3_i64)),
        ] {
            assert_eq!(expressions.eval(expression, &context()).unwrap(), want, "{expression}");
        }
    }

    #[test]
    fn names() {
        let expressions = Expressions::new().unwrap();
        let names = |text| expressions.names(text).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(names("a and b.c or range(3) | list"), ["a", "b"]);
        assert_eq!(names("['x', y] + {'k': z}.k"), ["y", "z"]);
    }

    #[test]
    fn errors_have_places_and_no_values() {
        let expressions = Expressions::new().unwrap();
        let shown = |text: &str| {
            let error = expressions.eval(text, &context()).unwrap_err();
            format!("{} {} {:?} {:?}", error.code(), error.message(), error.range(), error.help())
        };
        insta::assert_snapshot!(
            ["a and lst", "nodes[0].nam", "a |", "a | tojsn", "list / 2", "nodes[7]", "(a"]
                .map(shown)
                .join("\n")
        );
    }
}

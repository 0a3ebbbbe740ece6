//! Expressions that are read once and evaluated often, over values that are converted once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use minijinja::Value as Jinja;
use yaml::Value;

use crate::error::{Error, Result};
use crate::explain::explain_expression;
use crate::logic::Logic;
use crate::python::PyList;
use crate::sources::Loaded;
use crate::{Expressions, from_jinja, to_jinja, truthy};

/// A value as the engine has it: made once, and cheap to hand over again.
#[derive(Debug, Clone)]
pub struct Data(Jinja);

impl Data {
    /// That of a value.
    pub fn of(value: &Value) -> Self {
        Self(to_jinja(value))
    }

    /// A list of values that were made already.
    pub fn list(items: &[Self]) -> Self {
        Self(PyList::frozen(items.iter().map(|item| item.0.clone())))
    }
}

/// Names with their values.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    values: BTreeMap<String, Jinja>,
}

impl Scope {
    /// Gives a name its value.
    pub fn set(&mut self, name: &str, value: &Value) {
        self.values.insert(name.to_owned(), to_jinja(value));
    }

    /// Gives a name a value that was made already.
    pub fn set_data(&mut self, name: &str, data: &Data) {
        self.values.insert(name.to_owned(), data.0.clone());
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }
}

/// An expression that was read.
pub struct Compiled<'e> {
    names: BTreeSet<String>,
    form: Form<'e>,
}

enum Form<'e> {
    Engine {
        compiled: minijinja::Expression<'e, 'static>,
        loaded: Loaded,
    },
    /// A condition of names alone, with its text for the engine, should a name have no value.
    Logic {
        logic: Logic,
        expressions: &'e Expressions,
        text: String,
    },
}

impl std::fmt::Debug for Compiled<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("names", &self.names).finish_non_exhaustive()
    }
}

impl<'e> Compiled<'e> {
    pub(crate) fn engine(
        compiled: minijinja::Expression<'e, 'static>,
        names: BTreeSet<String>,
        loaded: Loaded,
    ) -> Self {
        Self { names, form: Form::Engine { compiled, loaded } }
    }

    pub(crate) fn logic(
        expressions: &'e Expressions,
        text: &str,
        logic: Logic,
        names: BTreeSet<String>,
    ) -> Self {
        Self { names, form: Form::Logic { logic, expressions, text: text.to_owned() } }
    }

    /// The names it refers to; functions are not among them.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Its value. Only the names it refers to are handed over, so a scope may be large.
    ///
    /// # Errors
    /// As [`crate::Expressions::eval`].
    pub fn eval(&self, scope: &Scope) -> Result<Value> {
        let (compiled, loaded) = match &self.form {
            Form::Engine { compiled, loaded } => (compiled, loaded),
            Form::Logic { logic, expressions, text } => {
                return match logic.value(&scope.values).as_ref().and_then(from_jinja) {
                    Some(value) => Ok(value),
                    None => expressions.compile_with_engine(text)?.eval(scope),
                };
            }
        };
        let used: BTreeMap<_, _> = self
            .names
            .iter()
            .filter_map(|name| Some((name.as_str(), scope.values.get(name)?.clone())))
            .collect();
        let value =
            compiled.eval(Jinja::from(used)).map_err(|error| explain_expression(&error, loaded, None))?;
        if value.is_undefined() {
            let place = loaded.place(&(0..loaded.source.text().len()));
            return Err(Error::new(
                "template/undefined",
                "the value of this expression is undefined",
                Some(place),
            ));
        }
        from_jinja(&value).ok_or_else(|| {
            let place = loaded.place(&(0..0));
            Error::new("template/operation", "the value of this expression is no data", Some(place))
        })
    }

    /// Whether it holds: Python's truth of its value.
    ///
    /// # Errors
    /// As [`Compiled::eval`].
    pub fn holds(&self, scope: &Scope) -> Result<bool> {
        self.eval(scope).map(|value| truthy(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Expressions;

    #[test]
    fn read_once_and_evaluated_often() {
        let mut expressions = Expressions::new().unwrap();
        expressions.add_filter("last_of", |value| {
            value.as_sequence().and_then(|l| l.last()).cloned().unwrap_or_default()
        });
        let compiled = expressions.compile("node.size > limit or (list | last_of) == 'x'").unwrap();
        assert_eq!(compiled.names().iter().collect::<Vec<_>>(), ["limit", "list", "node"]);
        let mut scope = Scope::default();
        scope.set("limit", &Value::Int(2));
        scope.set("list", &Value::from(vec!["a"]));
        for (size, want) in [(1, false), (3, true)] {
            scope.set("node", &yaml::load_one(&format!("size: {size}"), yaml::Dialect::Yaml12).unwrap());
            assert_eq!(compiled.holds(&scope).unwrap(), want);
        }
        scope.remove("limit");
        assert_eq!(compiled.holds(&scope).unwrap_err().code(), "template/undefined");
    }
}

//! Expressions that are read once and evaluated often, over values that are converted once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use minijinja::Value as Jinja;
use minijinja::value::Object;
use yaml::{Mapping, Value};

use crate::error::{Error, Result};
use crate::explain::explain_expression;
use crate::logic::Logic;
use crate::python::{PyDict, PyList};
use crate::sources::Loaded;
use crate::{Expressions, from_jinja, to_jinja, truthy};

/// A value as the engine has it: made once, and cheap to hand over again.
#[derive(Debug, Clone)]
pub struct Data(Jinja);

impl Data {
    /// That of a mapping, which is not copied: what is asked for of it is made then.
    pub fn of(mapping: &Arc<Mapping>) -> Self {
        Self(PyDict::shared(Arc::clone(mapping)))
    }

    /// A list of values that were made already.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self(PyList::frozen(items.into_iter().map(|item| item.0)))
    }
}

/// Names with their values.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    values: Arc<Names>,
}

/// What the engine looks names up in. Nothing is copied for it, so a scope may be large.
#[derive(Debug, Clone, Default)]
struct Names(HashMap<String, Jinja, RandomState>);

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.0.get(key.as_str()?).cloned()
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Jinja> {
        self.0.get(key).cloned()
    }
}

impl Scope {
    /// An empty one with room for so many names.
    pub fn with_capacity(count: usize) -> Self {
        Self { values: Arc::new(Names(HashMap::with_capacity_and_hasher(count, RandomState::default()))) }
    }

    /// Gives a name its value.
    pub fn set(&mut self, name: &str, value: &Value) {
        self.insert(name, to_jinja(value));
    }

    /// Gives a name a value that was made already.
    pub fn set_data(&mut self, name: &str, data: &Data) {
        self.insert(name, data.0.clone());
    }

    fn insert(&mut self, name: &str, value: Jinja) {
        let names = Arc::make_mut(&mut self.values);
        match names.0.get_mut(name) {
            Some(known) => *known = value,
            None => drop(names.0.insert(name.to_owned(), value)),
        }
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        Arc::make_mut(&mut self.values).0.remove(name);
    }
}

/// An expression that was read.
pub struct Compiled<'e> {
    expressions: &'e Expressions,
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
        text: String,
    },
}

impl std::fmt::Debug for Compiled<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("names", &self.names()).finish_non_exhaustive()
    }
}

impl<'e> Compiled<'e> {
    pub(crate) fn engine(
        expressions: &'e Expressions,
        compiled: minijinja::Expression<'e, 'static>,
        loaded: Loaded,
    ) -> Self {
        Self { expressions, form: Form::Engine { compiled, loaded } }
    }

    pub(crate) fn logic(expressions: &'e Expressions, text: &str, logic: Logic) -> Self {
        Self { expressions, form: Form::Logic { logic, text: text.to_owned() } }
    }

    /// The names it refers to; functions are not among them. They are found when they are asked for.
    pub fn names(&self) -> BTreeSet<String> {
        match &self.form {
            Form::Engine { compiled, .. } => self.expressions.names_of(compiled),
            Form::Logic { logic, .. } => {
                let mut names = BTreeSet::new();
                logic.each_name(&mut |name| names.extend([name.to_owned()]));
                names
            }
        }
    }

    /// Its value.
    ///
    /// # Errors
    /// As [`crate::Expressions::eval`].
    pub fn eval(&self, scope: &Scope) -> Result<Value> {
        let (compiled, loaded) = match &self.form {
            Form::Engine { compiled, loaded } => (compiled, loaded),
            Form::Logic { logic, text } => {
                return match logic
                    .value(&|name| scope.values.0.get(name).cloned())
                    .as_ref()
                    .and_then(from_jinja)
                {
                    Some(value) => Ok(value),
                    None => self.expressions.compile_with_engine(text)?.eval(scope),
                };
            }
        };
        let names = Jinja::from_dyn_object(Arc::clone(&scope.values));
        let value = compiled.eval(names).map_err(|error| explain_expression(&error, loaded, None))?;
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

    /// Whatever is asked of it, and whether or not all of it was made by an earlier question.
    #[test]
    fn shared_data_is_as_a_copy_of_it() {
        let text = "name: a\nsize: 2\nnone: null\nlabels: {x: [1, 2]}\nitems: key\n1: one\ntrue: yes\n";
        let value = yaml::load_one(text, yaml::Dialect::Yaml12).unwrap();
        let shared = Arc::new(value.as_mapping().unwrap().clone());
        let expressions = Expressions::new().unwrap();
        for question in [
            "node.name",
            "node['size'] + 1",
            "node.none is none",
            "node.missing is defined",
            "node.labels.x[1]",
            "node['items']",
            "node[1]",
            "node.get('name')",
            "node.get('missing', 'else')",
            "node.get(1)",
            "'labels' in node",
            "'missing' in node or 3 in node",
            "node | length",
            "node | list",
            "node.keys() | list",
            "node.items() | list | first",
            "node == other",
            "[node] | map(attribute='size') | list",
            "[node] | selectattr('missing', 'defined') | list",
            "node",
            "node.update({'a': 1})",
        ] {
            let eval =
                |scope: &Scope| expressions.compile(question).unwrap().eval(scope).map_err(|e| e.to_string());
            let (mut copy, mut fresh) = (Scope::default(), Scope::default());
            copy.set("node", &value);
            fresh.set_data("node", &Data::of(&shared));
            copy.set("other", &value);
            fresh.set("other", &value);
            let want = eval(&copy);
            assert_eq!(eval(&fresh), want, "{question}");
            expressions.compile("node | list").unwrap().eval(&fresh).unwrap();
            assert_eq!(eval(&fresh), want, "{question}, after all of it was made");
        }
    }
}

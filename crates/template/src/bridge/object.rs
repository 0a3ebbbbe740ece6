//! Python objects that stay in Python: functions, and values that are no data. Every use of one asks Python.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Kwargs, Object, ObjectRepr, Rest, from_args};
use minijinja::{Error, State, Value as Jinja};
use serde_json::{Map, Value as Json, json};

use super::line::Line;
use super::{BridgeError, arguments, raised, value};

/// A handle on an object.
pub(crate) struct PyObject {
    line: Arc<Line>,
    id: u64,
    shape: ObjectRepr,
    callable: bool,
    truth: bool,
}

impl fmt::Debug for PyObject {
    /// Never the content: it may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PyObject").field("id", &self.id).finish_non_exhaustive()
    }
}

impl PyObject {
    pub(super) fn new(line: &Arc<Line>, id: u64, said: &Map<String, Json>) -> Self {
        let flag = |key: &str| said.get(key).and_then(Json::as_bool).unwrap_or_default();
        let shape = match said.get("k").and_then(Json::as_str) {
            Some("map") => ObjectRepr::Map,
            Some("seq") => ObjectRepr::Seq,
            Some("iter") => ObjectRepr::Iterable,
            _ => ObjectRepr::Plain,
        };
        Self { line: Arc::clone(line), id, shape, callable: flag("c"), truth: flag("b") }
    }

    pub(super) fn function(line: &Arc<Line>, id: u64) -> Self {
        Self { line: Arc::clone(line), id, shape: ObjectRepr::Plain, callable: true, truth: true }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether it can be called.
    pub(crate) fn is_callable(&self) -> bool {
        self.callable
    }

    fn ask(&self, op: &str, more: Json) -> Result<Json, BridgeError> {
        let mut message = json!({"op": op, "id": self.id});
        if let (Some(message), Json::Object(more)) = (message.as_object_mut(), more) {
            message.extend(more);
        }
        self.line.ask(&message)
    }

    /// Calls it with the arguments of a template.
    pub(super) fn invoke(&self, state: &mut State, args: &[Jinja], kwargs: &Kwargs) -> Result<Jinja, Error> {
        let (args, kwargs) = arguments(args, kwargs)?;
        self.asked(state, &json!({"op": "call", "id": self.id, "args": args, "kwargs": kwargs}))
    }

    fn asked(&self, state: &mut State, message: &Json) -> Result<Jinja, Error> {
        let lookup = |name: &str| {
            let found = state.lookup(name).and_then(|found| value::encode(&found).ok());
            found.unwrap_or_else(|| json!({"!u": 1}))
        };
        let answer = self.line.ask_with(message, lookup).map_err(|error| raised(&error))?;
        Ok(value::decode(&answer, &self.line))
    }

    /// Python's `str` or `repr` of it.
    pub(crate) fn text(&self, repr: bool) -> String {
        let said = self.ask("string", json!({ "repr": repr }));
        said.ok().and_then(|said| said.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Object for PyObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        self.shape
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.truth
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let key = value::encode(key).ok()?;
        let answer = self.ask("attribute", json!({ "key": key })).ok()?;
        Some(value::decode(answer.get("!v")?, &self.line))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        if self.shape == ObjectRepr::Plain {
            return Enumerator::NonEnumerable;
        }
        let items = self.ask("items", json!({})).unwrap_or_default();
        let items = items.as_array().into_iter().flatten();
        Enumerator::Values(items.map(|item| value::decode(item, &self.line)).collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        usize::try_from(self.ask("length", json!({})).ok()?.as_u64()?).ok()
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Jinja]) -> Result<Jinja, Error> {
        let (args, kwargs): (Rest<Jinja>, Kwargs) = from_args(args)?;
        self.invoke(state, &args.0, &kwargs)
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        name: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        let (args, kwargs): (Rest<Jinja>, Kwargs) = from_args(args)?;
        let (args, kwargs) = arguments(&args.0, &kwargs)?;
        let message = json!({"op": "method", "id": self.id, "name": name, "args": args, "kwargs": kwargs});
        self.asked(state, &message)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        if other.id == self.id {
            return Some(Ordering::Equal);
        }
        let answer = self.ask("compare", json!({"other": {"!o": other.id}})).ok()?;
        answer.as_i64().map(|sign| sign.cmp(&0))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(false))
    }
}

//! Macros that take any arguments, and what undefined names print in the mode `debug`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Kwargs, Object, ObjectRepr, Rest, Tuple, ValueKind, from_args};
use minijinja::{Error, State, Value};

use super::collections::dict;
use super::repr;

/// A macro whose last two parameters are `varargs` and `kwargs`.
struct OpenMacro {
    inner: Value,
    /// The parameters before those two.
    parameters: Vec<String>,
    /// Whether it takes more arguments by place, and by name.
    catches: (bool, bool),
}

impl fmt::Debug for OpenMacro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenMacro").finish_non_exhaustive()
    }
}

/// What is called by the macro's name.
pub(crate) fn open_macro(inner: Value, varargs: bool, kwargs: bool) -> Value {
    let names =
        inner.get_attr("arguments").ok().and_then(|names| Some(names.try_iter().ok()?.collect::<Vec<_>>()));
    let mut parameters: Vec<String> =
        names.unwrap_or_default().iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    parameters.truncate(parameters.len().saturating_sub(2));
    Value::from_object(OpenMacro { inner, parameters, catches: (varargs, kwargs) })
}

impl Object for OpenMacro {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "arguments" => {
                let names: Vec<Value> =
                    self.parameters.iter().map(|name| Value::from(name.as_str())).collect();
                Some(Value::from(Tuple::new(names)))
            }
            "catch_varargs" => Some(Value::from(self.catches.0)),
            "catch_kwargs" => Some(Value::from(self.catches.1)),
            "name" => {
                let name = self.inner.get_attr("name").ok()?;
                Some(Value::from(name.as_str()?.trim_start_matches("__open_")))
            }
            "caller" => self.inner.get_attr("caller").ok(),
            _ => None,
        }
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (args, kwargs): (Rest<Value>, Kwargs) = from_args(args)?;
        let mut given = args.0;
        let more = given.split_off(given.len().min(self.parameters.len()));
        let mut named: Vec<(String, Value)> = Vec::new();
        let mut unknown: Vec<(Value, Value)> = Vec::new();
        for key in kwargs.args() {
            let value = kwargs.peek::<Value>(key)?;
            if key == "caller" || self.parameters.iter().any(|name| name == key) {
                named.push((key.to_owned(), value));
            } else {
                unknown.push((Value::from(key), value));
            }
        }
        let (more_allowed, unknown_allowed) = self.catches;
        if (!more.is_empty() && !more_allowed) || (!unknown.is_empty() && !unknown_allowed) {
            return Err(Error::from(minijinja::ErrorKind::TooManyArguments));
        }
        named.push(("varargs".to_owned(), Value::from(Tuple::new(more))));
        named.push(("kwargs".to_owned(), dict(unknown)));
        given.push(Value::from(named.into_iter().collect::<Kwargs>()));
        self.inner.call(state, &given)
    }
}

/// `value`, or when it is undefined what Jinja2's `DebugUndefined` prints for the part `last` of `owner`.
pub(crate) fn shown(value: Value, last: &Value, owner: Option<&Value>) -> Value {
    if !value.is_undefined() {
        return value;
    }
    let Some(owner) = owner else {
        return Value::from(format!("{{{{ {} }}}}", super::str_of(last)));
    };
    Value::from(format!("{{{{ no such element: {}[{}] }}}}", kind(owner), repr(last)))
}

fn kind(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::None => "None",
        ValueKind::Bool => "bool object",
        ValueKind::Number if value.is_integer() => "int object",
        ValueKind::Number => "float object",
        ValueKind::String => "str object",
        ValueKind::Map => "dict object",
        ValueKind::Seq if value.is_tuple() => "tuple object",
        ValueKind::Seq => "list object",
        _ => "object",
    }
}

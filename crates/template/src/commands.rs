//! Functions that whoever sets up the engine gives it, over plain data. Each is asked once for the same arguments.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use minijinja::value::Rest;
use minijinja::{Environment, Error, ErrorKind, Value as Jinja};
use yaml::Value;

use crate::error::own;
use crate::{from_jinja, to_jinja};

/// A function over data. Its error is shown to people and holds no value of the data.
pub type Function = Arc<dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync>;

type Answer = Arc<OnceLock<Result<Jinja, String>>>;

/// Adds a function to an environment.
pub(crate) fn add(env: &mut Environment<'static>, name: String, function: Function) {
    let answers: Mutex<HashMap<String, Answer>> = Mutex::default();
    env.add_function(name, move |args: Rest<Jinja>| -> Result<Jinja, Error> {
        let args: Option<Vec<Value>> = args.0.iter().map(from_jinja).collect();
        let args =
            args.ok_or_else(|| own(ErrorKind::InvalidOperation, "an argument of this function is no data"))?;
        let key = format!("{args:?}");
        let answer =
            Arc::clone(answers.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let answer = answer.get_or_init(|| function(&args).map(|value| to_jinja(&value)));
        answer.clone().map_err(|words| own(ErrorKind::InvalidOperation, words))
    });
}

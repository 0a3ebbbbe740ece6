//! The bridge to Python: a tree's plugins, unchanged, in one `python3` that is started only when a tree names them.
//!
//! The Python side is `bridge.py`. Both talk over a socket, which is the child's standard input; what plugins print
//! goes to standard error. One message is under way at a time.

mod line;
mod object;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::value::{Kwargs, Rest};
use minijinja::{Environment, ErrorKind, State, Value as Jinja};
use serde_json::{Value as Json, json};
use yaml::Mapping;

use crate::error::own;
use line::Line;
pub(crate) use object::PyObject;

/// The plugins of a run, loaded.
#[derive(Clone)]
pub struct Bridge {
    line: Arc<Line>,
    globals: Arc<Json>,
    filters: BTreeMap<String, u64>,
    tests: BTreeMap<String, u64>,
    policies: Arc<Json>,
    path_filters: bool,
    renders: bool,
}

impl std::fmt::Debug for Bridge {
    /// Never the data: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridge").finish_non_exhaustive()
    }
}

/// Why plugins cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BridgeError {
    /// Python itself cannot be started.
    Start(String),
    /// A module that is not installed, and who needs it (a place or a name; may be empty).
    Module {
        /// Its name.
        name: String,
        /// The plugin's place that imports it.
        at: String,
    },
    /// A plugin that is in none of the folders Python looks in.
    Plugin {
        /// As the settings name it.
        name: String,
        /// The folders of `import_paths`.
        folders: String,
    },
    /// A plugin raised an error.
    Raised {
        /// Python's name for its class.
        kind: String,
        /// Its words; values of the data are masked.
        message: String,
        /// File and line; may be empty.
        at: String,
        /// What was tried while the plugins were loaded: `data() of the plugin X failed`.
        doing: String,
    },
}

impl std::fmt::Display for BridgeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start(why) => f.write_str(why),
            Self::Module { name, at } if at.is_empty() => write!(f, "the Python module {name} is missing"),
            Self::Module { name, at } => write!(f, "the Python module {name} is missing, which {at} needs"),
            Self::Plugin { name, folders } => write!(f, "the plugin {name} is not in {folders}"),
            Self::Raised { kind, message, at, .. } => {
                let message = if message.is_empty() { "no message" } else { message.as_str() };
                write!(f, "{kind}: {message}")?;
                if at.is_empty() { Ok(()) } else { write!(f, " ({at})") }
            }
        }
    }
}

impl std::error::Error for BridgeError {}

/// What plugins are given.
#[derive(Debug, Clone, Default)]
pub struct BridgeSetup {
    /// makejinja's settings by its names, paths absolute.
    pub config: Json,
    /// No `__pycache__` is to be written beside plugins.
    pub no_bytecode: bool,
}

impl Bridge {
    /// Starts `python` and loads the plugins that the settings name.
    ///
    /// # Errors
    /// What hinders it.
    pub fn start(python: &Path, setup: &BridgeSetup, data: &Mapping) -> Result<Self, BridgeError> {
        let line = Arc::new(Line::open(python, setup.no_bytecode)?);
        let data = yaml::Value::Mapping(data.clone());
        let message = json!({"op": "start", "config": setup.config, "data": value::of_data(&data)});
        let mut answer = line.ask(&message)?;
        let numbers = |answer: &Json, key: &str| {
            let names = answer.get(key).and_then(Json::as_object).into_iter().flatten();
            names.filter_map(|(name, id)| Some((name.clone(), id.as_u64()?))).collect()
        };
        Ok(Self {
            globals: Arc::new(answer["globals"].take()),
            filters: numbers(&answer, "filters"),
            tests: numbers(&answer, "tests"),
            policies: Arc::new(answer["policies"].take()),
            path_filters: answer["path_filters"].as_u64().unwrap_or_default() > 0,
            renders: answer["renders"].as_bool().unwrap_or_default(),
            line,
        })
    }

    /// For each input path, whether the plugins' path filters keep it.
    ///
    /// # Errors
    /// What a filter raised.
    pub fn keeps(&self, paths: &[PathBuf]) -> Result<Vec<bool>, BridgeError> {
        if !self.path_filters || paths.is_empty() {
            return Ok(vec![true; paths.len()]);
        }
        let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        let answer = self.line.ask(&json!({"op": "paths", "paths": paths}))?;
        Ok(answer.as_array().into_iter().flatten().map(|keep| keep.as_bool().unwrap_or(true)).collect())
    }

    /// Whether templates have to be rendered by Jinja2 itself, for an extension or a changed environment.
    pub(crate) fn renders(&self) -> bool {
        self.renders
    }

    /// Renders a template with Jinja2.
    pub(crate) fn render(&self, name: &str, extra: Option<&Mapping>) -> Result<String, BridgeError> {
        let extra = extra.map_or(json!({}), |extra| value::of_data(&yaml::Value::Mapping(extra.clone())));
        let answer = self.line.ask(&json!({"op": "render", "name": name, "extra": extra}))?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// The names that templates see: data, functions, and `env`.
    pub(crate) fn globals(&self) -> Vec<(Jinja, Jinja)> {
        let pairs = self.globals.as_array().into_iter().flatten().filter_map(Json::as_array);
        let decode = |item: &Json| value::decode(item, &self.line);
        pairs.filter_map(|pair| Some((decode(pair.first()?), decode(pair.get(1)?)))).collect()
    }

    /// What a policy of Jinja2's environment was set to.
    pub(crate) fn policy(&self, name: &str) -> Option<Jinja> {
        self.policies.get(name).map(|policy| value::decode(policy, &self.line))
    }

    /// Adds the plugins' filters and tests to an environment.
    pub(crate) fn add(&self, env: &mut Environment<'static>) {
        for (name, id) in &self.filters {
            let function = PyObject::function(&self.line, *id);
            env.add_filter(name.clone(), move |state: &mut State, args: Rest<Jinja>, kwargs: Kwargs| {
                function.invoke(state, &args.0, &kwargs)
            });
        }
        for (name, id) in &self.tests {
            let function = PyObject::function(&self.line, *id);
            env.add_test(
                name.clone(),
                move |state: &mut State,
                      args: Rest<Jinja>,
                      kwargs: Kwargs|
                      -> Result<bool, minijinja::Error> {
                    Ok(function.invoke(state, &args.0, &kwargs)?.is_true())
                },
            );
        }
    }
}

/// An engine error for what Python raised.
fn raised(error: &BridgeError) -> minijinja::Error {
    own(ErrorKind::InvalidOperation, error.to_string())
}

/// The arguments of a call as a message has them.
fn arguments(args: &[Jinja], kwargs: &Kwargs) -> Result<(Json, Json), minijinja::Error> {
    let args = args.iter().map(value::encode).collect::<Result<Vec<_>, _>>()?;
    let mut named = serde_json::Map::new();
    for key in kwargs.args() {
        named.insert(key.to_owned(), value::encode(&kwargs.peek::<Jinja>(key)?)?);
    }
    Ok((Json::Array(args), Json::Object(named)))
}

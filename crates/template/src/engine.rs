//! The engine: templates by name, rendered with data.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use minijinja::{Environment, Value as Jinja};
use yaml::{Mapping, Value};

use crate::bridge::Bridge;
use crate::commands::{self, Function};
use crate::convert::to_mutable;
use crate::environment::environment;
use crate::error::{Error, Result};
use crate::explain::explain;
use crate::missing;
use crate::python::PyDict;
use crate::reads::{self, Reads};
use crate::sources::Sources;
use crate::{FunctionContext, Syntax, Undefined, filters, functions, to_jinja};

/// How an [`Engine`] is set up.
#[derive(Clone, Default)]
pub struct Options {
    /// Delimiters and whitespace.
    pub syntax: Syntax,
    /// What undefined names do.
    pub undefined: Undefined,
    /// Folders that templates are looked up in by their relative path, in order.
    pub folders: Vec<PathBuf>,
    /// Single files, by the name they are looked up with; before the folders.
    pub files: HashMap<String, PathBuf>,
    /// Escape printed values for HTML.
    pub autoescape: bool,
    /// Where the built-in functions read; none leaves them out.
    pub functions: Option<FunctionContext>,
    /// Functions by their names.
    pub commands: Vec<(String, Function)>,
    /// Python plugins: their names stand in the place of the data and the built-in functions.
    pub bridge: Option<Bridge>,
    /// Templates may change the data. What one changes the next one sees: they must be rendered in order.
    pub mutable: bool,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("syntax", &self.syntax)
            .field("undefined", &self.undefined)
            .finish_non_exhaustive()
    }
}

/// Renders templates. It can be used from several threads at once.
pub struct Engine {
    env: Environment<'static>,
    sources: Arc<Sources>,
    data: Value,
    names: Vec<(Jinja, Jinja)>,
    context: Jinja,
    bridge: Option<Bridge>,
}

impl std::fmt::Debug for Engine {
    /// Never the data: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine for `data`, whose keys are the names that templates see. The process's environment is `env`.
    ///
    /// # Errors
    /// `template/syntax` when the delimiters cannot be told apart.
    pub fn new(options: Options, data: Mapping) -> Result<Self> {
        let mut env = environment(options.undefined)
            .map_err(|_| Error::new("template/syntax", "these delimiters cannot be used together", None))?;
        check_delimiters(&options.syntax)?;
        if options.autoescape {
            env.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        }
        let mut syntax = options.syntax;
        syntax.show_undefined |= options.undefined == Undefined::Debug;
        let sources = Arc::new(Sources::new(syntax, options.folders, options.files));
        let loader = Arc::clone(&sources);
        env.set_loader(move |name| loader.load(name));
        for (name, function) in options.commands {
            commands::add(&mut env, name, function);
        }
        let names = if let Some(bridge) = &options.bridge {
            filters::add_policies(&mut env, &|name| bridge.policy(name));
            bridge.add(&mut env);
            bridge.globals()
        } else {
            if let Some(context) = options.functions {
                functions::add(&mut env, context);
            }
            names(&data, options.mutable)
        };
        let context = PyDict::frozen(names.iter().cloned());
        Ok(Self { env, sources, data: Value::Mapping(data), names, context, bridge: options.bridge })
    }

    /// Renders the template of a name; `extra` are names for it alone, before the data.
    ///
    /// # Errors
    /// What is wrong in it, with the place.
    pub fn render(&self, name: &str, extra: Option<&Mapping>) -> Result<String> {
        if let Some(bridge) = self.bridge.as_ref().filter(|bridge| bridge.renders()) {
            return bridge.render(name, extra).map_err(|error| Error::python(&error));
        }
        let context = match extra {
            Some(extra) if !extra.is_empty() => PyDict::frozen(self.names_with(Some(extra))),
            _ => self.context.clone(),
        };
        let result = self.render_with(name, context);
        if result.is_ok() {
            self.sources.forget(name);
        }
        result
    }

    /// As [`Engine::render`]; of undefined names all are told, not the first alone.
    ///
    /// # Errors
    /// What is wrong in it, with the places.
    pub fn render_telling_all(
        &self,
        name: &str,
        extra: Option<&Mapping>,
    ) -> std::result::Result<String, Vec<Error>> {
        self.render(name, extra).map_err(|first| {
            // Plugins may remember what they were asked: they are not asked again for the sake of a report.
            if self.bridge.is_some() || first.undefined_path().is_none() {
                return vec![first];
            }
            let render =
                |names: &[(Jinja, Jinja)]| self.render_with(name, PyDict::frozen(names.iter().cloned()));
            missing::all(self.names_with(extra).collect(), first, render)
        })
    }

    /// The names that a template sees; `extra` before the data.
    fn names_with(&self, extra: Option<&Mapping>) -> impl Iterator<Item = (Jinja, Jinja)> {
        let extra =
            extra.into_iter().flat_map(Mapping::iter).map(|(key, value)| (to_jinja(key), to_jinja(value)));
        self.names.iter().cloned().chain(extra)
    }

    fn render_with(&self, name: &str, context: Jinja) -> Result<String> {
        // A template that is rendered is not kept: of ten thousand, few are included by others as well.
        let result = self.sources.load(name).and_then(|text| {
            let Some(text) = text else { return Err(minijinja::ErrorKind::TemplateNotFound.into()) };
            self.env.template_from_named_str(name, &text)?.render(context)
        });
        result.map_err(|error| explain(&error, &self.sources, Some(&self.data)))
    }

    /// Renders a text; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_text(&self, name: &str, text: &str) -> Result<String> {
        let result = self.sources.rewrite(name, name, text).and_then(|text| {
            let template = self.env.template_from_named_str(name, &text)?;
            template.render(self.context.clone())
        });
        result.map_err(|error| explain(&error, &self.sources, Some(&self.data)))
    }

    /// What a template reads: names of the data with their places, and templates. What those templates read is not
    /// among it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reads(&self, name: &str) -> Result<Reads> {
        let names = self.names(name)?;
        let Some(loaded) = self.sources.loaded(name) else { return Ok(Reads::default()) };
        Ok(reads::reads(loaded.source.text(), self.sources.syntax(), &names))
    }

    /// The names a template reads and does not set, without functions: what its data must have. Names read by
    /// templates that it includes or imports are not among them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn names(&self, name: &str) -> Result<BTreeSet<String>> {
        let template =
            self.env.get_template(name).map_err(|error| explain(&error, &self.sources, Some(&self.data)))?;
        Ok(without_globals(template.undeclared_variables(false), &self.env))
    }
}

pub(crate) fn without_globals(
    names: impl IntoIterator<Item = String>,
    env: &Environment<'static>,
) -> BTreeSet<String> {
    names.into_iter().filter(|name| !env.globals().any(|(global, _)| global == name)).collect()
}

/// What templates see: the data, and `env`, which is set after it as makejinja does.
fn names(data: &Mapping, mutable: bool) -> Vec<(Jinja, Jinja)> {
    let value = if mutable { to_mutable } else { to_jinja };
    let vars = std::env::vars_os()
        .map(|(key, value)| (Jinja::from(key.to_string_lossy()), Jinja::from(value.to_string_lossy())));
    let data = data.iter().filter(|(key, _)| key.as_str() != Some("env"));
    let data = data.map(|(key, item)| (to_jinja(key), value(item)));
    data.chain([(Jinja::from("env"), PyDict::frozen(vars))]).collect()
}

fn check_delimiters(syntax: &Syntax) -> Result<()> {
    let starts = [&syntax.block.0, &syntax.variable.0, &syntax.comment.0];
    let ends = [&syntax.block.1, &syntax.variable.1, &syntax.comment.1];
    if starts.iter().chain(&ends).any(|token| token.is_empty()) {
        return Err(Error::new("template/syntax", "a delimiter is empty", None));
    }
    if starts[0] == starts[1] || starts[1] == starts[2] || starts[0] == starts[2] {
        return Err(Error::new(
            "template/syntax",
            "block, variable and comment must start differently",
            None,
        ));
    }
    Ok(())
}

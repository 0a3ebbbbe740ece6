//! The settings of a run: makejinja's, from render.toml or makejinja.toml, the environment and the command line, in
//! makejinja's order of precedence. Lists and maps of a later layer replace those of an earlier one.

mod args;
mod file;
mod keys;
mod layer;

use std::path::{Component, Path, PathBuf};

use cliutil::{Failure, Outcome};
use serde_json::json;
use template::{Syntax, Undefined};

pub(crate) use args::SettingsArgs;
use layer::Layer;

/// Where the settings came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// render.toml: our own rules on top of makejinja's.
    Render,
    /// makejinja.toml, or the command line alone: makejinja's rules.
    Makejinja,
}

/// All settings, resolved.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "makejinja's switches")]
pub(crate) struct Settings {
    pub(crate) origin: Origin,
    pub(crate) inputs: Vec<PathBuf>,
    /// Inputs that may be missing.
    pub(crate) optional_inputs: Vec<PathBuf>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) include_patterns: Vec<String>,
    pub(crate) exclude_patterns: Vec<String>,
    pub(crate) jinja_suffix: String,
    pub(crate) keep_jinja_suffix: bool,
    pub(crate) keep_empty: bool,
    pub(crate) copy_metadata: bool,
    pub(crate) data: Vec<PathBuf>,
    pub(crate) data_vars: Vec<(String, String)>,
    pub(crate) file_data: Vec<(String, Vec<PathBuf>)>,
    pub(crate) plugins: Vec<String>,
    /// Where templates are found besides the inputs.
    pub(crate) import_paths: Vec<PathBuf>,
    /// Where Python finds plugins.
    pub(crate) python_paths: Vec<PathBuf>,
    pub(crate) extensions: Vec<String>,
    pub(crate) undefined: String,
    pub(crate) exec_pre: Vec<String>,
    pub(crate) exec_post: Vec<String>,
    pub(crate) clean: bool,
    pub(crate) force: bool,
    pub(crate) quiet: bool,
    pub(crate) gate: Option<String>,
    pub(crate) filters: Vec<String>,
    /// Commands that the data passes through.
    pub(crate) data_hooks: Vec<String>,
    /// Functions that are commands.
    pub(crate) function_hooks: Vec<(String, String)>,
    /// How long a filter or hook may take. Seconds.
    pub(crate) command_timeout: u64,
    pub(crate) autoescape: bool,
    delimiters: [(String, String); 3],
    prefixes: [Option<String>; 2],
    whitespace: [bool; 3],
    newline_sequence: String,
}

impl Settings {
    /// The settings of a file alone.
    pub(crate) fn from_file(path: &Path) -> Outcome<Self> {
        let (origin, layer) = file::read(path)?;
        Self::resolve(origin, &[layer])
    }

    /// The settings of a run: the given file, else render.toml or makejinja.toml of the current folder, else none;
    /// then makejinja's environment variables (not for render.toml), then the command line.
    pub(crate) fn of_run(config: Option<&Path>, args: &SettingsArgs) -> Outcome<Self> {
        let files: Vec<PathBuf> = match config {
            Some(path) => vec![path.to_path_buf()],
            None => file::default_files(),
        };
        let mut origin = Origin::Makejinja;
        let mut layers = Vec::new();
        for path in files {
            let (of_file, layer) = file::read(&path)?;
            origin = of_file;
            layers.push(layer);
        }
        if origin == Origin::Makejinja {
            layers.push(layer::from_environment(std::env::vars_os())?);
        }
        layers.push(args.layer()?);
        Self::resolve(origin, &layers)
    }

    fn resolve(origin: Origin, layers: &[Layer]) -> Outcome<Self> {
        let all = layer::Layers(layers);
        let pair = |name: &str, start: &str, end: &str| {
            (
                all.text(&format!("delimiter.{name}_start")).unwrap_or_else(|| start.to_owned()),
                all.text(&format!("delimiter.{name}_end")).unwrap_or_else(|| end.to_owned()),
            )
        };
        let patterns = |key: &str| all.list(key);
        let settings = Self {
            origin,
            inputs: all.paths("inputs").unwrap_or_default(),
            optional_inputs: match all.paths("optional_inputs") {
                Some(paths) => paths,
                None if origin == Origin::Render => vec![PathBuf::from("overrides")],
                None => Vec::new(),
            },
            output: all.paths("output").and_then(|paths| paths.into_iter().next()).map(without_parents),
            include_patterns: patterns("include_patterns").unwrap_or_else(|| vec!["**/*".to_owned()]),
            exclude_patterns: patterns("exclude_patterns").unwrap_or_default(),
            jinja_suffix: all.text("jinja_suffix").unwrap_or_else(|| ".jinja".to_owned()),
            keep_jinja_suffix: all.flag("keep_jinja_suffix", false),
            keep_empty: all.flag("keep_empty", false),
            copy_metadata: all.flag("copy_metadata", false),
            data: all.paths("data").unwrap_or_default(),
            data_vars: all.map("data_vars").unwrap_or_default(),
            file_data: all.path_map("file_data").unwrap_or_default(),
            plugins: [all.list("plugins"), all.list("loaders")].into_iter().flatten().flatten().collect(),
            import_paths: match origin {
                Origin::Render => all.paths("import_paths").unwrap_or_default(),
                // There they are where Python looks for plugins; templates are found in the inputs alone.
                Origin::Makejinja => Vec::new(),
            },
            python_paths: all.paths("import_paths").unwrap_or_else(|| vec![PathBuf::from(".")]),
            extensions: all.list("extensions").unwrap_or_default(),
            undefined: all.text("undefined").unwrap_or_else(|| "default".to_owned()),
            exec_pre: all.list("exec_pre").unwrap_or_default(),
            exec_post: all.list("exec_post").unwrap_or_default(),
            clean: all.flag("clean", false),
            force: all.flag("force", false),
            quiet: all.flag("quiet", false),
            gate: all.text("gate").filter(|gate| !gate.is_empty()),
            data_hooks: all.list("hooks.data").unwrap_or_default(),
            function_hooks: all.map("hooks.functions").unwrap_or_default(),
            command_timeout: all
                .text("command_timeout")
                .and_then(|seconds| seconds.parse().ok())
                .filter(|seconds| *seconds > 0)
                .unwrap_or(crate::command::USUAL_LIMIT),
            filters: all.list("filters").unwrap_or_default(),
            autoescape: all.flag("internal.autoescape", false),
            delimiters: [
                pair("block", "{%", "%}"),
                pair("variable", "{{", "}}"),
                pair("comment", "{#", "#}"),
            ],
            prefixes: ["prefix.line_statement", "prefix.line_comment"]
                .map(|key| all.text(key).filter(|prefix| !prefix.is_empty())),
            whitespace: ["trim_blocks", "lstrip_blocks", "keep_trailing_newline"]
                .map(|key| all.flag(&format!("whitespace.{key}"), true)),
            newline_sequence: all.text("whitespace.newline_sequence").unwrap_or_else(|| "\n".to_owned()),
        };
        settings.undefined()?;
        if !matches!(settings.newline_sequence.as_str(), "\n" | "\r\n" | "\r") {
            return Err(Failure::new("render/settings", "newline_sequence must be \\n, \\r\\n or \\r"));
        }
        Ok(settings)
    }

    /// All settings by makejinja's names, paths absolute: what its `Config` holds for plugins.
    pub(crate) fn for_plugins(&self) -> serde_json::Value {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let paths = |paths: &[PathBuf]| paths.iter().map(absolute).collect::<Vec<_>>();
        let file_data = self.file_data.iter().map(|(name, files)| (name, paths(files)));
        let [block, variable, comment] = &self.delimiters;
        let [trim_blocks, lstrip_blocks, keep_trailing_newline] = self.whitespace;
        json!({
            "inputs": paths(&self.inputs), "output": self.output.as_ref().map(absolute).unwrap_or_default(),
            "include_patterns": self.include_patterns, "exclude_patterns": self.exclude_patterns,
            "jinja_suffix": self.jinja_suffix, "keep_jinja_suffix": self.keep_jinja_suffix,
            "keep_empty": self.keep_empty, "copy_metadata": self.copy_metadata,
            "data": paths(&self.data), "data_vars": self.data_vars, "file_data": file_data.collect::<Vec<_>>(),
            "plugins": self.plugins, "loaders": [], "import_paths": paths(&self.python_paths),
            "extensions": self.extensions, "undefined": self.undefined,
            "exec_pre": self.exec_pre, "exec_post": self.exec_post,
            "clean": self.clean, "force": self.force, "quiet": self.quiet,
            "delimiter": {
                "block_start": block.0, "block_end": block.1, "variable_start": variable.0,
                "variable_end": variable.1, "comment_start": comment.0, "comment_end": comment.1,
            },
            "prefix": {"line_statement": self.prefixes[0], "line_comment": self.prefixes[1]},
            "whitespace": {
                "trim_blocks": trim_blocks, "lstrip_blocks": lstrip_blocks,
                "newline_sequence": self.newline_sequence, "keep_trailing_newline": keep_trailing_newline,
            },
            "internal": {
                "optimized": true, "autoescape": self.autoescape, "cache_size": 0, "auto_reload": false,
                "enable_async": false,
            },
        })
    }

    /// Delimiters and whitespace.
    pub(crate) fn syntax(&self) -> Syntax {
        let [block, variable, comment] = self.delimiters.clone();
        let [line_statement, line_comment] = self.prefixes.clone();
        let [trim_blocks, lstrip_blocks, keep_trailing_newline] = self.whitespace;
        Syntax {
            block,
            variable,
            comment,
            line_statement,
            line_comment,
            trim_blocks,
            lstrip_blocks,
            keep_trailing_newline,
            newline_sequence: self.newline_sequence.clone(),
            show_undefined: false,
        }
    }

    /// The undefined mode.
    pub(crate) fn undefined(&self) -> Outcome<Undefined> {
        parse_undefined(&self.undefined)
    }
}

/// A path in which `..` takes away a folder that is not there, as makejinja resolves it.
fn without_parents(path: PathBuf) -> PathBuf {
    if !path.components().any(|part| part == Component::ParentDir) {
        return path;
    }
    let mut whole = PathBuf::new();
    for part in path.components() {
        let missing = matches!(whole.components().next_back(), Some(Component::Normal(_))) && !whole.exists();
        if part == Component::ParentDir && missing {
            whole.pop();
        } else {
            whole.push(part);
        }
    }
    whole
}

/// An undefined mode by makejinja's name.
pub(crate) fn parse_undefined(mode: &str) -> Outcome<Undefined> {
    match mode {
        "default" => Ok(Undefined::Default),
        "chainable" => Ok(Undefined::Chainable),
        "strict" => Ok(Undefined::Strict),
        "debug" => Ok(Undefined::Debug),
        other => {
            let near = cliutil::did_you_mean(other, ["default", "chainable", "debug", "strict"]);
            let failure = Failure::new("render/settings", format!("{other} is no undefined mode"));
            Err(failure.with_help(match near {
                Some(near) => format!("did you mean {near}?"),
                None => "use default, chainable, debug or strict".to_owned(),
            }))
        }
    }
}

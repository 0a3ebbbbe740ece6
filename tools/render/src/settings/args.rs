//! makejinja's flags.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use cliutil::{Failure, Outcome};

use super::layer::{Layer, Setting};

/// Settings given on the command line; a list given here replaces that of the settings file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings (those of makejinja)")]
#[expect(clippy::struct_excessive_bools, reason = "makejinja's switches")]
pub(crate) struct SettingsArgs {
    /// An input folder or single template; the first wins
    #[arg(short, long = "input", value_name = "DIR")]
    inputs: Vec<PathBuf>,
    /// The output folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Which files of the inputs to take
    #[arg(short = 'I', long = "include-pattern", alias = "include", value_name = "GLOB")]
    include_patterns: Vec<String>,
    /// Which files to leave out
    #[arg(short = 'E', long = "exclude-pattern", alias = "exclude", value_name = "GLOB")]
    exclude_patterns: Vec<String>,
    /// The ending of templates; empty: every file is one
    #[arg(long, value_name = "SUFFIX")]
    jinja_suffix: Option<String>,
    /// Keep that ending
    #[arg(long)]
    keep_jinja_suffix: bool,
    /// Write files that render to nothing
    #[arg(long)]
    keep_empty: bool,
    /// Copy mode and times of templates
    #[arg(short = 'm', long)]
    copy_metadata: bool,
    /// Data: YAML, JSON or TOML files, folders of them, or -
    #[arg(short, long, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// A variable; KEY may be dotted, VALUE is a string
    #[arg(short = 'D', long = "data-var", value_name = "KEY=VALUE")]
    data_vars: Vec<String>,
    /// Data for one template alone
    #[arg(long, value_name = "TEMPLATE=DATA,…")]
    file_data: Vec<String>,
    /// A Python plugin
    #[arg(short, long = "plugin", value_name = "CLASS")]
    plugins: Vec<String>,
    /// A Python plugin, by makejinja's old name for them
    #[arg(short = 'l', long = "loader", value_name = "CLASS", hide = true)]
    loader: Vec<String>,
    /// A folder that templates may import from
    #[arg(long = "import-path", value_name = "DIR")]
    import_paths: Vec<PathBuf>,
    /// A Jinja extension
    #[arg(short, long = "extension", value_name = "CLASS")]
    extensions: Vec<String>,
    /// What undefined names do: default, chainable, debug or strict
    #[arg(long, value_name = "MODE")]
    undefined: Option<String>,
    /// A shell command before rendering
    #[arg(long, value_name = "COMMAND")]
    exec_pre: Vec<String>,
    /// A shell command after rendering
    #[arg(long, value_name = "COMMAND")]
    exec_post: Vec<String>,
    /// Remove the output folder first
    #[arg(short, long)]
    clean: bool,
    /// Overwrite files that exist
    #[arg(short, long)]
    force: bool,
    #[command(flatten)]
    syntax: SyntaxArgs,
}

/// Delimiters and whitespace.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Syntax (as makejinja's)")]
#[expect(clippy::struct_excessive_bools, reason = "makejinja's switches")]
pub(crate) struct SyntaxArgs {
    /// Start of a block tag
    #[arg(long, value_name = "TOKEN")]
    delimiter_block_start: Option<String>,
    /// End of a block tag
    #[arg(long, value_name = "TOKEN")]
    delimiter_block_end: Option<String>,
    /// Start of a comment
    #[arg(long, value_name = "TOKEN")]
    delimiter_comment_start: Option<String>,
    /// End of a comment
    #[arg(long, value_name = "TOKEN")]
    delimiter_comment_end: Option<String>,
    /// Start of a printed expression
    #[arg(long, value_name = "TOKEN")]
    delimiter_variable_start: Option<String>,
    /// End of a printed expression
    #[arg(long, value_name = "TOKEN")]
    delimiter_variable_end: Option<String>,
    /// Prefix of line statements
    #[arg(long, value_name = "TOKEN")]
    prefix_line_statement: Option<String>,
    /// Prefix of line comments
    #[arg(long, value_name = "TOKEN")]
    prefix_line_comment: Option<String>,
    /// Drop the line break after a block tag
    #[arg(long, overrides_with = "no_trim_blocks")]
    trim_blocks: bool,
    /// Keep it
    #[arg(long)]
    no_trim_blocks: bool,
    /// Drop blanks before a block tag that begins its line
    #[arg(long, overrides_with = "no_lstrip_blocks")]
    lstrip_blocks: bool,
    /// Keep them
    #[arg(long)]
    no_lstrip_blocks: bool,
    /// Keep the last line break of a template
    #[arg(long, overrides_with = "strip_trailing_newline")]
    keep_trailing_newline: bool,
    /// Drop it
    #[arg(long)]
    strip_trailing_newline: bool,
    /// What line breaks of a template become
    #[arg(long, value_name = "SEQUENCE")]
    newline_sequence: Option<String>,
    /// Escape printed values for HTML
    #[arg(long, hide = true)]
    internal_autoescape: bool,
    /// Accepted; changes nothing
    #[arg(long, hide = true, action = ArgAction::Set, value_name = "N")]
    internal_cache_size: Option<i64>,
    /// Accepted; changes nothing
    #[arg(long, hide = true)]
    internal_optimized: bool,
    /// Accepted; changes nothing
    #[arg(long, hide = true)]
    no_internal_optimized: bool,
    /// Accepted; changes nothing
    #[arg(long, hide = true)]
    internal_auto_reload: bool,
    /// Accepted; changes nothing
    #[arg(long, hide = true)]
    no_internal_auto_reload: bool,
    /// Accepted; changes nothing
    #[arg(long, hide = true)]
    internal_enable_async: bool,
}

impl SettingsArgs {
    /// What was given.
    pub(super) fn layer(&self) -> Outcome<Layer> {
        let mut layer = Layer::default();
        for (key, list) in [
            ("include_patterns", &self.include_patterns),
            ("exclude_patterns", &self.exclude_patterns),
            ("plugins", &self.plugins),
            ("loaders", &self.loader),
            ("extensions", &self.extensions),
            ("exec_pre", &self.exec_pre),
            ("exec_post", &self.exec_post),
        ] {
            if !list.is_empty() {
                layer.set(key, Setting::List(list.clone()));
            }
        }
        let output: Vec<_> = self.output.iter().cloned().collect();
        for (key, paths) in [
            ("inputs", &self.inputs),
            ("output", &output),
            ("data", &self.data),
            ("import_paths", &self.import_paths),
        ] {
            if !paths.is_empty() {
                layer.set(key, Setting::Paths(paths.clone()));
            }
        }
        for (key, text) in [("jinja_suffix", &self.jinja_suffix), ("undefined", &self.undefined)] {
            if let Some(text) = text {
                layer.set(key, Setting::Text(text.clone()));
            }
        }
        for (key, given) in [
            ("keep_jinja_suffix", self.keep_jinja_suffix),
            ("keep_empty", self.keep_empty),
            ("copy_metadata", self.copy_metadata),
            ("clean", self.clean),
            ("force", self.force),
        ] {
            if given {
                layer.set(key, Setting::Flag(true));
            }
        }
        self.maps(&mut layer)?;
        self.syntax.add(&mut layer);
        Ok(layer)
    }

    fn maps(&self, layer: &mut Layer) -> Outcome<()> {
        if !self.data_vars.is_empty() {
            layer
                .set("data_vars", Setting::Map(self.data_vars.iter().map(variable).collect::<Outcome<_>>()?));
        }
        if !self.file_data.is_empty() {
            let mut all: Vec<(String, Vec<PathBuf>)> = Vec::new();
            for entry in &self.file_data {
                let (name, paths) = entry.split_once('=').ok_or_else(|| {
                    Failure::new("render/usage", "--file-data needs a template and its data")
                        .with_help("write it as TEMPLATE=DATA,DATA")
                })?;
                // makejinja's help says commas, its reader colons. Of a template given twice the last counts.
                all.retain(|(other, _)| other != name);
                all.push((name.to_owned(), paths.split([',', ':']).map(PathBuf::from).collect()));
            }
            layer.set("file_data", Setting::PathMap(all));
        }
        Ok(())
    }
}

/// `KEY=VALUE`; `KEY` alone is an empty text, as for makejinja.
fn variable(text: &String) -> Outcome<(String, String)> {
    let text = if text.contains('=') { text.clone() } else { format!("{text}=") };
    crate::data::split_var(&text).map(|(key, value)| (key.to_owned(), value.to_owned()))
}

impl SyntaxArgs {
    fn add(&self, layer: &mut Layer) {
        for (key, text) in [
            ("delimiter.block_start", &self.delimiter_block_start),
            ("delimiter.block_end", &self.delimiter_block_end),
            ("delimiter.comment_start", &self.delimiter_comment_start),
            ("delimiter.comment_end", &self.delimiter_comment_end),
            ("delimiter.variable_start", &self.delimiter_variable_start),
            ("delimiter.variable_end", &self.delimiter_variable_end),
            ("prefix.line_statement", &self.prefix_line_statement),
            ("prefix.line_comment", &self.prefix_line_comment),
            ("whitespace.newline_sequence", &self.newline_sequence),
        ] {
            if let Some(text) = text {
                layer.set(key, Setting::Text(text.clone()));
            }
        }
        for (key, on, off) in [
            ("whitespace.trim_blocks", self.trim_blocks, self.no_trim_blocks),
            ("whitespace.lstrip_blocks", self.lstrip_blocks, self.no_lstrip_blocks),
            ("whitespace.keep_trailing_newline", self.keep_trailing_newline, self.strip_trailing_newline),
            ("internal.autoescape", self.internal_autoescape, false),
        ] {
            if on || off {
                layer.set(key, Setting::Flag(on));
            }
        }
    }
}

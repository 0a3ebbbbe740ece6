//! The one table of settings: makejinja's keys and ours, with what they hold.

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    List,
    /// A list that a plain text is the only item of.
    Commands,
    Path,
    Paths,
    Flag,
    Number,
    Map,
    PathMap,
}

/// makejinja 2.8's keys; the part before a dot is a table.
pub(super) const MAKEJINJA: [(&str, Holds); 38] = [
    ("inputs", Holds::Paths),
    ("output", Holds::Path),
    ("include_patterns", Holds::List),
    ("exclude_patterns", Holds::List),
    ("jinja_suffix", Holds::Text),
    ("keep_jinja_suffix", Holds::Flag),
    ("keep_empty", Holds::Flag),
    ("copy_metadata", Holds::Flag),
    ("data", Holds::Paths),
    ("data_vars", Holds::Map),
    ("file_data", Holds::PathMap),
    ("loaders", Holds::List),
    ("plugins", Holds::List),
    ("import_paths", Holds::Paths),
    ("extensions", Holds::List),
    ("undefined", Holds::Text),
    ("exec_pre", Holds::List),
    ("exec_post", Holds::List),
    ("clean", Holds::Flag),
    ("force", Holds::Flag),
    ("quiet", Holds::Flag),
    ("delimiter.block_start", Holds::Text),
    ("delimiter.block_end", Holds::Text),
    ("delimiter.variable_start", Holds::Text),
    ("delimiter.variable_end", Holds::Text),
    ("delimiter.comment_start", Holds::Text),
    ("delimiter.comment_end", Holds::Text),
    ("prefix.line_statement", Holds::Text),
    ("prefix.line_comment", Holds::Text),
    ("whitespace.trim_blocks", Holds::Flag),
    ("whitespace.lstrip_blocks", Holds::Flag),
    ("whitespace.newline_sequence", Holds::Text),
    ("whitespace.keep_trailing_newline", Holds::Flag),
    ("internal.optimized", Holds::Flag),
    ("internal.autoescape", Holds::Flag),
    ("internal.cache_size", Holds::Number),
    ("internal.auto_reload", Holds::Flag),
    ("internal.enable_async", Holds::Flag),
];

/// What render.toml has besides.
pub(super) const OURS: [(&str, Holds); 6] = [
    ("gate", Holds::Text),
    ("filters", Holds::List),
    ("optional_inputs", Holds::Paths),
    ("hooks.data", Holds::Commands),
    ("hooks.functions", Holds::Map),
    ("command_timeout", Holds::Number),
];

//! The names templates may use, for "did you mean".

/// Filters: Jinja2's and ours.
pub(crate) const FILTERS: [&str; 58] = [
    "abs", "attr", "basename", "batch", "bool", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape",
    "filesizeformat", "first", "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last",
    "length", "lines", "list", "lower", "map", "max", "min", "nthhost", "pprint", "reject", "rejectattr", "replace",
    "reverse", "round", "safe", "select", "selectattr", "slice", "sort", "split", "string", "striptags", "sum", "title",
    "tojson", "trim", "truncate", "unique", "upper", "urlencode", "wordcount", "wordwrap", "xmlattr", "zip",
];

/// Tests: Jinja2's.
pub(crate) const TESTS: [&str; 33] = [
    "boolean", "callable", "defined", "divisibleby", "endingwith", "eq", "equalto", "escaped", "even", "false", "filter",
    "float", "ge", "greaterthan", "gt", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne",
    "none", "number", "odd", "sameas", "sequence", "string", "test", "true", "undefined",
];

/// Functions that are always there.
pub(crate) const FUNCTIONS: [&str; 6] = ["cycler", "dict", "env", "joiner", "namespace", "range"];

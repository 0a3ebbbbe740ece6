//! Python's ways with values: how they print, `%` formatting, lists and dicts that can be changed, methods.

mod collections;
mod methods;
mod modulo;
mod printf;
mod text;

pub(crate) use collections::{PyDict, PyList, dict, list};
pub(crate) use methods::{call_method, join, make_dict, pairs, split_lines};
pub(crate) use modulo::modulo;
pub(crate) use text::{float_repr, repr, str_of};

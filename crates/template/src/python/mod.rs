//! Python's ways with values: how they print, `%` formatting, lists and dicts that can be changed, methods.

mod collections;
mod containers;
mod macros;
mod methods;
mod modulo;
mod order;
mod printf;
mod slice;
mod text;
mod views;

pub(crate) use collections::{FROZEN, PyDict, PyList, dict, list};
pub(crate) use containers::{make_dict, pairs};
pub(crate) use macros::{open_macro, shown};
pub(crate) use methods::{call_method, join, split_lines};
pub(crate) use modulo::modulo;
pub(crate) use order::{add, compare, sort_by_keys};
pub(crate) use slice::slice;
pub(crate) use text::{float_repr, repr, repr_sorted, str_of};
pub(crate) use views::{Cycler, Group};

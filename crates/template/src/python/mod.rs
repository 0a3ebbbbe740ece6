//! Python's ways with values: how they print, `%` formatting, lists and dicts that can be changed, methods.

mod bytes;
mod collections;
mod containers;
mod formatspec;
mod macros;
mod methods;
mod modulo;
mod order;
mod printf;
#[cfg(test)]
mod properties;
mod range;
mod searching;
mod slice;
mod strformat;
mod text;
mod views;

pub(crate) use collections::{FROZEN, KeyHash, PyDict, PyList, dict, list};
pub(crate) use containers::{make_dict, pairs};
pub(crate) use macros::{open_macro, shown};
pub(crate) use methods::{call_method, checked_width, join, split_lines};
pub(crate) use modulo::{modulo, multiply, own};
pub(crate) use order::{add, compare, ordered, sort_by_keys, sort_lists};
pub(crate) use range::range;
pub(crate) use searching::strip;
pub(crate) use slice::slice;
pub(crate) use text::{float_repr, repr, repr_sorted, str_of};
pub(crate) use views::{Cycler, Group, View};

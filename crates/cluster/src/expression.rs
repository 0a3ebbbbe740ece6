//! Expressions of the catalogue, over values that are known so far: the template crate's, with a filter of ours.

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use template::{Compiled, Data, Scope};
use yaml::Value;

use crate::map::HashMap;
use crate::values::{Values, is_true};

/// The engine, set up once: what it has read refers to it.
static ENGINE: LazyLock<template::Result<template::Expressions>> = LazyLock::new(|| {
    let mut engine = template::Expressions::new()?;
    engine.add_filter("public_addresses", public_addresses);
    Ok(engine)
});

/// Reads and evaluates expressions.
///
/// What was read takes several KiB each, and nearly every expression is evaluated once. So only those are kept, until they
/// are evaluated, whose names were asked for before.
pub(crate) struct Expressions {
    engine: &'static template::Expressions,
    read: RefCell<HashMap<String, Compiled<'static>>>,
}

impl Expressions {
    /// An evaluator.
    pub(crate) fn new() -> template::Result<Self> {
        let engine = ENGINE.as_ref().map_err(Clone::clone)?;
        Ok(Self { engine, read: RefCell::default() })
    }

    fn compiled(&self, expression: &str) -> template::Result<Compiled<'static>> {
        let read = self.read.borrow_mut().remove(expression);
        read.map_or_else(|| self.engine.compile(expression), Ok)
    }

    /// The names an expression refers to, sorted.
    pub(crate) fn names(&self, expression: &str) -> template::Result<Vec<String>> {
        let compiled = self.compiled(expression)?;
        let names = compiled.names().into_iter().collect();
        self.read.borrow_mut().insert(expression.to_owned(), compiled);
        Ok(names)
    }

    /// Whether something the expression refers to is wrong, so that it cannot be evaluated.
    pub(crate) fn is_blocked(&self, expression: &str, values: &Values) -> bool {
        if values.are_all_right() {
            return false;
        }
        self.names(expression).is_ok_and(|names| names.iter().any(|name| values.is_invalid(name)))
    }

    /// What an expression gives.
    pub(crate) fn value(&self, expression: &str, scope: &Scope) -> template::Result<Value> {
        self.compiled(expression)?.eval(scope)
    }

    /// Whether an expression holds: Python's truthiness.
    pub(crate) fn holds(&self, expression: &str, scope: &Scope) -> template::Result<bool> {
        self.value(expression, scope).map(|value| is_true(&value))
    }

    /// For each of `items`, named `name`, whether the expression holds.
    pub(crate) fn hold_for(
        &self,
        expression: &str,
        scope: &mut Scope,
        name: &str,
        items: impl Iterator<Item = Data>,
    ) -> template::Result<Vec<bool>> {
        let compiled = self.compiled(expression)?;
        let mut results = Vec::new();
        for item in items {
            scope.set_data(name, &item);
            results.push(compiled.holds(scope)?);
        }
        scope.remove(name);
        Ok(results)
    }
}

/// The addresses that are reachable from everywhere, order kept, with 1.1.1.1 behind them where it is missing. What is
/// no address is left out.
#[expect(clippy::needless_pass_by_value, reason = "the form of a filter")]
fn public_addresses(addresses: Value) -> Value {
    const ALWAYS: &str = "1.1.1.1";
    let texts = addresses.as_sequence().unwrap_or_default().iter().filter_map(Value::as_str);
    let public = |text: &&str| text.parse().is_ok_and(|address| !is_private(address));
    let mut public: Vec<_> = texts.filter(public).collect();
    if !public.contains(&ALWAYS) {
        public.push(ALWAYS);
    }
    Value::from(public)
}

/// Python's `ipaddress.is_private`: IANA's special-purpose networks that are not globally reachable. 100.64.0.0/10 is
/// none of them.
fn is_private(address: Ipv4Addr) -> bool {
    const PRIVATE: [(u32, u8); 14] = [
        (0x0000_0000, 8),
        (0x0a00_0000, 8),
        (0x7f00_0000, 8),
        (0xa9fe_0000, 16),
        (0xac10_0000, 12),
        (0xc000_0000, 24),
        (0xc000_00aa, 31),
        (0xc000_0200, 24),
        (0xc0a8_0000, 16),
        (0xc612_0000, 15),
        (0xc633_6400, 24),
        (0xcb00_7100, 24),
        (0xf000_0000, 4),
        (0xffff_ffff, 32),
    ];
    // Two addresses inside 192.0.0.0/24 are reachable after all.
    const REACHABLE: [u32; 2] = [0xc000_0009, 0xc000_000a];
    let number = u32::from(address);
    let within = |(network, prefix): &(u32, u8)| number >> (32 - prefix) == network >> (32 - prefix);
    !REACHABLE.contains(&number) && PRIVATE.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(expression: &str, values: &str) -> Value {
        let mut scope = Scope::default();
        let values = yaml::load_one(values, yaml::Dialect::GoYamlV3).unwrap();
        for (name, value) in values.as_mapping().unwrap().iter() {
            scope.set(name.as_str().unwrap(), value);
        }
        Expressions::new().unwrap().value(expression, &scope).unwrap()
    }

    #[test]
    fn values_and_truth() {
        assert_eq!(eval("a and b", "{a: x, b: null}"), Value::Null);
        assert_eq!(
            eval("nodes | selectattr('c') | list | length", "nodes: [{c: true}, {c: false}]"),
            Value::Int(1)
        );
        assert_eq!(eval("['a'] + (more or [])", "more: [b]"), Value::from(vec!["a", "b"]));
        assert_eq!(eval("(labels or {}).get('x') == y", "{labels: null, y: null}"), Value::Bool(true));
    }

    #[test]
    fn names_without_functions() {
        let names = Expressions::new().unwrap().names("a and b.c | length > range(3) | length and 'd' in e");
        assert_eq!(names.unwrap(), ["a", "b", "e"]);
    }

    #[test]
    fn addresses_by_number() {
        assert_eq!(eval("'10.1.2.0/24' | nthhost(1)", "{}"), Value::from("10.1.2.1"));
        assert_eq!(eval("'10.1.2.0/32' | nthhost(1)", "{}"), Value::Bool(false));
    }

    #[test]
    fn public_name_servers() {
        let got = eval("s | public_addresses", "s: [192.168.1.1, 9.9.9.9, 100.64.0.1, bad]");
        assert_eq!(got, Value::from(vec!["9.9.9.9", "100.64.0.1", "1.1.1.1"]));
        assert_eq!(
            eval("s | public_addresses", "s: [1.1.1.1, 1.0.0.1]"),
            Value::from(vec!["1.1.1.1", "1.0.0.1"])
        );
        // As CPython 3.13's ipaddress has it.
        for (address, private) in
            [("192.0.0.9", false), ("192.0.0.8", true), ("198.18.0.1", true), ("224.0.0.1", false)]
        {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }
}

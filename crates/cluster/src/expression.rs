//! Expressions of the catalogue, over values that are known so far. The only place that knows the template engine.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use minijinja::{Environment, UndefinedBehavior};
use template::{from_jinja, to_jinja};
use yaml::Value;

/// The names an expression can use, with their values.
#[derive(Default)]
pub(crate) struct Scope {
    values: HashMap<String, minijinja::Value>,
}

impl Scope {
    /// Gives a name its value.
    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        self.values.insert(name.to_owned(), to_jinja(value));
    }
}

/// Reads and evaluates expressions.
pub(crate) struct Expressions {
    engine: Environment<'static>,
}

impl Expressions {
    pub(crate) fn new() -> Self {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        engine.add_filter("nthhost", nthhost);
        engine.add_filter("public_addresses", public_addresses);
        Self { engine }
    }

    /// The names an expression refers to, sorted.
    pub(crate) fn names(&self, expression: &str) -> Result<Vec<String>, String> {
        let compiled = self.engine.compile_expression(expression).map_err(|error| reason(&error))?;
        let mut names: Vec<_> = compiled
            .undeclared_variables(false)
            .into_iter()
            .filter(|name| !self.engine.globals().any(|(global, _)| global == name))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// What an expression gives.
    pub(crate) fn value(&self, expression: &str, scope: &Scope) -> Result<Value, String> {
        self.evaluate(expression, scope).map(|value| from_jinja(&value).unwrap_or_default())
    }

    /// Whether an expression holds: Python's truthiness.
    pub(crate) fn holds(&self, expression: &str, scope: &Scope) -> Result<bool, String> {
        self.evaluate(expression, scope).map(|value| value.is_true())
    }

    /// For each of `items`, named `name`, whether the expression holds; the expression is read once.
    pub(crate) fn hold_for<'v>(
        &self,
        expression: &str,
        scope: &mut Scope,
        name: &str,
        items: impl Iterator<Item = &'v Value>,
    ) -> Result<Vec<bool>, String> {
        let compiled = self.engine.compile_expression(expression).map_err(|error| reason(&error))?;
        let names = compiled.undeclared_variables(false);
        let mut results = Vec::new();
        for item in items {
            scope.set(name, item);
            let value = compiled.eval(context(&names, scope)).map_err(|error| reason(&error))?;
            results.push(value.is_true());
        }
        scope.values.remove(name);
        Ok(results)
    }

    fn evaluate(&self, expression: &str, scope: &Scope) -> Result<minijinja::Value, String> {
        let compiled = self.engine.compile_expression(expression).map_err(|error| reason(&error))?;
        let names = compiled.undeclared_variables(false);
        compiled.eval(context(&names, scope)).map_err(|error| reason(&error))
    }
}

/// The part of the scope that is used: a thousand nodes are only handed over where they are asked for.
fn context(names: &HashSet<String>, scope: &Scope) -> minijinja::Value {
    let used: BTreeMap<_, _> =
        names.iter().filter_map(|name| Some((name.as_str(), scope.values.get(name)?.clone()))).collect();
    minijinja::Value::from(used)
}

/// Why it failed, in words that hold no value.
fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

/// Address `number` of a network, counted from its own address; `false` where there is none.
fn nthhost(network: &str, number: u32) -> minijinja::Value {
    let address = network.parse::<Ipv4Net>().ok().and_then(|net| {
        let address = u32::from(net.network()).checked_add(number)?;
        (address <= u32::from(net.broadcast())).then(|| Ipv4Addr::from(address))
    });
    address.map_or_else(|| false.into(), |address| address.to_string().into())
}

/// The addresses that are reachable from everywhere, order kept, with 1.1.1.1 behind them where it is missing.
fn public_addresses(addresses: Vec<String>) -> Vec<String> {
    let private = |address: &String| address.parse::<Ipv4Addr>().is_ok_and(is_private);
    let parsed = |address: &String| address.parse::<Ipv4Addr>().is_ok();
    let mut public: Vec<_> =
        addresses.into_iter().filter(|address| parsed(address) && !private(address)).collect();
    if !public.iter().any(|address| address == "1.1.1.1") {
        public.push("1.1.1.1".to_owned());
    }
    public
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
    let reachable = [0xc000_0009, 0xc000_000a].contains(&u32::from(address));
    !reachable
        && PRIVATE
            .iter()
            .any(|(network, prefix)| u32::from(address) >> (32 - prefix) == network >> (32 - prefix))
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
        Expressions::new().value(expression, &scope).unwrap()
    }

    #[test]
    fn values_and_truth() {
        assert_eq!(eval("a and b", "{a: x, b: null}"), Value::Null);
        assert_eq!(
            eval("nodes | selectattr('c') | list | length", "nodes: [{c: true}, {c: false}]"),
            Value::Int(1)
        );
        assert_eq!(eval("['a'] + (more or [])", "more: [b]"), Value::from(vec!["a", "b"]));
        assert_eq!(eval("{'a': 1}.a", "{}"), Value::Int(1));
        assert!(!Expressions::new().holds("[] or ''", &Scope::default()).unwrap());
    }

    #[test]
    fn names_without_functions() {
        let names = Expressions::new().names("a and b.c | length > range(3) | length and 'd' in e").unwrap();
        assert_eq!(names, ["a", "b", "e"]);
        assert!(Expressions::new().names("a and").is_err());
    }

    #[test]
    fn addresses_by_number() {
        assert_eq!(eval("'10.1.2.0/24' | nthhost(1)", "{}"), Value::from("10.1.2.1"));
        assert_eq!(eval("'10.1.2.0/32' | nthhost(1)", "{}"), Value::Bool(false));
        assert_eq!(eval("'foo' | nthhost(1)", "{}"), Value::Bool(false));
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

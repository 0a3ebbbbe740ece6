//! Properties of `%`, `str.format`, `str()` and `repr()`, held against Rust's own formatting and against reading back.

use minijinja::value::Tuple;
use minijinja::{UndefinedBehavior, Value};
use proptest::prelude::*;

use super::formatspec::{Spec, format};
use super::text::{float_repr, repr, str_of, string_repr};
use super::{printf, strformat};

fn percent(text: &str, value: impl Into<Value>) -> String {
    printf::format(text, &value.into(), UndefinedBehavior::Lenient).unwrap()
}

fn spec(text: &str, value: impl Into<Value>) -> String {
    format(&value.into(), &Spec::parse(text).unwrap()).unwrap()
}

/// What a literal of Python says, for those that [`string_repr`] writes.
fn unescaped(literal: &str) -> String {
    let mut out = String::new();
    let mut rest = literal[1..literal.len() - 1].chars();
    let code = |rest: &mut std::str::Chars, digits: usize| {
        let text: String = rest.take(digits).collect();
        u32::from_str_radix(&text, 16).ok().and_then(char::from_u32).unwrap()
    };
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match rest.next().unwrap() {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'x' => code(&mut rest, 2),
            'u' => code(&mut rest, 4),
            'U' => code(&mut rest, 8),
            c => c,
        });
    }
    out
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::from(())),
        Just(Value::UNDEFINED),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<Vec<i8>>().prop_map(Value::from),
        any::<Vec<u8>>().prop_map(Value::from_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers_are_padded_and_signed(n: i64, width in 0_usize..40) {
        prop_assert_eq!(percent("%d", n), n.to_string());
        prop_assert_eq!(percent(&format!("%{width}d", width = width.max(1)), n), format!("{n:>width$}"));
        prop_assert_eq!(percent(&format!("%-{}d|", width.max(1)), n), format!("{n:<width$}|"));
        prop_assert_eq!(percent(&format!("%0{}d", width.max(1)), n), format!("{n:0width$}"));
        prop_assert_eq!(percent("%+d", n), format!("{n:+}"));
        prop_assert_eq!(percent("%x", n.unsigned_abs()), format!("{:x}", n.unsigned_abs()));
        prop_assert_eq!(spec(&format!("0{}d", width.max(1)), n), format!("{n:0width$}"));
        prop_assert_eq!(spec("#b", n.unsigned_abs()), format!("{:#b}", n.unsigned_abs()));
        prop_assert_eq!(spec(",", n).replace(',', ""), n.to_string());
        prop_assert_eq!(spec("_", n).replace('_', ","), spec(",", n));
    }

    #[test]
    fn floats_are_rounded_alike(f in -1e15_f64..1e15, precision in 0_usize..15) {
        prop_assert_eq!(percent(&format!("%.{precision}f"), f), format!("{f:.precision$}"));
        prop_assert_eq!(spec(&format!(".{precision}f"), f), format!("{f:.precision$}"));
        let scientific = percent(&format!("%.{precision}e"), f);
        let read = |text: &str| text.parse::<f64>().unwrap().to_bits();
        prop_assert_eq!(read(&scientific), read(&format!("{f:.precision$e}")));
        prop_assert_eq!(spec(&format!(".{precision}e"), f), scientific);
        // A value of 17 digits is the value.
        prop_assert_eq!(read(&percent("%.17g", f)), f.to_bits());
        prop_assert_eq!(spec(".17g", f), percent("%.17g", f));
    }

    #[test]
    fn text_is_cut_and_padded_by_characters(text: String, width in 1_usize..40, precision in 0_usize..20) {
        let cut: String = text.chars().take(precision).collect();
        prop_assert_eq!(percent("%s", text.as_str()), text.as_str());
        prop_assert_eq!(percent(&format!("%{width}.{precision}s"), text.as_str()), format!("{cut:>width$}"));
        prop_assert_eq!(spec(&format!("{width}.{precision}"), text.as_str()), format!("{cut:<width$}"));
        prop_assert_eq!(percent("%r", text.as_str()), string_repr(&text));
    }

    #[test]
    fn every_value_is_used_once(values in prop::collection::vec(any::<i32>(), 2..8), more in 0_usize..3) {
        let tuple = Value::from(Tuple::new(values.iter().copied().map(Value::from).collect()));
        let format = |count: usize| vec!["%s"; count].join(",");
        let joined = values.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
        prop_assert_eq!(percent(&format(values.len()), tuple.clone()), joined);
        for count in [values.len() + 1 + more, values.len() - 1] {
            prop_assert!(printf::format(&format(count), &tuple, UndefinedBehavior::Lenient).is_err());
        }
    }

    #[test]
    fn any_format_of_any_value_ends(text in "[%{}!:.#0-9a-z()*<>=^+ ,_\\[\\]-]{0,12}", value in any_value()) {
        let tuple = Value::from(Tuple::new(vec![value.clone(), value.clone()]));
        for value in [&value, &tuple] {
            let _ = printf::format(&text, value, UndefinedBehavior::Lenient);
            let _ = strformat::format(&text, std::slice::from_ref(value));
        }
        if let Ok(spec) = Spec::parse(&text) {
            let _ = format(&value, &spec);
        }
    }

    #[test]
    fn floats_read_back(f: f64) {
        let text = float_repr(f);
        if f.is_nan() {
            prop_assert_eq!(text, "nan");
        } else {
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), f.to_bits());
            prop_assert!(text.contains(['.', 'e', 'n']), "{text}");
            prop_assert_eq!(str_of(&Value::from(f)), text.as_str());
            prop_assert_eq!(percent("%s", f), text.as_str());
            prop_assert_eq!(spec("", f), text);
        }
    }

    #[test]
    fn texts_read_back(text: String) {
        let literal = string_repr(&text);
        prop_assert!(!literal.chars().any(char::is_control), "{literal}");
        prop_assert_eq!(unescaped(&literal), text.as_str());
        prop_assert_eq!(str_of(&Value::from(text.as_str())), text.as_str());
        let list = super::list(vec![Value::from(text.as_str()), Value::from(())]);
        prop_assert_eq!(repr(&list), format!("[{literal}, None]"));
    }
}

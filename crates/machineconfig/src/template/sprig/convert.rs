//! Defaults, types, copies, the environment.

use super::text_at;
use crate::template::compare;
use crate::template::functions::Answer;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let first = || arguments.first().ok_or_else(|| "a value is missing".to_owned());
    let text = |n| text_at(arguments, n);
    let asked = |ask: &dyn Fn(&str, &Val<'_>) -> bool| {
        let wanted = text(0)?;
        Ok(Val::Bool(arguments.get(1).is_some_and(|value| ask(&wanted, value))))
    };
    Some(match name {
        "default" => Ok(default(arguments)),
        "empty" => first().map(|value| Val::Bool(empty(value))),
        "coalesce" => Ok(arguments.iter().find(|value| !empty(value)).cloned().unwrap_or(Val::Nil)),
        "all" => Ok(Val::Bool(!arguments.iter().any(empty))),
        "any" => Ok(Val::Bool(arguments.iter().any(|value| !empty(value)))),
        "ternary" => ternary(arguments),
        "fail" => Err(text(0).unwrap_or_else(|error| error)),
        "typeOf" => first().map(|value| Val::text(value.type_name())),
        "kindOf" => first().map(|value| Val::text(kind(value))),
        "typeIs" => asked(&|wanted, value| value.type_name() == wanted),
        "typeIsLike" => {
            asked(&|wanted, value| [wanted, &format!("*{wanted}")].contains(&value.type_name().as_str()))
        }
        "kindIs" => asked(&|wanted, value| kind(value) == wanted),
        "deepEqual" => Ok(Val::Bool(arguments.len() == 2 && compare::deep(&arguments[0], &arguments[1]))),
        "deepCopy" => first().and_then(copied),
        "env" => text(0).map(|name| Val::text(std::env::var(name).unwrap_or_default())),
        "expandenv" => text(0).map(|text| Val::text(expanded(&text))),
        _ => return None,
    })
}

fn kind(value: &Val<'_>) -> &'static str {
    match value {
        Val::Nil => "invalid",
        Val::NilPointer => "ptr",
        other => other.kind(),
    }
}

/// A value that shares no dictionary with the first. Of nothing there is no copy.
fn copied<'a>(value: &Val<'a>) -> Answer<'a> {
    if matches!(value, Val::Nil) { Err("there is nothing to copy".to_owned()) } else { Ok(copy(value)) }
}

fn copy<'a>(value: &Val<'a>) -> Val<'a> {
    match value {
        Val::Map(map) if !map.nil => {
            let entries =
                map.entries.borrow().iter().map(|(key, value)| (key.clone(), copy(value))).collect();
            if map.texts { Val::map_of_texts(entries) } else { Val::map(entries) }
        }
        Val::List(items) if !items.nil => Val::list_of(items.iter().map(copy).collect(), items.of),
        other => other.clone(),
    }
}

/// What sprig calls empty: zero values, but no structure.
pub(super) fn empty(value: &Val<'_>) -> bool {
    !value.truth()
}

fn default<'a>(arguments: &[Val<'a>]) -> Val<'a> {
    match arguments {
        [_, given, ..] if !empty(given) => given.clone(),
        [default, ..] => default.clone(),
        [] => Val::Nil,
    }
}

fn ternary<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let [yes, no, Val::Bool(test)] = arguments else {
        return Err("two values and true or false are needed".to_owned());
    };
    Ok(if *test { yes.clone() } else { no.clone() })
}

fn expanded(text: &str) -> String {
    talos::substitute(text, &[], &|name| std::env::var(name).ok())
        .map_or_else(|_| text.to_owned(), |done| done.text)
}

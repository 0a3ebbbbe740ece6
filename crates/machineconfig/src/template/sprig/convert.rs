//! Defaults, types, JSON, paths, the environment.

use yaml::{Dialect, Value};

use super::text_at;
use crate::template::functions::Answer;
use crate::template::print;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let first = || arguments.first().ok_or_else(|| "a value is missing".to_owned());
    let text = |n| text_at(arguments, n);
    Some(match name {
        "default" => Ok(default(arguments)),
        "empty" => first().map(|value| Val::Bool(empty(value))),
        "coalesce" => Ok(arguments.iter().find(|value| !empty(value)).cloned().unwrap_or(Val::Nil)),
        "all" => Ok(Val::Bool(!arguments.iter().any(empty))),
        "any" => Ok(Val::Bool(arguments.iter().any(|value| !empty(value)))),
        "ternary" => ternary(arguments),
        "fail" => Err(text(0).unwrap_or_else(|error| error)),
        "toJson" => first().map(|value| Val::text(print::json(value, true))),
        "toRawJson" => first().map(|value| Val::text(print::json(value, false))),
        "toPrettyJson" => first().map(|value| Val::text(pretty(&print::json(value, true)))),
        "fromJson" => text(0).and_then(|json| from_json(&json)),
        "typeOf" => {
            first().map(|value| Val::text(if matches!(value, Val::Nil) { "<nil>" } else { value.kind() }))
        }
        "kindOf" => first().map(|value| Val::text(kind(value))),
        "typeIs" | "kindIs" | "typeIsLike" => {
            text(0).map(|wanted| Val::Bool(arguments.get(1).is_some_and(|value| value.kind() == wanted)))
        }
        "deepEqual" => Ok(Val::Bool(
            arguments.len() == 2 && print::json(&arguments[0], false) == print::json(&arguments[1], false),
        )),
        "deepCopy" => first().cloned(),
        "env" => text(0).map(|name| Val::text(std::env::var(name).unwrap_or_default())),
        "expandenv" => text(0).map(|text| Val::text(expanded(&text))),
        "base" | "osBase" => text(0).map(|path| Val::text(base(&path))),
        "dir" | "osDir" => text(0).map(|path| Val::text(dir(&path))),
        "clean" | "osClean" => text(0).map(|path| Val::text(clean(&path))),
        "ext" | "osExt" => text(0).map(|path| Val::text(extension(&path))),
        "isAbs" | "osIsAbs" => text(0).map(|path| Val::Bool(path.starts_with('/'))),
        "semverCompare" => text(0)
            .and_then(|constraint| super::regexes::semver_compare(&constraint, &text(1)?).map(Val::Bool)),
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

/// What sprig calls empty: zero values, but no structure.
pub(super) fn empty(value: &Val<'_>) -> bool {
    !value.truth()
}

fn default<'a>(arguments: &[Val<'a>]) -> Val<'a> {
    match arguments {
        [_, given] if !empty(given) => given.clone(),
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

fn from_json<'a>(text: &str) -> Answer<'a> {
    let value = yaml::load_one(text, Dialect::Yaml12).map_err(|_| "this is not JSON".to_owned())?;
    Ok(owned(&value))
}

/// Data that owns itself. Numbers of JSON are floats in Go.
#[expect(clippy::cast_precision_loss, reason = "as Go reads JSON")]
fn owned<'a>(value: &Value) -> Val<'a> {
    match value {
        Value::Null => Val::Nil,
        Value::Bool(value) => Val::Bool(*value),
        Value::Int(value) => Val::Float(*value as f64),
        Value::Float(value) => Val::Float(*value),
        Value::String(text) => Val::text(text),
        Value::Sequence(items) => Val::list(items.iter().map(owned).collect()),
        Value::Mapping(mapping) => Val::map(
            mapping
                .iter()
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), owned(value))))
                .collect(),
        ),
    }
}

/// JSON with line breaks and two blanks a level.
fn pretty(json: &str) -> String {
    let (mut out, mut level, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    level += 1;
                    out.push('\n');
                    out.push_str(&"  ".repeat(level));
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                out.push('\n');
                out.push_str(&"  ".repeat(level));
                out.push(c);
            }
            ',' => {
                out.push_str(",\n");
                out.push_str(&"  ".repeat(level));
            }
            ':' => out.push_str(": "),
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn expanded(text: &str) -> String {
    talos::substitute(text, &[], &|name| std::env::var(name).ok())
        .map_or_else(|_| text.to_owned(), |done| done.text)
}

fn base(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".to_owned(),
        "" => "/".to_owned(),
        path => path.rsplit('/').next().unwrap_or(path).to_owned(),
    }
}

fn dir(path: &str) -> String {
    path.rfind('/').map_or_else(|| ".".to_owned(), |end| clean(&path[..=end]))
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or_else(String::new, |dot| name[dot..].to_owned())
}

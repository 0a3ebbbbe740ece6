//! From an engine error to ours: the place in the template as written, safe words, and near names.

use cliutil::did_you_mean;
use minijinja::{Error as EngineError, ErrorKind};
use yaml::Value;

use crate::error::{Error, Place, describe};
use crate::sources::{FRONT, Loaded, Sources};
use crate::{front, functions, known};

/// Explains an engine error that came while rendering with `data`.
pub(crate) fn explain(error: &EngineError, sources: &Sources, data: Option<&Value>) -> Error {
    let chain = chain(error);
    let Some((inner, outer)) = chain.split_last() else {
        return Error::new("template/operation", "this cannot be rendered", None);
    };
    let (code, message) = describe(inner);
    let broken =
        message.strip_prefix(FRONT).or_else(|| inner.name().filter(|_| message.ends_with(front::BROKEN)));
    if let Some(name) = broken
        && let Some(loaded) = sources.loaded(name)
        && let Some((front, place)) = loaded.broken()
    {
        return Error::new("template/syntax", front.message, Some(place))
            .with_help(Some(front.help.clone()))
            .with_callers(places(outer, sources));
    }
    let place = place(inner, sources);
    finished(inner, code, &message, place, data).with_callers(places(outer, sources))
}

/// The error and what caused it, outermost first.
fn chain(error: &EngineError) -> Vec<&EngineError> {
    let mut chain = vec![error];
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<EngineError>() {
            chain.push(error);
        }
        next = error.source();
    }
    chain
}

/// Where the template of the error was included from, innermost first, each place once.
fn places(errors: &[&EngineError], sources: &Sources) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for place in errors.iter().rev().filter_map(|error| place(error, sources)) {
        let seen = |other: &Place| other.range == place.range && other.source.name() == place.source.name();
        if !places.iter().any(seen) {
            places.push(place);
        }
    }
    places
}

/// The error with its help, and for an undefined value with the whole expression named and marked.
fn finished(
    error: &EngineError,
    code: &'static str,
    message: &str,
    mut place: Option<Place>,
    data: Option<&Value>,
) -> Error {
    // What was imported is called by its own name.
    let mut message = message.replace("`__from.", "`");
    if let (Some(place), Some(expression)) = (&mut place, quoted(&message).map(str::to_owned)) {
        let text = place.source.text();
        let before = text.get(..place.range.end).unwrap_or_default();
        // A filter or an operator that refuses a value stands behind it.
        let operand = text.get(..place.range.start).unwrap_or_default().trim_end_matches([' ', '|']);
        if before.ends_with(&expression) {
            place.range.start = place.range.end - expression.len();
        } else if ends_with_name(operand, &expression) {
            place.range = operand.len() - expression.len()..operand.len();
        } else if expression.contains("...")
            && let Some(written) = text.get(place.range.clone()).filter(|written| !written.contains('\n'))
        {
            // The engine could not name it; the template can.
            message = message.replace(&format!("`{expression}`"), &format!("`{written}`"));
        }
    }
    let help = help(error, place.as_ref(), &message, data);
    Error::new(code, message, place).with_help(help)
}

/// Whether a text ends with a name that is not the end of a longer one.
fn ends_with_name(text: &str, name: &str) -> bool {
    text.strip_suffix(name)
        .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ']')))
}

/// What stands between the first two backticks.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1).filter(|expression| !expression.is_empty())
}

fn place(error: &EngineError, sources: &Sources) -> Option<Place> {
    let loaded = sources.loaded(error.name()?)?;
    if let Some(range) = error.range() {
        return Some(loaded.place(&range));
    }
    // Without a span the line of the rewritten text is all there is; it has the same lines up to dropped comments.
    let line = error.line()?.saturating_sub(1);
    let start = error.template_source().and_then(|text| line_start(text, line))?;
    Some(loaded.place(&(start..start)))
}

fn line_start(text: &str, line: usize) -> Option<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).nth(line)
}

fn help(error: &EngineError, place: Option<&Place>, message: &str, data: Option<&Value>) -> Option<String> {
    let words = |name: &str| format!("did you mean {name}?");
    match error.kind() {
        ErrorKind::UnknownFilter => near(message, &known::FILTERS).map(words),
        ErrorKind::UnknownTest => near(message, &known::TESTS).map(words),
        ErrorKind::UnknownFunction => {
            let names: Vec<_> = known::FUNCTIONS.iter().chain(&functions::NAMES).copied().collect();
            near(message, &names).map(words)
        }
        ErrorKind::UndefinedError => undefined_help(message, data),
        ErrorKind::TemplateNotFound => {
            let text = place.and_then(|place| place.source.text().get(place.range.clone()));
            text.map(|_| "templates are named by their path below an input folder".to_owned())
        }
        _ => None,
    }
}

/// `filter NAME is unknown`, `NAME is unknown`.
fn near<'n>(message: &str, names: &[&'n str]) -> Option<&'n str> {
    let name = message.strip_suffix(" is unknown")?.rsplit(' ').next()?;
    did_you_mean(name, names.iter().copied())
}

/// A key of the data near the one that is missing.
pub(crate) fn undefined_help(message: &str, data: Option<&Value>) -> Option<String> {
    let expression = quoted(message)?;
    let (path, name) =
        expression.rsplit_once('.').map_or((None, expression), |(path, name)| (Some(path), name));
    let mapping = match path {
        None => data?.as_mapping()?,
        Some(path) => walk(data?, path)?.as_mapping()?,
    };
    let keys: Vec<_> = mapping.iter().filter_map(|(key, _)| key.as_str()).collect();
    let prefix = path.map_or(String::new(), |path| format!("{path}."));
    match did_you_mean(name, keys.iter().copied()) {
        Some(near) => Some(format!("did you mean {prefix}{near}?")),
        None => Some("give it in the data, or use | default(…)".to_owned()),
    }
}

/// The value at `a.b[0]['c']`.
fn walk<'v>(data: &'v Value, path: &str) -> Option<&'v Value> {
    path.split(['.', '[']).try_fold(data, |value, part| {
        let part = part.strip_suffix(']').unwrap_or(part);
        match part.parse::<usize>() {
            Ok(index) => value.as_sequence()?.get(index),
            Err(_) => value.get(part.trim_matches(['\'', '"'])),
        }
    })
}

/// An error of an expression that stands alone.
pub(crate) fn explain_expression(error: &EngineError, loaded: &Loaded, data: Option<&Value>) -> Error {
    let chain = chain(error);
    let inner = chain.last().copied().unwrap_or(error);
    let (code, message) = describe(inner);
    let place = Some(inner.range().map_or_else(
        || Place { source: std::sync::Arc::clone(&loaded.source), range: 0..loaded.source.text().len() },
        |range| loaded.place(&range),
    ));
    finished(inner, code, &message, place, data)
}

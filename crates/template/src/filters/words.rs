//! Filters about text, as Jinja2 3.1 has them.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::arguments::Arguments;
use super::markup::{escaped, escapes, within_safe};
use crate::python;

/// `indent(width=4, first=False, blank=False)`. The last line break stays; `width` may be a string.
pub(super) fn indent(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["width", "first", "blank"])?;
    let width = args.value("width").unwrap_or_else(|| Value::from(4));
    let (first, blank) = (args.flag("first", false), args.flag("blank", false));
    super::refuse_undefined(state, value)?;
    let Some(text) = value.as_str() else {
        return Err(crate::error::own(ErrorKind::InvalidOperation, "indent needs text: use | string first"));
    };
    let by = match width.as_str() {
        Some(text) => text.to_owned(),
        None => " ".repeat(python::checked_width(width.as_i64().unwrap_or(0))?),
    };
    // Jinja2 adds a line break before it splits, so that the last one is kept.
    let text = format!("{text}\n");
    let mut out = String::with_capacity(text.len() * 2);
    if first {
        out.push_str(&by);
    }
    for (n, line) in python::split_lines(&text, false).into_iter().enumerate() {
        if n > 0 {
            out.push('\n');
            if blank || !line.is_empty() {
                out.push_str(&by);
            }
        }
        out.push_str(line);
    }
    Ok(super::like(value, out))
}

/// `trim(chars=None)`; what is safe stays so.
pub(super) fn trim(state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["chars"])?;
    let text = super::text(state, value)?;
    let trimmed = python::strip(&text, "strip", args.text("chars").as_deref());
    Ok(super::like(value, trimmed.to_owned()))
}

/// `replace(old, new, count=None)`. A text that is safe, or becomes so for what is put in, gets no unsafe one.
pub(super) fn replace(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["old", "new", "count"])?;
    let count = args.get::<i64>("count")?.unwrap_or(-1);
    let (old, new) = (args.required("old")?, args.required("new")?);
    let (mut text, old_text) = (super::text(state, value)?, super::text(state, &old)?);
    let mut new_text = super::text(state, &new)?;
    let safe = escapes(state) && (value.is_safe() || old.is_safe() || new.is_safe());
    if safe {
        (text, new_text) = (within_safe(value), within_safe(&new));
    }
    let replaced = match usize::try_from(count) {
        Ok(count) => text.replacen(&old_text, &new_text, count),
        Err(_) => text.replace(&old_text, &new_text),
    };
    Ok(if safe { Value::from_safe_string(replaced) } else { Value::from(replaced) })
}

/// `title`: words begin after blanks and one of `-({[<`.
pub(super) fn title(state: &State, value: &Value) -> Result<String, Error> {
    let mut begins = true;
    let mut out = String::new();
    for c in super::text(state, value)?.chars() {
        if begins {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        begins = c.is_whitespace() || matches!(c, '-' | '(' | '{' | '[' | '<');
    }
    Ok(out)
}

/// `center(width=80)`.
pub(super) fn center(
    state: &State,
    value: &Value,
    width: Option<i64>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let width = python::checked_width(super::parameter(width, &kwargs, "width")?.unwrap_or(80))?;
    kwargs.assert_all_used()?;
    let text = super::text(state, value)?;
    let missing = width.saturating_sub(text.chars().count());
    let left = missing / 2 + (missing & width & 1);
    Ok(format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left)))
}

/// `truncate(length=255, killwords=False, end='...', leeway=5)`.
pub(super) fn truncate(
    usual_leeway: usize,
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["length", "killwords", "end", "leeway"])?;
    let length = args.get("length")?.unwrap_or(255_usize);
    let killwords = args.flag("killwords", false);
    let end = args.text("end").unwrap_or_else(|| "...".to_owned());
    let leeway = args.get("leeway")?.unwrap_or(usual_leeway);
    let text = super::text(state, value)?;
    let ending = end.chars().count();
    if length < ending {
        return Err(crate::error::own(
            ErrorKind::InvalidOperation,
            "truncate: length must not be less than that of the end",
        ));
    }
    if matches!(value.kind(), ValueKind::None | ValueKind::Bool | ValueKind::Number) {
        return Err(crate::error::own(
            ErrorKind::InvalidOperation,
            "truncate needs text: use | string first",
        ));
    }
    if value.len().unwrap_or_else(|| text.chars().count()) <= length.saturating_add(leeway) {
        // Anything that is short enough stays what it is.
        return Ok(value.clone());
    }
    let kept: String = text.chars().take(length - ending).collect();
    let kept =
        if killwords { kept.as_str() } else { kept.rsplit_once(' ').map_or(kept.as_str(), |(kept, _)| kept) };
    Ok(Value::from(format!("{kept}{end}")))
}

/// `wordcount`: runs of letters, digits and underscores.
pub(super) fn wordcount(state: &State, value: &Value) -> Result<usize, Error> {
    let text = super::text(state, value)?;
    Ok(text.split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|word| !word.is_empty()).count())
}

/// `wordwrap(width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True)`.
pub(super) fn wordwrap(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let args =
        Arguments::new(args, kwargs, &["width", "break_long_words", "wrapstring", "break_on_hyphens"])?;
    let width = args.get("width")?.unwrap_or(79_usize).max(1);
    let break_long = args.flag("break_long_words", true);
    let wrapstring = args.text("wrapstring").unwrap_or_else(|| "\n".to_owned());
    let hyphens = args.flag("break_on_hyphens", true);
    super::refuse_nothing(value)?;
    if value.as_str().is_none() {
        return Err(crate::error::own(
            ErrorKind::InvalidOperation,
            "wordwrap needs text: use | string first",
        ));
    }
    let text = super::text(state, value)?;
    let lines = python::split_lines(&text, false);
    let wrapped: Vec<_> =
        lines.into_iter().map(|line| wrap(line, width, break_long, hyphens).join(&wrapstring)).collect();
    Ok(wrapped.join(&wrapstring))
}

/// `textwrap.wrap` with `expand_tabs=False, replace_whitespace=False`, for text of one line.
fn wrap(line: &str, width: usize, break_long: bool, hyphens: bool) -> Vec<String> {
    // The next chunk is the last one, as in CPython's `_wrap_chunks`.
    let mut chunks = chunks(line, hyphens);
    chunks.reverse();
    let mut lines: Vec<String> = Vec::new();
    while !chunks.is_empty() {
        let mut current: Vec<String> = Vec::new();
        let mut len = 0;
        if !lines.is_empty() && is_blank(chunks.last()) {
            chunks.pop();
        }
        while let Some(chunk) = chunks.pop_if(|chunk| len + chunk.chars().count() <= width) {
            len += chunk.chars().count();
            current.push(chunk);
        }
        if let Some(chunk) = chunks.pop_if(|chunk| chunk.chars().count() > width) {
            if break_long {
                let room = (width - len).max(usize::from(width == len && current.is_empty()));
                current.push(chunk.chars().take(room).collect());
                chunks.push(chunk.chars().skip(room).collect());
            } else if current.is_empty() {
                current.push(chunk);
            } else {
                chunks.push(chunk);
            }
        }
        if is_blank(current.last()) {
            current.pop();
        }
        if !current.is_empty() {
            lines.push(current.concat());
        }
    }
    lines
}

fn is_blank(chunk: Option<&String>) -> bool {
    chunk.is_some_and(|chunk| chunk.trim().is_empty())
}

/// Words and the blanks between them; a word may be cut behind a hyphen between letters.
fn chunks(line: &str, hyphens: bool) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    let mut current = String::new();
    let chars: Vec<char> = line.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        let blank = c.is_whitespace();
        if current.chars().next().is_some_and(|first| first.is_whitespace() != blank) {
            chunks.push(std::mem::take(&mut current));
        }
        current.push(*c);
        let letters = |range: std::ops::Range<usize>| {
            range.clone().count() > 0
                && chars.get(range).is_some_and(|part| part.iter().all(|c| c.is_alphabetic()))
        };
        if hyphens && *c == '-' && n >= 2 && letters(n - 2..n) && letters(n + 1..n + 3) {
            chunks.push(std::mem::take(&mut current));
        }
    }
    if !current.is_empty() {
        chunks.push(current);
    }
    chunks
}

/// `striptags`: without tags and comments, blanks joined, entities of the basic set resolved.
pub(super) fn striptags(state: &State, value: &Value) -> Result<String, Error> {
    let mut text = super::text(state, value)?;
    while let Some(start) = text.find("<!--") {
        let Some(end) = text[start..].find("-->") else { break };
        text.replace_range(start..start + end + 3, "");
    }
    while let Some(start) = text.find('<') {
        let Some(end) = text[start..].find('>') else { break };
        text.replace_range(start..=start + end, "");
    }
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#34;", "\""), ("&amp;", "&")];
    Ok(entities.iter().fold(joined, |text, (entity, c)| text.replace(entity, c)))
}

/// `xmlattr(autospace=True)`.
pub(super) fn xmlattr(
    state: &State,
    value: &Value,
    autospace: Option<bool>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let autospace = super::parameter(autospace, &kwargs, "autospace")?.unwrap_or(true);
    kwargs.assert_all_used()?;
    super::refuse_no_mapping(value)?;
    let mut items = Vec::new();
    for (key, value) in python::pairs(value)? {
        if matches!(value.kind(), ValueKind::None | ValueKind::Undefined) {
            continue;
        }
        let Some(key) = key.as_str() else {
            return Err(crate::error::own(
                ErrorKind::InvalidOperation,
                "xmlattr: the name of an attribute is text",
            ));
        };
        if key.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '=')) {
            return Err(crate::error::own(
                ErrorKind::InvalidOperation,
                "xmlattr: invalid character in attribute name",
            ));
        }
        items.push(format!("{}=\"{}\"", escaped(key), within_safe(&value)));
    }
    let text = items.join(" ");
    let text = if autospace && !text.is_empty() { format!(" {text}") } else { text };
    Ok(if escapes(state) { Value::from_safe_string(text) } else { Value::from(text) })
}

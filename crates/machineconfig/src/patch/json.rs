//! JSON patches (RFC 6902), as evanphx/json-patch applies them for Talos: a missing parent is an error, a list index
//! may be negative, a missing value of a mapping is null. So `replace` adds a key that is not there, `copy` copies null
//! from one, and `test` finds null at one. Only `replace` and `test` take the whole document (an empty path).

use yaml::{Dialect, Mapping, Value};

use super::data::through_json;
use crate::schema::Type;
use crate::typed::{Decoder, Reading};
use crate::{Problem, Problems};

/// One operation.
#[derive(Clone)]
pub(crate) struct Operation {
    name: Name,
    path: Pointer,
    from: Option<Pointer>,
    value: Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// A JSON pointer: its text and its parts.
#[derive(Clone)]
struct Pointer {
    text: String,
    parts: Vec<String>,
}

/// Reads a list of operations, of which nothing at all has none; no answer when the text is no list of mappings.
pub(crate) fn operations(text: &str) -> Option<Result<Vec<Operation>, Problems>> {
    let list = data(text)?;
    if list.is_null() {
        return Some(Ok(Vec::new()));
    }
    let items = list.as_sequence()?;
    if items.iter().any(|item| item.as_mapping().is_none()) {
        return None;
    }
    let (good, bad): (Vec<_>, Vec<_>) =
        items.iter().enumerate().map(|(n, item)| operation(n, item)).partition(Result::is_ok);
    let problems: Problems = bad.into_iter().filter_map(Result::err).collect();
    Some(if problems.is_empty() { Ok(good.into_iter().flatten().collect()) } else { Err(problems) })
}

/// The first document, dates and bytes as go-yaml has them; no answer when it cannot be read.
fn data(text: &str) -> Option<Value> {
    let stream = yaml::parse(text).ok()?;
    if !yaml::check_duplicates(&stream, Dialect::GoYamlV3).is_empty() {
        return None;
    }
    let Some(first) = stream.documents.first() else { return Some(Value::Null) };
    let mut decoder = Decoder::new(Reading::Machine);
    let value = decoder.value(&first.root, &Type::Any);
    decoder.errors.is_empty().then(|| value.unwrap_or_default())
}

fn operation(n: usize, item: &Value) -> Result<Operation, Problem> {
    let wrong = |message: String| Problem::new("patch/json-operation", message).on(format!("[{n}]"));
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let name = match text("op") {
        Some("add") => Name::Add,
        Some("remove") => Name::Remove,
        Some("replace") => Name::Replace,
        Some("move") => Name::Move,
        Some("copy") => Name::Copy,
        Some("test") => Name::Test,
        Some(other) => {
            return Err(wrong(format!("{other} is no operation (add, remove, replace, move, copy, test)")));
        }
        None => return Err(wrong("this operation has no op".to_owned())),
    };
    let pointer = |key: &str| {
        let text = text(key).ok_or_else(|| wrong(format!("this operation has no {key}")))?;
        Pointer::new(text).ok_or_else(|| wrong(format!("{text} is no {key}: it begins with a slash")))
    };
    let path = pointer("path")?;
    let from = match name {
        Name::Move | Name::Copy => Some(pointer("from")?),
        _ => None,
    };
    let moves = matches!(name, Name::Add | Name::Remove | Name::Move | Name::Copy);
    if moves && [Some(&path), from.as_ref()].into_iter().flatten().any(|pointer| pointer.parts.is_empty()) {
        return Err(wrong("this operation cannot take the whole document (an empty path)".to_owned())
            .with_help("replace can, with the whole new document"));
    }
    let value = match (name, item.get("value")) {
        (Name::Add | Name::Replace, None) => return Err(wrong("this operation has no value".to_owned())),
        (_, value) => through_json(value.cloned().unwrap_or_default())
            .map_err(|problem| problem.on(format!("[{n}].value")))?,
    };
    let is_scalar = value.as_mapping().is_none() && value.as_sequence().is_none();
    if name == Name::Replace && path.parts.is_empty() && is_scalar {
        return Err(wrong("the whole document cannot become a scalar".to_owned()));
    }
    Ok(Operation { name, path, from, value })
}

impl Pointer {
    /// Reads a pointer, which may stand in a URI (`#/a`) too; none when it begins with a name.
    fn new(text: &str) -> Option<Self> {
        let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
        let whole = text.strip_prefix('#').filter(|rest| !rest.is_empty()).unwrap_or(text);
        let begins_well = whole.is_empty() || whole.starts_with('/');
        let parts = whole.split('/').skip(1).map(unescape).collect();
        begins_well.then(|| Self { text: text.to_owned(), parts })
    }

    fn missing(&self) -> Problem {
        Problem::new("patch/json-path", format!("there is no {} to change", self.text)).on(self.text.clone())
    }

    /// The parent of what it points at, and the last part.
    fn parent<'v>(&self, root: &'v mut Value) -> Result<(&'v mut Value, &str), Problem> {
        let (last, before) = self.parts.split_last().ok_or_else(|| self.missing())?;
        let mut at = root;
        for part in before {
            at = child(at, part).ok_or_else(|| self.missing())?;
        }
        Ok((at, last))
    }

    fn get<'v>(&self, root: &'v mut Value) -> Result<Option<&'v mut Value>, Problem> {
        if self.parts.is_empty() {
            return Ok(Some(root));
        }
        let (parent, last) = self.parent(root)?;
        let in_mapping = parent.as_mapping().is_some();
        match child(parent, last) {
            None if !in_mapping => Err(self.missing()),
            found => Ok(found),
        }
    }

    fn take(&self, root: &mut Value) -> Result<Value, Problem> {
        let (parent, last) = self.parent(root)?;
        match parent {
            Value::Mapping(mapping) => mapping.remove(last).ok_or_else(|| self.missing()),
            Value::Sequence(items) => {
                let at =
                    index(last, items.len()).filter(|at| *at < items.len()).ok_or_else(|| self.missing())?;
                Ok(items.remove(at))
            }
            _ => Err(self.missing()),
        }
    }

    fn add(&self, root: &mut Value, value: Value) -> Result<(), Problem> {
        let (parent, last) = self.parent(root)?;
        match parent {
            Value::Mapping(mapping) => drop(mapping.insert(last, value)),
            Value::Sequence(items) => {
                let most = items.len() + 1;
                let at =
                    if last == "-" { Some(items.len()) } else { index(last, most).filter(|at| *at < most) };
                items.insert(at.ok_or_else(|| self.missing())?, value);
            }
            _ => return Err(self.missing()),
        }
        Ok(())
    }
}

fn child<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match value {
        Value::Mapping(mapping) => mapping.get_mut(part),
        Value::Sequence(items) => {
            let at = index(part, items.len())?;
            items.get_mut(at)
        }
        _ => None,
    }
}

/// A list index; a negative one counts from the end.
fn index(part: &str, length: usize) -> Option<usize> {
    let number: i64 = part.parse().ok()?;
    if number < 0 {
        usize::try_from(number + i64::try_from(length).ok()?).ok()
    } else {
        usize::try_from(number).ok()
    }
}

impl Operation {
    pub(crate) fn apply(&self, root: &mut Value) -> Result<(), Problem> {
        match self.name {
            Name::Add => self.path.add(root, self.value.clone()),
            Name::Remove => self.path.take(root).map(drop),
            Name::Replace => {
                match self.path.get(root)? {
                    Some(there) => *there = self.value.clone(),
                    None => self.path.add(root, self.value.clone())?,
                }
                Ok(())
            }
            Name::Move => {
                let from = self.from.as_ref().ok_or_else(|| self.path.missing())?;
                let value = from.take(root)?;
                self.path.add(root, value)
            }
            Name::Copy => {
                let from = self.from.as_ref().ok_or_else(|| self.path.missing())?;
                let value = from.get(root)?.cloned().unwrap_or_default();
                self.path.add(root, value)
            }
            Name::Test => {
                let there = self.path.get(root)?.cloned().unwrap_or_default();
                if same(&there, &self.value) {
                    return Ok(());
                }
                let path = self.path.text.clone();
                Err(Problem::new(
                    "patch/json-test",
                    format!("the test of {path} fails: another value is there"),
                )
                .on(path))
            }
        }
    }
}

/// Equal, whatever the order of keys.
fn same(left: &Value, right: &Value) -> bool {
    let entries = |left: &Mapping, right: &Mapping| {
        left.len() == right.len()
            && left.iter().all(|(key, value)| {
                key.as_str().and_then(|key| right.get(key)).is_some_and(|other| same(value, other))
            })
    };
    match (left, right) {
        (Value::Mapping(left), Value::Mapping(right)) => entries(left, right),
        (Value::Sequence(left), Value::Sequence(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(document: &str, patch: &str) -> Result<Value, &'static str> {
        let mut value = yaml::load_one(document, Dialect::GoYamlV3).unwrap();
        for operation in operations(patch).unwrap().map_err(|problems| problems[0].code)? {
            operation.apply(&mut value).map_err(|problem| problem.code)?;
        }
        Ok(value)
    }

    fn data(text: &str) -> Value {
        yaml::load_one(text, Dialect::GoYamlV3).unwrap()
    }

    #[test]
    fn operations_of_the_rfc() {
        assert_eq!(apply("{a: 1}", "[{op: add, path: /b, value: 2}]").unwrap(), data("{a: 1, b: 2}"));
        assert_eq!(apply("{a: [1]}", "[{op: add, path: /a/-, value: 2}]").unwrap(), data("{a: [1, 2]}"));
        assert_eq!(apply("{a: [1]}", "[{op: add, path: /a/0, value: 2}]").unwrap(), data("{a: [2, 1]}"));
        assert_eq!(apply("{a: [1, 2]}", "[{op: remove, path: /a/-1}]").unwrap(), data("{a: [1]}"));
        assert_eq!(apply("{a/b: 1}", "[{op: replace, path: /a~1b, value: 2}]").unwrap(), data("{a/b: 2}"));
        assert_eq!(apply("{a: 1}", "[{op: move, from: /a, path: /b}]").unwrap(), data("{b: 1}"));
        assert_eq!(apply("{a: 1}", "[{op: copy, from: /a, path: /b}]").unwrap(), data("{a: 1, b: 1}"));
        assert_eq!(
            apply("{a: {x: 1, y: 2}}", "[{op: test, path: /a, value: {y: 2, x: 1}}]").unwrap(),
            data("{a: {x: 1, y: 2}}")
        );
        assert!(apply("{a: 1}", "[{op: test, path: /b, value: null}]").is_ok());
    }

    #[test]
    fn a_missing_key_is_null() {
        assert_eq!(apply("{a: 1}", "[{op: replace, path: /b, value: 2}]").unwrap(), data("{a: 1, b: 2}"));
        assert_eq!(apply("{a: 1}", "[{op: copy, from: /x, path: /b}]").unwrap(), data("{a: 1, b: null}"));
    }

    #[test]
    fn what_does_not_fit() {
        for patch in [
            "[{op: remove, path: /x}]",
            "[{op: replace, path: /a/5, value: 1}]",
            "[{op: add, path: /x/y, value: 1}]",
            "[{op: add, path: /a/5, value: 1}]",
            "[{op: copy, from: /x/z, path: /y}]",
        ] {
            assert_eq!(apply("{a: [1]}", patch).unwrap_err(), "patch/json-path", "{patch}");
        }
        assert_eq!(apply("{a: 1}", "[{op: test, path: /a, value: 2}]").unwrap_err(), "patch/json-test");
        assert_eq!(apply("{a: 1}", "[{op: test, path: /b, value: 2}]").unwrap_err(), "patch/json-test");
        for patch in [
            "[{op: x, path: /a}]",
            "[{path: /a}]",
            "[{op: add}]",
            "[{op: add, path: /a}]",
            "[{op: move, path: /a}]",
        ] {
            assert_eq!(apply("{a: 1}", patch).unwrap_err(), "patch/json-operation", "{patch}");
        }
        assert!(operations("a: 1").is_none() && operations("{}").is_none());
        for empty in ["", "# nothing\n", "---\n---\n", "null", "[]"] {
            assert!(operations(empty).unwrap().unwrap().is_empty(), "{empty:?}");
        }
    }
}

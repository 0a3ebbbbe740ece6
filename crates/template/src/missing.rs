//! All undefined names of a template in one run: where one is missing, something that can stand for anything is put,
//! and the template is rendered again for the next.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};
use minijinja::{Error as EngineError, State, Value as Jinja};

use crate::error::Error;
use crate::python;

/// More undefined names than this in one template are not looked for.
const MOST: usize = 50;

/// What stands for a missing value: it has every attribute, can be called, and is empty.
#[derive(Debug)]
struct Stand;

impl Object for Stand {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, _: &Jinja) -> Option<Jinja> {
        Some(Jinja::from_dyn_object(Arc::clone(self)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Jinja]) -> Result<Jinja, EngineError> {
        Ok(Jinja::from_dyn_object(Arc::clone(self)))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        _: &str,
        _: &[Jinja],
    ) -> Result<Jinja, EngineError> {
        Ok(Jinja::from_dyn_object(Arc::clone(self)))
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Gathers errors: `render` renders with the names it is given.
pub(crate) fn all(
    mut names: Vec<(Jinja, Jinja)>,
    first: Error,
    render: impl Fn(&[(Jinja, Jinja)]) -> Result<String, Error>,
) -> Vec<Error> {
    let mut errors = vec![first];
    while errors.len() < MOST {
        let Some(path) = errors.last().and_then(Error::undefined_path) else { break };
        let parts: Vec<&str> = path.split('.').collect();
        if !fill(&mut names, &parts) {
            break;
        }
        match render(&names) {
            // An error of another kind may come from what stands there.
            Err(error) if error.undefined_path().is_some_and(|next| next != path) => errors.push(error),
            _ => break,
        }
    }
    errors
}

fn fill(names: &mut Vec<(Jinja, Jinja)>, parts: &[&str]) -> bool {
    let Some((root, rest)) = parts.split_first() else { return false };
    let stand = || Jinja::from_object(Stand);
    match names.iter_mut().rev().find(|(name, _)| name.as_str() == Some(root)) {
        None => names.push((Jinja::from(*root), stand())),
        Some((_, value)) => match filled(value, rest) {
            Some(new) => *value = new,
            None => return false,
        },
    }
    true
}

/// A copy of a mapping in which something stands at a path.
fn filled(value: &Jinja, parts: &[&str]) -> Option<Jinja> {
    let (first, rest) = parts.split_first()?;
    if value.kind() != ValueKind::Map {
        return None;
    }
    let inner = value.get_attr(first).ok().filter(|inner| !inner.is_undefined());
    let new = match inner {
        None => Jinja::from_object(Stand),
        Some(inner) => filled(&inner, rest)?,
    };
    let mut entries: Vec<(Jinja, Jinja)> = Vec::new();
    for key in value.try_iter().ok()? {
        if key.as_str() != Some(first) {
            entries.push((key.clone(), value.get_item(&key).ok()?));
        }
    }
    entries.push((Jinja::from(*first), new));
    Some(python::dict(entries))
}

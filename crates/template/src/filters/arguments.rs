//! Arguments by place or by name, for filters with more of them than the engine binds itself.

use minijinja::value::{Kwargs, Rest};
use minijinja::{Error, ErrorKind, Value};

/// The arguments of a call.
pub(super) struct Arguments {
    given: Vec<(&'static str, Value)>,
}

impl Arguments {
    /// Binds what was given to `names`, in their order.
    pub(super) fn new(args: Rest<Value>, kwargs: Kwargs, names: &[&'static str]) -> Result<Self, Error> {
        if args.0.len() > names.len() {
            return Err(Error::from(ErrorKind::TooManyArguments));
        }
        let mut given: Vec<_> = names.iter().copied().zip(args.0).collect();
        for name in names {
            if kwargs.has(name) {
                if given.iter().any(|(taken, _)| taken == name) {
                    return Err(Error::from(ErrorKind::TooManyArguments));
                }
                given.push((name, kwargs.get(name)?));
            }
        }
        kwargs.assert_all_used()?;
        Ok(Self { given })
    }

    /// An argument, if it was given.
    pub(super) fn get<T: TryFrom<Value, Error = Error>>(&self, name: &str) -> Result<Option<T>, Error> {
        self.value(name).map(T::try_from).transpose()
    }

    /// An argument as it was given.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let found = self.given.iter().find(|(given, value)| *given == name && !value.is_none());
        found.map(|(_, value)| value.clone())
    }

    /// A text, if it was given.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(|value| crate::python::str_of(&value))
    }

    /// A switch, by its truth.
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        self.value(name).map_or(default, |value| value.is_true())
    }

    /// An argument that must be given.
    pub(super) fn required(&self, name: &str) -> Result<Value, Error> {
        let value = self.given.iter().find(|(given, _)| *given == name);
        value.map(|(_, value)| value.clone()).ok_or_else(|| Error::from(ErrorKind::MissingArgument))
    }
}

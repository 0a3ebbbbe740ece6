//! The type of an expression.

use super::names::{self, Scope};
use super::parse::Expr;
use super::types::Type::{
    self, Bool, Bytes, Double, Duration, Dyn, Int, Kind, List, Map, Optional, Text, Timestamp, Uint,
};

type Inferred = Result<Type, String>;

/// Finds types.
pub(super) struct Checker {
    scope: Scope,
    /// Names that a macro such as `exists` gives.
    bound: Vec<(String, Type)>,
}

impl Checker {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope, bound: Vec::new() }
    }

    /// The type of an expression, or why it has none.
    pub(super) fn infer(&mut self, expression: &Expr) -> Inferred {
        match expression {
            Expr::Literal(kind) => Ok(kind.clone()),
            Expr::Name(name) => self.name(name),
            Expr::Field(value, name, maybe) => self.field(value, name, *maybe),
            Expr::Item(value, index, maybe) => self.item(value, index, *maybe),
            Expr::Call(target, name, arguments) => self.call(target.as_deref(), name, arguments),
            Expr::List(items) => Ok(Type::list(self.all(items)?)),
            Expr::Map(pairs) => {
                let (mut keys, mut values) = (None, None);
                for (key, value) in pairs {
                    keys = Some(joined(keys, self.infer(key)?));
                    values = Some(joined(values, self.infer(value)?));
                }
                Ok(Type::map(keys.unwrap_or(Dyn), values.unwrap_or(Dyn)))
            }
            Expr::Logic(parts) => {
                parts.iter().try_for_each(|part| self.is(part, &Bool, "&& and ||"))?;
                Ok(Bool)
            }
            Expr::Binary(sign, left, right) => {
                let (left, right) = (self.infer(left)?, self.infer(right)?);
                binary(sign, &left, &right).ok_or_else(|| {
                    format!("{sign} cannot be used with {left} and {right}{}", hint(&left, &right))
                })
            }
            Expr::Not(inner) => self.is(inner, &Bool, "!").map(|()| Bool),
            Expr::Negative(inner) => match self.infer(inner)? {
                kind @ (Int | Double | Dyn) => Ok(kind),
                other => Err(format!("- cannot be used with {other}")),
            },
            Expr::Choice(parts) => {
                let (condition, yes, no) = parts.as_ref();
                self.is(condition, &Bool, "?")?;
                let (yes, no) = (self.infer(yes)?, self.infer(no)?);
                yes.common(&no).ok_or_else(|| format!("? cannot give both {yes} and {no}"))
            }
        }
    }

    fn is(&mut self, expression: &Expr, wanted: &Type, sign: &str) -> Result<(), String> {
        let found = self.infer(expression)?;
        if found.fits(wanted) { Ok(()) } else { Err(format!("{sign} cannot be used with {found}")) }
    }

    fn all(&mut self, items: &[Expr]) -> Inferred {
        let mut kind = None;
        for item in items {
            kind = Some(joined(kind, self.infer(item)?));
        }
        Ok(kind.unwrap_or(Dyn))
    }

    fn name(&self, name: &str) -> Inferred {
        let bound = self.bound.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| kind.clone());
        bound.or_else(|| self.scope.variable(name)).ok_or_else(|| format!("{name} is not known"))
    }

    fn field(&mut self, value: &Expr, name: &str, maybe: bool) -> Inferred {
        let of = self.infer(value)?;
        let (of, wrapped) = match of {
            Optional(inner) => (*inner, true),
            other => (other, maybe),
        };
        let found = match &of {
            Dyn => Some(Dyn),
            Map(key, value) if key.fits(&Text) => Some(value.as_ref().clone()),
            Type::Message(message) => {
                Some(names::field(message, name).ok_or_else(|| format!("{message} has no field {name}"))?)
            }
            _ => None,
        };
        let found = found.ok_or_else(|| format!("{of} has no fields"))?;
        self.wrap(found, wrapped)
    }

    fn item(&mut self, value: &Expr, index: &Expr, maybe: bool) -> Inferred {
        let of = self.infer(value)?;
        let index = self.infer(index)?;
        let (of, wrapped) = match of {
            Optional(inner) => (*inner, true),
            other => (other, maybe),
        };
        let found = match &of {
            Dyn => Some(Dyn),
            List(item) if index.fits(&Int) => Some(item.as_ref().clone()),
            Map(key, item) if index.fits(key) => Some(item.as_ref().clone()),
            _ => None,
        };
        self.wrap(found.ok_or_else(|| format!("[] cannot be used with {of} and {index}"))?, wrapped)
    }

    fn wrap(&self, kind: Type, optional: bool) -> Inferred {
        match (optional, self.scope.has_optional()) {
            (false, _) => Ok(kind),
            (true, true) => Ok(Type::optional(kind)),
            (true, false) => Err("optional values are not possible here".to_owned()),
        }
    }

    fn call(&mut self, target: Option<&Expr>, name: &str, arguments: &[Expr]) -> Inferred {
        if let Some(found) = self.macros(target, name, arguments) {
            return found;
        }
        // `optional.of(x)` looks like a call of a method.
        if let (Some(Expr::Name(space)), true) = (target, self.scope.has_optional())
            && space == "optional"
        {
            return match (name, arguments) {
                ("none", []) => Ok(Type::optional(Dyn)),
                ("of" | "ofNonZeroValue", [value]) => Ok(Type::optional(self.infer(value)?)),
                _ => Err(format!("optional.{name} is not known")),
            };
        }
        let target = target.map(|target| self.infer(target)).transpose()?;
        let arguments =
            arguments.iter().map(|argument| self.infer(argument)).collect::<Result<Vec<_>, _>>()?;
        let found = match &target {
            None => self.function(name, &arguments),
            Some(target) => method(target, name, &arguments),
        };
        found.ok_or_else(|| {
            let shown: Vec<_> = target.iter().chain(&arguments).map(ToString::to_string).collect();
            format!("there is no {name} for ({})", shown.join(", "))
        })
    }

    /// `has`, and the macros that run over lists.
    fn macros(&mut self, target: Option<&Expr>, name: &str, arguments: &[Expr]) -> Option<Inferred> {
        match (target, name, arguments) {
            (None, "has", [field @ Expr::Field(_, _, false)]) => Some(self.infer(field).map(|_| Bool)),
            (None, "has", _) => Some(Err("has() needs a field".to_owned())),
            (Some(range), "all" | "exists" | "exists_one" | "existsOne", [variable, condition]) => {
                Some(self.run(range, variable, Some(condition), None).map(|_| Bool))
            }
            (Some(range), "filter", [variable, condition]) => {
                Some(self.run(range, variable, Some(condition), None).map(|(of, _)| Type::list(of)))
            }
            (Some(range), "map", [variable, value]) => {
                Some(self.run(range, variable, None, Some(value)).map(|(_, of)| Type::list(of)))
            }
            (Some(range), "map", [variable, condition, value]) => {
                Some(self.run(range, variable, Some(condition), Some(value)).map(|(_, of)| Type::list(of)))
            }
            (Some(value), "optMap" | "optFlatMap", [variable, result]) if self.scope.has_optional() => {
                Some(self.opt_map(value, variable, result, name == "optFlatMap"))
            }
            _ => None,
        }
    }

    /// What the items are, and what the value made of each is.
    fn run(
        &mut self,
        range: &Expr,
        variable: &Expr,
        condition: Option<&Expr>,
        value: Option<&Expr>,
    ) -> Result<(Type, Type), String> {
        let Expr::Name(variable) = variable else { return Err("a name is needed for the items".to_owned()) };
        let of = match self.infer(range)? {
            Dyn => Dyn,
            List(item) => *item,
            Map(key, _) => *key,
            other => return Err(format!("{other} has no items")),
        };
        self.bound.push((variable.clone(), of.clone()));
        let found = condition.map_or(Ok(()), |condition| self.is(condition, &Bool, "a condition"));
        let found = found.and_then(|()| value.map_or(Ok(Dyn), |value| self.infer(value)));
        self.bound.pop();
        found.map(|value| (of, value))
    }

    fn opt_map(&mut self, value: &Expr, variable: &Expr, result: &Expr, flat: bool) -> Inferred {
        let Expr::Name(variable) = variable else { return Err("a name is needed for the value".to_owned()) };
        let of = match self.infer(value)? {
            Optional(of) => *of,
            Dyn => Dyn,
            other => return Err(format!("{other} is not optional")),
        };
        self.bound.push((variable.clone(), of));
        let found = self.infer(result);
        self.bound.pop();
        found.map(|kind| if flat { kind } else { Type::optional(kind) })
    }

    fn function(&self, name: &str, arguments: &[Type]) -> Option<Type> {
        let one_of = |kinds: &[Type], result: Type| match arguments {
            [argument] if kinds.iter().any(|kind| argument.fits(kind)) => Some(result),
            _ => None,
        };
        match name {
            "size" => match arguments {
                [Text | Bytes | List(_) | Map(..) | Dyn] => Some(Int),
                _ => None,
            },
            "int" => one_of(&[Int, Uint, Double, Text, Timestamp, Duration], Int),
            "uint" => one_of(&[Int, Uint, Double, Text], Uint),
            "double" => one_of(&[Int, Uint, Double, Text], Double),
            "string" => one_of(&[Text, Bool, Int, Uint, Double, Bytes, Timestamp, Duration], Text),
            "bytes" => one_of(&[Bytes, Text], Bytes),
            "bool" => one_of(&[Bool, Text], Bool),
            "timestamp" => one_of(&[Timestamp, Text, Int], Timestamp),
            "duration" => one_of(&[Duration, Text, Int], Duration),
            "type" => (arguments.len() == 1).then_some(Kind),
            "dyn" => (arguments.len() == 1).then_some(Dyn),
            "matches" => texts(arguments, 2).then_some(Bool),
            "glob" if matches!(self.scope, Scope::Disk | Scope::Link) => texts(arguments, 2).then_some(Bool),
            "mac" if self.scope == Scope::Link => one_of(&[Bytes], Text),
            "multiply_qos_vectors" if self.scope == Scope::OomTrigger => {
                let vector = Type::map(Dyn, Double);
                (arguments.len() == 2 && arguments.iter().all(|kind| kind.fits(&vector))).then_some(Double)
            }
            _ => None,
        }
    }
}

fn method(target: &Type, name: &str, arguments: &[Type]) -> Option<Type> {
    match (target, name) {
        (Text | Bytes | List(_) | Map(..) | Dyn, "size") => arguments.is_empty().then_some(Int),
        (Text | Dyn, "contains" | "startsWith" | "endsWith" | "matches") => {
            texts(arguments, 1).then_some(Bool)
        }
        (Duration | Dyn, "getHours" | "getMinutes" | "getSeconds" | "getMilliseconds")
            if arguments.is_empty() =>
        {
            Some(Int)
        }
        (Timestamp | Dyn, name) if is_part_of_date(name) => {
            (arguments.is_empty() || texts(arguments, 1)).then_some(Int)
        }
        (Optional(_), "hasValue") => arguments.is_empty().then_some(Bool),
        (Optional(of), "value") => arguments.is_empty().then(|| of.as_ref().clone()),
        (Optional(of), "orValue") => match arguments {
            [other] => of.common(other),
            _ => None,
        },
        (Optional(_), "or") => match arguments {
            [other] => target.common(other),
            _ => None,
        },
        _ => None,
    }
}

fn is_part_of_date(name: &str) -> bool {
    matches!(
        name,
        "getFullYear"
            | "getMonth"
            | "getDate"
            | "getDayOfMonth"
            | "getDayOfWeek"
            | "getDayOfYear"
            | "getHours"
            | "getMinutes"
            | "getSeconds"
            | "getMilliseconds"
    )
}

fn texts(arguments: &[Type], count: usize) -> bool {
    arguments.len() == count && arguments.iter().all(|kind| kind.fits(&Text))
}

/// Values of different types in one list may be anything.
fn joined(known: Option<Type>, next: Type) -> Type {
    match known {
        None => next,
        Some(known) => known.common(&next).unwrap_or(Dyn),
    }
}

fn hint(left: &Type, right: &Type) -> &'static str {
    match (left, right) {
        (Uint, Int) | (Int, Uint) => "; numbers of type uint end with u: 100u",
        _ => "",
    }
}

/// What an operator gives; none when it does not go with these types.
fn binary(sign: &str, left: &Type, right: &Type) -> Option<Type> {
    match sign {
        "==" | "!=" => left.common(right).map(|_| Bool),
        "in" => match right {
            Dyn => Some(Bool),
            List(item) => left.fits(item).then_some(Bool),
            Map(key, _) => left.fits(key).then_some(Bool),
            _ => None,
        },
        "<" | "<=" | ">" | ">=" => left.common(right).filter(Type::is_ordered).map(|_| Bool),
        "+" => match (left, right) {
            (Timestamp, Duration) | (Duration, Timestamp) => Some(Timestamp),
            _ => left
                .common(right)
                .filter(|kind| matches!(kind, Dyn | Int | Uint | Double | Text | Bytes | List(_) | Duration)),
        },
        "-" => match (left, right) {
            (Timestamp, Timestamp) => Some(Duration),
            (Timestamp, Duration) => Some(Timestamp),
            _ => left.common(right).filter(|kind| matches!(kind, Dyn | Int | Uint | Double | Duration)),
        },
        "*" | "/" => left.common(right).filter(|kind| matches!(kind, Dyn | Int | Uint | Double)),
        _ => left.common(right).filter(|kind| matches!(kind, Dyn | Int | Uint)),
    }
}

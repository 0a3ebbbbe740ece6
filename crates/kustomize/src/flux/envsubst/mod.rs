//! Variables in a text, as Flux fills them in (fluxcd/pkg/envsubst 1.5): `${name}` and the forms known from shells. Where
//! that program differs from a shell, this one differs in the same way; what makes it crash, or gives bytes that are no
//! text, is an error here.

mod glob;
mod operators;
mod parse;

use std::borrow::Cow;
use std::ops::Range;

use operators::Operator;
use parse::{Call, Parser, Part};

/// The most a text may grow to.
const MAX_TEXT: usize = 64 << 20;

/// A text with its variables filled in.
#[derive(Debug, Default)]
pub(crate) struct Filled<'t> {
    pub(crate) text: String,
    /// What was filled in: the bytes of the result it became, and the variable's name; an expression that holds others
    /// stands here with the names of all.
    pub(crate) places: Vec<(Range<usize>, &'t str)>,
    /// Variables without a value or a default: the bytes of the expression in the text, and the name.
    pub(crate) unset: Vec<(Range<usize>, &'t str)>,
}

/// Why an expression cannot be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    Name,
    Brace,
    Operator,
    Argument,
    Default,
    Depth,
    Length,
    Character,
    Size,
}

/// An expression that cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) why: Why,
    /// The expression, as far as it was read.
    pub(crate) at: Range<usize>,
}

impl Why {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Name => "the name of a variable must follow ${",
            Self::Brace => "behind the name of a variable must stand } or an operator such as :- or /",
            Self::Operator => "this form of substitution is not known",
            Self::Argument => "the operator of this substitution needs a text behind it",
            Self::Default => "the default of this substitution cannot be read",
            Self::Depth => "substitutions are nested too deeply",
            Self::Length => "a part of a text cannot have a negative length",
            Self::Character => "this cuts a character in two; positions are counted in bytes",
            Self::Size => "the result is too large to be meant",
        }
    }

    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Name | Self::Brace | Self::Operator | Self::Argument | Self::Default => {
                "write ${NAME}, ${NAME:-default}, ${NAME/old/new} and the like; to keep the text as it is, write $${…}"
            }
            Self::Depth | Self::Size => "compute the value before, and put it into a variable of its own",
            Self::Length => "write ${NAME:start:length} with a length of 0 or more",
            Self::Character => "keep such a value in a variable of its own",
        }
    }
}

/// Fills in the variables of a text. All that are unset are told; of other problems the first.
pub(crate) fn fill<'t>(
    text: &'t str,
    lookup: &dyn Fn(&str) -> Option<&'t str>,
) -> Result<Filled<'t>, Trouble> {
    let mut parser = Parser::new(text);
    let mut filled = Filled { text: String::with_capacity(text.len()), ..Filled::default() };
    let mut evaluator = Evaluator { lookup, unset: Vec::new() };
    while let Some(part) = parser.next_part()? {
        match part {
            Part::Text(text) => filled.text.push_str(&text),
            Part::Call(call) => {
                let start = filled.text.len();
                filled.text.push_str(&evaluator.call(&call)?);
                let place = start..filled.text.len();
                names(&call, &mut |name| filled.places.push((place.clone(), name)));
            }
        }
        if filled.text.len() > MAX_TEXT {
            return Err(Trouble { why: Why::Size, at: 0..0 });
        }
    }
    filled.unset = evaluator.unset;
    Ok(filled)
}

/// The names in an expression, the outermost first.
fn names<'t>(call: &Call<'t>, each: &mut dyn FnMut(&'t str)) {
    each(call.name);
    for argument in &call.arguments {
        if let Part::Call(call) = argument {
            names(call, each);
        }
    }
}

struct Evaluator<'l, 't> {
    lookup: &'l dyn Fn(&str) -> Option<&'t str>,
    unset: Vec<(Range<usize>, &'t str)>,
}

impl<'t> Evaluator<'_, 't> {
    fn call(&mut self, call: &Call<'t>) -> Result<Cow<'t, str>, Trouble> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(match argument {
                Part::Text(text) => text.clone(),
                Part::Call(call) => self.call(call)?,
            });
        }
        let value = (self.lookup)(call.name);
        if value.is_none() && call.operator == Operator::None {
            self.unset.push((call.at.clone(), call.name));
        }
        call.operator
            .apply(value.unwrap_or_default(), &arguments)
            .map_err(|why| Trouble { why, at: call.at.clone() })
    }
}

#[cfg(test)]
mod tests;

//! Runs a template.

use std::ops::Range;
use std::rc::Rc;

use super::signature::{self, Kind};
use super::tree::{Branch, Command, Node, Pipeline, Set, Word, WordKind};
use super::value::Val;
use super::{Error, Result, functions, limits, print};

/// How deep templates may call each other: Go's own limit is larger, but nobody needs it.
const DEPTH: usize = 100;

/// Renders `set` over `data`.
pub(super) fn run(set: &Set, data: &Val<'_>) -> Result<String> {
    let mut run = Run {
        set,
        out: String::new(),
        variables: vec![(String::new(), data.clone())],
        depth: 0,
        levels: 0,
        spent: 0,
    };
    run.nodes(&set.main, data)?;
    Ok(run.out)
}

struct Run<'s, 'a> {
    set: &'s Set,
    out: String,
    variables: Vec<(String, Val<'a>)>,
    /// How many templates called each other.
    depth: usize,
    /// How many blocks and parentheses it is in.
    levels: usize,
    /// What was done so far.
    spent: usize,
}

/// Whether to go on with the list of nodes.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

impl<'a> Run<'_, 'a> {
    fn nodes(&mut self, nodes: &[Node], dot: &Val<'a>) -> Result<Flow> {
        for node in nodes {
            let flow = match node {
                Node::Text(text) => {
                    self.spend(text.len(), &(0..0))?;
                    self.out.push_str(text);
                    Flow::On
                }
                Node::Action(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        let text = print::print(&value);
                        self.spend(text.len(), &pipeline.place)?;
                        self.out.push_str(&text);
                    }
                    Flow::On
                }
                Node::If(branch) => self.branch(branch, dot, false)?,
                Node::With(branch) => self.branch(branch, dot, true)?,
                Node::Range(branch) => self.range(branch, dot)?,
                Node::Template { name, data, place } => {
                    self.template(name, data.as_ref(), place, dot)?;
                    Flow::On
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn branch(&mut self, branch: &Branch, dot: &Val<'a>, with: bool) -> Result<Flow> {
        let mark = self.variables.len();
        let value = self.pipeline(&branch.pipeline, dot)?;
        let flow = self.deeper(&branch.pipeline.place, |run| {
            if value.truth() {
                run.nodes(&branch.body, if with { &value } else { dot })
            } else {
                run.nodes(&branch.otherwise, dot)
            }
        })?;
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, branch: &Branch, dot: &Val<'a>) -> Result<Flow> {
        let mark = self.variables.len();
        let place = &branch.pipeline.place;
        let source = self.value_of(&branch.pipeline, dot)?;
        let pairs = pairs(&source, branch.pipeline.variables.len())
            .map_err(|message| Error { message, place: place.clone() })?;
        let mut empty = true;
        for (key, value) in pairs {
            empty = false;
            self.spend(0, place)?;
            self.bind(&branch.pipeline, key, &value)?;
            let flow = self.deeper(place, |run| run.nodes(&branch.body, &value))?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        if empty { self.deeper(place, |run| run.nodes(&branch.otherwise, dot)) } else { Ok(Flow::On) }
    }

    /// The variables of a loop, for one of its turns.
    fn bind(&mut self, pipeline: &Pipeline, key: Val<'a>, value: &Val<'a>) -> Result<()> {
        let bound = match pipeline.variables.as_slice() {
            [name] => vec![(name, value.clone())],
            [first, second] => vec![(first, key), (second, value.clone())],
            _ => Vec::new(),
        };
        for (name, value) in bound {
            if pipeline.assign {
                self.assign(name, value, &pipeline.place)?;
            } else {
                self.variables.push((name.clone(), value));
            }
        }
        Ok(())
    }

    fn template(
        &mut self,
        name: &str,
        data: Option<&Pipeline>,
        place: &Range<usize>,
        dot: &Val<'a>,
    ) -> Result<()> {
        let wrong = |message: String| Error { message, place: place.clone() };
        let set = self.set;
        let body = set.defined.get(name).ok_or_else(|| wrong(format!("there is no template {name}")))?;
        if self.depth == DEPTH {
            return Err(wrong("templates call each other without end".to_owned()));
        }
        let data = match data {
            Some(pipeline) => self.pipeline(pipeline, dot)?,
            None => Val::Nil,
        };
        let outer = std::mem::replace(&mut self.variables, vec![(String::new(), data.clone())]);
        self.depth += 1;
        self.deeper(place, |run| run.nodes(body, &data))?;
        self.depth -= 1;
        self.variables = outer;
        Ok(())
    }

    /// The value of a pipeline, kept in its variables.
    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Val<'a>) -> Result<Val<'a>> {
        let value = self.value_of(pipeline, dot)?;
        for name in &pipeline.variables {
            if !pipeline.assign {
                self.variables.push((name.clone(), value.clone()));
                continue;
            }
            self.assign(name, value.clone(), &pipeline.place)?;
        }
        Ok(value)
    }

    fn assign(&mut self, name: &str, value: Val<'a>, place: &Range<usize>) -> Result<()> {
        let found = self.variables.iter_mut().rev().find(|(known, _)| known == name);
        let missing = || Error { message: format!("there is no variable ${name}"), place: place.clone() };
        found.ok_or_else(missing)?.1 = value;
        Ok(())
    }

    fn value_of(&mut self, pipeline: &Pipeline, dot: &Val<'a>) -> Result<Val<'a>> {
        let mut last = None;
        for command in &pipeline.commands {
            last = Some(self.command(command, last, dot)?);
        }
        Ok(last.unwrap_or(Val::Nil))
    }

    fn command(&mut self, command: &Command, piped: Option<Val<'a>>, dot: &Val<'a>) -> Result<Val<'a>> {
        let Some((first, rest)) = command.words.split_first() else { return Ok(Val::Nil) };
        if let WordKind::Name(name) = &first.kind {
            return self.call(name, &first.place, rest, piped, dot);
        }
        if let (Some(word), _) | (None, Some(word)) = (rest.first(), piped.is_some().then_some(first)) {
            let message = "only functions take arguments (methods of Go values are not supported)".to_owned();
            return Err(Error { message, place: word.place.clone() });
        }
        if matches!(first.kind, WordKind::Nil) {
            let message = "nil alone is nothing that could be done".to_owned();
            return Err(Error { message, place: first.place.clone() });
        }
        self.word(first, dot)
    }

    fn call(
        &mut self,
        name: &str,
        place: &Range<usize>,
        words: &[Word],
        piped: Option<Val<'a>>,
        dot: &Val<'a>,
    ) -> Result<Val<'a>> {
        let wrong = |message: String| Error { message: format!("{name}: {message}"), place: place.clone() };
        let signature = signature::of(name).ok_or_else(|| wrong("this function is not known".to_owned()))?;
        signature.count(words.len() + usize::from(piped.is_some())).map_err(wrong)?;
        // These look at no more arguments than they need.
        if name == "and" || name == "or" {
            let mut value = Val::Nil;
            for word in words {
                value = self.word(word, dot)?;
                if value.truth() == (name == "or") {
                    return Ok(value);
                }
            }
            return Ok(piped.unwrap_or(value));
        }
        let mut arguments = Vec::with_capacity(words.len() + 1);
        for (n, word) in words.iter().enumerate() {
            arguments.push(self.argument(word, signature.kind(n), dot)?);
        }
        if let Some(piped) = piped {
            arguments.push(signature.kind(words.len()).take(piped).map_err(wrong)?);
        }
        let given = limits::weights(&arguments).map_err(wrong)?;
        let value = functions::call(name, &arguments).map_err(wrong)?;
        let made = limits::weight(&value).map_err(wrong)?;
        self.spend(given + made, place)?;
        Ok(value)
    }

    /// An argument that must be of a kind.
    fn argument(&mut self, word: &Word, kind: Kind, dot: &Val<'a>) -> Result<Val<'a>> {
        let value = self.word(word, dot)?;
        let constant = matches!(
            word.kind,
            WordKind::Nil | WordKind::Bool(_) | WordKind::Int(_) | WordKind::Float(_) | WordKind::Text(_)
        );
        let taken = if constant { kind.constant(value) } else { kind.take(value) };
        taken.map_err(|message| Error { message, place: word.place.clone() })
    }

    /// Counts what is done, so that no template runs without end or fills the memory.
    fn spend(&mut self, work: usize, place: &Range<usize>) -> Result<()> {
        self.spent = self.spent.saturating_add(work).saturating_add(limits::STEP);
        if self.spent > limits::WORK {
            let message = "this template does too much: it would run very long".to_owned();
            return Err(Error { message, place: place.clone() });
        }
        Ok(())
    }

    /// Runs what lies one level deeper.
    fn deeper<T>(&mut self, place: &Range<usize>, run: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.levels == limits::LEVELS {
            let message = "blocks and templates lie too deeply in each other".to_owned();
            return Err(Error { message, place: place.clone() });
        }
        self.levels += 1;
        let done = run(self);
        self.levels -= 1;
        done
    }

    fn word(&mut self, word: &Word, dot: &Val<'a>) -> Result<Val<'a>> {
        let wrong = |message: String| Error { message, place: word.place.clone() };
        match &word.kind {
            WordKind::Dot => Ok(dot.clone()),
            WordKind::Nil => Ok(Val::Nil),
            WordKind::Bool(value) => Ok(Val::Bool(*value)),
            WordKind::Int(value) => Ok(Val::Int(*value)),
            WordKind::Float(value) => Ok(Val::Float(*value)),
            WordKind::Text(text) => Ok(Val::Text(Rc::from(text.as_str()))),
            WordKind::Field(chain) => walk(dot.clone(), chain).map_err(wrong),
            WordKind::Variable(name, chain) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                let (_, value) = found.ok_or_else(|| wrong(format!("there is no variable ${name}")))?;
                walk(value.clone(), chain).map_err(wrong)
            }
            WordKind::Name(name) => self.call(name, &word.place, &[], None, dot),
            WordKind::Group(pipeline, chain) => {
                let value = self.deeper(&pipeline.place, |run| run.pipeline(pipeline, dot))?;
                walk(value, chain).map_err(wrong)
            }
        }
    }
}

/// What a loop goes over, each with its key; whole numbers have none.
fn pairs<'a>(
    source: &Val<'a>,
    variables: usize,
) -> std::result::Result<Box<dyn Iterator<Item = (Val<'a>, Val<'a>)> + 'a>, String> {
    Ok(match source.target() {
        list @ (Val::List(_) | Val::Bytes(_)) => {
            let items = list.items().unwrap_or_default().into_owned();
            Box::new(items.into_iter().zip(0..).map(|(item, n)| (Val::Int(n), item)))
        }
        Val::Map(map) => {
            let entries = map.entries.borrow().clone();
            Box::new(entries.into_iter().map(|(key, value)| (Val::text(key), value)))
        }
        Val::Int(_) | Val::Long(_) | Val::Byte(_) | Val::Mode(_) if variables > 1 => {
            return Err("range goes over a number with one variable only".to_owned());
        }
        Val::Int(count) => Box::new((0..*count).map(|n| (Val::Nil, Val::Int(n)))),
        Val::Long(count) => Box::new((0..*count).map(|n| (Val::Nil, Val::Long(n)))),
        Val::Byte(count) => Box::new((0..*count).map(|n| (Val::Nil, Val::Byte(n)))),
        Val::Mode(count) => Box::new((0..*count).map(|n| (Val::Nil, Val::Mode(n)))),
        Val::Nil => Box::new(std::iter::empty()),
        other => return Err(format!("range cannot go over a {}", other.kind())),
    })
}

/// Follows field names.
fn walk<'a>(mut value: Val<'a>, chain: &[String]) -> std::result::Result<Val<'a>, String> {
    for name in chain {
        value = match value.target() {
            Val::Struct(structure) => structure.field(name).ok_or_else(|| {
                format!("{name} is no field of {} (methods of Go values are not supported)", structure.name())
            })?,
            Val::Record(record) => record
                .field(name)
                .ok_or_else(|| format!("there is no {name} here (methods of Go values are not supported)"))?,
            Val::Map(map) => match map.entries.borrow().get(name) {
                Some(found) => found.clone(),
                // Nothing, and so is what is asked of it.
                None => return Ok(Val::Nil),
            },
            Val::NilPointer => return Err(format!("there is no {name}: what it would be in is not set")),
            Val::Nil => return Err(format!("there is no {name} in nothing")),
            other => return Err(format!("a {} has no {name}", other.kind())),
        };
    }
    Ok(value)
}

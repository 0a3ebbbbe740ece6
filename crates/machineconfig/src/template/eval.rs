//! Runs a template.

use std::ops::Range;
use std::rc::Rc;

use super::tree::{Branch, Command, Node, Pipeline, Set, Word, WordKind};
use super::value::Val;
use super::{Error, Result, functions, print};

/// How deep templates may call each other: Go's own limit is larger, but nobody needs it.
const DEPTH: usize = 100;

/// Renders `set` over `data`.
pub(super) fn run(set: &Set, data: &Val<'_>) -> Result<String> {
    let mut run = Run { set, out: String::new(), variables: vec![(String::new(), data.clone())], depth: 0 };
    run.nodes(&set.main, data)?;
    Ok(run.out)
}

struct Run<'s, 'a> {
    set: &'s Set,
    out: String,
    variables: Vec<(String, Val<'a>)>,
    depth: usize,
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
                    self.out.push_str(text);
                    Flow::On
                }
                Node::Action(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        self.out.push_str(&print::print(&value));
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
        let flow = if value.truth() {
            self.nodes(&branch.body, if with { &value } else { dot })?
        } else {
            self.nodes(&branch.otherwise, dot)?
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, branch: &Branch, dot: &Val<'a>) -> Result<Flow> {
        let mark = self.variables.len();
        let source = self.value_of(&branch.pipeline, dot)?;
        let pairs: Vec<(Val<'a>, Val<'a>)> = match source.target() {
            list @ (Val::List(_) | Val::Bytes(_)) => {
                let items = list.items().unwrap_or_default();
                items.iter().zip(0..).map(|(item, n)| (Val::Int(n), item.clone())).collect()
            }
            Val::Map(map) => {
                map.entries.borrow().iter().map(|(key, value)| (Val::text(key), value.clone())).collect()
            }
            Val::Int(count) => (0..*count).map(|n| (Val::Int(n), Val::Int(n))).collect(),
            Val::Nil | Val::NilPointer => Vec::new(),
            other => {
                let message = format!("range cannot go over a {}", other.kind());
                return Err(Error { message, place: branch.pipeline.place.clone() });
            }
        };
        if pairs.is_empty() {
            return self.nodes(&branch.otherwise, dot);
        }
        for (key, value) in pairs {
            match branch.pipeline.variables.as_slice() {
                [name] => self.variables.push((name.clone(), value.clone())),
                [first, second] => {
                    self.variables.push((first.clone(), key));
                    self.variables.push((second.clone(), value.clone()));
                }
                _ => {}
            }
            let flow = self.nodes(&branch.body, &value)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(Flow::On)
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
        self.nodes(body, &data)?;
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
            let found = self.variables.iter_mut().rev().find(|(known, _)| known == name);
            let missing =
                || Error { message: format!("there is no variable ${name}"), place: pipeline.place.clone() };
            found.ok_or_else(missing)?.1 = value.clone();
        }
        Ok(value)
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
        let mut arguments = words.iter().map(|word| self.word(word, dot)).collect::<Result<Vec<_>>>()?;
        arguments.extend(piped);
        functions::call(name, &arguments)
            .map_err(|message| Error { message: format!("{name}: {message}"), place: place.clone() })
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
            WordKind::Group(pipeline, chain) => walk(self.value_of(pipeline, dot)?, chain).map_err(wrong),
        }
    }
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

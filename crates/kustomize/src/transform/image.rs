//! `images`: names, tags and digests of container images.
//!
//! An entry changes texts only by what they are, and kustomize goes through each object twice: through every list of
//! containers, then through the places it knows. So what an image becomes depends on its text and on how often the
//! entries reach it, and is worked out once for each, however many entries and objects there are.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;

use crate::codes;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{File, Outcome, Problems};
use crate::kustomization::Image;
use crate::node::{Node, Tag};
use crate::objects::Objects;

/// More names that are patterns are refused: each becomes a program of its own.
const MAX_PATTERNS: usize = 2000;

/// kustomize 5.8.1's places.
pub(crate) fn places() -> Vec<Spec> {
    [
        "spec/containers[]/image",
        "spec/initContainers[]/image",
        "spec/volumes[]/image/reference",
        "spec/template/spec/containers[]/image",
        "spec/template/spec/initContainers[]/image",
        "spec/template/spec/volumes[]/image/reference",
    ]
    .map(|path| Spec::new("", "", "", path, true))
    .into()
}

/// The entries of `images`, ready for use.
#[derive(Default)]
pub(crate) struct Rules {
    all: Vec<Rule>,
    /// Entries whose names are names, by the number of their characters.
    by_length: HashMap<usize, Vec<usize>>,
    /// Entries whose names are patterns.
    patterns: Vec<(usize, Regex)>,
}

/// An entry.
struct Rule {
    name: String,
    new_name: String,
    tag_suffix: String,
    new_tag: String,
    digest: String,
}

impl Rules {
    /// Adds an entry.
    pub(crate) fn add(&mut self, file: &Arc<File>, image: &Image) -> Outcome<()> {
        let at = self.all.len();
        if is_plain(&image.name) {
            self.by_length.entry(image.name.chars().count()).or_default().push(at);
        } else {
            let pattern = self.pattern(&image.name).map_err(|(code, message, help)| {
                vec![file.error(code, message, image.span).with_help(help)]
            })?;
            self.patterns.push((at, pattern));
        }
        self.all.push(Rule {
            name: image.name.clone(),
            new_name: image.new_name.clone(),
            tag_suffix: image.tag_suffix.clone(),
            new_tag: image.new_tag.clone(),
            digest: image.digest.clone(),
        });
        Ok(())
    }

    /// kustomize puts the name into its pattern as it is.
    fn pattern(&self, name: &str) -> Result<Regex, (&'static str, String, &'static str)> {
        if self.patterns.len() >= MAX_PATTERNS {
            let message = format!("more than {MAX_PATTERNS} image names are patterns");
            return Err((codes::TOO_LARGE, message, "write names without ( ) [ ] * + ? and the like"));
        }
        let whole = format!("^{name}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$");
        goregex::compile(&whole).map_err(|why| {
            (
                codes::IMAGE,
                format!("the image name {name} cannot be matched: {why}"),
                "a name is a regular expression; put a backslash before ( ) [ ] * + ?",
            )
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Changes the images of all objects but definitions.
    pub(crate) fn apply(&self, objects: &mut Objects, places: &[Spec]) -> Outcome<()> {
        let mut problems = Problems::new();
        if self.all.is_empty() {
            return Ok(());
        }
        let mut known = Known { rules: self, results: HashMap::new() };
        for resource in objects.list_mut() {
            if resource.kind() == "CustomResourceDefinition" {
                continue;
            }
            if let Err(why) = known.change(&mut resource.node, places) {
                let message = format!("the images of {} cannot be set: {why}", resource.id());
                problems.push(resource.origin.error(codes::FIELD_PATH, message));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What an image becomes when each entry in turn reaches it `times` times; none when none of them matches it.
    fn result(&self, image: &str, times: usize) -> Option<String> {
        let mut current = image.to_owned();
        let mut is_matched = false;
        let mut from = 0;
        while let Some(at) = self.next(&current, from) {
            is_matched = true;
            for _ in 0..times {
                if self.matches(at, &current) {
                    current = self.all[at].changed(&current);
                }
            }
            from = at + 1;
        }
        is_matched.then_some(current)
    }

    /// The first entry from `from` on that matches.
    fn next(&self, image: &str, from: usize) -> Option<usize> {
        let named = name_ends(image).filter_map(|end| {
            let list = self.by_length.get(&image[..end].chars().count())?;
            let rest = &list[list.partition_point(|at| *at < from)..];
            rest.iter().copied().find(|at| fits(&self.all[*at].name, &image[..end]))
        });
        let rest = &self.patterns[self.patterns.partition_point(|(at, _)| *at < from)..];
        let pattern = rest.iter().find(|(_, pattern)| pattern.is_match(image)).map(|(at, _)| *at);
        named.chain(pattern).min()
    }

    fn matches(&self, at: usize, image: &str) -> bool {
        self.next(image, at) == Some(at)
    }
}

/// Whether a name is no pattern but for its dots, which stand for any character.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "./_-:@".contains(c))
}

/// Whether a plain name matches a text of as many characters.
fn fits(name: &str, text: &str) -> bool {
    name.chars().zip(text.chars()).all(|(wanted, c)| wanted == c || wanted == '.' && c != '\n')
}

/// Where the name of an image may end: what follows is a tag, a digest, both or nothing.
fn name_ends(image: &str) -> impl Iterator<Item = usize> {
    let is_word = |text: &str| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'{' | b'}' | b'-'))
    };
    let is_tag = move |text: &str| text.is_empty() || text.strip_prefix(':').is_some_and(is_word);
    let digest = image.rfind("@sha256:").filter(move |at| is_word(&image[at + "@sha256:".len()..]));
    let candidates = [Some(image.len()), digest].into_iter().flatten();
    candidates.flat_map(move |end| {
        let colon = image[..end].rfind(':').filter(move |at| is_tag(&image[*at..end]));
        [Some(end), colon].into_iter().flatten()
    })
}

impl Rule {
    fn changed(&self, image: &str) -> String {
        let (name, mut tag, mut digest) = split(image);
        let name = if self.new_name.is_empty() { name } else { &self.new_name };
        let suffixed = format!("{tag}{}", self.tag_suffix);
        match (self.new_tag.is_empty(), self.digest.is_empty()) {
            (false, false) => (tag, digest) = (&self.new_tag, &self.digest),
            (false, true) => (tag, digest) = (&self.new_tag, ""),
            (true, false) => (tag, digest) = ("", &self.digest),
            (true, true) if !self.tag_suffix.is_empty() => (tag, digest) = (&suffixed, ""),
            (true, true) => {}
        }
        let mut out = name.to_owned();
        if !tag.is_empty() {
            out.push(':');
            out.push_str(tag);
        }
        if !digest.is_empty() {
            out.push('@');
            out.push_str(digest);
        }
        out
    }
}

/// What is known of images so far.
struct Known<'r> {
    rules: &'r Rules,
    results: HashMap<(Arc<str>, usize), Option<Arc<str>>>,
}

/// What stands before an image while it is counted how often it is reached; no YAML text holds it.
const MARK: char = '\u{0}';

impl Known<'_> {
    fn result(&mut self, image: &str, times: usize) -> Option<Arc<str>> {
        let rules = self.rules;
        let key = (image.into(), times);
        self.results.entry(key).or_insert_with(|| rules.result(image, times).map(Into::into)).clone()
    }

    fn change(&mut self, object: &mut Node, places: &[Spec]) -> Result<(), String> {
        check(object)?;
        // First it is counted how often each one is reached, then they are all set.
        let in_lists = self.concerns_lists(object);
        if in_lists {
            walk(object, &mut count);
        }
        set_places(object, places, &mut count)?;
        let mut set = |image: &mut Node| {
            let Some((text, times)) = image.text().and_then(counted) else { return };
            let text: Arc<str> = text.into();
            match self.result(&text, times) {
                // An image is a scalar here.
                Some(changed) => drop(set_scalar(image, &changed, Tag::Unset)),
                None => {
                    if let Node::Scalar(scalar) = image {
                        scalar.text = text;
                    }
                }
            }
        };
        if in_lists {
            walk(object, &mut set);
        }
        set_places(object, places, &mut set)
    }

    /// Whether an image in a list of containers matches an entry.
    fn concerns_lists(&mut self, node: &Node) -> bool {
        match node {
            Node::Scalar(_) => false,
            Node::Seq(items) => items.iter().any(|item| self.concerns_lists(item)),
            Node::Map(map) => map.iter().any(|(key, value)| {
                self.concerns_lists(value)
                    || is_containers(&key.text)
                        && value.as_seq().into_iter().flatten().any(|item| {
                            let image = item.get("image").and_then(Node::text);
                            image.is_some_and(|image| self.result(image, 1).is_some())
                        })
            }),
        }
    }
}

/// One more time that an image is reached.
fn count(image: &mut Node) {
    let Node::Scalar(scalar) = image else { return };
    let mut text = String::with_capacity(scalar.text.len() + 1);
    text.push(MARK);
    text.push_str(&scalar.text);
    scalar.text = text.into();
}

/// The image and how often it was reached; none when it was not, or is set already.
fn counted(text: &str) -> Option<(&str, usize)> {
    let image = text.trim_start_matches(MARK);
    (image.len() < text.len()).then(|| (image, text.len() - image.len()))
}

/// The images of every list named containers or initContainers, wherever it stands.
fn walk(node: &mut Node, set: &mut dyn FnMut(&mut Node)) {
    if node.as_seq().is_some() {
        node.as_seq_mut().into_iter().flatten().for_each(|item| walk(item, set));
        return;
    }
    let Some(map) = node.as_map_mut() else { return };
    for (key, value) in map.values_mut() {
        walk(value, set);
        if is_containers(&key.text) {
            for item in value.as_seq_mut().into_iter().flatten() {
                if let Some(image) = item.as_map_mut().and_then(|item| item.get_mut("image")) {
                    set(image);
                }
            }
        }
    }
}

/// The images at the places.
fn set_places(object: &mut Node, places: &[Spec], set: &mut dyn FnMut(&mut Node)) -> Result<(), String> {
    for place in places {
        place.apply(object, Create::Nothing, &mut |node| match node {
            Node::Scalar(_) => {
                set(node);
                Ok(())
            }
            other => Err(format!("{} stands where an image must be", other.kind_name())),
        })?;
    }
    Ok(())
}

fn is_containers(key: &str) -> bool {
    matches!(key, "containers" | "initContainers")
}

/// Lists of containers must hold mappings, and images be texts.
fn check(node: &Node) -> Result<(), String> {
    match node {
        Node::Scalar(_) => Ok(()),
        Node::Seq(items) => items.iter().try_for_each(check),
        Node::Map(map) => map.iter().try_for_each(|(key, value)| {
            check(value)?;
            let items = value.as_seq().filter(|_| is_containers(&key.text)).unwrap_or_default();
            items.iter().try_for_each(|item| match (item, item.get("image")) {
                (Node::Map(_), None | Some(Node::Scalar(_))) => Ok(()),
                (Node::Map(_), Some(other)) => Err(format!("an image is {}", other.kind_name())),
                (other, _) if other.is_null() => Ok(()),
                (other, _) => Err(format!("an entry of {} is {}", key.text, other.kind_name())),
            })
        }),
    }
}

/// Name, tag and digest; a colon before the first slash belongs to a port.
fn split(image: &str) -> (&str, &str, &str) {
    let from = image.find('/').filter(|at| *at > 0).unwrap_or(0);
    let at = image[from..].find('@').map(|at| at + from);
    let colon = image[from..].find(':').map(|at| at + from);
    match (at, colon) {
        (None, None) => (image, "", ""),
        (Some(at), None) => (&image[..at], "", &image[at + 1..]),
        (Some(at), Some(colon)) if at < colon => (&image[..at], "", &image[at + 1..]),
        (Some(at), Some(colon)) => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (None, Some(colon)) => (&image[..colon], &image[colon + 1..], ""),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn parts_of_an_image() {
        assert_eq!(split("nginx"), ("nginx", "", ""));
        assert_eq!(split("host:5000/nginx:1.2"), ("host:5000/nginx", "1.2", ""));
        assert_eq!(split("a/b@sha256:ff"), ("a/b", "", "sha256:ff"));
        assert_eq!(split("b:1@sha256:ff"), ("b", "1", "sha256:ff"));
    }
}

//! `images`: names, tags and digests of container images.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::codes;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{File, Outcome, Problems};
use crate::kustomization::Image;
use crate::node::{Node, Tag};
use crate::objects::Objects;

static PLACES: LazyLock<Vec<Spec>> = LazyLock::new(|| {
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
});

/// An entry of `images`, ready for use.
pub(crate) struct Rule {
    pattern: Regex,
    new_name: String,
    tag_suffix: String,
    new_tag: String,
    digest: String,
}

impl Rule {
    pub(crate) fn new(file: &Arc<File>, image: &Image) -> Outcome<Self> {
        // kustomize puts the name into its pattern as it is.
        let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
        let pattern = Regex::new(&pattern).map_err(|_| {
            vec![
                file.error(
                    codes::IMAGE,
                    format!("the image name {} cannot be matched", image.name),
                    image.span,
                )
                .with_help("a name is a regular expression; put a backslash before ( ) [ ] * + ?"),
            ]
        })?;
        Ok(Self {
            pattern,
            new_name: image.new_name.clone(),
            tag_suffix: image.tag_suffix.clone(),
            new_tag: image.new_tag.clone(),
            digest: image.digest.clone(),
        })
    }

    /// Changes the images of all objects but definitions.
    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        let mut problems = Problems::new();
        for resource in objects.list_mut() {
            if resource.kind() == "CustomResourceDefinition" {
                continue;
            }
            if let Err(why) = self.change(&mut resource.node) {
                let message = format!("the images of {} cannot be set: {why}", resource.id());
                problems.push(resource.origin.error(codes::FIELD_PATH, message));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn change(&self, object: &mut Node) -> Result<(), String> {
        check(object)?;
        if self.concerns_any(object) {
            self.walk(object);
        }
        for place in &*PLACES {
            place.apply(object, Create::Nothing, &mut |node| match node {
                Node::Scalar(_) => {
                    self.set(node);
                    Ok(())
                }
                other => Err(format!("{} stands where an image must be", other.kind_name())),
            })?;
        }
        Ok(())
    }

    fn concerns_any(&self, node: &Node) -> bool {
        match node {
            Node::Scalar(_) => false,
            Node::Seq(items) => items.iter().any(|item| self.concerns_any(item)),
            Node::Map(map) => map.iter().any(|(key, value)| {
                self.concerns_any(value)
                    || is_containers(&key.text)
                        && value.as_seq().into_iter().flatten().any(|item| {
                            item.get("image")
                                .and_then(Node::text)
                                .is_some_and(|text| self.pattern.is_match(text))
                        })
            }),
        }
    }

    /// The images of every list named containers or initContainers, wherever it stands.
    fn walk(&self, node: &mut Node) {
        if node.as_seq().is_some() {
            node.as_seq_mut().into_iter().flatten().for_each(|item| self.walk(item));
            return;
        }
        let Some(map) = node.as_map_mut() else { return };
        for (key, value) in map.values_mut() {
            self.walk(value);
            if is_containers(&key.text) {
                for item in value.as_seq_mut().into_iter().flatten() {
                    if let Some(image) = item.as_map_mut().and_then(|item| item.get_mut("image")) {
                        self.set(image);
                    }
                }
            }
        }
    }

    fn set(&self, node: &mut Node) {
        let Some(text) = node.text().filter(|text| self.pattern.is_match(text)) else { return };
        let changed = self.changed(text);
        // An image is a scalar here.
        let _ = set_scalar(node, &changed, Tag::Unset);
    }

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

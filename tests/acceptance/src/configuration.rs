//! A configuration: an example with keys taken away and others added.

use std::sync::{Arc, LazyLock};

use pipeline::{Repository, root};

use crate::System;
use crate::image::Image;
use crate::once::Once;

/// The repositories that `just new` and `just init` make, by the example.
static FRESH: LazyLock<Once<Arc<Image>>> = LazyLock::new(Once::default);

/// The text of `cluster.yaml` and of `nodes.yaml`.
#[derive(Debug, Clone)]
pub struct Configuration {
    pub(crate) example: String,
    pub(crate) cluster: String,
    pub(crate) nodes: String,
}

impl Configuration {
    /// The configuration of `examples/NAME`.
    pub fn example(name: &str) -> Self {
        let read =
            |file: &str| std::fs::read_to_string(root().join("examples").join(name).join(file)).unwrap();
        Self { example: name.to_owned(), cluster: read("cluster.yaml"), nodes: read("nodes.yaml") }
    }

    /// The same nodes with another `cluster.yaml`.
    #[must_use]
    pub fn only(mut self, cluster: &str) -> Self {
        cluster.clone_into(&mut self.cluster);
        self
    }

    /// Whether `cluster.yaml` has a key.
    pub fn has(&self, key: &str) -> bool {
        drop_key(&self.cluster, key).1
    }

    /// The same without these keys of `cluster.yaml`.
    ///
    /// # Panics
    /// When one of them is not there.
    #[must_use]
    pub fn without(mut self, keys: &[&str]) -> Self {
        for key in keys {
            let (rest, found) = drop_key(&self.cluster, key);
            assert!(found, "{}: no key {key} to leave out", self.example);
            self.cluster = rest;
        }
        self
    }

    /// The same with these lines in `cluster.yaml`, in place of the keys of the same names.
    #[must_use]
    pub fn with(mut self, lines: &str) -> Self {
        for line in lines.lines().filter(|line| !line.starts_with([' ', '-', '#'])) {
            if let Some((key, _)) = line.split_once(':') {
                self.cluster = drop_key(&self.cluster, key).0;
            }
        }
        self.cluster.push_str(lines);
        self.cluster.push('\n');
        self
    }

    /// The same with the first `count` nodes only.
    #[must_use]
    pub fn first_nodes(mut self, count: usize) -> Self {
        if let Some((end, _)) = self.nodes.match_indices("\n  - name:").nth(count) {
            self.nodes.truncate(end + 1);
        }
        self
    }

    /// The same with the first `from` of `nodes.yaml` replaced.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn nodes(mut self, from: &str, to: &str) -> Self {
        assert!(self.nodes.contains(from), "{}: nodes.yaml does not hold {from:?}", self.example);
        self.nodes = self.nodes.replacen(from, to, 1);
        self
    }

    /// The same with another `nodes.yaml`.
    #[must_use]
    pub fn nodes_text(mut self, text: &str) -> Self {
        text.clone_into(&mut self.nodes);
        self
    }

    /// Puts both files into a repository.
    pub fn write(&self, repository: &Repository) {
        repository.write("cluster.yaml", &self.cluster);
        repository.write("nodes.yaml", &self.nodes);
    }

    /// A repository of its own with this configuration, not generated yet.
    pub fn repository(&self) -> Repository {
        let fresh = || Arc::new(Image::of(&Repository::example(&self.example)));
        let repository = FRESH.get(&self.example, fresh).restore();
        self.write(&repository);
        repository
    }

    /// A repository of its own in which this configuration was generated.
    pub fn configured(&self) -> Repository {
        self.system().image.restore()
    }

    /// What is generated from it.
    pub fn system(&self) -> Arc<System> {
        System::of(self)
    }
}

/// A YAML text without a key of its top level, and whether that was there.
fn drop_key(text: &str, key: &str) -> (String, bool) {
    let (mut rest, mut found, mut inside) = (String::new(), false, false);
    for line in text.split_inclusive('\n') {
        if line.strip_prefix(key).is_some_and(|after| after.starts_with(':')) {
            (found, inside) = (true, true);
            continue;
        }
        inside &= line.starts_with([' ', '-']) && !line.starts_with("---");
        if !inside {
            rest.push_str(line);
        }
    }
    (rest, found)
}

#[cfg(test)]
mod tests {
    use super::drop_key;

    #[test]
    fn a_key_goes_with_all_that_is_below_it() {
        let text = "---\na: 1\nab: 2\nlist:\n  - x\n  - y\nz: 3\n";
        assert_eq!(drop_key(text, "a"), ("---\nab: 2\nlist:\n  - x\n  - y\nz: 3\n".into(), true));
        assert_eq!(drop_key(text, "list"), ("---\na: 1\nab: 2\nz: 3\n".into(), true));
        assert_eq!(drop_key(text, "none"), (text.into(), false));
    }
}

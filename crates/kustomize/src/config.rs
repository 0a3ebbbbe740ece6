//! Where transformers find their fields: kustomize's own places, and those that `configurations` and `crds` add. What a
//! kustomization adds holds for itself and for every kustomization that takes it in.

use std::sync::{Arc, LazyLock};

use cliutil::Diagnostic;
use yaml::Node;

use crate::codes;
use crate::fieldspec::Spec;
use crate::file::{File, Outcome, Problems};
use crate::kustomization::{Entry, FieldSpec, Fields};
use crate::loader::{Folder, Loader};
use crate::reference::Rule;
use crate::{reference, sort, transform, vars};

/// Places of fields, a list for each transformer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) prefix: Vec<Spec>,
    pub(crate) suffix: Vec<Spec>,
    pub(crate) namespace: Vec<Spec>,
    /// Labels with selectors.
    pub(crate) common_labels: Vec<Spec>,
    /// Added to what every entry of `labels` says.
    pub(crate) labels: Vec<Spec>,
    pub(crate) template_labels: Vec<Spec>,
    pub(crate) annotations: Vec<Spec>,
    pub(crate) references: Vec<Rule>,
    pub(crate) images: Vec<Spec>,
    pub(crate) replicas: Vec<Spec>,
    /// Where variables are replaced.
    pub(crate) vars: Vec<Spec>,
    /// Whether kustomize's own places are a part of it.
    is_whole: bool,
}

/// kustomize 5.8.1's own.
static OWN: LazyLock<Arc<Config>> = LazyLock::new(|| {
    Arc::new(Config {
        prefix: vec![Spec::new("", "", "", "metadata/name", false)],
        suffix: vec![Spec::new("", "", "", "metadata/name", false)],
        namespace: transform::namespace::places(),
        common_labels: transform::label::common_places(),
        labels: Vec::new(),
        template_labels: transform::label::places("labels"),
        annotations: transform::label::places("annotations"),
        references: reference::rules(),
        images: transform::image::places(),
        replicas: transform::replica::places(),
        vars: vars::places(),
        is_whole: true,
    })
});

impl Config {
    /// kustomize's own places.
    pub(crate) fn own() -> Arc<Self> {
        Arc::clone(&OWN)
    }

    /// Those of a kustomization: kustomize's own, and what its files add.
    ///
    /// # Errors
    /// Files that are missing or no configuration; places that contradict each other.
    pub(crate) fn of(
        loader: &Loader<'_>,
        folder: &Folder,
        from: &Arc<File>,
        configurations: &[Entry],
        crds: &[Entry],
    ) -> Outcome<Arc<Self>> {
        let mut all = Self::own();
        let files = configurations.iter().map(|entry| (entry, false));
        for (entry, is_crd) in files.chain(crds.iter().map(|entry| (entry, true))) {
            let file = loader.file(folder, from, entry)?;
            let more = if is_crd { crate::crds::read(&file)? } else { read(&file)? };
            all = Self::merged(&all, &Arc::new(more))
                .map_err(|path| vec![contradiction(from, entry, &path)])?;
        }
        Ok(all)
    }

    /// Both together. The path of a place that both have, one of them to be created and the other not, is an error.
    pub(crate) fn merged(one: &Arc<Self>, other: &Arc<Self>) -> Result<Arc<Self>, String> {
        if Arc::ptr_eq(one, other) || Arc::ptr_eq(other, &OWN) && one.is_whole {
            return Ok(Arc::clone(one));
        }
        if Arc::ptr_eq(one, &OWN) && other.is_whole {
            return Ok(Arc::clone(other));
        }
        let mut all = (**one).clone();
        all.is_whole |= other.is_whole;
        let lists = [
            (&mut all.prefix, &other.prefix),
            (&mut all.suffix, &other.suffix),
            (&mut all.namespace, &other.namespace),
            (&mut all.common_labels, &other.common_labels),
            (&mut all.labels, &other.labels),
            (&mut all.template_labels, &other.template_labels),
            (&mut all.annotations, &other.annotations),
            (&mut all.images, &other.images),
            (&mut all.replicas, &other.replicas),
            (&mut all.vars, &other.vars),
        ];
        for (list, more) in lists {
            merge(list, more)?;
        }
        for rule in &other.references {
            match all.references.iter_mut().find(|known| known.names_the_same(rule)) {
                Some(known) => merge(&mut known.places, &rule.places)?,
                None => all.references.push(rule.clone()),
            }
        }
        all.references.sort_by_cached_key(|rule| sort::rank(&rule.group, &rule.version, &rule.kind));
        Ok(Arc::new(all))
    }

    /// Whether names are looked for in kustomize's own places only.
    pub(crate) fn has_own_references(&self) -> bool {
        self.references == OWN.references
    }
}

fn merge(list: &mut Vec<Spec>, more: &[Spec]) -> Result<(), String> {
    more.iter().try_for_each(|spec| spec.clone().merge_into(list).map_err(|()| spec.text().to_owned()))
}

fn contradiction(from: &Arc<File>, entry: &Entry, path: &str) -> Diagnostic {
    from.error(codes::CONFIGURATION, format!("{path} is given with another create than it has"), entry.span)
        .with_help("write the create that the built-in place has, or leave it out")
}

/// The error of places that contradict each other where folders come together.
pub(crate) fn contradicting(from: &Arc<File>, entry: &Entry, path: &str) -> Vec<Diagnostic> {
    vec![contradiction(from, entry, path)]
}

/// A configuration file, read strictly as kustomize does.
fn read(file: &Arc<File>) -> Outcome<Config> {
    let stream =
        yaml::parse(file.text()?).map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])?;
    let mut problems = Problems::new();
    let Some(document) = stream.documents.first() else { return Ok(Config::default()) };
    let mut fields = Fields::new(file, &document.root, "a configuration", &mut problems);
    let f = fields.known(&[
        "namePrefix",
        "nameSuffix",
        "namespace",
        "commonLabels",
        "labels",
        "templateLabels",
        "commonAnnotations",
        "nameReference",
        "varReference",
        "images",
        "replicas",
    ]);
    let mut specs =
        |name: &str| -> Vec<Spec> { f.list(name, FieldSpec::read).iter().map(Spec::of).collect() };
    let mut config = Config {
        prefix: specs("namePrefix"),
        suffix: specs("nameSuffix"),
        namespace: specs("namespace"),
        common_labels: specs("commonLabels"),
        labels: specs("labels"),
        template_labels: specs("templateLabels"),
        annotations: specs("commonAnnotations"),
        images: specs("images"),
        replicas: specs("replicas"),
        vars: specs("varReference"),
        references: Vec::new(),
        is_whole: false,
    };
    config.references = f.list("nameReference", reference_rule);
    config.references.sort_by_cached_key(|rule| sort::rank(&rule.group, &rule.version, &rule.kind));
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

fn reference_rule(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Rule {
    let mut fields = Fields::new(file, node, "an entry of nameReference", problems);
    let f = fields.known(&["group", "version", "kind", "fieldSpecs"]);
    Rule {
        group: f.text("group").unwrap_or_default(),
        version: f.text("version").unwrap_or_default(),
        kind: f.text("kind").unwrap_or_default(),
        places: f.list("fieldSpecs", FieldSpec::read).iter().map(Spec::of).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_merged_again() {
        let own = Config::own();
        assert!(Arc::ptr_eq(&Config::merged(&own, &Config::own()).unwrap(), &own));
        let mut more = Config::default();
        more.images.push(Spec::new("", "", "Foo", "spec/image", false));
        more.annotations.push(Spec::new("", "", "", "metadata/annotations", true));
        let both = Config::merged(&own, &Arc::new(more)).unwrap();
        assert_eq!(
            (both.images.len(), both.annotations.len()),
            (own.images.len() + 1, own.annotations.len())
        );
        assert!(Arc::ptr_eq(&Config::merged(&both, &own).unwrap(), &both));
        let mut wrong = Config::default();
        wrong.annotations.push(Spec::new("", "", "", "metadata/annotations", false));
        assert_eq!(Config::merged(&both, &Arc::new(wrong)), Err("metadata/annotations".to_owned()));
    }
}

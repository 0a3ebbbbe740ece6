//! What a kustomization does to its objects, in kustomize's order.

pub(crate) mod external;
pub(crate) mod image;
pub(crate) mod label;
mod name;
pub(crate) mod namespace;
pub(crate) mod replica;
mod value;

use std::sync::Arc;

use self::namespace::{Namespace, Subjects};
use crate::config::Config;
use crate::file::{Outcome, Problems};
use crate::kustomization::Kustomization;
use crate::loader::{Folder, Loader};
use crate::metadata::{By, Tracker};
use crate::objects::Objects;
use crate::patch::{JsonPatch, Merge, Patch};
use crate::replacement::{self, Loaded};

/// The transformers of one kustomization, with the files they need.
pub(crate) struct Transformers {
    merges: Vec<Merge>,
    patches: Vec<Patch>,
    json_patches: Vec<JsonPatch>,
    images: image::Rules,
    replacements: Vec<Loaded>,
}

impl Transformers {
    /// Reads what the transformers need.
    pub(crate) fn load(
        loader: &Loader<'_>,
        folder: &Folder,
        kustomization: &Arc<Kustomization>,
        problems: &mut Problems,
    ) -> Self {
        let file = &kustomization.file;
        let mut keep = |result: Outcome<()>| {
            if let Err(more) = result {
                problems.extend(more);
            }
        };
        let mut this = Self {
            merges: Vec::new(),
            patches: Vec::new(),
            json_patches: Vec::new(),
            images: image::Rules::default(),
            replacements: Vec::new(),
        };
        let merges = Merge::load_all(loader, folder, file, &kustomization.patches_strategic_merge);
        keep(merges.map(|merges| this.merges = merges));
        for (file, entry) in kustomization.all_patches() {
            keep(Patch::load(loader, folder, file, entry).map(|patch| this.patches.extend(patch)));
        }
        for entry in &kustomization.patches_json {
            keep(JsonPatch::load(loader, folder, file, entry).map(|patch| this.json_patches.push(patch)));
        }
        // One that is wrong is told of; of a list of wrong ones the first.
        let images = kustomization.all_images();
        keep(images.into_iter().try_for_each(|(file, entry)| this.images.add(file, entry)));
        for entry in &kustomization.replacements {
            keep(replacement::load(loader, folder, file, entry).map(|more| this.replacements.extend(more)));
        }
        this
    }

    /// Runs them. The problems of one stage are told together; the next stage would only stumble over them.
    pub(crate) fn run(
        &self,
        kustomization: &Kustomization,
        config: &Config,
        tracker: &Tracker,
        objects: &mut Objects,
    ) -> Outcome<()> {
        let labels = label::rules(kustomization, config)?;
        let mut stage = Stage::new(kustomization, tracker);
        for merge in &self.merges {
            stage.run(merge.apply(objects), objects);
        }
        stage.ran("PatchStrategicMergeTransformer", usize::from(!self.merges.is_empty()), objects);
        for patch in &self.patches {
            stage.run(patch.apply(objects), objects);
        }
        stage.ran("PatchTransformer", kustomization.all_patches().count(), objects);
        stage.end()?;
        let mut stage = Stage::new(kustomization, tracker);
        if !kustomization.namespace.is_empty() {
            let to = Namespace {
                name: kustomization.namespace.clone(),
                places: config.namespace.clone(),
                unset_only: false,
                subjects: Subjects::Default,
            };
            stage.run(namespace::apply(objects, &to), objects);
            stage.ran("NamespaceTransformer", 1, objects);
        }
        if !kustomization.name_prefix.is_empty() {
            stage.run(name::prefix(objects, &kustomization.name_prefix, &config.prefix), objects);
            stage.ran("PrefixTransformer", 1, objects);
        }
        if !kustomization.name_suffix.is_empty() {
            stage.run(name::suffix(objects, &kustomization.name_suffix, &config.suffix), objects);
            stage.ran("SuffixTransformer", 1, objects);
        }
        for rule in &labels {
            stage.run(rule.apply(objects), objects);
        }
        // The one for commonLabels runs even where there are none.
        let label_runs = kustomization.labels.len() + 1;
        let has_labels = !(kustomization.labels.is_empty() && kustomization.common_labels.is_empty());
        stage.ran("LabelTransformer", if has_labels { label_runs } else { 0 }, objects);
        if !kustomization.common_annotations.is_empty() {
            let pairs = &kustomization.common_annotations;
            stage.run(label::annotate(objects, pairs, &config.annotations), objects);
            stage.ran("AnnotationsTransformer", 1, objects);
        }
        for patch in &self.json_patches {
            stage.run(patch.apply(objects), objects);
            stage.ran("PatchJson6902Transformer", 1, objects);
        }
        for replica in &kustomization.replicas {
            stage.run(replica::apply(objects, &kustomization.file, replica, &config.replicas), objects);
            stage.ran("ReplicaCountTransformer", 1, objects);
        }
        stage.run(self.images.apply(objects, &config.images), objects);
        stage.ran("ImageTagTransformer", self.images.len(), objects);
        stage.end()?;
        let mut stage = Stage::new(kustomization, tracker);
        for replacement in &self.replacements {
            stage.run(replacement.apply(objects), objects);
        }
        stage.ran("ReplacementTransformer", usize::from(!kustomization.replacements.is_empty()), objects);
        stage.end()
    }
}

struct Stage<'s> {
    kustomization: &'s Kustomization,
    tracker: &'s Tracker,
    problems: Problems,
}

impl<'s> Stage<'s> {
    fn new(kustomization: &'s Kustomization, tracker: &'s Tracker) -> Self {
        Self { kustomization, tracker, problems: Problems::new() }
    }

    fn run(&mut self, result: Outcome<()>, objects: &mut Objects) {
        if let Err(more) = result {
            self.problems.extend(more);
        }
        objects.drop_empty();
    }

    /// A transformer of a kind has run so many times.
    fn ran(&self, kind: &str, times: usize, objects: &mut Objects) {
        for _ in 0..times {
            self.tracker.transformed(objects, &By::field(self.kustomization, kind));
        }
    }

    fn end(self) -> Outcome<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}

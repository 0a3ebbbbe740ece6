//! What a kustomization does to its objects, in kustomize's order.

mod image;
mod label;
mod name;
mod namespace;
mod replica;

use std::sync::Arc;

use crate::file::{Outcome, Problems};
use crate::kustomization::Kustomization;
use crate::loader::{Folder, Loader};
use crate::objects::Objects;
use crate::patch::{JsonPatch, Merge, Patch};
use crate::replacement::{self, Loaded};

/// The transformers of one kustomization, with the files they need.
pub(crate) struct Transformers {
    merges: Vec<Merge>,
    patches: Vec<Patch>,
    json_patches: Vec<JsonPatch>,
    labels: Vec<label::Rule>,
    images: Vec<image::Rule>,
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
            labels: Vec::new(),
            images: Vec::new(),
            replacements: Vec::new(),
        };
        for entry in &kustomization.patches_strategic_merge {
            keep(Merge::load(loader, folder, file, entry).map(|merge| this.merges.push(merge)));
        }
        for (file, entry) in kustomization.all_patches() {
            keep(Patch::load(loader, folder, file, entry).map(|patch| this.patches.extend(patch)));
        }
        for entry in &kustomization.patches_json {
            keep(JsonPatch::load(loader, folder, file, entry).map(|patch| this.json_patches.push(patch)));
        }
        keep(label::rules(kustomization).map(|rules| this.labels = rules));
        for (file, entry) in kustomization.all_images() {
            keep(image::Rule::new(file, entry).map(|rule| this.images.push(rule)));
        }
        for entry in &kustomization.replacements {
            keep(replacement::load(loader, folder, file, entry).map(|more| this.replacements.extend(more)));
        }
        this
    }

    /// Runs them. The problems of one stage are told together; the next stage would only stumble over them.
    pub(crate) fn run(&self, kustomization: &Kustomization, objects: &mut Objects) -> Outcome<()> {
        let mut stage = Stage::default();
        for merge in &self.merges {
            stage.run(merge.apply(objects), objects);
        }
        for patch in &self.patches {
            stage.run(patch.apply(objects), objects);
        }
        stage.end()?;
        let mut stage = Stage::default();
        if !kustomization.namespace.is_empty() {
            stage.run(namespace::apply(objects, &kustomization.namespace), objects);
        }
        name::prefix(objects, &kustomization.name_prefix);
        name::suffix(objects, &kustomization.name_suffix);
        for rule in &self.labels {
            stage.run(rule.apply(objects), objects);
        }
        if !kustomization.common_annotations.is_empty() {
            stage.run(label::annotate(objects, &kustomization.common_annotations), objects);
        }
        for patch in &self.json_patches {
            stage.run(patch.apply(objects), objects);
        }
        for replica in &kustomization.replicas {
            stage.run(replica::apply(objects, &kustomization.file, replica), objects);
        }
        for rule in &self.images {
            stage.run(rule.apply(objects), objects);
        }
        stage.end()?;
        let mut stage = Stage::default();
        for replacement in &self.replacements {
            stage.run(replacement.apply(objects), objects);
        }
        stage.end()
    }
}

#[derive(Default)]
struct Stage {
    problems: Problems,
}

impl Stage {
    fn run(&mut self, result: Outcome<()>, objects: &mut Objects) {
        if let Err(more) = result {
            self.problems.extend(more);
        }
        objects.drop_empty();
    }

    fn end(self) -> Outcome<()> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }
}

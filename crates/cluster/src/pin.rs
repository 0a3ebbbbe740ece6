//! The pins of a catalogue: each version in a `component.yaml` by the name that its project is known by.

use std::sync::Arc;

use cliutil::{Location, Source};

use crate::catalogue::Loaded;

/// A pinned version.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The component, as `namespace/app`.
    pub component: String,
    /// What of it: `chart`, `image`, …
    pub part: String,
    /// The last part of an image's, chart's or repository's address, or the name of a chart or package.
    pub name: String,
    /// The version, as it is written.
    pub version: String,
    source: Arc<Source>,
}

impl Pin {
    /// Where the version stands.
    pub fn place(&self) -> Option<Location> {
        let stream = yaml::parse(self.source.text()).ok()?;
        let pin = stream.documents.first()?.root.get("versions")?.get(&self.part)?;
        Some(Location::new(&self.source, pin.get("tag")?.span.range()))
    }
}

/// The pins of a component. What is pinned by a commit, and what is no version (the name of a controller), is none.
pub(crate) fn of(loaded: &Loaded) -> Vec<Pin> {
    let versions = loaded.component.versions.iter();
    versions
        .filter_map(|(part, fields)| {
            let last = |key: &str| fields.get(key).and_then(|text| text.rsplit('/').next());
            let name = fields.get("name").or_else(|| fields.get("package")).map(String::as_str);
            Some(Pin {
                component: loaded.id.clone(),
                part: part.clone(),
                name: name.or_else(|| last("oci")).or_else(|| last("git"))?.to_owned(),
                version: fields.get("tag")?.clone(),
                source: Arc::clone(&loaded.source),
            })
        })
        .collect()
}

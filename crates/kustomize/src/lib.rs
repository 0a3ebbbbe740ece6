//! Builds kustomizations as `kustomize build --load-restrictor=LoadRestrictionsNone` 5.8.1 does, byte for byte, and
//! Flux Kustomizations on top, without starting a program.
//!
//! ```
//! use std::path::Path;
//! let files = kustomize::Memory::new()
//!     .with("app/kustomization.yaml", "namespace: web\nresources: [map.yaml]\n")
//!     .with("app/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {on: yes}\n");
//! let loader = kustomize::Loader::new(&files);
//! let build = kustomize::build(&loader, Path::new("app")).unwrap();
//! assert_eq!(
//!     kustomize::to_yaml(&build.resources),
//!     "apiVersion: v1\ndata:\n  \"on\": \"yes\"\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: web\n"
//! );
//! ```
//!
//! A [`Loader`] reads each file once and may serve many builds, also in parallel. Every [`Resource`] knows the file it
//! comes from. Charts, plugins and remote sources are refused with the field's name.

mod build;
mod codes;
mod config;
mod crds;
mod embedded;
mod emit;
mod fieldspec;
mod file;
mod finish;
pub mod flux;
mod fold;
mod form;
mod fs;
mod generate;
mod hash;
mod ids;
mod json;
mod jsonpatch;
mod kustomization;
mod labels;
mod loader;
mod locate;
mod merge;
mod metadata;
mod names;
mod natural;
mod node;
mod objects;
mod parallel;
mod patch;
mod path;
mod read;
mod reference;
mod replacement;
mod resource;
mod restyle;
mod scalar;
mod selector;
mod shared;
mod sort;
mod time;
mod transform;
mod vars;

pub use build::{Build, Filling, build, read};
pub use codes::CODES;
pub use file::Parsed;
pub use fs::{Disk, FileSystem, MAX_FILE, Memory, clean};
pub use labels::Requirements;
pub use loader::{KUSTOMIZATION_FILES, Loader};
pub use resource::{Origin, Resource};

/// The objects as one YAML stream, byte for byte as kustomize writes it: documents separated by `---`.
pub fn to_yaml(resources: &[Resource]) -> String {
    let write = |resources: &[Resource]| {
        let mut out = String::new();
        for resource in resources {
            if !out.is_empty() {
                out.push_str("---\n");
            }
            emit::object(&resource.node, &mut out);
        }
        out
    };
    let parts: Vec<_> = resources.chunks(parallel::OBJECTS).collect();
    parallel::map(&parts, 1, |part| write(part)).join("---\n")
}

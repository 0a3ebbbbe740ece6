//! A generated repository, read into memory: its files as they stand on disk, in plain text, and as the objects that
//! Flux makes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use pipeline::{is_secret_file, text};
use sops::{Identities, Keyring};
use yaml::{Dialect, Value};

use crate::image::Image;
use crate::once::Once;
use crate::{Configuration, Look, view};

/// What is generated, by the configuration's text.
static SYSTEMS: LazyLock<Once<Arc<System>>> = LazyLock::new(Once::default);

/// A generated repository.
#[derive(Debug)]
pub struct System {
    /// The files of the repository as they are on disk.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// The generated ones in plain text.
    pub plain: BTreeMap<PathBuf, String>,
    /// What it says when it is checked.
    pub said: String,
    pub(crate) image: Image,
    objects: OnceLock<Vec<Object>>,
}

/// An object of the cluster.
#[derive(Debug)]
pub struct Object {
    /// The file it stands in.
    pub file: PathBuf,
    /// `namespace/name` of the Flux Kustomization that applies it.
    pub by: String,
    /// The object, in the namespace that Flux puts it into.
    pub value: Value,
}

impl Object {
    /// What it is called: `Kind namespace/name`.
    pub fn name(&self) -> String {
        let part = |path| self.value.find(path).and_then(Value::as_str).unwrap_or_default();
        format!("{} {}/{}", part("kind"), part("metadata namespace"), part("metadata name"))
    }
}

impl System {
    /// What is generated from a configuration; made once.
    pub fn of(configuration: &Configuration) -> Arc<Self> {
        let key = format!("{}\n---\n{}", configuration.cluster, configuration.nodes);
        SYSTEMS.get(&key, || Arc::new(Self::generate(configuration)))
    }

    fn generate(configuration: &Configuration) -> Self {
        let repository = configuration.repository();
        let said = text(&repository.configure());
        let files = repository.snapshot();
        let generated = |path: &Path| {
            ["bootstrap", "gitops", "infrastructure", "k8s", "kubernetes", "talos"]
                .iter()
                .any(|folder| path.starts_with(folder))
                || path == Path::new(".sops.yaml")
        };
        // In this process: a program for each of dozens of files would take longer than all the rest.
        let keys = Keyring::of(Identities::from_text(&repository.read("age.key"), "age.key"));
        let plain = files.iter().filter(|(path, _)| generated(path)).map(|(path, bytes)| {
            let content = String::from_utf8(bytes.clone()).unwrap();
            if !is_secret_file(path) {
                return (path.clone(), content);
            }
            let opened = sops::decrypt(&content, &keys, false);
            let opened = opened.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.clone(), opened.text.as_str().to_owned())
        });
        let plain = plain.collect();
        Self { image: Image::of(&repository), plain, files, said, objects: OnceLock::new() }
    }

    /// The plain text of a generated file.
    ///
    /// # Panics
    /// When it was not generated.
    pub fn read(&self, file: &str) -> &str {
        self.plain.get(Path::new(file)).unwrap_or_else(|| panic!("{file} was not generated"))
    }

    /// The documents of a generated file.
    pub fn documents(&self, file: &str) -> Vec<Value> {
        yaml::load(self.read(file), Dialect::Kubernetes).unwrap()
    }

    /// The one document of a generated file.
    pub fn document(&self, file: &str) -> Value {
        crate::yaml(self.read(file))
    }

    /// Whether anything was generated at this path or below it.
    pub fn has(&self, path: &str) -> bool {
        self.plain.keys().any(|file| file.starts_with(path))
    }

    /// Everything in the cluster once Flux has applied the repository.
    pub fn objects(&self) -> &[Object] {
        self.objects.get_or_init(|| view::objects(&self.plain))
    }

    /// The objects of a kind.
    pub fn all(&self, kind: &str) -> Vec<&Object> {
        let of_kind = |object: &&Object| object.value.find("kind").and_then(Value::as_str) == Some(kind);
        self.objects().iter().filter(of_kind).collect()
    }

    /// The object of a kind and a name: `name`, or `namespace/name`.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn object(&self, kind: &str, name: &str) -> &Object {
        let fits = |object: &&Object| {
            let full = object.name();
            let full = full.split_once(' ').unwrap_or_default().1;
            full == name || (!name.contains('/') && full.split_once('/').unwrap_or_default().1 == name)
        };
        let of_kind = self.all(kind);
        let found: Vec<_> = of_kind.iter().copied().filter(fits).collect();
        let names = || of_kind.iter().map(|object| object.name()).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{kind} {name}, of {:?}", names());
        found[0]
    }

    /// The value of that object.
    pub fn get(&self, kind: &str, name: &str) -> &Value {
        &self.object(kind, name).value
    }

    /// Whether there is an object of a kind and a name.
    pub fn knows(&self, kind: &str, name: &str) -> bool {
        self.all(kind).iter().any(|object| object.name() == format!("{kind} {name}"))
    }

    /// The values of a chart's release.
    pub fn values(&self, release: &str) -> &Value {
        self.get("HelmRelease", release).at("spec values")
    }
}

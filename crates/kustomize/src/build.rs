//! From a folder to its objects: what its kustomization takes in, then what it does to it.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cliutil::Diagnostic;

use crate::codes;
use crate::config::{self, Config};
use crate::file::{File, Outcome, Problems};
use crate::kustomization::{Entry, Kustomization, Role};
use crate::loader::{self, Folder, Loader};
use crate::metadata::{By, Tracker};
use crate::objects::Objects;
use crate::resource::{Behavior, Resource};
use crate::transform::Transformers;
use crate::transform::external::{self, External, Maker};
use crate::vars::Vars;
use crate::{finish, generate, hash, parallel, reference, sort};

/// How many folders may refer to one another in a row.
const MAX_DEPTH: usize = 100;

/// After so many problems with what a kustomization lists the rest of its list is left alone.
const MAX_PROBLEMS: usize = 100;

/// How many folders one build may visit.
const MAX_FOLDERS: usize = 50_000;

/// How many entries of a kustomization are taken in at once.
const AT_ONCE: usize = 512;

/// What a build gave.
#[derive(Debug, Default)]
pub struct Build {
    /// The objects, in the order of the output.
    pub resources: Vec<Resource>,
    /// What is worth a word although it was built, such as deprecated fields.
    pub warnings: Vec<Diagnostic>,
    /// What Flux's variables became where they were filled in.
    pub filled: BTreeSet<Filling>,
}

/// A variable that was filled in somewhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filling {
    /// The variable's name.
    pub name: String,
    /// The text that its expression became: the value, a part of it, or what an operator made of it.
    pub text: String,
    /// Whether the value comes out of a Secret.
    pub is_secret: bool,
}

impl std::fmt::Debug for Filling {
    /// Never the text: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filling").field(&self.name).finish()
    }
}

/// Builds the kustomization of a folder, as `kustomize build --load-restrictor=LoadRestrictionsNone`.
///
/// Files are read through `loader`, which keeps them for the next build. Builds may run in parallel.
///
/// # Errors
/// Every problem that could be found, each with its place.
pub fn build(loader: &Loader<'_>, folder: &Path) -> Result<Build, Vec<Diagnostic>> {
    let folder = loader.root(folder)?;
    let kustomization = loader.kustomization(&folder)?;
    build_with(loader, &folder, &kustomization)
}

/// Reads the objects of a file, as they would come into a build that lists it.
///
/// # Errors
/// Every problem that could be found, each with its place.
pub fn read(loader: &Loader<'_>, file: &Path) -> Result<Vec<Resource>, Vec<Diagnostic>> {
    let unreadable = |what: String| {
        let shown = file.display().to_string();
        vec![Diagnostic::error(codes::UNREADABLE, format!("{shown} {what}")).in_file(shown)]
    };
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Err(unreadable("is no file".to_owned()));
    };
    let (path, shown) = loader.root(file.parent().unwrap_or(Path::new("")))?.join(name);
    let file = loader.read(&path, &shown).map_err(|kind| unreadable(format!("cannot be read: {kind}")))?;
    let objects = file.objects()?;
    Ok(objects.iter().map(|object| Resource::new(object.node.clone(), &object.file, object.span)).collect())
}

/// Builds a kustomization as if it stood in `folder`.
pub(crate) fn build_with(
    loader: &Loader<'_>,
    folder: &Folder,
    kustomization: &Arc<Kustomization>,
) -> Outcome<Build> {
    let tracker = Tracker::new(kustomization);
    let visited = AtomicUsize::new(0);
    let mut builder = Builder { loader, tracker, stack: Vec::new(), visited: &visited, warnings: Vec::new() };
    let Accumulated { mut objects, config, vars, .. } =
        builder.accumulate(folder, kustomization, Accumulated::nothing())?;
    hash::rename(&mut objects)?;
    reference::update(&mut objects, &config)?;
    builder.warnings.extend(vars.resolve(&mut objects, &config.vars)?);
    all_named(&objects)?;
    drop_local(&mut objects);
    // A replacement or a variable may have given two objects one name.
    let conflicts = objects.conflicts();
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let mut resources = sort::sorted(objects.into_list(), kustomization)?;
    parallel::each(&mut resources, parallel::OBJECTS, finish::annotations);
    builder.tracker.finish(&mut resources);
    let problems = finish::check(&resources);
    if problems.is_empty() {
        Ok(Build { resources, warnings: builder.warnings, filled: BTreeSet::new() })
    } else {
        Err(problems)
    }
}

struct Builder<'l, 'f> {
    loader: &'l Loader<'f>,
    tracker: Tracker,
    /// The folders that are being built, outermost first.
    stack: Vec<PathBuf>,
    /// Of the whole build.
    visited: &'l AtomicUsize,
    warnings: Vec<Diagnostic>,
}

/// What an entry of resources holds.
enum Taken {
    /// The objects of a file.
    File(Vec<Resource>),
    /// What a folder's kustomization gives, and what there is to say about it.
    Folder(Accumulated, Vec<Diagnostic>),
}

/// What is there of a build.
struct Accumulated {
    objects: Objects,
    /// The places of fields that the folders the objects come from know.
    config: Arc<Config>,
    vars: Vars,
    /// Whether something could not be taken in. Then what does not find its object may be right.
    is_partial: bool,
}

impl Accumulated {
    fn nothing() -> Self {
        Self { objects: Objects::default(), config: Config::own(), vars: Vars::default(), is_partial: false }
    }

    /// Takes a generated object in; what it would change may be among what is missing.
    fn absorb(&mut self, resource: Resource) -> Outcome<()> {
        let is_change = matches!(resource.history.behavior, Behavior::Merge | Behavior::Replace);
        let absorbed = self.objects.absorb(resource);
        if self.is_partial && is_change { Ok(()) } else { absorbed }
    }
}

impl Builder<'_, '_> {
    /// The objects of one kustomization. A component works on what is there; a kustomization begins with nothing.
    fn accumulate(
        &mut self,
        folder: &Folder,
        kustomization: &Arc<Kustomization>,
        before: Accumulated,
    ) -> Outcome<Accumulated> {
        self.stack.push(folder.path.clone());
        let accumulated = self.accumulate_inner(folder, kustomization, before);
        self.stack.pop();
        accumulated
    }

    fn accumulate_inner(
        &mut self,
        folder: &Folder,
        kustomization: &Arc<Kustomization>,
        mut all: Accumulated,
    ) -> Outcome<Accumulated> {
        self.warnings.extend(kustomization.warnings.iter().cloned());
        let mut problems = Problems::new();
        for entries in kustomization.resources.chunks(AT_ONCE) {
            let taken = parallel::map(entries, 1, |entry| self.take(folder, kustomization, entry));
            for (entry, taken) in entries.iter().zip(taken) {
                let added = taken.and_then(|taken| self.add(kustomization, entry, taken, &mut all));
                problems.extend(added.err().into_iter().flatten());
                if problems.len() >= MAX_PROBLEMS {
                    return Err(problems);
                }
            }
        }
        all.is_partial |= !problems.is_empty();
        let (files, crds) = (&kustomization.configurations, &kustomization.crds);
        let own = Config::of(self.loader, folder, &kustomization.file, files, crds);
        let own = own.and_then(|own| merged(&all.config, &own, &kustomization.file, None));
        match own {
            Ok(config) => all.config = config,
            Err(more) => problems.extend(more),
        }
        // Patches and other files are read before anything is changed, so that all that is missing is told at once.
        let transformers = Transformers::load(self.loader, folder, kustomization, &mut problems);
        let generators = kustomization.config_maps.iter().chain(&kustomization.secrets);
        let options = kustomization.generator_options.as_ref();
        for generator in generators {
            let made = generate::generate(self.loader, folder, &kustomization.file, generator, options);
            let made = made.map(|mut resource| {
                let kind = format!("{}Generator", generator.kind);
                self.tracker.generated(&mut resource, &By::field(kustomization, &kind));
                resource
            });
            problems.extend(made.and_then(|resource| all.absorb(resource)).err().into_iter().flatten());
        }
        match self.described(folder, kustomization, &kustomization.generators) {
            Ok(described) => {
                for config in described {
                    let made = self.external(folder, &config).and_then(|resource| all.absorb(resource));
                    problems.extend(made.err().into_iter().flatten());
                }
            }
            Err(more) => problems.extend(more),
        }
        let described = self.described(folder, kustomization, &kustomization.transformers);
        let described = described.and_then(|all| {
            all.into_iter()
                .map(|config| External::load(self.loader, folder, config))
                .collect::<Outcome<Vec<_>>>()
        });
        let external = described.unwrap_or_else(|more| {
            problems.extend(more);
            Vec::new()
        });
        for (file, entry) in kustomization.all_components() {
            let before = std::mem::replace(&mut all, Accumulated::nothing());
            match self.component(folder, file, entry, before) {
                Ok(changed) => all = changed,
                Err(more) => {
                    problems.extend(more);
                    break;
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if !all.is_partial {
            transformers.run(kustomization, &all.config, &self.tracker, &mut all.objects)?;
            external.iter().try_for_each(|one| one.run(&mut all.objects, &self.tracker))?;
            all.vars.collect(kustomization, &mut all.objects)?;
        }
        all.objects.prepare();
        Ok(all)
    }

    /// The objects that entries of generators or transformers hold: inline, in files, or what folders build.
    fn described(
        &mut self,
        folder: &Folder,
        kustomization: &Arc<Kustomization>,
        entries: &[Entry],
    ) -> Outcome<Vec<Resource>> {
        let mut all = Accumulated::nothing();
        let mut files = Vec::new();
        for entry in entries {
            let name = kustomization.file.name().to_owned();
            let Ok(read) = Arc::new(File::inline(name, &entry.text)).objects() else {
                files.push(entry);
                continue;
            };
            let own = Path::new(kustomization.file.name()).file_name().unwrap_or_default().to_string_lossy();
            let own = Entry { text: own.into_owned(), span: entry.span };
            all.objects.append_all(read.iter().map(|object| {
                let mut resource = Resource::new(object.node.clone(), &kustomization.file, entry.span);
                self.tracker.read(&mut resource, &own);
                resource
            }))?;
        }
        for entry in files {
            let taken = self.take(folder, kustomization, entry)?;
            self.add(kustomization, entry, taken, &mut all)?;
        }
        Ok(all.objects.into_list())
    }

    /// What a generator with a file of its own makes.
    fn external(&self, folder: &Folder, config: &Resource) -> Outcome<Resource> {
        let mut resource = match external::generator(config)? {
            Maker::Values(file, generator) => {
                generate::generate(self.loader, folder, &file, &generator, None)?
            }
            Maker::Object(made) => *made,
        };
        resource.origin = config.origin.clone();
        self.tracker.generated(&mut resource, &By::object(config));
        Ok(resource)
    }

    /// An entry of resources: a file with objects, or the folder of another kustomization.
    fn take(&self, folder: &Folder, kustomization: &Arc<Kustomization>, entry: &Entry) -> Outcome<Taken> {
        let from = &kustomization.file;
        if loader::is_remote(&entry.text) && !self.exists(folder, entry) {
            return Err(vec![loader::remote(from, entry)]);
        }
        let (path, name) = folder.join_inside(from, entry)?;
        match self.loader.read(&path, &name) {
            Ok(file) => {
                let read = file.objects()?;
                let objects = read.iter().map(|object| {
                    let mut resource = Resource::new(object.node.clone(), &object.file, object.span);
                    self.tracker.read(&mut resource, entry);
                    resource
                });
                Ok(Taken::File(objects.collect()))
            }
            Err(ErrorKind::IsADirectory) => {
                let (folder, inner) = self.enter(folder, from, entry, Role::Kustomization)?;
                let mut below = self.below(entry);
                let taken = below.accumulate(&folder, &inner, Accumulated::nothing())?;
                Ok(Taken::Folder(taken, below.warnings))
            }
            Err(kind) => Err(vec![self.loader.unreadable(folder, from, entry, kind)]),
        }
    }

    /// A builder for the folder that an entry names.
    fn below(&self, entry: &Entry) -> Self {
        Self {
            loader: self.loader,
            tracker: self.tracker.below(entry),
            stack: self.stack.clone(),
            visited: self.visited,
            warnings: Vec::new(),
        }
    }

    /// Adds what an entry of resources holds to what is there.
    fn add(
        &mut self,
        kustomization: &Arc<Kustomization>,
        entry: &Entry,
        taken: Taken,
        all: &mut Accumulated,
    ) -> Outcome<()> {
        match taken {
            Taken::File(objects) => all.objects.append_all(objects),
            Taken::Folder(inner, warnings) => {
                self.warnings.extend(warnings);
                all.config = merged(&all.config, &inner.config, &kustomization.file, Some(entry))?;
                all.vars.merge(inner.vars)?;
                all.objects.take_in(inner.objects)
            }
        }
    }

    /// An entry of components, which works on the objects that are there.
    fn component(
        &mut self,
        folder: &Folder,
        from: &Arc<File>,
        entry: &Entry,
        before: Accumulated,
    ) -> Outcome<Accumulated> {
        if loader::is_remote(&entry.text) && !self.exists(folder, entry) {
            return Err(vec![loader::remote(from, entry)]);
        }
        let (folder, component) = self.enter(folder, from, entry, Role::Component)?;
        let mut below = self.below(entry);
        let after = below.accumulate(&folder, &component, before)?;
        self.warnings.extend(below.warnings);
        Ok(after)
    }

    fn exists(&self, folder: &Folder, entry: &Entry) -> bool {
        let (path, name) = folder.join(&entry.text);
        self.loader.read(&path, &name).is_ok() || self.loader.folder_at(&path).is_ok()
    }

    /// The folder an entry names, and its kustomization.
    fn enter(
        &self,
        folder: &Folder,
        from: &Arc<File>,
        entry: &Entry,
        role: Role,
    ) -> Outcome<(Folder, Arc<Kustomization>)> {
        if Path::new(&entry.text).is_absolute() {
            let problem = from.error(codes::MISSING, "a folder must be named by a relative path", entry.span);
            return Err(vec![problem]);
        }
        let (path, name) = folder.join_inside(from, entry)?;
        let path = self.loader.folder_at(&path).map_err(|kind| {
            vec![match kind {
                ErrorKind::NotADirectory => from
                    .error(
                        codes::NOT_A_FOLDER,
                        format!("{} is a file, but a folder is expected", entry.text),
                        entry.span,
                    )
                    .with_help("a component is a folder with a kustomization of kind Component"),
                kind => self.loader.unreadable(folder, from, entry, kind),
            }]
        })?;
        self.check_nesting(&path, from, entry)?;
        let entered = Folder { path, name, boundary: folder.boundary.clone() };
        // A problem with the folder itself (not with what its file says) is the entry's problem.
        let kustomization = self.loader.kustomization(&entered).map_err(|mut problems| {
            for problem in problems.iter_mut().filter(|problem| problem.location.is_none()) {
                problem.location = Some(from.at(entry.span));
                problem.path = None;
            }
            problems
        })?;
        if kustomization.role != role {
            let (is, list) = match role {
                Role::Kustomization => ("a Component", "components"),
                Role::Component => ("no Component", "resources"),
            };
            return Err(vec![
                from.error(codes::KIND, format!("{} is {is}", entry.text), entry.span)
                    .with_help(format!("list it under {list}, or change the kind in its kustomization.yaml")),
            ]);
        }
        Ok((entered, kustomization))
    }

    fn check_nesting(&self, path: &Path, from: &Arc<File>, entry: &Entry) -> Outcome<()> {
        if self.stack.iter().any(|above| above.starts_with(path)) {
            let message = format!("{} is, or contains, a folder that is being built", entry.text);
            return Err(vec![
                from.error(codes::CYCLE, message, entry.span)
                    .with_help("a kustomization cannot take in itself or a folder above it; move what both need into a folder of its own"),
            ]);
        }
        let visited = self.visited.fetch_add(1, Ordering::Relaxed);
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("folders refer to folders more than {MAX_DEPTH} levels deep");
            return Err(vec![from.error(codes::TOO_DEEP, message, entry.span)]);
        }
        if visited >= MAX_FOLDERS {
            let message = format!("more than {MAX_FOLDERS} folders are taken in");
            return Err(vec![
                from.error(codes::TOO_LARGE, message, entry.span)
                    .with_help("does a folder take in another one twice, on several levels?"),
            ]);
        }
        Ok(())
    }
}

/// The places of two folders together.
fn merged(
    one: &Arc<Config>,
    other: &Arc<Config>,
    from: &Arc<File>,
    entry: Option<&Entry>,
) -> Outcome<Arc<Config>> {
    let nowhere = Entry { text: String::new(), span: yaml::Span::new(0, 0) };
    Config::merged(one, other).map_err(|path| config::contradicting(from, entry.unwrap_or(&nowhere), &path))
}

/// What was read has a kind and a name; a patch or a replacement may have emptied one (kustomize 5.8.1, `IgnoreLocal`).
fn all_named(objects: &Objects) -> Outcome<()> {
    let unnamed = |resource: &Resource| {
        let message = match (resource.kind(), resource.name()) {
            ("", name) => format!("{name} has no kind after the build"),
            (kind, "") if !kind.ends_with("List") => {
                format!("this {kind} has no metadata.name after the build")
            }
            _ => return None,
        };
        let problem = resource.origin.error(codes::OBJECT, message);
        Some(problem.with_help("a patch or a replacement has emptied it"))
    };
    let problems = parallel::map(objects.list(), parallel::OBJECTS, unnamed);
    let problems: Problems = problems.into_iter().flatten().collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Objects that say they are for local use only.
fn drop_local(objects: &mut Objects) {
    let local = |resource: &Resource| {
        resource.annotation("config.kubernetes.io/local-config").is_some_and(|value| value != "false")
    };
    if parallel::map(objects.list(), parallel::OBJECTS, local).contains(&true) {
        objects.list_mut().retain(|resource| !local(resource));
    }
}

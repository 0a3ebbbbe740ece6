//! `transformers` and `generators`: kustomize's built-in ones, each with a file (or inline text) of its own. What is no
//! built-in one is a program, which is not run.

use std::sync::Arc;

use cliutil::{Diagnostic, did_you_mean};
use yaml::Node as Parsed;

use super::image::Rules;
use super::namespace::{Namespace, Subjects};
use super::value::ValueAdd;
use super::{label, name, namespace, replica};
use crate::codes;
use crate::fieldspec::Spec;
use crate::file::{File, Outcome, Problems};
use crate::hash;
use crate::kustomization::{self, FieldSpec, Fields, Generator, Image, Replica, Selector};
use crate::loader::{Folder, Loader};
use crate::metadata::{By, Tracker};
use crate::objects::Objects;
use crate::patch::{JsonPatch, Merge, Patch};
use crate::replacement::{self, Loaded};
use crate::resource::Resource;

/// A transformer with a file of its own.
pub(crate) struct External {
    work: Work,
    config: Resource,
}

enum Work {
    Namespace(Namespace),
    Prefix(String, Vec<Spec>),
    Suffix(String, Vec<Spec>),
    /// Both, for the same places.
    Ends(String, String, Vec<Spec>),
    Hashes,
    Labels(label::Rule),
    Annotations(Vec<(String, String)>, Vec<Spec>),
    Images(Rules, Vec<Spec>),
    Replicas(Arc<File>, Replica, Vec<Spec>),
    Patch(Option<Patch>),
    JsonPatch(JsonPatch),
    Merges(Vec<Merge>),
    Replacements(Vec<Loaded>),
    Value(ValueAdd),
}

/// The kinds that are built here.
const TRANSFORMERS: &[&str] = &[
    "AnnotationsTransformer",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "SuffixTransformer",
    "ValueAddTransformer",
];

/// The same of generators.
const GENERATORS: &[&str] = &["ConfigMapGenerator", "IAMPolicyGenerator", "SecretGenerator"];

impl External {
    /// The transformer that an object describes; files that it names are looked for in `folder`.
    pub(crate) fn load(loader: &Loader<'_>, folder: &Folder, config: Resource) -> Outcome<Self> {
        check_kind(&config, TRANSFORMERS, "transformers")?;
        let work =
            read(&config, |file, root, problems| work(loader, folder, file, root, config.kind(), problems))?;
        Ok(Self { work, config })
    }

    /// Runs it.
    pub(crate) fn run(&self, objects: &mut Objects, tracker: &Tracker) -> Outcome<()> {
        self.work.run(objects).map_err(|problems| {
            let place = self.config.origin.location();
            let add =
                |problem: Diagnostic| problem.with_related(place.clone(), "changed by this transformer");
            problems.into_iter().map(add).collect::<Problems>()
        })?;
        objects.drop_empty();
        tracker.transformed(objects, &By::object(&self.config));
        Ok(())
    }
}

/// What an object of generators makes.
pub(crate) enum Maker {
    /// A ConfigMap or a Secret.
    Values(Arc<File>, Box<Generator>),
    /// An object as it is.
    Object(Box<Resource>),
}

/// The generator that an object describes.
pub(crate) fn generator(config: &Resource) -> Outcome<Maker> {
    check_kind(config, GENERATORS, "generators")?;
    if config.kind() == "IAMPolicyGenerator" {
        return read(config, |file, root, problems| service_account(config, file, root, problems))
            .map(|account| Maker::Object(Box::new(account)));
    }
    read(config, |file, root, problems| {
        let mut generator = if config.kind() == "SecretGenerator" {
            Generator::secret(file, root, problems)
        } else {
            Generator::config_map(file, root, problems)
        };
        for (own, of_object) in
            [(&mut generator.name, config.name()), (&mut generator.namespace, config.namespace())]
        {
            if own.is_empty() {
                of_object.clone_into(own);
            }
        }
        Ok(Maker::Values(Arc::clone(file), Box::new(generator)))
    })
}

/// The service account of a cluster that acts for one of Google's. kustomize puts the names into a text of YAML as they
/// are.
fn service_account(
    config: &Resource,
    file: &Arc<File>,
    root: &Parsed,
    problems: &mut Problems,
) -> Outcome<Resource> {
    let mut fields = Fields::new(file, root, "a generator", problems);
    let f = fields.some(&["cloud", "kubernetesService", "serviceAccount"]);
    let cloud = f.text("cloud").unwrap_or_default();
    let texts = |names: [&'static str; 2]| {
        move |file: &Arc<File>, node: &Parsed, problems: &mut Problems| {
            let mut fields = Fields::new(file, node, "an account", problems);
            let f = fields.some(&names);
            names.map(|name| f.text(name).unwrap_or_default())
        }
    };
    let [name, namespace] = f.part("kubernetesService", texts(["name", "namespace"])).unwrap_or_default();
    let [account, project] = f.part("serviceAccount", texts(["name", "projectId"])).unwrap_or_default();
    let wrong = |message: String| vec![config.origin.error(codes::GENERATOR, message)];
    if cloud != "gke" {
        return Err(wrong(format!("cloud must be gke, but is {cloud:?}")));
    }
    let namespace = if namespace.is_empty() { String::new() } else { format!("  namespace: {namespace}\n") };
    let text = format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    iam.gke.io/gcp-service-account: {account}@{project}.iam.gserviceaccount.com\n  name: {name}\n{namespace}"
    );
    let made = Arc::new(File::inline(file.name().to_owned(), &text)).objects();
    let object = made.ok().and_then(|made| made.first().cloned());
    let object = object.ok_or_else(|| wrong("the names do not make a service account".to_owned()))?;
    Ok(Resource::new(object.node, &config.origin.file, object.span))
}

fn check_kind(config: &Resource, known: &[&str], field: &str) -> Outcome<()> {
    let kind = config.kind();
    if config.api_version() == "builtin" && known.contains(&kind) {
        return Ok(());
    }
    let message = if config.api_version() == "builtin" {
        format!("{field}: the built-in {kind} is not supported")
    } else {
        format!("{field}: {kind} ({}) is a program, and none is run", config.api_version())
    };
    let near = did_you_mean(kind, known.iter().copied());
    let help = match near {
        Some(near) if config.api_version() == "builtin" => format!("did you mean {near}?"),
        _ => format!("known here: {}; or build with --with kustomize", known.join(", ")),
    };
    Err(vec![config.origin.error(codes::UNSUPPORTED, message).with_help(help)])
}

/// Reads the fields of an object, of which kustomize ignores those it does not know.
fn read<T>(
    config: &Resource,
    make: impl FnOnce(&Arc<File>, &Parsed, &mut Problems) -> Outcome<T>,
) -> Outcome<T> {
    let text = config.to_yaml();
    let file = Arc::new(File::inline(config.origin.file().display().to_string(), &text));
    let mut problems = Problems::new();
    let made = yaml::parse(file.text()?)
        .map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])
        .and_then(|stream| match stream.documents.first() {
            Some(document) => make(&file, &document.root, &mut problems),
            None => Err(Vec::new()),
        });
    problems.retain(|problem| problem.code != codes::UNKNOWN_FIELD);
    match made {
        Ok(made) if problems.is_empty() => return Ok(made),
        Ok(_) => {}
        Err(more) => problems.extend(more),
    }
    // The text they are about is the object as it was built, which nobody has.
    for problem in &mut problems {
        problem.location = Some(config.origin.location());
    }
    Err(problems)
}

fn work(
    loader: &Loader<'_>,
    folder: &Folder,
    file: &Arc<File>,
    root: &Parsed,
    kind: &str,
    problems: &mut Problems,
) -> Outcome<Work> {
    let mut fields = Fields::new(file, root, "a transformer", problems);
    let f = fields.some(&[
        "metadata",
        "fieldSpecs",
        "unsetOnly",
        "setRoleBindingSubjects",
        "prefix",
        "suffix",
        "labels",
        "annotations",
        "imageTag",
        "replica",
        "paths",
        "patches",
        "jsonOp",
        "path",
        "target",
        "replacements",
    ]);
    let is_given = f.given().any(|name| name == "fieldSpecs");
    let specs: Vec<Spec> = f.list("fieldSpecs", FieldSpec::read).iter().map(Spec::of).collect();
    let named = |work: fn(String, Vec<Spec>) -> Work, text: Option<String>, specs: Vec<Spec>| {
        if is_given {
            return Ok(work(text.unwrap_or_default(), specs));
        }
        let message = format!("a {kind} needs fieldSpecs");
        Err(vec![
            file.error(codes::TYPE, message, root.span)
                .with_help("write fieldSpecs: [{path: metadata/name}]"),
        ])
    };
    Ok(match kind {
        "NamespaceTransformer" => Work::Namespace(Namespace {
            name: namespace_of(root),
            places: specs,
            unset_only: f.flag("unsetOnly"),
            subjects: subjects(file, f)?,
        }),
        "PrefixTransformer" => named(Work::Prefix, f.text("prefix"), specs)?,
        "SuffixTransformer" => named(Work::Suffix, f.text("suffix"), specs)?,
        "PrefixSuffixTransformer" => {
            let (prefix, suffix) = (f.text("prefix"), f.text("suffix").unwrap_or_default());
            match named(Work::Prefix, prefix, specs)? {
                Work::Prefix(prefix, specs) => Work::Ends(prefix, suffix, specs),
                other => other,
            }
        }
        "HashTransformer" => Work::Hashes,
        "LabelTransformer" => Work::Labels(label::Rule::new(f.texts("labels"), specs)),
        "AnnotationsTransformer" => Work::Annotations(f.texts("annotations"), specs),
        "ImageTagTransformer" => {
            let mut rules = Rules::default();
            if let Some(image) = f.part("imageTag", Image::read) {
                rules.add(file, &image)?;
            }
            Work::Images(rules, specs)
        }
        "ReplicaCountTransformer" => {
            let replica = f.part("replica", Replica::read);
            let none = || Replica { name: String::new(), count: 0, span: root.span };
            Work::Replicas(Arc::clone(file), replica.unwrap_or_else(none), specs)
        }
        "ValueAddTransformer" => Work::Value(ValueAdd::load(loader, folder, file, root, problems)?),
        "PatchTransformer" => {
            let patch = kustomization::Patch::read(file, root, problems);
            Work::Patch(Patch::load(loader, folder, file, &patch)?)
        }
        "PatchJson6902Transformer" => {
            let patch = kustomization::Patch {
                path: f.entry("path").filter(|path| !path.text.is_empty()),
                patch: f.entry("jsonOp").filter(|patch| !patch.text.is_empty()),
                target: f.part("target", Selector::read),
                allow_name_change: false,
                allow_kind_change: false,
                span: root.span,
            };
            Work::JsonPatch(JsonPatch::load(loader, folder, file, &patch)?)
        }
        "PatchStrategicMergeTransformer" => {
            let mut entries = f.entries("paths");
            entries.extend(f.entry("patches").filter(|patches| !patches.text.is_empty()));
            if entries.is_empty() {
                return Err(vec![file.error(codes::PATCH, "paths or patches must be given", root.span)]);
            }
            Work::Merges(Merge::load_all(loader, folder, file, &entries)?)
        }
        _ => {
            let entries = f.list("replacements", kustomization::ReplacementEntry::read);
            let loaded = entries.iter().map(|entry| replacement::load(loader, folder, file, entry));
            Work::Replacements(loaded.collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
        }
    })
}

fn namespace_of(root: &Parsed) -> String {
    let namespace = root.get("metadata").and_then(|metadata| metadata.get("namespace"));
    namespace.and_then(Parsed::as_str).unwrap_or_default().to_owned()
}

fn subjects(file: &Arc<File>, f: &mut Fields<'_, '_>) -> Outcome<Subjects> {
    let Some(mode) = f.entry("setRoleBindingSubjects") else { return Ok(Subjects::Default) };
    match mode.text.as_str() {
        "" | "defaultOnly" => Ok(Subjects::Default),
        "allServiceAccounts" => Ok(Subjects::ServiceAccounts),
        "none" => Ok(Subjects::None),
        _ => Err(vec![file.error(
            codes::TYPE,
            "setRoleBindingSubjects must be defaultOnly, allServiceAccounts or none",
            mode.span,
        )]),
    }
}

impl Work {
    fn run(&self, objects: &mut Objects) -> Outcome<()> {
        match self {
            Self::Namespace(to) if to.name.is_empty() => Ok(()),
            Self::Namespace(to) => namespace::apply(objects, to),
            Self::Prefix(text, places) => name::prefix(objects, text, places),
            Self::Suffix(text, places) => name::suffix(objects, text, places),
            Self::Ends(prefix, suffix, places) => {
                name::prefix(objects, prefix, places)?;
                name::suffix(objects, suffix, places)
            }
            Self::Hashes => hash::rename(objects),
            Self::Labels(rule) => rule.apply(objects),
            Self::Annotations(pairs, places) => label::annotate(objects, pairs, places),
            Self::Images(rules, places) => rules.apply(objects, places),
            Self::Replicas(file, replica, places) => replica::apply(objects, file, replica, places),
            Self::Patch(patch) => patch.iter().try_for_each(|patch| patch.apply(objects)),
            Self::JsonPatch(patch) => patch.apply(objects),
            Self::Merges(merges) => merges.iter().try_for_each(|merge| merge.apply(objects)),
            Self::Value(value) => value.apply(objects),
            Self::Replacements(all) => all.iter().try_for_each(|one| one.apply(objects)),
        }
    }
}

//! `own_apps(namespace)`: the apps of a namespace that a person put there, beside those of the catalogue; and
//! `own_files(folder, start)`: the files of a folder whether the catalogue or a person put them there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::FunctionContext;

/// Where apps live, in an input and in the repository, unless a template says otherwise.
pub(super) const APPS: &str = "kubernetes/apps";
/// What marks a folder of the catalogue as a component.
const GATE: &str = "component.yaml";
/// Where `render tree` records what it wrote: lines of a hash, two blanks and a path.
const RECORD: &str = ".clusterpipe/written";

/// The folders of `BASE/NAMESPACE` (the base is `kubernetes/apps`, or empty for the root) with a `ks.yaml` of the person's own, sorted: those that an input renders
/// and no input declares as a component (`overrides/`), and those in the repository that no input renders and no
/// earlier run wrote. Paths are relative to the working folder.
pub(super) fn own_apps(
    context: &FunctionContext,
    record: &Record,
    namespace: &str,
    base: &str,
) -> Vec<String> {
    // A namespace is one folder: nothing else of the file system can be listed with it.
    if namespace.is_empty() || namespace.contains('/') || !is_below([namespace, base]) {
        return Vec::new();
    }
    let folder = Path::new(base).join(namespace);
    let inputs: Vec<_> =
        context.inputs.iter().map(|input| context.working_dir.join(input).join(&folder)).collect();
    let listing = context.listing.as_deref();
    let in_inputs = |app: &str, name: &str| match listing {
        Some(listing) => listing.contains(&format!("{APPS}/{namespace}/{app}/{name}")),
        None => inputs.iter().any(|input| input.join(app).join(name).is_file()),
    };
    let renders = |app: &str| in_inputs(app, "ks.yaml.j2") || in_inputs(app, "ks.yaml");
    let mut apps: BTreeSet<String> = match listing {
        Some(listing) => listed(listing, &format!("{APPS}/{namespace}/")),
        None => inputs.iter().flat_map(|input| folders(input)).collect(),
    };
    apps.retain(|app| renders(app) && !in_inputs(app, GATE));
    let written = record.0.get_or_init(|| written(&context.working_dir));
    let on_disk = folders(&context.working_dir.join(&folder)).into_iter().filter(|app| {
        let ks = folder.join(app).join("ks.yaml");
        context.working_dir.join(&ks).is_file()
            && !written.contains(&ks)
            && !renders(app)
            && !in_inputs(app, GATE)
    });
    apps.extend(on_disk);
    apps.into_iter().collect()
}

/// The names of the YAML files in a folder that begin with a text, sorted: those that an input renders, and those in
/// the repository that no input renders and no earlier run wrote.
pub(super) fn own_files(
    context: &FunctionContext,
    record: &Record,
    folder: &str,
    start: &str,
) -> Vec<String> {
    if folder.is_empty() || !is_below([folder]) {
        return Vec::new();
    }
    let wanted = |name: &String| {
        name.starts_with(start) && Path::new(name).extension().is_some_and(|ext| ext == "yaml")
    };
    let inputs = context.inputs.iter().flat_map(|input| files(&context.working_dir.join(input).join(folder)));
    let rendered = inputs.filter(|name| !name.ends_with(".partial.yaml.j2"));
    let rendered = rendered.map(|name| name.strip_suffix(".j2").map_or(name.clone(), str::to_owned));
    let written = record.0.get_or_init(|| written(&context.working_dir));
    let on_disk = files(&context.working_dir.join(folder)).into_iter();
    let on_disk = on_disk.filter(|name| !written.contains(&Path::new(folder).join(name)));
    rendered.chain(on_disk).filter(wanted).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether paths stay in the repository.
fn is_below<const N: usize>(paths: [&str; N]) -> bool {
    let inside = |part: std::path::Component| matches!(part, std::path::Component::Normal(_));
    paths.iter().all(|path| Path::new(path).components().all(inside))
}

/// What earlier runs wrote, read once a run.
#[derive(Debug, Default)]
pub(super) struct Record(OnceLock<BTreeSet<PathBuf>>);

/// The folders right below one that hold files of a listing.
fn listed(listing: &BTreeSet<String>, folder: &str) -> BTreeSet<String> {
    let below = listing.range(folder.to_owned()..).map_while(|path| path.strip_prefix(folder));
    below.filter_map(|path| path.split_once('/')).map(|(name, _)| name.to_owned()).collect()
}

fn folders(path: &Path) -> Vec<String> {
    entries(path, Path::is_dir)
}

fn files(path: &Path) -> Vec<String> {
    entries(path, Path::is_file)
}

fn entries(path: &Path, wanted: fn(&Path) -> bool) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let found = entries.flatten().filter(|entry| wanted(&entry.path()));
    found.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn written(root: &Path) -> BTreeSet<PathBuf> {
    let record = std::fs::read_to_string(root.join(RECORD)).unwrap_or_default();
    record.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| PathBuf::from(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn apps_that_are_not_the_catalogues() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        for app in ["echo", "off"] {
            put(root, &format!("templates/kubernetes/apps/default/{app}/component.yaml"), "");
            put(root, &format!("templates/kubernetes/apps/default/{app}/ks.yaml.j2"), "");
        }
        // Rendered earlier: still there, but not a person's own.
        put(root, "kubernetes/apps/default/echo/ks.yaml", "");
        put(root, "kubernetes/apps/default/off/ks.yaml", "");
        put(root, "kubernetes/apps/default/dropped/ks.yaml", "");
        put(root, ".clusterpipe/written", "00  kubernetes/apps/default/dropped/ks.yaml\n");
        // A person's own: by hand, and by a template in overrides/.
        put(root, "kubernetes/apps/default/mine/ks.yaml", "");
        put(root, "kubernetes/apps/default/notes/README.md", "");
        put(root, "overrides/kubernetes/apps/default/theirs/ks.yaml.j2", "");
        put(root, "overrides/kubernetes/apps/default/echo/ks.yaml.j2", "");
        let context = FunctionContext {
            working_dir: root.to_path_buf(),
            inputs: vec!["overrides".into(), "templates".into()],
            listing: None,
        };
        assert_eq!(own_apps(&context, &Record::default(), "default", APPS), ["mine", "theirs"]);
        assert_eq!(own_apps(&context, &Record::default(), "media", APPS), Vec::<String>::new());
        assert_eq!(own_apps(&context, &Record::default(), "../apps/default", APPS), Vec::<String>::new());
        assert_eq!(
            own_apps(&context, &Record::default(), "default", "../kubernetes/apps"),
            Vec::<String>::new()
        );
        assert_eq!(own_apps(&context, &Record::default(), "apps", "kubernetes"), Vec::<String>::new());
    }
}

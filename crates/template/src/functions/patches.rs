//! `talos_patches(group)`: the patch templates of a group.

use std::collections::BTreeMap;

use super::FunctionContext;

/// The `*.yaml.j2` files of `talos/patches/GROUP` in the inputs, sorted by name; of several of one name the first
/// input's. Paths are as the inputs were given, without `./`. Empty for a group that has no folder.
pub(super) fn talos_patches(context: &FunctionContext, group: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    // A group is one folder: nothing else of the file system can be listed with it.
    if group.is_empty() || group == ".." || group.contains('/') {
        return Vec::new();
    }
    for input in &context.inputs {
        let shown = input.join("talos/patches").join(group);
        let Ok(entries) = std::fs::read_dir(context.working_dir.join(&shown)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".yaml.j2") && entry.path().is_file() {
                let path: std::path::PathBuf = shown.join(&name).components().collect();
                let path = path.strip_prefix(".").map_or(path.clone(), std::path::Path::to_path_buf);
                found.entry(name).or_insert_with(|| path.display().to_string());
            }
        }
    }
    found.into_values().collect()
}

//! The functions of the field's plugin: what templates read from the files beside the configuration.
//!
//! Paths are relative to the working folder. Messages name the file and the key, never what is in it.

mod files;
mod own;
mod patches;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, Value};

/// Where functions look.
#[derive(Debug, Clone, Default)]
pub struct FunctionContext {
    /// The folder that relative paths start from; empty is the current one.
    pub working_dir: PathBuf,
    /// The input folders, as given; `talos_patches` looks in `talos/patches` of each.
    pub inputs: Vec<PathBuf>,
    /// The paths of all files of the inputs, where they are known already.
    pub listing: Option<Arc<BTreeSet<String>>>,
}

impl FunctionContext {
    fn path(&self, path: &str) -> PathBuf {
        if self.working_dir.as_os_str().is_empty() {
            PathBuf::from(path)
        } else {
            self.working_dir.join(path)
        }
    }
}

/// The names of the functions that [`add`] adds.
pub(crate) const NAMES: [&str; 8] = [
    "age_key",
    "cloudflare_tunnel_id",
    "cloudflare_tunnel_secret",
    "github_deploy_key",
    "github_push_token",
    "own_apps",
    "own_files",
    "talos_patches",
];

/// Adds them to an environment.
pub(crate) fn add(env: &mut Environment<'static>, context: FunctionContext) {
    let context = Arc::new(context);
    let with = || Arc::clone(&context);
    let here = with();
    env.add_function(
        "age_key",
        move |kind: Option<String>, path: Option<String>, kwargs: Kwargs| -> Result<String, Error> {
            let kind = named(kind, &kwargs, "key_type")?;
            let path = named(path, &kwargs, "file_path")?.unwrap_or_else(|| "age.key".to_owned());
            kwargs.assert_all_used()?;
            let kind = kind.ok_or_else(|| Error::from(minijinja::ErrorKind::MissingArgument))?;
            files::age_key(&here.path(&path), &path, &kind)
        },
    );
    add_file(env, with(), "cloudflare_tunnel_id", "cloudflare-tunnel.json", files::tunnel_id);
    add_file(env, with(), "cloudflare_tunnel_secret", "cloudflare-tunnel.json", files::tunnel_secret);
    add_file(env, with(), "github_deploy_key", "github-deploy.key", files::trimmed);
    add_file(env, with(), "github_push_token", "github-push-token.txt", files::push_token);
    let here = with();
    let record = Arc::new(own::Record::default());
    let same = Arc::clone(&record);
    env.add_function("own_apps", move |namespace: String, base: Option<String>| -> Value {
        let base = base.as_deref().unwrap_or(own::APPS);
        Value::from(own::own_apps(&here, &same, &namespace, base))
    });
    let here = with();
    env.add_function("own_files", move |folder: String, start: String| -> Value {
        Value::from(own::own_files(&here, &record, &folder, &start))
    });
    let here = with();
    env.add_function("talos_patches", move |group: String| -> Value {
        Value::from(patches::talos_patches(&here, &group))
    });
}

type FileFunction = fn(&Path, &str) -> Result<String, Error>;

fn add_file(
    env: &mut Environment<'static>,
    context: Arc<FunctionContext>,
    name: &'static str,
    default: &'static str,
    function: FileFunction,
) {
    env.add_function(name, move |path: Option<String>, kwargs: Kwargs| -> Result<String, Error> {
        let path = named(path, &kwargs, "file_path")?.unwrap_or_else(|| default.to_owned());
        kwargs.assert_all_used()?;
        function(&context.path(&path), &path)
    });
}

/// A parameter by place, by the plugin's name for it, or for paths as `path`.
fn named(value: Option<String>, kwargs: &Kwargs, name: &str) -> Result<Option<String>, Error> {
    if value.is_some() {
        return Ok(value);
    }
    let short = if name == "key_type" { "type" } else { "path" };
    match kwargs.get::<Option<String>>(name)? {
        Some(value) => Ok(Some(value)),
        None => kwargs.get::<Option<String>>(short),
    }
}

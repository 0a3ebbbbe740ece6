//! `render TEMPLATE`: one template to standard output.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cliutil::{Exit, Failure, Io, Outcome, ReadOptions};
use template::{Engine, FunctionContext, Options};

use crate::cli::OneArgs;
use crate::data;
use crate::settings::{Settings, parse_undefined};

/// Renders it.
pub(crate) fn run(args: &OneArgs, io: &mut Io) -> Outcome<Exit> {
    let Some(path) = &args.template else {
        return Err(Failure::new("render/usage", "no template is given").with_help("--help has examples"));
    };
    let from_stdin = path.as_os_str() == "-";
    if from_stdin && args.data.iter().any(|data| data.as_os_str() == "-") {
        return Err(Failure::new(
            "render/usage",
            "the template and the data cannot both come from standard input",
        ));
    }
    let settings = match &args.config {
        Some(config) => Some(Settings::from_file(config)?),
        None => None,
    };
    let mut data = data::load(&args.data, io, args.allow_empty)?;
    let vars: Vec<_> = args.vars.iter().map(|var| data::split_var(var)).collect::<Outcome<_>>()?;
    data::set_vars(&mut data, vars)?;

    let mut options = options(args, settings.as_ref(), path)?;
    let name = if from_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
    let result = if from_stdin {
        let source = cliutil::read_input(io, path, ReadOptions { allow_empty: true })?;
        engine(options, data)?.render_text(&name, source.text())
    } else {
        // Read once here for the errors of reading a file, and by name for its own includes.
        cliutil::read_file(path)?;
        options.files = HashMap::from([(name.clone(), path.clone())]);
        engine(options, data)?.render(&name, None)
    };
    let text = result.map_err(|error| error.to_diagnostic())?;
    io.write_out(text)?;
    Ok(Exit::Yes)
}

fn engine(options: Options, data: yaml::Mapping) -> Outcome<Engine> {
    Engine::new(options, data).map_err(|error| error.to_diagnostic().into())
}

fn options(args: &OneArgs, settings: Option<&Settings>, path: &Path) -> Outcome<Options> {
    let mut folders: Vec<PathBuf> = vec![path.parent().unwrap_or(Path::new("")).to_path_buf()];
    folders.extend(args.import_paths.iter().cloned());
    let mut options = Options::default();
    let mut inputs = Vec::new();
    if let Some(settings) = settings {
        options.syntax = settings.syntax();
        options.undefined = settings.undefined()?;
        inputs.clone_from(&settings.inputs);
        folders.extend(settings.inputs.iter().chain(&settings.import_paths).cloned());
    }
    if let Some(mode) = &args.undefined {
        options.undefined = parse_undefined(mode)?;
    }
    if let Some(settings) = settings {
        options.commands = crate::hooks::functions(settings)?;
    }
    options.functions = Some(FunctionContext { inputs, ..FunctionContext::default() });
    options.folders = folders;
    Ok(options)
}

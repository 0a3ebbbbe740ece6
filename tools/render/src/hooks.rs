//! Hooks: commands that change the data, and commands that are functions of templates. Both only as the settings say.

use std::sync::Arc;
use std::time::Duration;

use cliutil::{Failure, Outcome, Source};
use template::Function;
use yaml::{EmitOptions, Mapping, Value};

use crate::command::Command;
use crate::data;
use crate::settings::Settings;

const WHOSE: &str = "it is a hook of the settings";

/// Passes the data through the data hooks, in order: YAML in, YAML out.
pub(crate) fn data(settings: &Settings, data: Mapping) -> Outcome<Mapping> {
    let mut data = data;
    for text in &settings.data_hooks {
        let command = parse(text, settings)?;
        let input = yaml::emit(&Value::Mapping(data), EmitOptions::default());
        let fail = |words: String| {
            Failure::new("render/hook", format!("the data hook {} {words}", command.name))
                .with_help("nothing was written")
        };
        let answer = command.run(input.as_bytes(), None, None)?.map_err(fail)?;
        let answer =
            String::from_utf8(answer).map_err(|_| fail("printed what is not UTF-8 text".to_owned()))?;
        data = data::of_hook(Source::new(format!("<{}>", command.name), answer))?;
    }
    Ok(data)
}

/// The functions that are commands: a JSON array of arguments in, a JSON value out.
pub(crate) fn functions(settings: &Settings) -> Outcome<Vec<(String, Function)>> {
    let function = |(name, text): &(String, String)| {
        let command = parse(text, settings)?;
        let function: Function = Arc::new(move |args: &[Value]| answer(&command, args));
        Ok((name.clone(), function))
    };
    settings.function_hooks.iter().map(function).collect()
}

fn answer(command: &Command, args: &[Value]) -> Result<Value, String> {
    let name = &command.name;
    let args: Vec<serde_json::Value> = args.iter().cloned().map(serde_json::Value::from).collect();
    let input = serde_json::Value::Array(args).to_string();
    let said = command.run(input.as_bytes(), None, None).map_err(|failure| {
        failure.diagnostics.first().map_or_else(String::new, |diagnostic| diagnostic.message.clone())
    })?;
    let said = said.map_err(|words| format!("the hook {name} {words}"))?;
    let json: serde_json::Value = serde_json::from_slice(&said).map_err(|error| {
        format!("the hook {name} answered no JSON (line {}, column {})", error.line(), error.column())
    })?;
    Ok(Value::from(json))
}

fn parse(text: &str, settings: &Settings) -> Outcome<Command> {
    let limit = Duration::from_secs(settings.command_timeout);
    Command::parse(text, WHOSE, limit)?
        .ok_or_else(|| Failure::new("render/hook", format!("the hook {text:?} is no command")))
}

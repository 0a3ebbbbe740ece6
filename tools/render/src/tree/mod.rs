//! `render tree`: input folders into an output folder, as makejinja does it; nothing is written until all is done.

mod changes;
mod disk;
mod filter;
mod fresh;
mod gate;
mod pattern;
mod plan;
mod plugins;
mod protect;
mod reads;
mod record;
mod rendering;
mod survey;
mod write;

use std::path::Path;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, Severity, parallel};
use yaml::Mapping;

use crate::cli::TreeArgs;
use crate::data;
use crate::settings::{Origin, Settings};
use changes::{Change, Kind};
use disk::Disk;
pub(crate) use reads::vars;
use record::Record;
use survey::Survey;

/// Runs it.
pub(crate) fn run(args: &TreeArgs, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
    let mut settings = Settings::of_run(args.config.as_deref(), &args.settings)?;
    settings.filters.extend(args.filters.iter().cloned());
    let looking = args.check || args.diff || args.dry_run || args.list;
    if !looking {
        run_commands(&settings.exec_pre)?;
    }
    let run = Run { args, settings: &settings, looking, quiet: common.quiet || settings.quiet };
    let exit = run.go(common, io)?;
    if !looking {
        run_commands(&settings.exec_post)?;
    }
    Ok(exit)
}

struct Run<'r> {
    args: &'r TreeArgs,
    settings: &'r Settings,
    /// Nothing is to be written.
    looking: bool,
    quiet: bool,
}

impl Run<'_> {
    fn go(&self, common: &CommonArgs, io: &mut Io) -> Outcome<Exit> {
        let settings = self.settings;
        let (data, survey) = self.data_and_survey(io)?;
        let output = settings.output.clone().ok_or_else(|| {
            Failure::new("render/usage", "no output folder is given")
                .with_help("give it with -o, or as output in render.toml")
        })?;
        let filters = filter::parse(&settings.filters, settings.command_timeout)?;
        let single = plan::single_output(settings, &output);
        let bridge = plugins::start(settings, self.args.loaders, &data, self.looking)?;
        let survey = survey.unwrap_or_else(|| survey::survey(settings));
        let plan = plan::make(settings, &data, survey, (&output, single), bridge.as_ref())?;
        if self.args.list {
            return reads::list(&plan, settings, data, common, io);
        }
        let mut files = rendering::render(&plan, settings, data, bridge)?;
        if single && output == Path::new("/dev/stdout") {
            let bytes = files.pop().map(|file| file.bytes).unwrap_or_default();
            return io.write_out(bytes).map(|()| Exit::Yes);
        }
        if settings.clean {
            write::check_clean(&output, &settings.inputs)?;
        }
        let disk = Disk::look(if single { &[] } else { &files }, &output)?;
        filter::apply(&filters, &mut files, &output)?;
        let keeps_record = settings.origin == Origin::Render || self.args.prune || self.args.protect;
        let record = if single || !keeps_record { None } else { Some(Record::read(&output)?) };
        let mut changes = changes::compare(&files, &disk, &output, single)?;
        let stale = match &record {
            Some(record) if self.args.prune => record.stale(&files, &plan.skipped, &output),
            _ => record::Stale::default(),
        };
        changes.extend(stale.delete.iter().map(|path| Change { path: path.clone(), kind: Kind::Deleted }));
        if self.looking {
            return Ok(self.look(common, &files, &changes, &output, single, io));
        }
        if self.args.protect
            && let Some(record) = &record
            && let Some(exit) = protect::check(record, &files, &changes, &output, self.args.yes, common, io)
        {
            return Ok(exit);
        }
        write::write(&write::Job {
            settings,
            plan: &plan,
            files: &files,
            changes: &changes,
            disk: &disk,
            output: &output,
            single,
            sync: self.args.sync,
        })?;
        if let Some(record) = record {
            record.written(&files, &stale, &output).write(&output)?;
        }
        self.report(&files, &changes, &stale, io);
        Ok(Exit::Yes)
    }

    /// The data, and beside it what there is in the inputs. Where something else runs before or hands the data over, it
    /// may yet change the inputs: then they are looked at later.
    fn data_and_survey(&self, io: &mut Io) -> Outcome<(Mapping, Option<Survey>)> {
        let settings = self.settings;
        let waits = settings.data.iter().any(|path| path.as_os_str() == "-")
            || !settings.data_hooks.is_empty()
            || plugins::are_wanted(settings, self.args.loaders);
        if waits {
            return Ok((self.data(io)?, None));
        }
        std::thread::scope(|scope| {
            let survey = scope.spawn(|| survey::survey(settings));
            let data = self.data(io);
            let survey = parallel::join(survey);
            Ok((data?, Some(survey)))
        })
    }

    fn data(&self, io: &mut Io) -> Outcome<Mapping> {
        let mut data = data::load(&self.settings.data, io, self.args.allow_empty)?;
        let vars = self.settings.data_vars.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        data::set_vars(&mut data, vars)?;
        crate::hooks::data(self.settings, data)
    }

    /// `--check`, `--diff`, `--dry-run`: what would change.
    fn look(
        &self,
        common: &CommonArgs,
        files: &[rendering::File],
        changes: &[Change],
        output: &Path,
        single: bool,
        io: &mut Io,
    ) -> Exit {
        if self.args.diff {
            let text = changes::diff(files, changes, output, single);
            if io.write_out(text).is_err() {
                return Exit::Failed;
            }
        } else {
            let told = if self.args.check { Severity::Error } else { Severity::Note };
            let found: Vec<_> = changes.iter().map(|change| change.diagnostic(told)).collect();
            Reporter::new("render", common, io).show(&found, false, io);
        }
        if changes.is_empty() || (self.args.dry_run && !self.args.check && !self.args.diff) {
            Exit::Yes
        } else {
            Exit::No
        }
    }

    fn report(&self, files: &[rendering::File], changes: &[Change], stale: &record::Stale, io: &mut Io) {
        for path in &stale.keep {
            io.say(format!("kept {}: no longer rendered, but changed since it was", path.display()));
        }
        if self.quiet {
            return;
        }
        let count =
            |deleted: bool| changes.iter().filter(|change| (change.kind == Kind::Deleted) == deleted).count();
        let (written, deleted) = (count(false), count(true));
        let unchanged = files.len() - written;
        let deleted = if deleted > 0 { format!(", {deleted} deleted") } else { String::new() };
        io.say(format!("{written} written, {unchanged} unchanged{deleted}"));
    }
}

impl Change {
    fn diagnostic(&self, severity: Severity) -> Diagnostic {
        let (code, words) = match self.kind {
            Kind::New => ("render/new", "would be written; it does not exist"),
            Kind::Content => ("render/changed", "would be changed"),
            Kind::Mode => ("render/mode", "would get another mode"),
            Kind::Deleted => ("render/stale", "would be deleted; it is no longer rendered"),
        };
        Diagnostic::new(severity, code, words).in_file(self.path.display().to_string())
    }
}

/// makejinja's exec_pre and exec_post, which are shell commands there.
fn run_commands(commands: &[String]) -> Outcome<()> {
    for command in commands {
        let ended = duct::cmd!("sh", "-c", command).stdout_to_stderr().unchecked().run();
        let failed = match ended {
            Ok(output) if output.status.success() => continue,
            Ok(output) => output
                .status
                .code()
                .map_or("was ended by a signal".to_owned(), |code| format!("ended with {code}")),
            Err(error) => format!("cannot be started: {error}"),
        };
        return Err(Failure::new("render/exec", format!("the command {command:?} of the settings {failed}")));
    }
    Ok(())
}

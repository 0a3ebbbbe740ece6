//! Arguments that all tools take, and the one way to parse: help and usage errors go where they belong.

use std::ffi::OsString;

use clap::{Args, ColorChoice, Parser};

use crate::{Exit, Format, Io};

/// Flags spelled alike in all tools. Flatten it with `#[command(flatten)]`.
#[derive(Debug, Clone, Args)]
pub struct CommonArgs {
    /// When to use colour (NO_COLOR is honoured)
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    pub color: ColorChoice,
    /// Say only what is wrong
    #[arg(long, short, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "human", global = true, help_heading = "Output")]
    pub format: Format,
}

impl CommonArgs {
    /// Whether words on standard error may be coloured.
    pub fn colored(&self, io: &Io) -> bool {
        self.colored_on(io.stderr_is_terminal)
    }

    /// Whether what goes to standard output may be coloured.
    pub fn colored_output(&self, io: &Io) -> bool {
        self.colored_on(io.stdout_is_terminal)
    }

    fn colored_on(&self, is_terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }
}

/// Parses arguments. `--help` and `--version` are printed to standard output, usage errors to standard error.
///
/// # Errors
/// The exit code to end with.
pub fn parse<T: Parser>(args: Vec<OsString>, io: &mut Io) -> Result<T, Exit> {
    T::try_parse_from(args).map_err(|error| {
        let text = error.render();
        if error.use_stderr() {
            let shown = if io.stderr_is_terminal { text.ansi().to_string() } else { text.to_string() };
            let _ = io.stderr.write_all(shown.as_bytes());
            return Exit::Failed;
        }
        let shown = if io.stdout_is_terminal { text.ansi().to_string() } else { text.to_string() };
        match io.write_out(shown) {
            Ok(()) => Exit::Yes,
            Err(_) => Exit::Failed,
        }
    })
}

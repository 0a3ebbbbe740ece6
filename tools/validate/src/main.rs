//! The `validate` program.

fn main() -> std::process::ExitCode {
    cliutil::main(validate::run)
}

//! The `secrets` program.

fn main() -> std::process::ExitCode {
    cliutil::main(secrets::run)
}

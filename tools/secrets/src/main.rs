//! The `secrets` program.

fn main() -> std::process::ExitCode {
    secrets::harden();
    cliutil::main(secrets::run)
}

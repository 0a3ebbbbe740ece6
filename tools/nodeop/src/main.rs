//! The `nodeop` program.

fn main() -> std::process::ExitCode {
    cliutil::main(nodeop::run)
}

//! The `talosgen` program.

fn main() -> std::process::ExitCode {
    cliutil::main(talosgen::run)
}

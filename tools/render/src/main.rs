//! `render`: see the library.

fn main() -> std::process::ExitCode {
    cliutil::main(render::run)
}

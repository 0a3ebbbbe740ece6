//! Writes what is generated and checked in, and names what it changed.

use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what the program says")]
fn main() -> ExitCode {
    match docs::generate().and_then(|files| docs::write(&files)) {
        Ok(changed) => {
            for path in changed {
                println!("{}", path.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("docs: {error}");
            ExitCode::from(2)
        }
    }
}

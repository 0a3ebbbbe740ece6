//! talosctl, kubectl, helmfile or flux, by the name it is started with.

fn main() -> std::process::ExitCode {
    let args: Vec<_> = std::env::args().collect();
    machineapi::standin::run(&args).into()
}

//! What keeps secrets out of places where they would stay: no core dump of this process is written.

/// Turns core dumps off for this process, where the system lets it.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // The upper bound stays: a command that exec-env runs may raise it again.
    let limit = Rlimit { current: Some(0), maximum: getrlimit(Resource::Core).maximum };
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

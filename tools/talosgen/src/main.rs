//! The `talosgen` program.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    cliutil::main(talosgen::run)
}

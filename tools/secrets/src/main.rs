//! The `secrets` program.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    secrets::harden();
    cliutil::main(secrets::run)
}

//! The `nodeop` program.

fn main() {
    cliutil::main(nodeop::run)
}

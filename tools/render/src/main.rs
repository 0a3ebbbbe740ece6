//! `render`: see the library.

fn main() {
    cliutil::main(render::run)
}

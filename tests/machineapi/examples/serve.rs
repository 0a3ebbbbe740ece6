//! Five machines to try commands on by hand: writes a repository into a folder and stays until it is ended.
//!
//! `cargo run -p clusterpipe-machineapi --example serve`, then `talosctl --talosconfig …` and `nodeop …` in that folder.

#![allow(clippy::print_stdout, reason = "what the program says")]

use machineapi::{Bench, Cluster, FIVE, Talosctl};

fn main() {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    println!("{}", bench.path("repo").display());
    println!("{}.11 and so on", cluster.network());
    std::thread::sleep(std::time::Duration::from_hours(1));
}

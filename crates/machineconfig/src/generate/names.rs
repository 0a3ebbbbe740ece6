//! Names of output files, made from templates.

use std::collections::HashMap;

use crate::Problem;
use crate::cluster::{Cluster, Fields as _, Node};
use crate::generate::Machine;
use crate::template::{self, Val};

const FILE: &str = "{{ .ClusterName }}-{{ .Hostname }}.yaml";

fn render(text: &str, data: Vec<(&str, Val<'_>)>, field: &'static str) -> Result<String, Problem> {
    template::render(text, &Val::names(data))
        .map_err(|error| Problem::new("template/failed", error.message).on(field))
}

/// The file of a node below the output folder.
pub(super) fn file_name(cluster: &Cluster, node: &Node) -> Result<String, Problem> {
    let own = node.text("filenameTmpl");
    let data = vec![
        ("ClusterName", Val::text(cluster.root.text("clusterName"))),
        ("Hostname", Val::text(node.hostname())),
        ("IPAddress", Val::text(node.text("ipAddress"))),
        ("Role", Val::text(node.role())),
    ];
    let name = render(if own.is_empty() { FILE } else { own }, data, "filenameTmpl")?;
    let leaves = name.split('/').any(|part| part == "..") || name.starts_with('/');
    if name.is_empty() || name.ends_with('/') || leaves {
        let message = "the file name must be a path inside of the output folder";
        return Err(Problem::new("talos/file-name", message).on("filenameTmpl"));
    }
    Ok(name)
}

/// Two nodes must not be written to the same file.
pub(super) fn distinct(machines: &[Machine]) -> Result<(), Problem> {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for machine in machines {
        if let Some(other) = seen.insert(&machine.file_name, &machine.hostname) {
            let message =
                format!("{other} and {} would both be written to {}", machine.hostname, machine.file_name);
            return Err(
                Problem::new("talos/file-name", message).with_help("make filenameTmpl depend on .Hostname")
            );
        }
    }
    Ok(())
}

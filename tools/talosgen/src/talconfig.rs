//! `talosgen talconfig`: from the context and the patch files that exist to talconfig.yaml.

use std::path::Path;
use std::sync::Arc;

use cliutil::{
    CommonArgs, Diagnostic, Exit, Io, Mask, Outcome, ReadOptions, Reporter, Severity, WriteOptions,
};
use talos::fields;
use talos::{InstallDisk, Interface, Node, Talconfig, Talenv};
use yaml::{EmitOptions, Mapping, Value};

use crate::cli::TalconfigArgs;
use crate::context::{self, Context, Machine};
use crate::patches::Patches;

/// Where installer images come from.
const INSTALLER: &str = "factory.talos.dev/installer";

/// What a node's MTU is when it says nothing.
const DEFAULT_MTU: u32 = 1500;

/// LUKS2 for both system partitions, their key sealed in the machine's TPM.
const ENCRYPTION: &str = "machine:
  systemDiskEncryption:
    ephemeral:
      provider: luks2
      keys:
        - slot: 0
          tpm: {}
    state:
      provider: luks2
      keys:
        - slot: 0
          tpm: {}
";

pub(crate) fn run(
    args: &TalconfigArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let source = cliutil::read_input(io, &args.context, ReadOptions::default())?;
    // The context holds tokens.
    let source = Arc::new(source.with_mask(Mask::Except(Vec::new())));
    let mut warnings = Vec::new();
    let context = context::read(&source, &mut warnings)?;
    let patches = Patches::read(&args.patches, &mut warnings)?;
    let names: Vec<_> = context.nodes.iter().map(|node| node.name.as_str()).collect();
    warnings.extend(patches.strangers(&args.patches, &names));
    warnings.extend(check_versions(&args.talenv)?);
    let text = talconfig(&context, &patches).to_yaml();
    let shown: Vec<_> =
        warnings.into_iter().filter(|one| !common.quiet || one.severity == Severity::Error).collect();
    reporter.show(&shown, true, io);
    match &args.output {
        Some(path) => {
            cliutil::write_if_changed(path, text.as_bytes(), WriteOptions::default())?;
        }
        None => io.write_out(text)?,
    }
    Ok(Exit::Yes)
}

/// The talconfig of a context.
pub(crate) fn talconfig(context: &Context, patches: &Patches) -> Talconfig {
    let has_workers = context.nodes.iter().any(|node| !node.controller);
    Talconfig {
        cluster_name: context.cluster_name.clone(),
        endpoint: format!("https://{}:6443", context.api_addr),
        cert_sans: context.cert_sans.clone(),
        pod_nets: context.pod_nets.clone(),
        svc_nets: context.svc_nets.clone(),
        nodes: context.nodes.iter().map(|machine| node(machine, context, patches)).collect(),
        patches: patches.of("global"),
        controller_patches: patches.of("controller"),
        worker_patches: if has_workers { patches.of("worker") } else { Vec::new() },
    }
}

fn node(machine: &Machine, context: &Context, patches: &Patches) -> Node {
    let mut further = machine.further.clone();
    let mut take_map = |key| match further.remove(key) {
        Some(Value::Mapping(map)) => map,
        _ => Mapping::new(),
    };
    let [labels, annotations, taints] =
        [fields::LABELS, fields::ANNOTATIONS, fields::TAINTS].map(|key| texts(take_map(key)));
    let mut machine_spec = take_map("machineSpec");
    let secureboot = machine.secureboot || machine_spec.remove("secureboot") == Some(Value::Bool(true));
    let mut take_list = |key| match further.remove(key) {
        Some(Value::Sequence(items)) => items,
        _ => Vec::new(),
    };
    let own_patches = take_list("patches");
    let more_interfaces = take_list("networkInterfaces");
    let own_image = further.remove("talosImageURL").and_then(|url| url.as_str().map(str::to_owned));
    Node {
        hostname: machine.name.clone(),
        ip_address: machine.address.clone(),
        install_disk: InstallDisk::new(&machine.disk),
        secureboot,
        machine_spec,
        image: own_image.or_else(|| image(machine, secureboot)),
        control_plane: machine.controller,
        labels,
        annotations,
        taints,
        interface: interface(machine, context),
        more_interfaces,
        further,
        patches: node_patches(machine, patches, own_patches),
    }
}

fn image(machine: &Machine, secureboot: bool) -> Option<String> {
    let variant = if secureboot { "-secureboot" } else { "" };
    machine.schematic_id.as_ref().map(|id| format!("{INSTALLER}{variant}/{id}"))
}

fn interface(machine: &Machine, context: &Context) -> Interface {
    Interface {
        hardware_addr: machine.mac_addr.clone(),
        vlan: machine.vlan.or(context.vlan),
        address: format!("{}/{}", machine.address, context.prefix),
        gateway: context.gateway.clone(),
        mtu: machine.mtu.unwrap_or(DEFAULT_MTU),
        vip: (machine.controller && context.talos_vip).then(|| context.api_addr.clone()),
    }
}

/// What the node's fields ask for, then its files, then the patches written at the node itself.
fn node_patches(machine: &Machine, patches: &Patches, own: Vec<Value>) -> Vec<String> {
    let mut list = Vec::new();
    if machine.encrypt_disk {
        list.push(ENCRYPTION.to_owned());
    }
    if !machine.kernel_modules.is_empty() {
        list.push(kernel_modules(&machine.kernel_modules));
    }
    list.extend(patches.of(&machine.name));
    list.extend(own.into_iter().map(|patch| match patch {
        Value::String(text) => text,
        data => yaml::emit(&data, EmitOptions::default()),
    }));
    list
}

fn kernel_modules(names: &[String]) -> String {
    let entry =
        |key: &str, value: Value| -> Value { std::iter::once((key, value)).collect::<Mapping>().into() };
    let modules: Vec<_> = names.iter().map(|name| entry("name", name.as_str().into())).collect();
    let patch = entry("machine", entry("kernel", entry("modules", modules.into())));
    yaml::emit(&patch, EmitOptions::default())
}

/// Labels, annotations and taints are text, whatever a person wrote.
fn texts(map: Mapping) -> Mapping {
    map.into_iter()
        .map(|(key, value)| {
            let text = match value {
                Value::String(text) => text,
                Value::Null => String::new(),
                other => yaml::emit(&other, EmitOptions::default()).trim_end().to_owned(),
            };
            (key, text)
        })
        .collect()
}

/// talconfig.yaml refers to two variables of talenv.yaml: a file without them is worth a word now.
fn check_versions(talenv: &Path) -> Outcome<Vec<Diagnostic>> {
    if !talenv.is_file() {
        return Ok(Vec::new());
    }
    let source = Arc::new(cliutil::read_file(talenv)?);
    let env = Talenv::parse(&source)?;
    let missing = ["talosVersion", "kubernetesVersion"].into_iter().filter(|name| env.own(name).is_none());
    Ok(missing
        .map(|name| {
            Diagnostic::warning("talos/version-missing", format!("{name} is not set here"))
                .in_file(talenv.display().to_string())
                .with_help("talconfig.yaml takes it from this file, or else from the environment")
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cliutil::Source;
    use talos::Document;

    const CONTEXT: &str = include_str!("../tests/cases/talconfig.in/context.yaml");

    fn document() -> (Arc<Source>, Document) {
        let source = Arc::new(Source::new("context.yaml", CONTEXT));
        let context = context::read(&source, &mut Vec::new()).unwrap();
        let mut warnings = Vec::new();
        let patches = Patches::read(Path::new("tests/cases/talconfig.in/talos/patches"), &mut warnings);
        let text = talconfig(&context, &patches.unwrap()).to_yaml();
        let env = Source::new("talenv.yaml", "talosVersion: v1.11.5\nkubernetesVersion: v1.34.2\n");
        let source = Arc::new(Source::new("talconfig.yaml", text));
        let document = Document::read(&source, &Talenv::parse(&Arc::new(env)).unwrap()).unwrap();
        (source, document)
    }

    #[test]
    fn what_we_write_is_a_talconfig_without_findings() {
        let (source, document) = document();
        let folder = Path::new("tests/cases/talconfig.in/talos");
        let env = Source::new("talenv.yaml", "talosVersion: v1.11.5\nkubernetesVersion: v1.34.2\n");
        let env = Talenv::parse(&Arc::new(env)).unwrap();
        let findings = crate::validate::check(&document, &source, &env, folder);
        let found: Vec<_> = findings.iter().map(|one| one.message.as_str()).collect();
        // The node's own patch of this fixture names a file that nobody wrote.
        assert_eq!(found, ["./patches/extra.yaml: no such file"]);
    }

    // Acceptance 7 and 8; catalogue 3.1.
    #[test]
    fn facts_of_the_nodes() {
        let (source, document) = document();
        let nodes = document.root().get("nodes").unwrap().as_sequence().unwrap();
        let keys = |node: &yaml::Node| -> Vec<String> {
            let pairs = node.as_mapping().unwrap_or_default();
            pairs.iter().filter_map(|pair| pair.key.as_str().map(str::to_owned)).collect()
        };
        let [controller, worker] = nodes else { panic!("two nodes") };
        assert_eq!(controller.get("installDisk").unwrap().as_str(), Some("/dev/sda"));
        assert_eq!(
            worker.get("installDiskSelector").unwrap().get("serial").unwrap().as_str(),
            Some("S4EXAMPLE0001")
        );
        assert_eq!(
            keys(controller.get("nodeLabels").unwrap()),
            ["topology.kubernetes.io/zone", "node.example.com/storage"]
        );
        assert!(source.text().contains("topology.kubernetes.io/zone: \"rack-a\""));
        assert!(worker.get("nodeLabels").is_none());
        let link =
            |node: &yaml::Node| keys(&node.get("networkInterfaces").unwrap().as_sequence().unwrap()[0]);
        assert!(link(controller).contains(&"vip".to_owned()));
        assert!(!link(worker).contains(&"vip".to_owned()));
        let first = worker.get("patches").unwrap().as_sequence().unwrap()[0].as_str().unwrap();
        assert_eq!(first, ENCRYPTION);
        assert!(!source.text().contains("THROWAWAY"), "no secret of the context goes into the talconfig");
    }

    #[test]
    fn a_node_may_have_a_vlan_of_its_own() {
        let source = Arc::new(Source::new("context.yaml", CONTEXT));
        let mut context = context::read(&source, &mut Vec::new()).unwrap();
        context.vlan = Some(30);
        context.nodes[1].vlan = Some(40);
        let config = talconfig(&context, &Patches::default());
        let vlans: Vec<_> = config.nodes.iter().map(|node| node.interface.vlan).collect();
        assert_eq!(vlans, [Some(30), Some(40)]);
    }

    #[test]
    fn patches_of_workers_need_a_worker() {
        let source = Arc::new(Source::new("context.yaml", CONTEXT));
        let mut context = context::read(&source, &mut Vec::new()).unwrap();
        context.nodes.retain(|node| node.controller);
        let patches =
            Patches::read(Path::new("tests/cases/talconfig.in/talos/patches"), &mut Vec::new()).unwrap();
        let config = talconfig(&context, &patches);
        assert!(config.worker_patches.is_empty());
        assert_eq!(config.controller_patches, ["@./patches/controller/cluster.yaml"]);
    }
}

//! J: the Proxmox and Terraform system.

use acceptance::{Look, System, terraform, yaml};
use yaml::Value;

use crate::d_secrets::ignored;
use crate::{proxmox, refused};

/// The nodes as Terraform has them, in their order.
fn machines(system: &System) -> Vec<(String, Value)> {
    let main = system.document("infrastructure/main.tf.json");
    let nodes = main.at("locals nodes").as_mapping().unwrap().clone();
    nodes.iter().map(|(name, node)| (name.text("").to_owned(), node.clone())).collect()
}

/// The network that META key 10 of a node's image holds.
fn network(machine: &Value) -> Value {
    let schematic = yaml(machine.text("schematic"));
    let meta = schematic.list("customization meta").iter().find(|entry| entry.number("key") == 10);
    yaml(meta.unwrap().text("value"))
}

#[test]
fn s124_names_and_addresses_of_five_machines() {
    let want = [
        ("controlplane0", "10.0.1.1", 1500),
        ("controlplane1", "10.0.1.2", 1501),
        ("controlplane2", "10.0.1.3", 1502),
        ("worker0", "10.0.2.1", 2000),
        ("worker1", "10.0.2.2", 2001),
    ];
    let counted = proxmox().nodes_text("nodes: []\n");
    let told = counted.clone().with("controller_count: 3\nworker_count: 2");
    for system in [proxmox(), counted, told].map(|one| one.system()) {
        let machines = machines(&system);
        let found: Vec<_> = machines
            .iter()
            .map(|(name, node)| (name.as_str(), node.text("address"), node.number("vm_id")))
            .collect();
        assert_eq!(found, want);
        let talconfig = system.document("talos/talconfig.yaml");
        let names = want.map(|(name, ..)| name);
        assert_eq!(talconfig.each("nodes", "hostname"), names);
        assert_eq!(talconfig.each("nodes", "ipAddress"), want.map(|(_, address, _)| address));
    }
}

#[test]
fn s125_a_schematic_for_each_node() {
    let system = proxmox().system();
    let mut all = Vec::new();
    for (name, node) in machines(&system) {
        let schematic = yaml(node.text("schematic"));
        let extensions = schematic.texts("customization systemExtensions officialExtensions");
        for wanted in ["siderolabs/qemu-guest-agent", "siderolabs/tailscale"] {
            assert!(extensions.contains(&wanted), "{name}: {extensions:?}");
        }
        assert_eq!(schematic.texts("customization extraKernelArgs"), ["net.ifnames=0"]);
        assert!(network(&node).text("addresses 0 address").starts_with(node.text("address")), "{name}");
        all.push(node.text("schematic").to_owned());
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "each node has its own");
    // The image that is installed is the one that was booted.
    let talconfig = system.document("talos/talconfig.yaml");
    for (node, (_, machine)) in talconfig.list("nodes").iter().zip(machines(&system)) {
        assert_eq!(node.at("schematic"), &yaml(machine.text("schematic")));
    }
}

#[test]
fn s126_the_network_in_meta() {
    for (name, node) in machines(&proxmox().system()) {
        let network = network(&node);
        assert_eq!(network.text("addresses 0 address"), format!("{}/16", node.text("address")));
        assert_eq!(network.text("addresses 0 linkName"), "eth0");
        assert_eq!(network.text("routes 0 gateway"), "10.0.0.1");
        assert_eq!(network.text("routes 0 outLinkName"), "eth0");
        assert_eq!(network.text("hostnames 0 hostname"), name);
        assert_eq!(network.texts("resolvers 0 dnsServers"), ["1.1.1.1", "8.8.8.8"]);
        for part in ["addresses 0", "routes 0", "hostnames 0", "resolvers 0"] {
            assert_eq!(network.text(&format!("{part} layer")), "platform");
        }
    }
}

#[test]
fn s127_one_apply() {
    let system = proxmox().system();
    let module = terraform::module(&system, "infrastructure");
    assert_eq!(terraform::problems(&module), Vec::<String>::new());
    for resource in [
        "talos_image_factory_schematic.node",
        "proxmox_virtual_environment_download_file.image",
        "proxmox_virtual_environment_vm.node",
        "talos_machine_configuration_apply.node",
        "talos_machine_bootstrap.cluster",
        "talos_cluster_kubeconfig.cluster",
        "helm_release.cilium",
        "flux_bootstrap_git.cluster",
    ] {
        assert!(terraform::has(&module, resource), "{resource}");
    }
    // Each needs the one before it, directly or through others.
    let order = [
        "talos_image_factory_schematic.node",
        "proxmox_virtual_environment_download_file.image",
        "proxmox_virtual_environment_vm.node",
        "talos_machine_configuration_apply.node",
        "talos_machine_bootstrap.cluster",
        "talos_cluster_kubeconfig.cluster",
        "terraform_data.api_ready",
        "helm_release.cilium",
        "terraform_data.nodes_ready",
        "kubernetes_secret.sops_age",
        "flux_bootstrap_git.cluster",
        "terraform_data.flux_ready",
    ];
    for pair in order.windows(2) {
        assert!(terraform::needs(&module, pair[1]).contains(pair[0]), "{} before {}", pair[0], pair[1]);
    }
    // What each node is reached at is its own static address, and nothing asks for another.
    let apply = terraform::resource(&module, "talos_machine_configuration_apply.node");
    assert_eq!(apply.text("node"), "${each.value.address}");
    let talconfig = system.document("talos/talconfig.yaml");
    for node in talconfig.list("nodes") {
        assert_eq!(node.at("networkInterfaces 0 dhcp").as_bool(), Some(false));
    }
    // Secrets come from outside: nothing of them is in any file but the encrypted one.
    for (file, text) in &system.plain {
        if file.extension().is_some_and(|ending| ending == "json") {
            assert!(!text.contains("THROWAWAY"), "{}", file.display());
        }
    }
    let secrets = system.document("infrastructure/secrets.sops.yaml");
    assert!(secrets.text("TF_VAR_proxmox_api_token").starts_with("terraform@pve!terraform="));
    for dir in ["dns", "vault", "secrets", "authentik", "services"] {
        let module = terraform::module(&system, &format!("gitops/{dir}"));
        assert_eq!(terraform::problems(&module), Vec::<String>::new(), "{dir}");
    }
}

/// What stands in for Terraform: it says what it was asked and which secrets reached it, and makes a kubeconfig.
const TERRAFORM: &str = "#!/bin/sh\n\
    echo \"asked: $*\"\n\
    echo \"proxmox: ${TF_VAR_proxmox_api_token:-nothing}, git: ${TF_VAR_github_token:-nothing}\"\n\
    test \"$2\" != apply || echo made > infrastructure/kubeconfig\n";

#[test]
fn s127_one_recipe_that_hands_the_secrets_over_in_the_environment() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = proxmox().configured();
    repository.write("stand-in", TERRAFORM);
    let program = repository.path().join("stand-in");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let infra = |words: &[&str], token: Option<&str>| {
        let mut recipe = repository.recipe(&[&["infra"], words].concat());
        recipe.env("TERRAFORM", &program).env("PATH", format!("{}:/usr/bin:/bin", pipeline::bin().display()));
        recipe.envs(token.map(|token| ("GITHUB_TOKEN", token)));
        recipe.output().unwrap()
    };
    let without = infra(&["plan"], None);
    assert!(!without.status.success(), "{}", pipeline::text(&without));
    assert!(pipeline::text(&without).contains("GITHUB_TOKEN"));
    let done = infra(&["apply", "-auto-approve"], Some("THROWAWAY-git"));
    let said = pipeline::text(&done);
    assert!(done.status.success(), "{said}");
    let init = said.find("asked: -chdir=infrastructure init").unwrap();
    let apply = said.find("asked: -chdir=infrastructure apply -auto-approve").unwrap();
    assert!(init < apply, "{said}");
    assert!(said.contains("proxmox: nothing"), "init needs no secret: {said}");
    assert!(said.contains("proxmox: terraform@pve!terraform=THROWAWAY"), "{said}");
    assert!(said.contains("git: THROWAWAY-git"), "{said}");
    // What it reads was made before: the bundle, encrypted, and a configuration for each machine.
    assert!(pipeline::is_encrypted(&repository.read("talos/talsecret.sops.yaml")));
    for name in ["controlplane0", "worker1"] {
        repository.read(&format!("talos/clusterconfig/talos-cluster-{name}.yaml"));
    }
    // Every other recipe finds the kubeconfig where it looks.
    assert_eq!(repository.read("kubeconfig"), "made\n");
    let other = crate::olm().configured();
    let refused = other.just(&["infra", "plan"]);
    assert!(!refused.status.success());
    assert!(pipeline::text(&refused).contains("infrastructure/main.tf.json"), "{}", pipeline::text(&refused));
}

#[test]
fn s128_the_first_controllers_address() {
    let system = proxmox().system();
    let module = terraform::module(&system, "infrastructure");
    for resource in ["talos_machine_bootstrap.cluster", "talos_cluster_kubeconfig.cluster"] {
        assert_eq!(terraform::resource(&module, resource).text("node"), "10.0.1.1");
    }
    let talconfig = system.document("talos/talconfig.yaml");
    assert_eq!(talconfig.text("endpoint"), "https://10.0.3.1:6443");
    // kube-vip has the address, and Talos leaves it alone.
    let daemon = system.get("DaemonSet", "kube-system/kube-vip");
    let env = daemon.item("spec template spec containers 0 env", "name", "address");
    assert_eq!(env.text("value"), "10.0.3.1");
    assert!(!system.read("talos/talconfig.yaml").contains("vip:"));
    let patch = system.document("talos/patches/controller/kube-vip.yaml");
    assert!(patch.text("cluster inlineManifests 0 contents").contains("10.0.3.1"));
    // Without kube-vip it is the other way round.
    let talos = proxmox().with("kube_vip_enabled: false").system();
    assert!(!talos.has("k8s/kube-vip") && !talos.has("talos/patches/controller/kube-vip.yaml"));
    let nodes = talos.document("talos/talconfig.yaml");
    let vip = |node: &Value| node.find("networkInterfaces 0 vip ip").map(|ip| ip.text("").to_owned());
    let vips: Vec<_> = nodes.list("nodes").iter().map(vip).collect();
    let shared = Some("10.0.3.1".to_owned());
    assert_eq!(vips, [shared.clone(), shared.clone(), shared, None, None]);
}

#[test]
fn s129_access_files_are_ignored_by_git() {
    let files = [
        "infrastructure/kubeconfig",
        "infrastructure/talosconfig",
        "infrastructure/terraform.tfstate",
        "infrastructure/terraform.tfvars",
        "kubeconfig",
        "talosconfig",
        "talos/clusterconfig/talosconfig",
    ];
    let repository = proxmox().configured();
    assert_eq!(ignored(&files[4..]), files[4..]);
    for command in [vec!["init", "--quiet"], [vec!["check-ignore"], files.to_vec()].concat()] {
        let done = repository.run("git", &command);
        assert!(done.status.success(), "{}", pipeline::text(&done));
        if command[0] == "check-ignore" {
            let said = String::from_utf8(done.stdout).unwrap();
            assert_eq!(said.lines().collect::<Vec<_>>(), files);
        }
    }
}

#[test]
fn s130_cilium_of_this_platform() {
    let system = proxmox().system();
    let values = system.document("k8s/cilium/app/values.yaml");
    assert_eq!(values.at("kubeProxyReplacement").as_bool(), Some(true));
    assert_eq!(values.at("bpf hostLegacyRouting").as_bool(), Some(true));
    assert_eq!(values.text("k8sServiceHost"), "10.0.3.1");
    assert_eq!(values.number("k8sServicePort"), 6443);
    assert_eq!(values.text("ipam mode"), "cluster-pool");
    assert_eq!(values.texts("ipam operator clusterPoolIPv4PodCIDRList"), ["10.244.0.0/16"]);
    // One file for both: Terraform's first installation, and Flux's releases.
    let map = system.get("ConfigMap", "kube-system/cilium-values");
    assert_eq!(map.text("data values.yaml"), system.read("k8s/cilium/app/values.yaml"));
    let release = system.get("HelmRelease", "kube-system/cilium");
    assert_eq!(release.text("spec valuesFrom 0 name"), "cilium-values");
    let module = terraform::module(&system, "infrastructure");
    let first = terraform::resource(&module, "helm_release.cilium");
    assert!(first.texts("values")[0].contains("../k8s/cilium/app/values.yaml"));
    assert_eq!(first.text("version"), release.text("spec chart spec version"));
}

#[test]
fn s131_metallbs_pools() {
    let system = proxmox().system();
    for (name, addresses, auto) in [
        ("ingress-pool", "10.0.3.2/32", false),
        ("dns-pool", "10.0.3.3/32", false),
        ("services-pool", "10.0.3.4-10.0.3.20", true),
    ] {
        let pool = system.get("IPAddressPool", &format!("metallb-system/{name}"));
        assert_eq!(pool.texts("spec addresses"), [addresses]);
        assert_eq!(pool.at("spec autoAssign").as_bool(), Some(auto), "{name}");
    }
    let advertised = system.all("L2Advertisement");
    assert_eq!(advertised.len(), 1);
    let pools = advertised[0].value.texts("spec ipAddressPools");
    assert_eq!(pools, ["ingress-pool", "dns-pool", "services-pool"]);
    // The kinds are there before what is of them, and an address before who wants it.
    let after = |name: &str| system.get("Kustomization", &format!("flux-system/{name}")).clone();
    assert_eq!(after("metallb-config").each("spec dependsOn", "name"), ["metallb"]);
    for user in ["ingress-nginx", "powerdns"] {
        assert!(after(user).each("spec dependsOn", "name").contains(&"metallb-config"), "{user}");
    }
    // A service's own address is nobody else's.
    let repository = proxmox().repository();
    refused(&repository, &proxmox().with("metallb_services_range: 10.0.3.2-10.0.3.20"), &["10.0.3.2"]);
    refused(&repository, &proxmox().with("metallb_enabled: false"), &["MetalLB"]);
}

#[test]
fn s132_ingress_nginx() {
    let system = proxmox().system();
    let values = system.values("ingress-nginx/ingress-nginx");
    assert_eq!(values.number("controller replicaCount"), 2);
    assert_eq!(values.text("controller kind"), "Deployment");
    let service = values.at("controller service");
    assert_eq!(service.text("annotations metallb.io/address-pool"), "ingress-pool");
    assert_eq!(service.text("annotations metallb.io/loadBalancerIPs"), "10.0.3.2");
    assert_eq!(values.at("controller ingressClassResource default").as_bool(), Some(true));
}

#[test]
fn s133_powerdns() {
    let system = proxmox().system();
    let service = system.get("Service", "dns-system/powerdns-external");
    assert_eq!(service.text("metadata annotations metallb.io/address-pool"), "dns-pool");
    assert_eq!(service.text("metadata annotations metallb.io/loadBalancerIPs"), "10.0.3.3");
    assert_eq!(service.each("spec ports", "protocol"), ["UDP", "TCP"]);
    for issuer in ["letsencrypt-prod", "letsencrypt-staging"] {
        let solver = system.get("ClusterIssuer", issuer).at("spec acme solvers 0 dns01 webhook").clone();
        assert_eq!(solver.text("solverName"), "powerdns");
        assert_eq!(solver.text("groupName"), "acme.syself.com");
        assert!(solver.text("config host").contains("powerdns-api.dns-system"));
        let secret = solver.text("config apiKeySecretRef name");
        assert!(system.knows("Secret", &format!("cert-manager/{secret}")));
    }
    // The key is in Secrets alone.
    let config = system.get("ConfigMap", "dns-system/powerdns");
    assert!(!format!("{config:?}").contains("THROWAWAY"));
    let zone = system.document("gitops/dns/main.tf.json");
    assert_eq!(zone.text("resource powerdns_zone cluster name"), "cluster.example.com.");
}

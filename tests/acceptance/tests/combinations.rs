//! What is optional in the system proxmox, in combinations: each renders, builds, and is accepted without a finding.
//! Every switch alone and none at all always; with `CLUSTERPIPE_SOAK=N` N random combinations, too.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failure is the test's failure")]

use acceptance::{Configuration, terraform};

/// The switches, each with those that it needs (configuration.md 16 and the rules of the system).
const SWITCHES: [(&str, &[&str]); 12] = [
    ("metallb_enabled", &[]),
    ("kube_vip_enabled", &[]),
    ("sealed_secrets_enabled", &[]),
    ("ingress_nginx_enabled", &["metallb_enabled"]),
    ("powerdns_enabled", &["metallb_enabled"]),
    ("vault_enabled", &[]),
    ("authentik_enabled", &["vault_enabled", "ingress_nginx_enabled", "powerdns_enabled"]),
    ("harbor_enabled", &["authentik_enabled"]),
    ("gitea_enabled", &["authentik_enabled"]),
    ("matrix_enabled", &["authentik_enabled"]),
    ("test_app_enabled", &["ingress_nginx_enabled"]),
    ("vps_proxy_enabled", &["ingress_nginx_enabled"]),
];

/// A selection with everything that it needs.
fn closed(chosen: &[&'static str]) -> Vec<&'static str> {
    let mut all = chosen.to_vec();
    let mut next = 0;
    while next < all.len() {
        let (_, needs) = SWITCHES.iter().find(|(name, _)| *name == all[next]).unwrap();
        for need in *needs {
            if !all.contains(need) {
                all.push(need);
            }
        }
        next += 1;
    }
    all
}

fn check(chosen: &[&'static str]) {
    let on = closed(chosen);
    let lines = SWITCHES.map(|(name, _)| format!("{name}: {}", on.contains(&name))).join("\n");
    let system = Configuration::example("proxmox").with(&lines).system();
    assert!(system.said.contains(": nothing found"), "{on:?}: {}", system.said);
    let modules = [
        "infrastructure",
        "gitops/dns",
        "gitops/vault",
        "gitops/secrets",
        "gitops/authentik",
        "gitops/services",
    ];
    for module in modules.iter().filter(|module| system.has(module)) {
        let problems = terraform::problems(&terraform::module(&system, module));
        assert!(problems.is_empty(), "{on:?}: {problems:?}");
    }
    // What is off leaves nothing behind.
    for (switch, folder) in
        [("harbor_enabled", "harbor"), ("vault_enabled", "vault"), ("metallb_enabled", "metallb")]
    {
        assert_eq!(system.has(&format!("k8s/{folder}")), on.contains(&switch), "{on:?}: {folder}");
    }
    println!("{} on: fine", on.len());
}

#[test]
fn each_alone_and_none() {
    check(&[]);
    for (name, _) in SWITCHES {
        check(&[name]);
    }
}

#[test]
fn random_combinations() {
    let Some(count) = std::env::var("CLUSTERPIPE_SOAK").ok().and_then(|count| count.parse::<usize>().ok())
    else {
        println!("SKIPPED: only with CLUSTERPIPE_SOAK");
        return;
    };
    // A fixed sequence: the same combinations each time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bits = state >> 40;
        let chosen: Vec<_> = SWITCHES
            .iter()
            .enumerate()
            .filter(|(at, _)| bits >> at & 1 == 1)
            .map(|(_, (name, _))| *name)
            .collect();
        check(&chosen);
    }
}

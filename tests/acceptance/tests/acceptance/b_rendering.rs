//! B: the template language, and the form of what is written.

use std::path::Path;
use std::process::Output;

use acceptance::Look;
use pipeline::{Repository, text};

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

/// Renders a template of a person's own through `just configure`, from `overrides/`.
fn own(repository: &Repository, template: &str) -> Output {
    std::fs::create_dir_all(repository.path().join("overrides/talos")).unwrap();
    repository.write("overrides/talos/own.txt.j2", template);
    repository.just(&["configure", "--yes"])
}

fn rendered(template: &str) -> String {
    let repository = plain().repository();
    let done = own(&repository, template);
    assert!(done.status.success(), "{}", text(&done));
    repository.read("talos/own.txt")
}

#[test]
fn s023_expressions_of_helm_and_flux_pass() {
    let said = "{{ .Values.a | quote }} {{- range $x := .b }}{{ end }} ${SECRET_DOMAIN} ${A:=b} $$x\n";
    assert_eq!(rendered(said), said);
    let alerts = kgateway().system();
    let rule = alerts.get("PrometheusRule", "kgateway-system/ai-gateway-alerts");
    assert!(rule.text("spec groups 0 rules 0 annotations description").contains("{{ $value"));
    assert!(core().system().read("talos/talconfig.yaml").contains("\"${talosVersion}\""));
}

#[test]
fn s024_comments_go() {
    let template = "a#| one line #|b\n#| first\n  #{ nothing }# here #% either %#\nlast #|\nafter\n";
    let out = rendered(template);
    assert!(out.starts_with("ab\n") && out.ends_with("after\n"), "{out:?}");
    for word in ["line", "first", "nothing", "last", "#|"] {
        assert!(!out.contains(word), "{word}: {out:?}");
    }
}

#[test]
fn s025_the_primary_domain() {
    assert_eq!(rendered("at #{ primary_domain }#\n"), "at example.com\n");
}

#[test]
fn s026_functions_and_their_errors() {
    let repository = plain().repository();
    let template = "#{ age_key('public') }#\n#{ age_key('private') }#\n#{ cloudflare_tunnel_id() }#\n\
        #{ cloudflare_tunnel_secret() }#\n#{ github_deploy_key() }#\n#{ github_push_token() }#\n\
        #{ talos_patches('global') | length }#\n#{ talos_patches('nobody') | length }#\n";
    let done = own(&repository, template);
    assert!(done.status.success(), "{}", text(&done));
    let out = repository.read("talos/own.txt");
    let lines: Vec<_> = out.lines().collect();
    assert!(lines[0].starts_with("age1") && lines[1].starts_with("AGE-SECRET-KEY-"));
    assert!(lines.contains(&repository.read("github-push-token.txt").trim()));
    assert!(out.contains(repository.read("github-deploy.key").trim()));
    assert!(out.ends_with("5\n0\n"), "the patches of all nodes, and none of a node without its own");
    // What is missing is named: the file, or the key in it.
    let tunnel = repository.read("cloudflare-tunnel.json");
    for (file, content, words) in [
        (
            "cloudflare-tunnel.json",
            Some("{\"AccountTag\":\"a\",\"TunnelID\":\"t\"}"),
            ["cloudflare-tunnel.json", "TunnelSecret"],
        ),
        ("cloudflare-tunnel.json", Some("no json"), ["cloudflare-tunnel.json", ""]),
        ("cloudflare-tunnel.json", None, ["cloudflare-tunnel.json", ""]),
        ("github-push-token.txt", None, ["github-push-token.txt", ""]),
        ("github-deploy.key", None, ["github-deploy.key", ""]),
        ("age.key", Some("# nothing here\n"), ["age.key", ""]),
    ] {
        let before = repository.read(file);
        match content {
            Some(content) => repository.write(file, content),
            None => std::fs::remove_file(repository.path().join(file)).unwrap(),
        }
        let failed = repository.just(&["configure", "--yes"]);
        let said = text(&failed);
        assert!(!failed.status.success() && words.iter().all(|word| said.contains(word)), "{file}: {said}");
        assert_eq!(repository.read("talos/own.txt"), out, "{file}: nothing is written");
        repository.write(file, &before);
    }
    assert_eq!(repository.read("cloudflare-tunnel.json"), tunnel);
}

#[test]
fn s027_the_tunnels_token() {
    use base64::Engine as _;
    let repository = plain().repository();
    repository.write("cloudflare-tunnel.json", r#"{"TunnelID":"t","AccountTag":"a","TunnelSecret":"s"}"#);
    repository.configure();
    let file = "kubernetes/apps/network/cloudflare-tunnel/app/secret.sops.yaml";
    let plain = repository.run("secrets", &["decrypt", file]);
    let secret = acceptance::yaml(&String::from_utf8(plain.stdout).unwrap());
    let token = base64::engine::general_purpose::STANDARD.decode(secret.text("stringData TUNNEL_TOKEN"));
    assert_eq!(String::from_utf8(token.unwrap()).unwrap(), r#"{"a":"a","t":"t","s":"s"}"#);
}

#[test]
fn s028_basename_and_nthhost() {
    let out = rendered("#{ 'x/y.yaml.j2' | basename }# #{ '10.43.0.0/16' | nthhost(10) }#\n");
    assert_eq!(out, "y.yaml 10.43.0.10\n");
}

#[test]
fn s029_a_component_that_is_off_leaves_nothing() {
    // Every kustomization of every system builds: the view of the cluster fails where one does not.
    for system in [core(), plain(), kgateway(), envoy_ai(), external_secrets()].map(|one| one.system()) {
        assert!(system.objects().len() > 60);
        // What is listed is there, and what is there is listed.
        for (path, content) in &system.plain {
            if path.file_name().is_some_and(|name| name == "kustomization.yaml") {
                let folder = path.parent().unwrap();
                let list = acceptance::yaml(content);
                for resource in list.texts("resources") {
                    let there = folder.join(resource.trim_start_matches("./"));
                    assert!(system.plain.contains_key(&there), "{} lists {resource}", path.display());
                }
            }
        }
        let applied: Vec<_> = system.objects().iter().map(|object| object.file.as_path()).collect();
        for path in system.plain.keys().filter(|path| path.starts_with("kubernetes")) {
            let is_list = path.file_name().is_some_and(|name| name == "kustomization.yaml");
            assert!(is_list || applied.contains(&path.as_path()), "{} is applied by nothing", path.display());
        }
    }
    let off = core().system();
    for word in ["spegel", "kgateway", "keycloak", "proxmox", "onepassword", "obot"] {
        let single = word == "spegel";
        let named = |path: &Path| path.starts_with("kubernetes") && path.to_string_lossy().contains(word);
        assert_eq!(off.plain.keys().any(|path| named(path)), single, "{word}");
    }
}

#[test]
fn s030_a_file_changed_by_hand_is_asked_about() {
    let repository = plain().configured();
    let file = "kubernetes/apps/default/echo/app/httproute.yaml";
    let generated = repository.read(file);
    repository.write(file, &generated.replace("echo.", "mine."));
    let unasked = repository.just(&["configure"]);
    assert!(!unasked.status.success() && text(&unasked).contains(file), "{}", text(&unasked));
    assert!(repository.read(file).contains("mine."), "without an answer nothing is overwritten");
    repository.configure();
    assert_eq!(repository.read(file), generated);
}

#[test]
fn s031_the_form_of_what_is_written() {
    for system in [core(), kgateway(), envoy_ai(), external_secrets()].map(|one| one.system()) {
        for (path, bytes) in &system.files {
            if !system.plain.contains_key(path) {
                continue;
            }
            let content = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{}", path.display()));
            assert!(content.ends_with('\n') && !content.ends_with("\n\n"), "{}: its end", path.display());
            assert!(
                !content.contains('\r') && !content.starts_with('\u{feff}'),
                "{}: line feeds",
                path.display()
            );
            let ending = path.extension().unwrap_or_default();
            if ending == "yaml" {
                assert!(!content.contains('\t'), "{}: a tab", path.display());
                let odd = structure(content).find(|line| (line.len() - line.trim_start().len()) % 2 == 1);
                assert_eq!(odd, None, "{}: two spaces", path.display());
            }
        }
    }
}

/// The lines of a YAML text that are not part of a block scalar.
fn structure(content: &str) -> impl Iterator<Item = &str> {
    let mut block = None;
    content.lines().filter(move |line| {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|outer| line.trim().is_empty() || indent > outer) {
            return false;
        }
        block = line.trim_end().ends_with(['|', '>']).then_some(indent);
        if block.is_none() && (line.trim_end().ends_with("|-") || line.trim_end().ends_with(">-")) {
            block = Some(indent);
        }
        !line.trim().is_empty()
    })
}

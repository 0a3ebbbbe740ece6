//! A secret stands in no output of a run that failed, wherever in the input it stands.

mod support;

use std::rc::Rc;

use cliutil::{CommonArgs, Diagnostic, Format, Io, Reporter, Source};
use cluster::{Inputs, Model};
use proptest::prelude::*;
use support::{base, test_model};

const SECRET: &str = "s3cr3t-t0ken";

thread_local! {
    static MODEL: Rc<Model> = Rc::new(test_model());
}

/// Everything that would be printed about these texts, in all formats.
fn output(texts: &[&str]) -> String {
    let findings: Vec<Diagnostic> = {
        let sources = texts.iter().map(|text| Source::new("cluster.yaml", *text)).collect();
        match Inputs::parse(sources) {
            Err(failure) => failure.diagnostics,
            Ok(inputs) => match cluster::check(&inputs, &MODEL.with(Rc::clone)) {
                Err(failure) => failure.diagnostics,
                Ok(checked) => checked.findings,
            },
        }
    };
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let io = Io::piped(&mut stdin, &mut out, &mut err);
    let all = [Format::Human, Format::Json, Format::Github, Format::Sarif];
    let common = |format| CommonArgs { color: clap::ColorChoice::Never, quiet: false, format };
    all.map(|format| Reporter::new("validate", &common(format), &io).render(&findings)).concat()
        + &format!("{findings:?}")
}

#[test]
fn wherever_it_stands() {
    for text in [
        // In its place, with a problem on its line, before and behind it.
        "cloudflare_token: [SECRET]\n",
        "cloudflare_token: {a: SECRET}\n",
        "cloudflare_token: \"SECRET\n",
        "cloudflare_token: SECRET: x\n",
        "cloudflare_token: SECRET\ncloudflare_token: SECRET\n",
        "cloudflare_token: !!int SECRET\n",
        "cloudflare_token: |\n  SECRET\n\tx\n",
        "cloudflare_token: >\n  SECRET\n  SECRET\nnode_cidr: bad\n",
        "cloudflare_token: 'SECRET' # SECRET\nnode_cidr: bad # SECRET\n",
        "- cloudflare_token: SECRET\n",
        "cloudflare_token SECRET\n",
        "cloudflare_token:SECRET\n",
        "SECRET\n",
        "{cloudflare_token: SECRET, node_cidr: bad}\n",
        "{cloudflare_token: SECRET, node_cidr: bad\n",
        // Under another name.
        "cloudflare_tokn: SECRET\n",
        "bootstrap_cloudflare_token: SECRET\n",
        "database: {password: SECRET, list: [SECRET]}\n",
        "nodes: SECRET\n",
        "nodes: [SECRET]\n",
        "nodes:\n  - nmae: SECRET\n",
        "nodes:\n  - name: k8s-0\n    patches: SECRET\n",
        // As the value of a key that is not secret, together with its own.
        "cloudflare_token: &t SECRET\nnode_cidr: *t\n",
        "cloudflare_token: SECRET\nnode_cidr: SECRET\nrepository_visibility: SECRET\ncluster_api_tls_sans: SECRET\n",
        "cloudflare_token: SECRET\nnode_dns_servers: [SECRET, 1.1.1]\nnode_vlan_tag: SECRET\n",
        "cloudflare_token: SECRET\nnodes:\n  - {name: SECRET, address: SECRET, controller: SECRET, mac_addr: SECRET}\n",
        "alpha_password: SECRET\nalpha_user: SECRET\nalpha_url: SECRET\nalpha_port: SECRET\n",
        "alpha_buckets:\n  - {name: a, key: SECRET, policy: wrong}\n",
        "alpha_buckets:\n  - name: a\n    key: SECRET\n    polici: SECRET\n",
    ] {
        let text = text.replace("SECRET", SECRET);
        for shown in [output(&[&text]), output(&[&base("cluster.yaml"), &base("nodes.yaml"), &text])] {
            assert!(!shown.contains(SECRET), "{text}\n{shown}");
            assert!(shown.contains("error"), "nothing is wrong with {text}");
        }
    }
}

proptest! {
    /// Whatever is damaged in a valid configuration: no panic, and the token stays hidden.
    #[test]
    fn damaged_inputs_neither_panic_nor_tell(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, "[ -~\n\t]{0,6}"), 1..6)
    ) {
        let mut text = format!("{}{}", base("cluster.yaml").replace("THROWAWAY-s3cr3t-t0ken", SECRET), base("nodes.yaml"));
        let secret = text.find(SECRET).unwrap();
        let secret = secret..secret + SECRET.len();
        let mut edits: Vec<_> = edits.into_iter().map(|(at, cut, new)| (at.index(text.len()), cut, new)).collect();
        // From behind, so that offsets stay true; the token itself and its key are left whole.
        edits.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        for (at, cut, new) in edits {
            let end = (at + cut).min(text.len());
            if at < secret.end && end + 20 > secret.start {
                continue;
            }
            text.replace_range(at..end, &new);
        }
        let shown = output(&[&text]);
        prop_assert!(!shown.contains(SECRET), "{}\n{}", text, shown);
    }
}

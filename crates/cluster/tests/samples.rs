//! Samples: what is to be filled in is named, and what is commented out is fine once it is not.

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use cluster::sample;
use support::{check, report, shipped, test_model};

/// The keys that stand open.
fn open(sample: &str) -> Vec<&str> {
    let lines = sample.lines().map(|line| line.trim_start().trim_start_matches("- "));
    lines
        .filter(|line| line.ends_with(": \"\"") && !line.starts_with('#'))
        .filter_map(|line| line.split(':').next())
        .collect()
}

#[test]
fn a_sample_names_every_key_to_fill_in() {
    let model = shipped();
    let (config, nodes) = (sample::config(&model), sample::nodes(&model));
    let checked = check(&model, &[&config, &nodes]);
    assert!(checked.context.is_none());
    let errors: Vec<_> =
        checked.findings.iter().filter(|finding| finding.severity == cliutil::Severity::Error).collect();
    let open: Vec<_> = open(&config).into_iter().chain(open(&nodes)).collect();
    for required in
        ["node_cidr", "cluster_api_addr", "repository_name", "cloudflare_domain", "cloudflare_token", "disk"]
    {
        assert!(open.contains(&required), "{required}: {open:?}");
    }
    for key in &open {
        assert!(
            errors.iter().any(|error| error.message.contains(key)),
            "{key}: {}",
            report(&checked.findings)
        );
    }
    // Nothing but that is wrong.
    assert_eq!(errors.len(), open.len(), "{}", report(&checked.findings));
}

#[test]
fn what_is_commented_out_may_be_taken() {
    for model in [shipped(), test_model()] {
        let (config, nodes) = (sample::config(&model), sample::nodes(&model));
        for (sample, is_config) in [(&config, true), (&nodes, false)] {
            for (index, line) in sample.lines().enumerate().filter(|(_, line)| is_entry(line)) {
                // Conditions across keys come with some: only the one line's own errors count.
                let taken = line.replacen("# ", "", 1);
                let text: Vec<_> = sample
                    .lines()
                    .enumerate()
                    .map(|(at, line)| if at == index { taken.as_str() } else { line })
                    .collect();
                let text = format!("{}\n", text.join("\n"));
                let texts = if is_config { [text.as_str(), &nodes] } else { [config.as_str(), &text] };
                let checked = check(&model, &texts);
                let key = taken.trim_start().split(':').next().unwrap();
                let own =
                    ["config/type", "config/choice", "config/unknown-key", "config/label", "config/pattern"];
                let wrong: Vec<_> =
                    checked.findings.into_iter().filter(|finding| own.contains(&finding.code)).collect();
                assert!(wrong.is_empty(), "{key}: {}", report(&wrong));
            }
        }
    }
}

/// Whether a line is a key that is commented out.
fn is_entry(line: &str) -> bool {
    let Some((key, _)) = line.trim_start().strip_prefix("# ").and_then(|line| line.split_once(": ")) else {
        return false;
    };
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[test]
fn no_secret_has_a_value() {
    let model = shipped();
    let config = sample::config(&model);
    for (key, declaration) in model.options() {
        let shown =
            config.lines().find_map(|line| line.trim_start_matches("# ").strip_prefix(&format!("{key}: ")));
        if let Some(value) = shown.filter(|_| declaration.secret) {
            assert_eq!(value, "\"\"", "{key}");
        }
    }
}

#[test]
fn editors_find_the_schemas() {
    let model = test_model();
    assert!(
        sample::config(&model)
            .starts_with("# yaml-language-server: $schema=./schemas/cluster.schema.json\n---\n")
    );
    assert!(
        sample::nodes(&model)
            .starts_with("# yaml-language-server: $schema=./schemas/nodes.schema.json\n---\n")
    );
}

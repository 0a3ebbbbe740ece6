//! The drawing beside each example is what `validate graph` makes of it now. `just docs` draws them anew.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use acceptance::Configuration;
use pipeline::{root, text};

#[test]
fn drawings_are_current() {
    let update = std::env::var_os("CLUSTERPIPE_UPDATE").is_some();
    let mut stale = Vec::new();
    for name in ["cluster-template", "external-secrets", "ai-gateway", "envoy-ai"] {
        let repository = Configuration::example(name).configured();
        let drawn = repository.run("validate", &["graph", "--format", "svg"]);
        assert!(drawn.status.success(), "{name}: {}", text(&drawn));
        let file = root().join("examples").join(name).join("graph.svg");
        let drawing = String::from_utf8(drawn.stdout).unwrap();
        assert!(drawing.starts_with("<svg") && drawing.contains("cluster-apps"), "{name}: {drawing}");
        let told = std::fs::read_to_string(root().join("examples").join(name).join("README.md")).unwrap();
        assert!(told.contains("(graph.svg)"), "{name}: its README shows the drawing");
        if std::fs::read_to_string(&file).ok().as_deref() == Some(drawing.as_str()) {
            continue;
        }
        if update {
            std::fs::write(&file, drawing).unwrap();
        } else {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "out of date: {stale:?}; draw them anew with: just docs");
}

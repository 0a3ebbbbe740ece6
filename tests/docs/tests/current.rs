//! What is generated and checked in is what would be generated now.

#[test]
fn generated_files_are_current() {
    let stale = docs::stale(&docs::generate().unwrap());
    assert!(stale.is_empty(), "out of date: {stale:?}; bring them up to date with: {}", docs::COMMAND);
}

#[test]
fn every_tool_has_its_pages() {
    let files = docs::generate().unwrap();
    for page in
        ["validate", "validate-config", "render-tree", "secrets-encrypt", "talosgen-talconfig", "nodeop"]
    {
        let text = &files[std::path::Path::new(&format!("docs/man/{page}.1"))];
        assert!(text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn every_tool_has_its_completions() {
    let files = docs::generate().unwrap();
    for tool in ["nodeop", "render", "secrets", "talosgen", "validate"] {
        for name in [format!("{tool}.bash"), format!("{tool}.fish"), format!("_{tool}")] {
            let text = &files[&std::path::Path::new("docs/completions").join(&name)];
            assert!(text.contains("completions") && text.contains(tool), "{name}");
        }
    }
}

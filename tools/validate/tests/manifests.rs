//! `validate manifests` on the command line, case by case: `manifests/*.toml`.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/manifests/*.toml");
}

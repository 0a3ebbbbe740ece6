//! `validate graph`, `validate build` and `validate diff` on the command line, case by case.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/graph/*.toml").env("NO_COLOR", "1").env("COLUMNS", "100");
}

//! `validate versions` on the command line, case by case (`versions/*.toml`).

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/versions/*.toml").env("NO_COLOR", "1").env("COLUMNS", "100");
}

//! The command line, case by case: `cases/*.toml`.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/*.toml");
}

//! The command line, case by case: `cases/*.toml`. None of them starts another program.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/*.toml");
}

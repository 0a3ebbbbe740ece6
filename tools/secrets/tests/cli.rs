//! The command line by cases: `cases/*.toml` says what is typed, and what comes out with which exit code. Keys in them are
//! THROWAWAY.

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/*.toml");
}

//! What a person sees: arguments in, both streams and the exit code out (`cases/*.toml`).

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/cases/*.toml").env("NO_COLOR", "1").env("COLUMNS", "100");
}

//! The list of the statements, and the check that each has a test or an owner.

use std::collections::{BTreeMap, BTreeSet};

/// How many statements there are.
pub const COUNT: u32 = 150;

/// The list: number, section, name, and for a statement without a test the issue that owns it, between tabs.
pub const LIST: &str = include_str!("../statements.tsv");

/// What is wrong with a list, given the names of the tests that run and of those that are ignored.
///
/// A test is one of statement N when its function's name begins with `sNNN_`.
pub fn problems(list: &str, running: &[String], ignored: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut owners = BTreeMap::new();
    for line in list.lines().skip(1) {
        let fields: Vec<_> = line.split('\t').collect();
        let number = fields[0].parse().unwrap_or(0);
        let owned = match fields.get(3).copied().unwrap_or_default() {
            "" => false,
            owner if owner.strip_prefix("issue ").is_some_and(|issue| issue.parse::<u32>().is_ok()) => true,
            other => {
                problems.push(format!("{number}: {other:?} is no owner; it is written: issue NUMBER"));
                false
            }
        };
        if fields.len() < 3 || fields[2].is_empty() || !(1..=COUNT).contains(&number) {
            problems.push(format!("not a line of the list: {line:?}"));
        } else if owners.insert(number, owned).is_some() {
            problems.push(format!("{number} is listed twice"));
        }
    }
    let tested: BTreeSet<_> = running.iter().filter_map(|name| number(name)).collect();
    for number in 1..=COUNT {
        match (owners.get(&number), tested.contains(&number)) {
            (None, _) => problems.push(format!("{number} is not listed")),
            (Some(false), false) => problems.push(format!("{number} has neither a test nor an owner")),
            (Some(true), true) => {
                problems.push(format!("{number} has a test; its owner can go from the list"));
            }
            _ => {}
        }
    }
    let beyond = tested.iter().filter(|number| !owners.contains_key(number));
    problems.extend(beyond.map(|number| format!("{number} is no statement, and has a test")));
    problems.extend(ignored.iter().map(|name| format!("{name} is ignored: a statement is met or owned")));
    problems
}

/// The statement that a test is of: `module::s007_…` is 7.
fn number(test: &str) -> Option<u32> {
    let name = test.rsplit("::").next()?.strip_prefix('s')?;
    let (digits, _) = name.split_once('_')?;
    (digits.len() == 3).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(owned: &str) -> String {
        let owner = |number| if number == 7 { owned } else { "issue 1" };
        let lines = (1..=COUNT).map(|number| format!("{number}\tA\tname\t{}\n", owner(number)));
        std::iter::once("number\tsection\tname\towner\n".to_owned()).chain(lines).collect()
    }

    #[test]
    fn a_number_needs_a_test_or_an_owner_and_not_both() {
        let test = vec!["a::s007_seven".to_owned()];
        assert_eq!(problems(&list(""), &test, &[]), Vec::<String>::new());
        assert_eq!(problems(&list("issue 3"), &[], &[]), Vec::<String>::new());
        assert_eq!(problems(&list(""), &[], &[]), ["7 has neither a test nor an owner"]);
        assert_eq!(problems(&list("issue 3"), &test, &[]), ["7 has a test; its owner can go from the list"]);
        assert!(problems(&list("later"), &[], &[])[0].contains("no owner"));
    }

    #[test]
    fn numbers_that_are_no_statements_fail() {
        let tests = ["a::s007_seven", "a::s151_more", "a::seven"].map(str::to_owned);
        assert_eq!(problems(&list(""), &tests, &[]), ["151 is no statement, and has a test"]);
        let more = list("issue 1").replace("\n7\t", "\n8\t");
        assert_eq!(problems(&more, &[], &[]), ["8 is listed twice", "7 is not listed"]);
        let ignored = vec!["a::s007_seven".to_owned()];
        assert!(problems(&list("issue 1"), &[], &ignored)[0].contains("ignored"));
    }
}

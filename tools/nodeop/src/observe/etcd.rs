//! etcd, as every controller sees it. No client of Talos checks this before an upgrade (1.13 not even on the server),
//! so nodeop does.

use cliutil::Outcome;

use super::table::{cell, rows};
use super::{Observer, Verdict, heard};
use crate::runner::Ending;

impl Observer<'_> {
    /// Members = the controllers; every one answers, agrees on the leader, is no learner, reports no error or alarm.
    pub(super) fn etcd_healthy(&self, controllers: &[String]) -> Outcome<Verdict> {
        let all = controllers.join(",");
        let said = self.talosctl(&["etcd", "status"], &all)?;
        if said.ending != Ending::Well {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        }
        let status = rows(&said.output);
        if let Some(why) = unhealthy(&status, controllers) {
            return Ok(Verdict::No(why));
        }
        let said = self.talosctl(&["etcd", "members"], controllers.first().map_or("", String::as_str))?;
        if said.ending != Ending::Well {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        }
        let members = rows(&said.output);
        if members.len() != controllers.len() {
            let (have, want) = (members.len(), controllers.len());
            return Ok(Verdict::No(format!(
                "etcd has {have} members, but the configuration {want} controllers"
            )));
        }
        if let Some(learner) = members.iter().find(|row| cell(row, "LEARNER") != Some("false")) {
            let name = cell(learner, "HOSTNAME").unwrap_or_default();
            return Ok(Verdict::No(format!("etcd member {name} is a learner")));
        }
        let said = self.talosctl(&["etcd", "alarm", "list"], &all)?;
        if said.ending != Ending::Well {
            return Ok(Verdict::Unknown(heard(&said, "talosctl")));
        }
        Ok(match alarm(&said.output) {
            None => Verdict::Yes,
            Some(alarm) => Verdict::No(format!("etcd has an alarm: {alarm}")),
        })
    }

    /// The address of the controller whose member leads; none when nobody can say.
    ///
    /// # Errors
    /// As [`Observer::look`].
    pub(crate) fn etcd_leader(&self, controllers: &[String]) -> Outcome<Option<String>> {
        let said = self.talosctl(&["etcd", "status"], &controllers.join(","))?;
        if said.ending != Ending::Well {
            return Ok(None);
        }
        let leads = |row: &&Vec<(String, String)>| {
            cell(row, "MEMBER").is_some_and(|member| cell(row, "LEADER") == Some(member))
        };
        let rows = rows(&said.output);
        Ok(rows.iter().find(leads).and_then(|row| cell(row, "NODE").map(str::to_owned)))
    }

    /// Healthy, and the rest is a majority without one.
    pub(super) fn etcd_quorum_without(&self, controllers: &[String]) -> Outcome<Verdict> {
        if controllers.len() == 2 {
            return Ok(Verdict::No(
                "etcd with two members loses its quorum when one is away: add a third controller, or accept it with --accept-etcd-outage"
                    .to_owned(),
            ));
        }
        self.etcd_healthy(controllers)
    }

    /// Any controller that lists members has been bootstrapped, or has joined one that was.
    pub(super) fn etcd_bootstrapped(&self, controllers: &[String]) -> Outcome<Verdict> {
        let mut why = String::from("no controller is named");
        for address in controllers {
            let said = self.talosctl(&["etcd", "members"], address)?;
            if said.ending == Ending::Well && !rows(&said.output).is_empty() {
                return Ok(Verdict::Yes);
            }
            why = heard(&said, "talosctl");
        }
        Ok(Verdict::No(why))
    }
}

/// The first alarm of a list. talosctl prints the titles only when the first machine that answers has an alarm, so a
/// line counts whatever stands above it.
fn alarm(lines: &[String]) -> Option<String> {
    let words = |line: &String| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let is_title = |words: &Vec<String>| matches!(words.last().map(String::as_str), None | Some("ALARM"));
    lines.iter().map(words).find(|words| !is_title(words)).map(|words| words.join(" "))
}

fn unhealthy(status: &[Vec<(String, String)>], controllers: &[String]) -> Option<String> {
    let of = |address: &String| status.iter().find(|row| cell(row, "NODE") == Some(address.as_str()));
    for address in controllers {
        let Some(row) = of(address) else { return Some(format!("etcd on {address} does not answer")) };
        match (cell(row, "LEARNER"), cell(row, "ERRORS")) {
            (Some("false"), None | Some("")) => {}
            (Some("true"), _) => return Some(format!("etcd on {address} is a learner")),
            (_, errors) => {
                return Some(format!(
                    "etcd on {address} reports: {}",
                    errors.unwrap_or("nothing that can be read")
                ));
            }
        }
    }
    let mut leaders: Vec<_> = status.iter().filter_map(|row| cell(row, "LEADER")).collect();
    leaders.sort_unstable();
    leaders.dedup();
    let none = |leader: &&str| leader.chars().all(|c| c == '0');
    match leaders.as_slice() {
        [leader] if !none(leader) => None,
        [] | [_] => Some("etcd has no leader".to_owned()),
        _ => Some("the controllers do not agree on etcd's leader".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(node: &str, leader: &str, learner: &str, errors: &str) -> Vec<(String, String)> {
        [("NODE", node), ("LEADER", leader), ("LEARNER", learner), ("ERRORS", errors)]
            .map(|(title, text)| (title.to_owned(), text.to_owned()))
            .to_vec()
    }

    #[test]
    fn an_alarm_counts_with_and_without_titles() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(alarm(&lines("")), None);
        assert_eq!(alarm(&lines("NODE   MEMBER   ALARM")), None);
        let found = alarm(&lines("NODE        MEMBER   ALARM\n10.0.0.11   1f       NOSPACE"));
        assert_eq!(found.as_deref(), Some("10.0.0.11 1f NOSPACE"));
        assert_eq!(alarm(&lines("1f   CORRUPT")).as_deref(), Some("1f CORRUPT"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let controllers = ["a".to_owned(), "b".to_owned()];
        let judge = |rows: &[Vec<(String, String)>]| unhealthy(rows, &controllers).unwrap_or_default();
        let fine = row("a", "1f", "false", "");
        assert_eq!(judge(&[fine.clone(), row("b", "1f", "false", "")]), "");
        assert_eq!(judge(std::slice::from_ref(&fine)), "etcd on b does not answer");
        assert_eq!(judge(&[fine.clone(), row("b", "1f", "true", "")]), "etcd on b is a learner");
        assert_eq!(judge(&[fine.clone(), row("b", "1f", "false", "corrupt")]), "etcd on b reports: corrupt");
        assert!(judge(&[fine, row("b", "2f", "false", "")]).contains("do not agree"));
        let lost = [row("a", "0000", "false", ""), row("b", "0000", "false", "")];
        assert_eq!(judge(&lost), "etcd has no leader");
    }
}
